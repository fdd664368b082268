//! The lock file: one process has the ledger, and the others can say which.

use super::error::LedgerError;
use super::files::LOCK_FILE;
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long to sleep between two tries.
const POLL: Duration = Duration::from_millis(20);
/// Most bytes that are read: others who write to the vault's folder could make the file long.
const MAX_LOCK_BYTES: u64 = 512;
/// Longest name of a command that is written, in characters of at most 4 bytes.
const MAX_HOLDER_CHARS: usize = 100;

/// `ledger.lock`, held by flock until dropped. The file stays: deleting it would let two processes
/// hold two files of one name.
///
/// Its lines: the number of the last transaction begun (20 digits), the holder's process id, the
/// holder's command.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of the ledger in `dir`, waiting for `wait` at most. `holder` is the command
    /// that others will be told.
    ///
    /// # Errors
    /// [`LedgerError::Held`], [`LedgerError::Io`].
    pub(super) fn take(dir: &Path, wait: Duration, holder: &str) -> Result<Self, LedgerError> {
        let path = dir.join(LOCK_FILE);
        let io = |source| LedgerError::Io {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(io)?;
        let since = Instant::now();
        // Counted as well as timed: a clock that stands still must not make this wait for ever.
        let mut polls = wait.as_millis() / POLL.as_millis().max(1);
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(rustix::io::Errno::WOULDBLOCK) if since.elapsed() < wait && polls > 0 => {
                    polls -= 1;
                    std::thread::sleep(POLL.min(wait));
                }
                Err(rustix::io::Errno::WOULDBLOCK) => {
                    return Err(LedgerError::Held {
                        holder: holder_of(&path),
                        waited: since.elapsed(),
                        path,
                    });
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(errno) => return Err(io(errno.into())),
            }
        }
        let lock = Self { file, path };
        lock.sign(holder)?;
        Ok(lock)
    }

    /// The number of the last transaction that was begun; 0 where the file does not tell it.
    pub(super) fn last_begun(&self) -> u64 {
        let mut digits = [0; 20];
        let read = self.file.read_exact_at(&mut digits, 0);
        read.ok()
            .and_then(|()| std::str::from_utf8(&digits).ok())
            .and_then(|text| text.parse().ok())
            .unwrap_or(0)
    }

    /// Notes the number of a transaction as begun. Not synced: it serves against reuse after an
    /// abort or a killed process.
    ///
    /// # Errors
    /// [`LedgerError::Io`].
    pub(super) fn note_begun(&self, number: u64) -> Result<(), LedgerError> {
        self.write(&format!("{number:020}\n"), 0)
    }

    fn sign(&self, holder: &str) -> Result<(), LedgerError> {
        let number = self.last_begun();
        let command: String = holder
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_HOLDER_CHARS)
            .collect();
        let text = format!("{number:020}\n{}\n{command}\n", std::process::id());
        self.write(&text, 0)?;
        self.file
            .set_len(text.len() as u64)
            .map_err(|source| LedgerError::Io {
                path: self.path.clone(),
                source,
            })
    }

    fn write(&self, text: &str, at: u64) -> Result<(), LedgerError> {
        self.file
            .write_all_at(text.as_bytes(), at)
            .map_err(|source| LedgerError::Io {
                path: self.path.clone(),
                source,
            })
    }
}

/// Who the lock file says holds it.
fn holder_of(path: &Path) -> String {
    let mut text = String::new();
    let read =
        File::open(path).and_then(|file| file.take(MAX_LOCK_BYTES).read_to_string(&mut text));
    let mut lines = text
        .lines()
        .skip(1)
        .map(|line| line.chars().filter(|c| !c.is_control()).collect::<String>());
    match (read, lines.next(), lines.next()) {
        (Ok(_), Some(pid), Some(command)) => format!("process {pid} ({command})"),
        _ => "another process".to_owned(),
    }
}
