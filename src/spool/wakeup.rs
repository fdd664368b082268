//! A wake-up when something comes into the inbox. Events get lost, so the waiting side also looks
//! again now and then.

use super::error::SpoolError;
use super::layout::Spool;
use super::listing::ListOptions;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::Duration;
use walkdir::WalkDir;

/// Bytes of events that are read at a time: some hundred of them.
const EVENT_BYTES: usize = 16 * 1024;

/// What ended a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// Something may have come into the inbox.
    Inbox,
    /// The same, and somebody who wrote to a file there has let go of it.
    Written,
    /// The operator asked the program to stop.
    Stop,
    /// The time is up, and nothing happened.
    Timeout,
}

/// Watches the folders of the inbox.
#[derive(Debug)]
pub struct WakeUp {
    /// None where the system gives no more of them: the wait then ends by its timeout only.
    inotify: Option<OwnedFd>,
}

impl WakeUp {
    /// Watches nothing yet.
    #[must_use]
    pub fn begin() -> Self {
        Self {
            inotify: inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok(),
        }
    }

    /// Watches every folder that the inbox has now, and returns how many it could not watch: the
    /// system limits the number. A folder that is watched already stays so.
    pub fn cover(&self, spool: &Spool) -> usize {
        let flags = WatchFlags::CLOSE_WRITE
            | WatchFlags::MOVED_TO
            | WatchFlags::CREATE
            | WatchFlags::ONLYDIR
            | WatchFlags::DONT_FOLLOW
            | WatchFlags::EXCL_UNLINK;
        let walk = WalkDir::new(spool.inbox.path())
            .follow_links(false)
            .follow_root_links(false)
            .max_depth(ListOptions::MAX_DEPTH);
        let folders = walk
            .into_iter()
            .filter_entry(|entry| entry.file_type().is_dir())
            .flatten();
        let is_refused = |path: &Path| match &self.inotify {
            Some(inotify) => inotify::add_watch(inotify, path, flags) == Err(Errno::NOSPC),
            None => true,
        };
        folders.filter(|folder| is_refused(folder.path())).count()
    }

    /// Waits until something comes, `stop` can be read, or the time is up.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn wait(
        &self,
        spool: &Spool,
        stop: BorrowedFd<'_>,
        timeout: Duration,
    ) -> Result<Wake, SpoolError> {
        let failed = |error: Errno| SpoolError::io("watch", spool.inbox.path(), error);
        let timeout = Timespec::try_from(timeout).map_err(|_| failed(Errno::INVAL))?;
        let mut fds = vec![PollFd::from_borrowed_fd(stop, PollFlags::IN)];
        fds.extend(
            self.inotify
                .as_ref()
                .map(|inotify| PollFd::new(inotify, PollFlags::IN)),
        );
        match poll(&mut fds, Some(&timeout)) {
            // This is mostly a signal whose handler wrote to `stop`; the next call tells.
            Err(Errno::INTR) => return Ok(Wake::Inbox),
            other => other.map_err(failed)?,
        };
        let is_ready = |place: usize| {
            fds.get(place)
                .is_some_and(|fd: &PollFd<'_>| !fd.revents().is_empty())
        };
        let (stop, inbox) = (is_ready(0), is_ready(1));
        let written = match &self.inotify {
            Some(inotify) if inbox => drain(inotify).map_err(failed)?,
            _ => false,
        };
        Ok(match (stop, inbox) {
            (true, _) => Wake::Stop,
            (false, true) if written => Wake::Written,
            (false, true) => Wake::Inbox,
            (false, false) => Wake::Timeout,
        })
    }
}

/// Takes all events, and says whether somebody let go of a file. The caller finds out the rest by
/// looking.
fn drain(inotify: &OwnedFd) -> Result<bool, Errno> {
    let mut buffer = [MaybeUninit::uninit(); EVENT_BYTES];
    let mut reader = Reader::new(inotify, &mut buffer);
    let mut written = false;
    loop {
        match reader.next() {
            Ok(event) => written |= event.events().contains(ReadFlags::CLOSE_WRITE),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(written),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::pipe::pipe;
    use std::os::fd::AsFd;

    #[test]
    fn a_blind_wait_ends_in_time() -> Result<(), Box<dyn std::error::Error>> {
        let scratch = tempfile::tempdir()?;
        let spool = Spool::create(scratch.path())?;
        std::fs::create_dir(scratch.path().join("inbox/acme"))?;
        let (stop, ask_to_stop) = pipe()?;
        let blind = WakeUp { inotify: None };
        assert_eq!(blind.cover(&spool), 2, "the inbox and its one folder");
        std::fs::write(scratch.path().join("inbox/new.json"), "new")?;
        assert_eq!(
            blind.wait(&spool, stop.as_fd(), Duration::ZERO)?,
            Wake::Timeout
        );
        rustix::io::write(&ask_to_stop, b"x")?;
        assert_eq!(
            blind.wait(&spool, stop.as_fd(), Duration::from_secs(60))?,
            Wake::Stop
        );
        Ok(())
    }

    #[test]
    fn a_file_that_is_written_wakes_whoever_waits() -> Result<(), Box<dyn std::error::Error>> {
        let scratch = tempfile::tempdir()?;
        let spool = Spool::create(scratch.path())?;
        let (stop, _kept) = pipe()?;
        let wake_up = WakeUp::begin();
        assert_eq!(wake_up.cover(&spool), 0);
        std::fs::write(scratch.path().join("inbox/new.json"), "new")?;
        assert_eq!(
            wake_up.wait(&spool, stop.as_fd(), Duration::from_secs(60))?,
            Wake::Written
        );
        assert_eq!(
            wake_up.wait(&spool, stop.as_fd(), Duration::ZERO)?,
            Wake::Timeout
        );
        Ok(())
    }
}
