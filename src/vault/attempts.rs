//! Failed unlocks: the file `attempts` beside the vault, unsealed: who fails has no key to
//! seal with.
//!
//! One line an attempt: its time, `YYYY-MM-DDThh:mm:ssZ`, and a line feed. The next command that
//! changes anything copies the lines into the history and clears the file. A crash between the two
//! repeats lines.

use super::disk::{io_error, read_bounded, sync};
use super::error::VaultError;
use super::files::ATTEMPTS_FILE;
use crate::licence::Moment;
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// Largest size of the file, in bytes: 3,120 attempts. More attempts than that are
/// not written, so that nobody fills the disk.
pub const MAX_BYTES: u64 = 64 * 1024;
/// A time and a line feed.
const LINE_BYTES: u64 = 21;

/// What the file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempts {
    /// Times of failed unlocks, by the signer's clock, as they were written.
    pub times: Vec<Moment>,
    /// Lines that are no times: a write that a power cut tore, or somebody's hand.
    pub unreadable: usize,
    /// Whether the file had no room for more, so that later attempts may be missing.
    pub full: bool,
    /// Bytes that were read; [`clear`] takes away exactly these.
    bytes: usize,
}

/// Appends a failed unlock, and brings it to the disk. A full file stays as it is.
///
/// # Errors
/// [`VaultError::Io`] or [`VaultError::SyncFailed`].
pub fn record(folder: &Path, now: Moment) -> Result<(), VaultError> {
    let path = folder.join(ATTEMPTS_FILE);
    let mut file = open_locked(&path)?;
    let length = file.metadata().map_err(io_error(&path))?.len();
    if length + LINE_BYTES >= MAX_BYTES {
        return Ok(());
    }
    // After a torn line this one begins anew, and stays readable.
    let begin = if length % LINE_BYTES == 0 { "" } else { "\n" };
    file.write_all(format!("{begin}{now}\n").as_bytes())
        .map_err(io_error(&path))?;
    sync(&file, &path)
}

/// Reads the file; one that is not there holds nothing.
///
/// # Errors
/// [`VaultError::Io`], [`VaultError::NotAFile`] or [`VaultError::TooLarge`].
pub fn read(folder: &Path) -> Result<Attempts, VaultError> {
    let bytes = match read_bounded(&folder.join(ATTEMPTS_FILE), MAX_BYTES) {
        Err(VaultError::NotFound { .. }) => return Ok(Attempts::default()),
        other => other?,
    };
    let lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let read: Vec<Option<Moment>> = lines
        .map(|line| {
            str::from_utf8(line)
                .ok()
                .and_then(|text| Moment::read(text).ok())
        })
        .collect();
    let times: Vec<Moment> = read.iter().flatten().copied().collect();
    Ok(Attempts {
        unreadable: read.len() - times.len(),
        times,
        full: bytes.len() as u64 + LINE_BYTES >= MAX_BYTES,
        bytes: bytes.len(),
    })
}

/// Takes away what [`read`] gave, once it stands in the history; attempts made since then stay (but
/// for a power cut in this very moment).
///
/// # Errors
/// [`VaultError::Io`] or [`VaultError::SyncFailed`].
pub fn clear(folder: &Path, copied: &Attempts) -> Result<(), VaultError> {
    if copied.bytes == 0 {
        return Ok(());
    }
    let path = folder.join(ATTEMPTS_FILE);
    let mut file = open_locked(&path)?;
    let length = file.metadata().map_err(io_error(&path))?.len();
    let since = usize::try_from(length.min(MAX_BYTES))
        .unwrap_or(usize::MAX)
        .saturating_sub(copied.bytes);
    let mut newer = vec![0; since];
    file.read_exact_at(&mut newer, copied.bytes as u64)
        .map_err(io_error(&path))?;
    file.set_len(0).map_err(io_error(&path))?;
    file.write_all(&newer).map_err(io_error(&path))?;
    sync(&file, &path)
}

/// Opens the file to append, one process at a time.
fn open_locked(path: &Path) -> Result<File, VaultError> {
    let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
    let mut options = OpenOptions::new();
    options
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(nofollow);
    let file = options.open(path).map_err(io_error(path))?;
    flock(&file, FlockOperation::LockExclusive).map_err(|errno| io_error(path)(errno.into()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a scratch folder")
    }

    fn moment(second: u32) -> Moment {
        Moment::read(&format!("2026-11-22T05:06:{second:02}Z")).expect("a time of the test")
    }

    #[test]
    fn failed_unlocks_are_kept() -> Result<(), VaultError> {
        let folder = folder();
        assert_eq!(read(folder.path())?, Attempts::default());
        record(folder.path(), moment(1))?;
        record(folder.path(), moment(2))?;
        let copied = read(folder.path())?;
        assert_eq!(
            (&copied.times[..], copied.unreadable, copied.full),
            (&[moment(1), moment(2)][..], 0, false)
        );
        record(folder.path(), moment(3))?;
        clear(folder.path(), &copied)?;
        assert_eq!(read(folder.path())?.times, [moment(3)]);
        Ok(())
    }

    #[test]
    fn torn_lines_are_counted_and_hide_nothing() -> Result<(), VaultError> {
        let folder = folder();
        record(folder.path(), moment(1))?;
        let path = folder.path().join(ATTEMPTS_FILE);
        std::fs::write(&path, b"\xff\xff\n2026-11-").map_err(io_error(&path))?;
        record(folder.path(), moment(7))?;
        let attempts = read(folder.path())?;
        assert_eq!((attempts.times, attempts.unreadable), (vec![moment(7)], 2));
        Ok(())
    }

    #[test]
    fn the_file_of_attempts_is_bounded() -> Result<(), VaultError> {
        let folder = folder();
        let path = folder.path().join(ATTEMPTS_FILE);
        std::fs::write(&path, format!("{}\n", moment(1)).repeat(3_119)).map_err(io_error(&path))?;
        for _ in 0..3 {
            record(folder.path(), moment(2))?;
        }
        let attempts = read(folder.path())?;
        assert_eq!((attempts.times.len(), attempts.full), (3_120, true));
        clear(folder.path(), &attempts)?;
        assert_eq!(read(folder.path())?, Attempts::default());
        Ok(())
    }
}
