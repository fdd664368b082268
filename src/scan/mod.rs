//! Tier 4: pictures to the texts of their QR codes, in a child process.
//!
//! Pictures come from media, and what decodes them is large and not ours. So the program that holds
//! the keys never decodes one:
//!
//! | process | started by | does |
//! | --- | --- | --- |
//! | the program | | hands pictures to the supervisor through [`Scanner`], and reads texts back |
//! | supervisor | the program, before it reads a passphrase | starts a worker a picture, as many at once as there are cores; ends it after [`TIME_LIMIT`] |
//! | worker | the supervisor | gives up all but two pipes, decodes one picture, ends |
//!
//! All three are the same program under another first argument ([`Role`]). A worker that a picture
//! takes over, wedges or kills costs that picture and no other: it has no keys, no files, no
//! network, no other process, and the next picture gets a new one. What it says is read as strictly
//! as what comes from a device; it can forge no document, since devices sign theirs.
//!
//! Limits: [`MAX_PICTURE_BYTES`], [`MAX_PIXELS`], [`MAX_SIDE`], [`MEMORY_LIMIT`], [`TIME_LIMIT`],
//! [`MAX_CODES`], [`MAX_TEXT`].

mod codes;
mod decode;
mod luma;
mod outcome;
#[cfg(feature = "test-build")]
mod probe;
mod scanner;
mod supervisor;
mod worker;

pub use decode::{Kind, is_whole};
pub use outcome::Outcome;
pub use scanner::{Scanner, Unread};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, set_parent_process_death_signal};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::ffi::{OsStr, OsString};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Largest picture, in bytes.
pub const MAX_PICTURE_BYTES: usize = 32 * 1024 * 1024;
/// Most pixels of a picture: 64 megapixels of 1024 x 1024.
pub const MAX_PIXELS: u64 = 64 * 1024 * 1024;
/// Most pixels of a side, which is what JPEG can say.
pub const MAX_SIDE: u32 = 65_535;
/// Memory that a worker may have, in bytes: its code, the picture, and what decoding takes.
pub const MEMORY_LIMIT: u64 = 512 * 1024 * 1024;
/// Time that a picture may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Most codes of one picture: twice the parts of the longest text.
pub const MAX_CODES: usize = 64;
/// Most characters of one code: version 40 at level L (ISO/IEC 18004).
pub const MAX_TEXT: usize = 4_296;

/// What a process of the program is for, where it is not the program itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Starts, watches and ends workers.
    Supervisor,
    /// Decodes one picture.
    Worker,
}

impl Role {
    /// The role that a program's arguments name: the second of exactly two.
    #[must_use]
    pub fn of(arguments: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut arguments = arguments.into_iter().skip(1);
        let role = arguments.next()?;
        let known = [Self::Supervisor, Self::Worker]
            .into_iter()
            .find(|known| role == known.argument());
        known.filter(|_| arguments.next().is_none())
    }

    /// The argument that gives this role.
    fn argument(self) -> &'static OsStr {
        OsStr::new(match self {
            Self::Supervisor => "scan-supervisor",
            Self::Worker => "scan-worker",
        })
    }
}

/// Does what the role is for, over standard input and output, and gives the exit code. `confine`
/// gives up what the role does not need, or says why that is not possible: no picture is read then.
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

/// The signals that ask a program to end are for the signer, which finishes its batch: this process
/// ends when that does.
fn outlive_requests_to_end() -> std::io::Result<()> {
    let heard = Arc::new(AtomicBool::new(false));
    [SIGTERM, SIGINT, SIGHUP]
        .into_iter()
        .try_for_each(|signal| signal_hook::flag::register(signal, heard.clone()).map(drop))
}

/// Whoever started this process takes it along. A parent that was gone before that was settled has
/// closed the pipe to it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_a_lone_argument() {
        let of = |arguments: &[&str]| Role::of(arguments.iter().map(OsString::from));
        assert_eq!(of(&["keyspool", "scan-supervisor"]), Some(Role::Supervisor));
        assert_eq!(of(&["keyspool", "scan-worker"]), Some(Role::Worker));
        for other in [
            &["keyspool"][..],
            &[],
            &["scan-worker"],
            &["keyspool", "process"],
            &["keyspool", "scan-worker", "x"],
        ] {
            assert_eq!(of(other), None, "{other:?}");
        }
    }
}
