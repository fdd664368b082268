//! Moving a file from `work/` to `archive/` or `rejected/`, under names that any stick can hold.

use super::batch::{batch_folder, checked};
use super::error::SpoolError;
use super::folder::{Folder, split};
use super::inbox_path::{InboxPath, relative};
use super::layout::Spool;
use super::names::{MAX_NAME_BYTES, fold, is_safe, safe_within};
use super::rejected::RejectedPath;
use super::shelf::{NameOf, Shelf, same_or};
use super::work_file::WorkFile;
use rustix::io::Errno;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use walkdir::WalkDir;

/// Room in a name of `rejected/` for `.refusal-<n>.json`, in bytes.
const REFUSAL_SUFFIX_BYTES: usize = 20;

impl Spool {
    /// Moves an answered file to `archive/<date>/<batch>/`, beneath it to its inbox path in names
    /// that FAT can hold, each differing from the others without regard to case. A move that was
    /// done before is done.
    ///
    /// # Errors
    /// [`SpoolError::Vanished`] where the file is neither in `work/` nor, with its digest, where it
    /// was to go; [`SpoolError::Name`] for a date or batch that is no folder's name;
    /// [`SpoolError::Io`].
    pub fn archive(&self, date: &str, batch: &str, file: &WorkFile) -> Result<PathBuf, SpoolError> {
        let folder = Path::new(checked(date)?).join(checked(batch)?);
        let relative = self.shelve(
            &self.archive,
            &self.archive_shelf,
            &folder,
            file,
            archived_name,
        )?;
        Ok(self.archive.path().join(folder).join(relative))
    }

    /// Moves everything that a batch took to `archive/<date>/<batch>/` by one rename, and says
    /// whether it could. It cannot where something else lies there, FAT needs another name, or a
    /// file was moved before; the caller then moves each file by [`Spool::archive`]. `count` is
    /// the number of files for which `is_answered` holds.
    ///
    /// # Errors
    /// As [`Spool::archive`].
    pub fn archive_whole(
        &self,
        date: &str,
        batch: &str,
        count: usize,
        is_answered: impl Fn(&InboxPath) -> bool,
    ) -> Result<bool, SpoolError> {
        let (day, name) = (Path::new(checked(date)?), OsStr::new(checked(batch)?));
        if !keeps_its_names(&self.work.path().join(name), count, is_answered) {
            return Ok(false);
        }
        let to = self.archive.make(day);
        let to = to.map_err(|error| {
            SpoolError::io("make the folder of", self.archive.path().join(day), error)
        })?;
        match self.work.rename_into(name, &to, name) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST | Errno::NOTEMPTY) => Ok(false),
            Err(error) => Err(SpoolError::io(
                "move away",
                self.work.path().join(name),
                error,
            )),
        }
    }

    /// Moves a refused file to `rejected/<date>-<batch>/`, as [`Spool::archive`] does.
    ///
    /// # Errors
    /// As [`Spool::archive`].
    pub fn reject(
        &self,
        date: &str,
        batch: &str,
        file: &WorkFile,
    ) -> Result<RejectedPath, SpoolError> {
        let folder = batch_folder(date, batch)?;
        let relative = self.shelve(
            &self.rejected,
            &self.rejected_shelf,
            &folder,
            file,
            rejected_name,
        )?;
        Ok(self.rejected_path(&folder, relative))
    }

    /// The path to which [`Spool::reject`] will move a file, so that its refusals can be published
    /// first.
    ///
    /// # Errors
    /// As [`Spool::archive`].
    pub fn rejected_name(
        &self,
        date: &str,
        batch: &str,
        file: &WorkFile,
    ) -> Result<RejectedPath, SpoolError> {
        let folder = batch_folder(date, batch)?;
        let mut shelf = self
            .rejected_shelf
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let relative = self.promise(&self.rejected, &mut shelf, &folder, file, rejected_name)?;
        Ok(self.rejected_path(&folder, relative))
    }

    fn rejected_path(&self, folder: &Path, relative: PathBuf) -> RejectedPath {
        RejectedPath {
            path: self.rejected.path().join(folder).join(&relative),
            relative,
        }
    }

    fn shelve(
        &self,
        top: &Folder,
        shelf: &Mutex<Shelf>,
        batch: &Path,
        file: &WorkFile,
        name_of: NameOf,
    ) -> Result<PathBuf, SpoolError> {
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let relative = self.promise(top, &mut shelf, batch, file, name_of)?;
        if !shelf.promised.contains_key(&file.inbox_path) {
            return Ok(relative);
        }
        let path = batch.join(&relative);
        let (parent, name) = split(&path);
        let to = same_or(&mut shelf.to, parent, || top.make(parent));
        let to = to
            .map_err(|error| SpoolError::io("make the folder of", top.path().join(&path), error))?;
        let from = same_or(&mut shelf.from, &file.parent(), || {
            self.work.open(&file.parent())
        });
        let moved = from.and_then(|from| from.rename_into(file.inbox_path.file_name(), &to, name));
        moved.map_err(|error| match error {
            Errno::EXIST | Errno::NOTEMPTY => SpoolError::Exists {
                path: to.path().join(name),
            },
            error => SpoolError::io("move away", &file.work_path, error),
        })?;
        shelf.promised.remove(&file.inbox_path);
        Ok(relative)
    }

    /// The path, relative to the batch's folder, to which a file goes or has gone. A file that has
    /// gone is no longer promised.
    fn promise(
        &self,
        top: &Folder,
        shelf: &mut Shelf,
        batch: &Path,
        file: &WorkFile,
        name_of: NameOf,
    ) -> Result<PathBuf, SpoolError> {
        if shelf.batch != batch {
            *shelf = Shelf {
                batch: batch.to_owned(),
                ..Shelf::default()
            };
        }
        let parent = shelf.claim_parents(top, file.inbox_path.parent(), name_of)?;
        let (name, max_bytes) = name_of(file.inbox_path.file_name());
        if !self.is_at_work(shelf, file)? {
            shelf.promised.remove(&file.inbox_path);
            return shelf.find(top, &parent, &name, max_bytes, file);
        }
        if let Some(path) = shelf.promised.get(&file.inbox_path) {
            return Ok(path.clone());
        }
        let path = parent.join(
            shelf
                .level(top, &parent)?
                .claim_within(name.as_bytes(), max_bytes),
        );
        shelf.promised.insert(file.inbox_path.clone(), path.clone());
        Ok(path)
    }

    fn is_at_work(&self, shelf: &mut Shelf, file: &WorkFile) -> Result<bool, SpoolError> {
        let folder = same_or(&mut shelf.from, &file.parent(), || {
            self.work.open(&file.parent())
        });
        match folder.and_then(|folder| folder.look_at(file.inbox_path.file_name())) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(false),
            Err(error) => Err(SpoolError::io("look at", &file.work_path, error)),
        }
    }
}

/// Whether a folder holds these files only, and the archive keeps each name: the name is safe and
/// differs from the others, whatever their case. False for a folder that cannot be read.
fn keeps_its_names(root: &Path, count: usize, is_answered: impl Fn(&InboxPath) -> bool) -> bool {
    let mut seen = HashSet::with_capacity(count);
    let mut files = 0;
    for entry in WalkDir::new(root)
        .min_depth(1)
        .follow_links(false)
        .follow_root_links(false)
    {
        let Ok(entry) = entry else { return false };
        let (Some(path), Some(name)) = (relative(root, entry.path()), entry.file_name().to_str())
        else {
            return false;
        };
        let is_wanted =
            entry.file_type().is_dir() || (entry.file_type().is_file() && is_answered(&path));
        // Two that differ in case only; or, once in a very long time, two that do not.
        let folded = BuildHasherDefault::<DefaultHasher>::default()
            .hash_one(fold(&path.as_path().to_string_lossy()));
        if !is_wanted || !is_safe(name) || !seen.insert(folded) {
            return false;
        }
        files += usize::from(!entry.file_type().is_dir());
    }
    files == count
}

fn archived_name(name: &OsStr) -> (String, usize) {
    (safe_within(name.as_bytes(), MAX_NAME_BYTES), MAX_NAME_BYTES)
}

/// Changes a file's name where a refusal, its own or another file's, could get the same name.
fn rejected_name(name: &OsStr) -> (String, usize) {
    let max_bytes = MAX_NAME_BYTES - REFUSAL_SUFFIX_BYTES;
    let mut name = safe_within(name.as_bytes(), max_bytes);
    while let Some(at) = name.to_ascii_lowercase().find(".refusal") {
        name.replace_range(at..=at, "_");
    }
    (name, max_bytes)
}
