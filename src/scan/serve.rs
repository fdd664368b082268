//! The child processes: each does what its role is for, and ends.

use super::role::Role;
use super::{supervisor, worker};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, set_parent_process_death_signal};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Serves the role over standard input and output, and returns the exit code. `confine` gives up
/// what the role does not need. If it fails, no picture is read, and the replies say why.
pub fn serve(role: Role, confine: impl FnOnce(Role) -> Result<(), String>) -> u8 {
    let confined = outlive_requests_to_end()
        .and_then(|()| end_with_parent())
        .map_err(|error| error.to_string())
        .and_then(|()| confine(role));
    let served = match role {
        Role::Supervisor => supervisor::serve(confined),
        Role::Worker => worker::serve(confined),
    };
    u8::from(served.is_err())
}

/// Ignores the signals that ask a program to end: the signer finishes its batch first, and this
/// process ends with it.
fn outlive_requests_to_end() -> std::io::Result<()> {
    let heard = Arc::new(AtomicBool::new(false));
    [SIGTERM, SIGINT, SIGHUP]
        .into_iter()
        .try_for_each(|signal| signal_hook::flag::register(signal, heard.clone()).map(drop))
}

/// Ends this process with its parent. A parent that ended before this call has closed the pipe.
fn end_with_parent() -> std::io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let out = std::io::stdout();
    let mut pipe = [PollFd::new(&out, PollFlags::empty())];
    poll(
        &mut pipe,
        Some(&Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        }),
    )?;
    if pipe[0].revents().contains(PollFlags::ERR) {
        Err(std::io::ErrorKind::BrokenPipe.into())
    } else {
        Ok(())
    }
}
