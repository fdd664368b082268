//! Copies of what a medium holds, on their way into the inbox.

use super::error::SpoolError;
use super::folder::Folder;
use super::inbox_path::{InboxPath, relative};
use super::layout::Spool;
use super::listing::{Listed, ListedKind};
use super::medium::Copied;
use super::reading::{MAX_PICTURE_BYTES, Reading};
use super::work_file::WorkFile;
use crate::licence::Digest;
use rustix::io::Errno;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use walkdir::WalkDir;

/// The name of a copy that is not whole yet.
const UNFINISHED: &str = ".copy.part";

impl Spool {
    /// Writes a copy to `work/<batch>/`, with the time stamp of its original. [`Spool::put_back`]
    /// then moves it to its path in the inbox.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn stage_copy(
        &self,
        batch: &str,
        path: &InboxPath,
        copied: &Copied,
    ) -> Result<WorkFile, SpoolError> {
        let file = self.work_file(batch, path, None)?;
        let failed = |error: std::io::Error| SpoolError::io("write", &file.work_path, error);
        let folder = self
            .work
            .make(&file.parent())
            .map_err(|error| failed(error.into()))?;
        let mut new = folder
            .create_file(OsStr::new(UNFINISHED))
            .map_err(|error| failed(error.into()))?;
        new.write_all(&copied.bytes).map_err(failed)?;
        if let Some(modified) = copied.modified {
            new.set_modified(modified).map_err(failed)?;
        }
        let named = folder.rename_into(OsStr::new(UNFINISHED), &folder, path.file_name());
        named.map_err(|error| {
            // The first error is the one to report.
            let _ = folder.remove_file(OsStr::new(UNFINISHED));
            failed(error.into())
        })?;
        Ok(file)
    }

    /// Removes the file if [`Spool::stage_copy`] was cut off while it wrote it. True if it was.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn discard_unfinished_copy(&self, file: &WorkFile) -> Result<bool, SpoolError> {
        let is_unfinished = file.inbox_path.exchange_folder().is_some()
            && file.inbox_path.file_name() == UNFINISHED;
        if is_unfinished {
            let removed = remove(&self.work, &file.parent(), file.inbox_path.file_name());
            removed.map_err(|error| SpoolError::io("remove", &file.work_path, error))?;
        }
        Ok(is_unfinished)
    }

    /// Removes copies that nobody needs: those of a batch in `work/`, and those beneath a folder of
    /// the inbox.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn discard_copies(&self, batch: &str, folder: &str) -> Result<(), SpoolError> {
        remove_files(&self.work, batch)?;
        remove_files(&self.inbox, folder)?;
        self.tidy()?;
        self.tidy_inbox(folder)
    }

    /// Removes the empty folders of the inbox that held copies from media.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn tidy_inbox_of_copies(&self) -> Result<(), SpoolError> {
        let names = self
            .inbox
            .names()
            .map_err(|error| SpoolError::io("list", self.inbox.path(), error))?;
        let folders = names
            .into_iter()
            .filter(|(_, is_folder)| *is_folder)
            .filter_map(|(name, _)| name.into_string().ok());
        folders
            .filter(|name| InboxPath::is_exchange_folder(name))
            .try_for_each(|name| self.tidy_inbox(&name))
    }

    /// SHA-256 of a listed file of the inbox, where it can be read and may be a request.
    ///
    /// # Errors
    /// [`SpoolError::Io`] where the inbox cannot be read.
    pub fn digest_in_inbox(&self, listed: &Listed) -> Result<Option<Digest>, SpoolError> {
        if listed.kind != ListedKind::Regular || listed.size > MAX_PICTURE_BYTES {
            return Ok(None);
        }
        let opened = self
            .inbox
            .open(listed.path.parent())
            .and_then(|folder| folder.open_file(listed.path.file_name()));
        let Ok(mut file) = opened else {
            return Ok(None);
        };
        Ok(Reading::of(&mut file, listed.size)
            .ok()
            .map(|read| read.digest))
    }

    /// Removes the empty folders in a folder of the inbox, and the folder itself if it is empty.
    fn tidy_inbox(&self, folder: &str) -> Result<(), SpoolError> {
        let root = self.inbox.path();
        let walk = WalkDir::new(root.join(folder))
            .contents_first(true)
            .follow_links(false)
            .follow_root_links(false);
        for entry in walk
            .into_iter()
            .flatten()
            .filter(|entry| entry.file_type().is_dir())
        {
            let Some(path) = relative(root, entry.path()) else {
                continue;
            };
            let removed = self
                .inbox
                .open(path.parent())
                .and_then(|parent| parent.remove_if_empty(path.file_name()));
            removed.map_err(|error| SpoolError::io("remove", entry.path(), error))?;
        }
        Ok(())
    }
}

fn remove_files(top: &Folder, folder: &str) -> Result<(), SpoolError> {
    let walk = WalkDir::new(top.path().join(folder))
        .follow_links(false)
        .follow_root_links(false);
    for entry in walk
        .into_iter()
        .flatten()
        .filter(|entry| !entry.file_type().is_dir())
    {
        let (Some(parent), name) = (
            entry
                .path()
                .parent()
                .and_then(|parent| parent.strip_prefix(top.path()).ok()),
            entry.file_name(),
        ) else {
            continue;
        };
        match remove(top, parent, name) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(SpoolError::io("remove", entry.path(), error)),
        }
    }
    Ok(())
}

fn remove(top: &Folder, parent: &Path, name: &OsStr) -> Result<(), Errno> {
    top.open(parent)?.remove_file(name)
}
