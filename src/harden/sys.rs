//! The one place with `unsafe`: calls for which no library has safe code.
#![allow(unsafe_code)]

use super::achieved::HardenError;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Which signal tells of a broken lease (`asm-generic/fcntl.h`); the C library's crate lacks it.
const F_SETSIG: libc::c_int = 10;

/// Closes every descriptor but standard input, output and error.
///
/// # Errors
/// [`HardenError::Refused`]: kernels before 5.9 do not know the call.
pub(super) fn close_all_but_streams() -> Result<(), HardenError> {
    let (from, to, flags): (libc::c_uint, libc::c_uint, libc::c_uint) = (3, libc::c_uint::MAX, 0);
    // SAFETY: called before this process opens anything itself, so no owner of a descriptor is left
    // with a closed one. The call takes three numbers and touches no memory.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, from, to, flags) };
    if closed == 0 {
        return Ok(());
    }
    Err(HardenError::Refused {
        call: "close_range",
        reason: std::io::Error::last_os_error().to_string(),
    })
}

/// Whether any process has a file open for writing, a shared mapping included; none if the
/// system does not tell. The file must be open for reading only, and belong to this process's user
/// unless that has `CAP_LEASE`.
///
/// It tries for a read lease, which the kernel refuses while there is a writer, and gives it back
/// at once (fcntl(2), `F_SETLEASE`).
pub(super) fn is_open_for_writing(file: BorrowedFd<'_>) -> Option<bool> {
    let fcntl = |command: libc::c_int, argument: libc::c_int| {
        // SAFETY: the descriptor is open as long as it is borrowed. These commands take a number
        // each and touch no memory.
        let done = unsafe { libc::fcntl(file.as_raw_fd(), command, argument) };
        if done == -1 {
            Err(std::io::Error::last_os_error())
        } else {
            Ok(())
        }
    };
    // The kernel sends this process a signal when another opens the file for writing while the
    // lease is held. The usual SIGIO would end the process, so SIGURG is chosen, which is ignored:
    // an ignored signal needs no queue, so it never becomes SIGIO.
    fcntl(F_SETSIG, libc::SIGURG).ok()?;
    match fcntl(libc::F_SETLEASE, libc::F_RDLCK) {
        Ok(()) => {
            // Closing the file gives it back too.
            let _ = fcntl(libc::F_SETLEASE, libc::F_UNLCK);
            Some(false)
        }
        Err(error) => (error.kind() == std::io::ErrorKind::WouldBlock).then_some(true),
    }
}

/// How many heaps the allocator keeps at most, which threads share. Only GNU's C library has such.
pub(super) fn bound_heaps(most: libc::c_int) {
    #[cfg(target_env = "gnu")]
    // SAFETY: takes two numbers, and the allocator's own lock.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, most);
    }
    #[cfg(not(target_env = "gnu"))]
    let _ = most;
}
