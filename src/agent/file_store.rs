//! The device's state as one file, written whole or not at all, by one process at a time.

use super::durable;
use super::error::{AgentError, escaped};
use crate::device::Store;
use fs_err::{File, OpenOptions, os::unix::fs::OpenOptionsExt};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs::DirBuilder;
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// The file with the state, which holds the device's secret.
const STATE: &str = "state.json";
/// The file that a process locks while it works.
const LOCK: &str = "lock";
/// Largest state that is read, in bytes: a device's state is about 100 KiB, each deactivation adds
/// under 2 KiB.
const MAX_STATE_BYTES: u64 = 4 * 1024 * 1024;
/// How long to wait for another process, which needs milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause between two tries.
const POLL: Duration = Duration::from_millis(20);

/// The folder of the state, 0700, with the state, 0600; locked as long as this lives.
#[derive(Debug)]
pub(super) struct FileStore {
    folder: PathBuf,
    _lock: File,
}

impl FileStore {
    /// Opens the folder of a state that was made before.
    ///
    /// # Errors
    /// [`AgentError::NoState`] where there is none, [`AgentError::Busy`], [`AgentError::System`].
    pub(super) fn open(folder: &Path) -> Result<Self, AgentError> {
        match fs_err::metadata(folder.join(STATE)) {
            Ok(_) => Self::lock(folder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(AgentError::NoState(folder.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the folder of a state that is to be made, and makes it, 0700, where there is none.
    ///
    /// # Errors
    /// [`AgentError::OpenFolder`] where others may enter a folder that is there,
    /// [`AgentError::Busy`], [`AgentError::System`].
    pub(super) fn create(folder: &Path) -> Result<Self, AgentError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|e| {
            io::Error::new(
                e.kind(),
                format!("failed to make the folder {}: {e}", escaped(folder)),
            )
        })?;
        // A folder that exists may belong to others: its mode stays as it is.
        if fs_err::metadata(folder)?.permissions().mode() & 0o077 != 0 {
            return Err(AgentError::OpenFolder(folder.to_owned()));
        }
        Self::lock(folder)
    }

    fn lock(folder: &Path) -> Result<Self, AgentError> {
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join(LOCK))?;
        take(&lock, folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
        })
    }
}

impl Store for FileStore {
    type Error = AgentError;

    fn load(&mut self) -> Result<Option<Vec<u8>>, AgentError> {
        let file = match File::open(self.folder.join(STATE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        // Room for all of it from the start: growing would leave copies of the secret behind.
        let room = usize::try_from(file.metadata()?.len().min(MAX_STATE_BYTES)).unwrap_or(0) + 1;
        let mut blob = Zeroizing::new(Vec::with_capacity(room));
        file.take(MAX_STATE_BYTES + 1).read_to_end(&mut blob)?;
        if blob.len() as u64 > MAX_STATE_BYTES {
            return Err(AgentError::StateSize {
                folder: self.folder.clone(),
                allowed: MAX_STATE_BYTES,
            });
        }
        Ok(Some(std::mem::take(&mut *blob)))
    }

    fn save(&mut self, blob: &[u8]) -> Result<(), AgentError> {
        Ok(durable::write(&self.folder.join(STATE), blob, 0o600)?)
    }
}

fn take(lock: &File, folder: &Path) -> Result<(), AgentError> {
    let start = Instant::now();
    // Tries are counted too: with a clock that stands still this must end.
    let mut polls = PATIENCE.as_millis() / POLL.as_millis();
    loop {
        match flock(lock.file(), FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK) if start.elapsed() < PATIENCE && polls > 0 => {
                polls -= 1;
                std::thread::sleep(POLL);
            }
            Err(Errno::WOULDBLOCK) => return Err(AgentError::Busy(folder.to_owned())),
            Err(error) => return Err(AgentError::System(error.into())),
        }
    }
}
