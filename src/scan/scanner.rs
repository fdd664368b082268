//! The program's end: pictures to the supervisor, replies back.

use super::limits::{MAX_PICTURE_BYTES, TIME_LIMIT};
use super::reading::{MAX_REPLY_BYTES, Reading, Reply, read};
use super::role::Role;
use super::supervisor::{OWN_PROGRAM, read_numbered, write_numbered};
use std::collections::HashMap;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a reply may take: a few pictures may be before it in the queue.
const PATIENCE: Duration = Duration::from_secs(12 * TIME_LIMIT.as_secs());

/// Why nothing is known of a picture. It is not the picture's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// The supervisor was not started.
    #[error("no process to read pictures could be started: {0}")]
    NotStarted(String),
    /// The supervisor has ended, or does not reply any more.
    #[error("the process that reads pictures has ended")]
    Gone,
    /// No worker could be started, or it could not give up what it must not have.
    #[error("pictures cannot be read on this machine now: {0}")]
    NotTried(String),
    /// The picture is larger than [`MAX_PICTURE_BYTES`].
    #[error("the picture has {0} bytes, and {MAX_PICTURE_BYTES} are allowed")]
    TooLarge(usize),
}

/// Reads pictures, several at once where several threads ask. Ends its processes when it is
/// dropped.
#[derive(Debug)]
pub struct Scanner {
    link: Result<Link, Unread>,
}

#[derive(Debug)]
struct Link {
    supervisor: Mutex<Child>,
    to: Mutex<Option<ChildStdin>>,
    asked: Arc<Asked>,
    next: AtomicU32,
}

/// Who waits for which reply; none once no more will come.
#[derive(Debug)]
struct Asked(Mutex<Option<HashMap<u32, SyncSender<Reply>>>>);

impl Scanner {
    /// Starts the supervisor, which is this program again. Call it before any secret is read. Where
    /// it fails, every picture is [`Unread`].
    #[must_use]
    pub fn start() -> Self {
        Self::of_program(Path::new(OWN_PROGRAM))
    }

    /// Starts the supervisor of another program of this crate.
    #[must_use]
    pub fn of_program(program: &Path) -> Self {
        Self {
            link: Link::start(program).map_err(|error| Unread::NotStarted(error.to_string())),
        }
    }

    /// Reads a picture of at most [`MAX_PICTURE_BYTES`].
    ///
    /// # Errors
    /// [`Unread`]: nothing was found out, and the picture may be tried again later.
    pub fn scan(&self, picture: &[u8]) -> Result<Reading, Unread> {
        if picture.len() > MAX_PICTURE_BYTES {
            return Err(Unread::TooLarge(picture.len()));
        }
        let link = self.link.as_ref().map_err(Unread::clone)?;
        link.ask(picture)
            .ok_or(Unread::Gone)?
            .map_err(Unread::NotTried)
    }

    /// Whether the supervisor was started and has ended or stopped replying: no picture will be
    /// read. Another supervisor needs a new process, since this one holds keys by now.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.link
            .as_ref()
            .is_ok_and(|link| locked(&link.asked.0).is_none() || locked(&link.to).is_none())
    }

    /// The supervisor's process id, where it was started.
    #[must_use]
    pub fn supervisor(&self) -> Option<u32> {
        let link = self.link.as_ref().ok()?;
        Some(locked(&link.supervisor).id())
    }
}

impl Link {
    fn start(program: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .arg0("keyspool")
            .arg(Role::Supervisor.argument())
            .env_clear()
            .current_dir("/");
        #[cfg(feature = "test-build")]
        command.envs(super::probe::variable());
        // What a terminal or a service manager sends to a whole group is for the signer: it ends
        // the batch first.
        command.process_group(0);
        let mut supervisor = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (to, from) = (supervisor.stdin.take(), supervisor.stdout.take());
        let asked = Arc::new(Asked(Mutex::new(Some(HashMap::new()))));
        if let Some(from) = from {
            let asked = Arc::clone(&asked);
            thread::Builder::new().spawn(move || asked.hand_on_all(from))?;
        }
        Ok(Self {
            supervisor: Mutex::new(supervisor),
            to: Mutex::new(to),
            asked,
            next: AtomicU32::new(0),
        })
    }

    /// None if no reply will come.
    fn ask(&self, picture: &[u8]) -> Option<Reply> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, reply) = sync_channel(1);
        locked(&self.asked.0).as_mut()?.insert(number, sender);
        let sent = locked(&self.to)
            .as_mut()
            .map(|to| write_numbered(to, number, picture));
        if !matches!(sent, Some(Ok(()))) {
            locked(&self.to).take();
            return None;
        }
        let reply = reply.recv_timeout(PATIENCE).ok();
        if reply.is_none() {
            locked(&self.asked.0).take();
        }
        reply
    }
}

impl Asked {
    /// Hands replies on until there are no more, or one that was not asked for.
    fn hand_on_all(&self, mut from: ChildStdout) {
        while let Ok(Some((number, bytes))) = read_numbered(&mut from, MAX_REPLY_BYTES) {
            let sender = locked(&self.0)
                .as_mut()
                .and_then(|asked| asked.remove(&number));
            let Some((sender, reply)) = sender.zip(read(&bytes)) else {
                break;
            };
            // The asker may have stopped waiting.
            drop(sender.send(reply));
        }
        locked(&self.0).take();
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        locked(&self.to).take();
        let mut supervisor = locked(&self.supervisor);
        // Its workers die with it.
        drop(supervisor.kill());
        drop(supervisor.wait());
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
