//! Moving a file from `work/` to `archive/` or `rejected/`, under names that any stick can hold.

use super::error::SpoolError;
use super::folder::Folder;
use super::inbox_path::InboxPath;
use super::intake::Reading;
use super::layout::Spool;
use super::listing::relative;
use super::names::{MAX_NAME_BYTES, Unique, fold, is_safe, numbered, safe_within};
use super::work::{WorkFile, checked};
use crate::licence::Digest;
use rustix::io::Errno;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use walkdir::WalkDir;

/// Room in a name of `rejected/` for `.refusal-<n>.json`, in bytes.
const REFUSAL_SUFFIX_BYTES: usize = 20;

/// Where a refused file lies, or is to lie, and where its refusals stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedPath {
    /// The file's path.
    pub path: PathBuf,
    /// Its path relative to `rejected/<date>-<batch>/`, as
    /// [`Publisher::stage`](super::Publisher::stage) takes it.
    pub relative: PathBuf,
}

impl RejectedPath {
    /// The relative path of the signed refusal beside the file; from the second on they are
    /// numbered, since a file may hold several documents.
    #[must_use]
    pub fn refusal_json(&self, number: usize) -> PathBuf {
        self.beside(number, "json")
    }

    /// The relative path of the refusal in words beside the file.
    #[must_use]
    pub fn refusal_txt(&self, number: usize) -> PathBuf {
        self.beside(number, "txt")
    }

    fn beside(&self, number: usize, extension: &str) -> PathBuf {
        let mut path = self.relative.clone().into_os_string();
        path.push(if number > 1 {
            format!(".refusal-{number}.{extension}")
        } else {
            format!(".refusal.{extension}")
        });
        path.into()
    }
}

/// The safe name of a part of an inbox path, and its longest length.
type NameOf = fn(&OsStr) -> (String, usize);

/// The names in use in the folder of one batch. Read from disk when first needed; only the signer
/// writes there.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    batch: PathBuf,
    levels: HashMap<PathBuf, Unique>,
    promised: HashMap<InboxPath, PathBuf>,
    /// The folder that the last file came from, and the one that the last file went to: neighbours
    /// share them.
    from: Option<(PathBuf, Arc<Folder>)>,
    to: Option<(PathBuf, Arc<Folder>)>,
}

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

    /// Moves everything that a batch took to `archive/<date>/<batch>/` by one rename: whether that
    /// could be done. It cannot where anything else lies there, where a name has to be changed for
    /// FAT, or where some was moved before: then [`Spool::archive`] is to move one file after the
    /// other. `count` files were answered, those of which `is_answered` says so.
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

    /// The path, relative to the batch's folder, to which a file goes; or went, which then is no
    /// promise any more.
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

/// Whether a folder holds these files and nothing else, each with a name that the archive leaves as
/// it is: safe, and other than the rest without regard to case. What cannot be looked at does not.
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

impl Shelf {
    /// The names in a folder of the batch.
    fn level(&mut self, top: &Folder, relative: &Path) -> Result<&mut Unique, SpoolError> {
        if !self.levels.contains_key(relative) {
            let names = read_names(top, &self.batch.join(relative))?;
            self.levels.insert(relative.to_owned(), names);
        }
        Ok(self.levels.entry(relative.to_owned()).or_default())
    }

    fn claim_parents(
        &mut self,
        top: &Folder,
        parents: &Path,
        name_of: NameOf,
    ) -> Result<PathBuf, SpoolError> {
        let mut path = PathBuf::new();
        for part in parents {
            let name = self.level(top, &path)?.claim_folder(name_of(part).0);
            path.push(name);
        }
        Ok(path)
    }

    /// Looks for a file that was moved before, among the spellings that it may have been given.
    fn find(
        &mut self,
        top: &Folder,
        parent: &Path,
        name: &str,
        max: usize,
        file: &WorkFile,
    ) -> Result<PathBuf, SpoolError> {
        let folder = self.batch.join(parent);
        let names = self.level(top, parent)?;
        let spellings = (1..).map(|number| {
            String::from_utf8_lossy(&numbered(name.as_bytes(), number, max)).into_owned()
        });
        let there =
            spellings.map_while(|spelling| names.spelling(&spelling).map(ToOwned::to_owned));
        let digest_of = |spelling: &String| digest_at(top, &folder, OsStr::new(spelling));
        let found = there
            .into_iter()
            .find(|spelling| file.digest.is_some() && digest_of(spelling) == file.digest);
        match found {
            Some(spelling) => Ok(parent.join(spelling)),
            None => Err(SpoolError::Vanished {
                path: file.work_path.clone(),
            }),
        }
    }
}

/// The folder of a path: the one that is open already, or the one that `open` opens.
fn same_or(
    last: &mut Option<(PathBuf, Arc<Folder>)>,
    path: &Path,
    open: impl FnOnce() -> rustix::io::Result<Folder>,
) -> rustix::io::Result<Arc<Folder>> {
    if let Some((_, folder)) = last.as_ref().filter(|(known, _)| known == path) {
        return Ok(folder.clone());
    }
    let folder = Arc::new(open()?);
    *last = Some((path.to_owned(), folder.clone()));
    Ok(folder)
}

/// `<date>-<batch>`, the folder of a batch in `outbox/` and `rejected/`.
pub(super) fn batch_folder(date: &str, batch: &str) -> Result<PathBuf, SpoolError> {
    checked(&format!("{}-{}", checked(date)?, checked(batch)?)).map(PathBuf::from)
}

fn archived_name(name: &OsStr) -> (String, usize) {
    (safe_within(name.as_bytes(), MAX_NAME_BYTES), MAX_NAME_BYTES)
}

/// No file keeps a name that a refusal beside it, or beside another, could be given.
fn rejected_name(name: &OsStr) -> (String, usize) {
    let max_bytes = MAX_NAME_BYTES - REFUSAL_SUFFIX_BYTES;
    let mut name = safe_within(name.as_bytes(), max_bytes);
    while let Some(at) = name.to_ascii_lowercase().find(".refusal") {
        name.replace_range(at..=at, "_");
    }
    (name, max_bytes)
}

fn read_names(top: &Folder, path: &Path) -> Result<Unique, SpoolError> {
    let mut unique = Unique::new();
    let names = match top.open(path).and_then(|folder| folder.names()) {
        Err(Errno::NOENT) => return Ok(unique),
        names => names.map_err(|error| SpoolError::io("list", top.path().join(path), error))?,
    };
    for (name, is_folder) in names {
        unique.insert(name.to_string_lossy().into_owned(), is_folder);
    }
    Ok(unique)
}

fn digest_at(top: &Folder, folder: &Path, name: &OsStr) -> Option<Digest> {
    let mut file = top
        .open(folder)
        .and_then(|folder| folder.open_file(name))
        .ok()?;
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Reading::of(&mut file, metadata.len())
        .ok()
        .map(|read| read.digest)
}

/// A path's folder and its last part.
pub(super) fn split(path: &Path) -> (&Path, &OsStr) {
    (
        path.parent().unwrap_or(Path::new("")),
        path.file_name().unwrap_or_default(),
    )
}
