//! Being woken when something comes into the inbox. No more than a wake-up: events get lost, and whoever waits looks again now
//! and then all the same.

use super::error::SpoolError;
use super::layout::Spool;
use super::listing::ListOptions;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
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
    /// Whoever runs this asked it to stop.
    Stop,
    /// Nothing happened for so long.
    Timeout,
}

/// Watches the folders of the inbox.
#[derive(Debug)]
pub struct WakeUp {
    inotify: OwnedFd,
}

impl WakeUp {
    /// Watches nothing yet.
    ///
    /// # Errors
    /// [`SpoolError::Io`] where the system gives no watch.
    pub fn new(spool: &Spool) -> Result<Self, SpoolError> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK);
        Ok(Self { inotify: inotify.map_err(|error| SpoolError::io("watch", spool.inbox.path(), error))? })
    }

    /// Watches every folder that the inbox has now, and says how many it could not watch: the system allows so many. A folder that is
    /// watched already stays so.
    pub fn cover(&self, spool: &Spool) -> usize {
        let flags = WatchFlags::CLOSE_WRITE
            | WatchFlags::MOVED_TO
            | WatchFlags::CREATE
            | WatchFlags::ONLYDIR
            | WatchFlags::DONT_FOLLOW
            | WatchFlags::EXCL_UNLINK;
        let walk =
            WalkDir::new(spool.inbox.path()).follow_links(false).follow_root_links(false).max_depth(ListOptions::MAX_DEPTH);
        let folders = walk.into_iter().filter_entry(|entry| entry.file_type().is_dir()).flatten();
        folders.filter(|folder| inotify::add_watch(&self.inotify, folder.path(), flags) == Err(Errno::NOSPC)).count()
    }

    /// Waits until something comes, `stop` can be read, or the time is up.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn wait(&self, spool: &Spool, stop: BorrowedFd<'_>, timeout: Duration) -> Result<Wake, SpoolError> {
        let failed = |error: Errno| SpoolError::io("watch", spool.inbox.path(), error);
        let timeout = Timespec::try_from(timeout).map_err(|_| failed(Errno::INVAL))?;
        let mut fds = [PollFd::new(&self.inotify, PollFlags::IN), PollFd::from_borrowed_fd(stop, PollFlags::IN)];
        match poll(&mut fds, Some(&timeout)) {
            // A signal whose handler wrote to `stop`, mostly: the next call tells.
            Err(Errno::INTR) => return Ok(Wake::Inbox),
            other => other.map_err(failed)?,
        };
        let [inbox, stop] = fds.map(|fd| !fd.revents().is_empty());
        let written = inbox && self.drain().map_err(failed)?;
        Ok(match (stop, inbox) {
            (true, _) => Wake::Stop,
            (false, true) if written => Wake::Written,
            (false, true) => Wake::Inbox,
            (false, false) => Wake::Timeout,
        })
    }

    /// Takes all events, and says whether somebody let go of a file. Nothing else that they say is asked: whoever was woken looks for
    /// himself.
    fn drain(&self) -> Result<bool, Errno> {
        let mut buffer = [MaybeUninit::uninit(); EVENT_BYTES];
        let mut reader = Reader::new(&self.inotify, &mut buffer);
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
}
