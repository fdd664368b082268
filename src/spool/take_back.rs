//! From `rejected/` back into the inbox, once an operator has approved what was refused.

use super::batch::batch_folder;
use super::error::SpoolError;
use super::inbox_path::{InboxPath, relative};
use super::layout::Spool;
use crate::licence::{Digest, id::Hex};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Most spellings that are tried for one name.
const MAX_SPELLINGS: usize = 1_000;

impl Spool {
    /// The file of a digest in `rejected/<date>-<batch>/`, if it is still there: its path relative
    /// to `rejected/`.
    ///
    /// # Errors
    /// [`SpoolError::Name`] for a date or batch that is no folder's name; [`SpoolError::Io`].
    pub fn find_rejected(
        &self,
        date: &str,
        batch: &str,
        digest: Digest,
    ) -> Result<Option<PathBuf>, SpoolError> {
        let top = self.rejected.path().join(batch_folder(date, batch)?);
        for entry in WalkDir::new(&top)
            .min_depth(1)
            .follow_links(false)
            .follow_root_links(false)
            .sort_by_file_name()
        {
            let Ok(entry) = entry else { continue };
            if entry.file_type().is_file() && digest_of(entry.path())? == digest {
                return Ok(entry
                    .path()
                    .strip_prefix(self.rejected.path())
                    .ok()
                    .map(Path::to_owned));
            }
        }
        Ok(None)
    }

    /// Every file in `rejected/<date>-<batch>/`, in byte order of paths; a folder that is not there
    /// has none.
    ///
    /// # Errors
    /// [`SpoolError::Name`] for a date or batch that is no folder's name.
    pub fn rejected_files(&self, date: &str, batch: &str) -> Result<Vec<PathBuf>, SpoolError> {
        let top = self.rejected.path().join(batch_folder(date, batch)?);
        let walk = WalkDir::new(top)
            .min_depth(1)
            .follow_links(false)
            .follow_root_links(false)
            .sort_by_file_name();
        Ok(walk
            .into_iter()
            .flatten()
            .filter(|entry| entry.file_type().is_file())
            .map(walkdir::DirEntry::into_path)
            .collect())
    }

    /// Moves a file of `rejected/` to the top of the inbox under a new name, never over another
    /// file.
    ///
    /// # Errors
    /// [`SpoolError::Vanished`] where it is gone; [`SpoolError::Io`].
    pub fn take_back(&self, found: &Path, name: &str) -> Result<InboxPath, SpoolError> {
        let vanished = || SpoolError::Vanished {
            path: self.rejected.path().join(found),
        };
        let (Some(parent), Some(old_name)) = (found.parent(), found.file_name()) else {
            return Err(vanished());
        };
        let failed = |error| SpoolError::io("take back", self.rejected.path().join(found), error);
        let from = self.rejected.open(parent).map_err(failed)?;
        let to = self.inbox.open(Path::new("")).map_err(failed)?;
        let extension = found.extension().and_then(OsStr::to_str).unwrap_or("json");
        for number in 1..MAX_SPELLINGS {
            let new_name = if number == 1 {
                format!("{name}.{extension}")
            } else {
                format!("{name} ({number}).{extension}")
            };
            match from.rename_into(old_name, &to, OsStr::new(&new_name)) {
                Err(Errno::EXIST) => {}
                Err(Errno::NOENT) => return Err(vanished()),
                Err(error) => return Err(failed(error)),
                Ok(()) => {
                    let path = self.inbox.path().join(&new_name);
                    return relative(self.inbox.path(), &path)
                        .ok_or(SpoolError::Name { name: path });
                }
            }
        }
        Err(SpoolError::Exists {
            path: self.inbox.path().join(name),
        })
    }
}

fn digest_of(path: &Path) -> Result<Digest, SpoolError> {
    let bytes = std::fs::read(path).map_err(|error| SpoolError::io("read", path, error))?;
    Ok(Hex(Sha256::digest(&bytes).into()))
}
