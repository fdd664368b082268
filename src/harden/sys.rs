//! The one place with `unsafe`: calls for which no library has safe code.
#![allow(unsafe_code)]

use super::report::HardenError;

/// Closes every descriptor but standard input, output and error.
///
/// # Errors
/// [`HardenError::Refused`]: kernels before 5.9 do not know the call.
pub(super) fn close_all_but_streams() -> Result<(), HardenError> {
    let (from, to, flags): (libc::c_uint, libc::c_uint, libc::c_uint) = (3, libc::c_uint::MAX, 0);
    // SAFETY: called before this process opens anything itself, so no owner of a descriptor is left with a closed one. The call
    // takes three numbers and touches no memory.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, from, to, flags) };
    if closed == 0 {
        return Ok(());
    }
    Err(HardenError::Refused { call: "close_range", reason: std::io::Error::last_os_error().to_string() })
}
