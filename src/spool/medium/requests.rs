//! Requests are listed on the medium and read from it.

use super::mount::Medium;
use crate::spool::error::SpoolError;
use crate::spool::listing::{ListOptions, Listed, ListedKind, list_beneath};
use crate::spool::reading::MAX_PICTURE_BYTES;
use crate::spool::skipped::{irregular, is_fault};
use rustix::io::Errno;
use std::io::Read;
use std::path::Path;

/// Deepest path that is read, in parts: copies lie a folder deeper in the inbox.
const DEPTH: usize = ListOptions::MAX_DEPTH - 1;

/// Why a file of the medium is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    /// It is larger than anything that could be answered.
    #[error("it is larger than 32 MiB")]
    TooLarge,
    /// It changed while it was read.
    #[error("it is still being written")]
    Unsettled,
    /// The system did not let it be read.
    #[error("it cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// The medium or this machine failed at it, as the system says.
    #[error("it could not be read: {0}")]
    Failed(String),
}

/// A file that was read from the medium.
#[derive(Debug)]
pub struct Copied {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its time stamp.
    pub modified: Option<std::time::SystemTime>,
}

impl Medium {
    /// Lists the requests with paths relative to their folder. Where they lie at the top,
    /// it lists the files there and in folders that `is_known` names: a stick may hold much else.
    ///
    /// # Errors
    /// [`SpoolError::Io`] where the medium cannot be read.
    pub fn list(&self, is_known: impl Fn(&str) -> bool) -> Result<Vec<Listed>, SpoolError> {
        match &self.requests {
            Some(folder) => list_beneath(&self.root.path().join(folder), DEPTH),
            None => {
                let mut listed = list_beneath(self.root.path(), DEPTH)?;
                // Files that are not meant for the signer are not reported.
                let is_meant = |listed: &Listed| match listed.path.first_folder() {
                    Some(folder) => is_known(folder),
                    None => listed.kind == ListedKind::Regular,
                };
                listed.retain(is_meant);
                Ok(listed)
            }
        }
    }

    /// Reads a listed file, once and whole.
    ///
    /// # Errors
    /// [`NotRead`]: the other files may be read all the same, if the medium [is
    /// there](Medium::is_there).
    pub fn read(&self, listed: &Listed) -> Result<Copied, NotRead> {
        let unreadable = |error: std::io::Error| match Errno::from_io_error(&error)
            .filter(|error| is_fault(*error))
        {
            Some(fault) => NotRead::Failed(fault.to_string()),
            None => NotRead::Unreadable(error.kind()),
        };
        if listed.size > MAX_PICTURE_BYTES {
            return Err(NotRead::TooLarge);
        }
        let top = self.requests.as_deref().unwrap_or(Path::new(""));
        let folder = self
            .root
            .open(&top.join(listed.path.parent()))
            .map_err(|error| unreadable(error.into()))?;
        let file = folder
            .open_file(listed.path.file_name())
            .map_err(|error| unreadable(error.into()))?;
        let before = file.metadata().map_err(unreadable)?;
        if irregular(&before).is_some() {
            return Err(NotRead::Unreadable(std::io::ErrorKind::InvalidInput));
        }
        let mut bytes = Vec::new();
        (&file)
            .take(MAX_PICTURE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let after = file.metadata().map_err(unreadable)?;
        let modified = after.modified().ok();
        let is_same = (before.len(), before.modified().ok()) == (after.len(), modified)
            && after.len() == bytes.len() as u64;
        if is_same {
            Ok(Copied { bytes, modified })
        } else {
            Err(NotRead::Unsettled)
        }
    }
}
