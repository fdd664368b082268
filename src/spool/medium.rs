//! A removable medium, such as a stick: requests are read from it, answers written to it. Nothing
//! on it is moved, replaced or deleted.
//!
//! FAT32, exFAT and others: no permissions, no links, names without regard to case, time stamps of
//! two seconds. It may be read-only, full, or pulled out at any moment. Nothing on it is followed
//! that leads out of it.

use super::error::SpoolError;
use super::folder::Folder;
use super::intake::{MAX_PICTURE_BYTES, is_fault};
use super::listing::{ListOptions, Listed, ListedKind, irregular, list_beneath};
use super::names::is_safe;
use rustix::fs::{Advice, Mode, fadvise, fchmod};
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The folder of requests, in any case; where there is none, they lie at the top.
const REQUESTS: &str = "requests";
/// The folder of answers, in any case.
const ANSWERS: &str = "answers";
/// Deepest path that is read, in parts: copies lie a folder deeper in the inbox.
const DEPTH: usize = ListOptions::MAX_DEPTH - 1;
/// Ends the name of a file that is not yet whole on the medium.
const UNFINISHED: &str = ".part";

/// Permissions of an answer: it is for whoever carries the medium, under whatever account.
const ANSWER_MODE: Mode = Mode::from_raw_mode(0o644);
/// Permissions of a folder of answers.
const ANSWER_FOLDER_MODE: Mode = Mode::from_raw_mode(0o755);

/// A mounted medium.
#[derive(Debug)]
pub struct Medium {
    root: Folder,
    /// The folder that holds the requests, relative to the root; none: they lie at the top.
    requests: Option<PathBuf>,
    /// The name of the folder of answers.
    answers: PathBuf,
    /// Files of the folder of answers by name in lower case, each with its size; several of one
    /// name lie in several folders.
    held: HashMap<String, Vec<(PathBuf, u64)>>,
}

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
    /// Opens a mounted medium and looks at what it holds.
    ///
    /// # Errors
    /// [`SpoolError::Io`], [`SpoolError::NotAFolder`].
    pub fn open(path: &Path) -> Result<Self, SpoolError> {
        let root = Folder::open_path(path).map_err(|error| match error {
            Errno::NOTDIR | Errno::LOOP => SpoolError::NotAFolder { path: path.into() },
            error => SpoolError::io("open", path, error),
        })?;
        let names = root
            .names()
            .map_err(|error| SpoolError::io("list", path, error))?;
        let folder = |wanted: &str| {
            let mut same = names
                .iter()
                .filter(|(name, is_folder)| *is_folder && name.eq_ignore_ascii_case(wanted))
                .collect::<Vec<_>>();
            same.sort();
            same.first().map(|(name, _)| PathBuf::from(name))
        };
        let (requests, answers) = (
            folder(REQUESTS),
            folder(ANSWERS).unwrap_or_else(|| ANSWERS.into()),
        );
        let held = held_in(&root.path().join(&answers));
        Ok(Self {
            root,
            requests,
            answers,
            held,
        })
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// Lists the requests with paths relative to their folder. Where they lie at the top, only
    /// files directly there, and those in folders of which `is_known` says so: a stick may hold
    /// much else.
    ///
    /// # Errors
    /// [`SpoolError::Io`] where the medium cannot be read.
    pub fn list(&self, is_known: impl Fn(&str) -> bool) -> Result<Vec<Listed>, SpoolError> {
        match &self.requests {
            Some(folder) => list_beneath(&self.root.path().join(folder), DEPTH),
            None => {
                let mut listed = list_beneath(self.root.path(), DEPTH)?;
                // What is not meant for the signer is not worth a word.
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

    /// Whether it is still mounted and answers.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.root.is_in_place().unwrap_or(false) && self.root.names().is_ok()
    }

    /// Whether the folder of answers holds a file of this name with these bytes, in whatever folder
    /// of it.
    #[must_use]
    pub fn holds(&self, name: &str, bytes: &[u8]) -> bool {
        self.held(name).any(|there| there == bytes)
    }

    /// What the folder of answers holds under this name.
    pub fn held(&self, name: &str) -> impl Iterator<Item = Vec<u8>> {
        let found = self.held.get(&name.to_lowercase()).into_iter().flatten();
        found
            .filter(|(_, size)| *size <= MAX_PICTURE_BYTES)
            .filter_map(|(path, _)| std::fs::read(path).ok())
    }

    /// The names of all files in the folder of answers, in lower case.
    pub fn held_names(&self) -> impl Iterator<Item = &str> {
        self.held.keys().map(String::as_str)
    }

    /// Tries whether the medium can be written to, and leaves it as it was, but for an empty folder
    /// of answers, and without what an earlier run had not finished there.
    ///
    /// # Errors
    /// [`SpoolError::Io`] with what the system says.
    pub fn try_to_write(&self) -> Result<(), SpoolError> {
        let folder = self.make_synced(&self.answers, &|error| {
            SpoolError::io("write to", self.root.path(), error)
        })?;
        self.sweep(&folder)?;
        let name = OsStr::new(".keyspool.part");
        let tried = folder.create_file(name).or_else(|error| match error {
            // Left by a run that was cut off here.
            Errno::EXIST => folder
                .remove_file(name)
                .and_then(|()| folder.create_file(name)),
            error => Err(error),
        });
        let done = tried.and_then(|file| {
            drop(file);
            folder.remove_file(name)
        });
        done.map_err(|error| SpoolError::io("write to", self.root.path(), error))
    }

    /// Removes files of the folder of answers that were never finished.
    fn sweep(&self, answers: &Folder) -> Result<(), SpoolError> {
        let walk = WalkDir::new(answers.path())
            .follow_links(false)
            .follow_root_links(false)
            .max_depth(ListOptions::MAX_DEPTH);
        for entry in walk
            .into_iter()
            .flatten()
            .filter(|entry| entry.file_type().is_file())
        {
            let name = entry.file_name().as_bytes();
            let folder = entry
                .path()
                .parent()
                .and_then(|parent| parent.strip_prefix(answers.path()).ok());
            if let Some(folder) =
                folder.filter(|_| name.starts_with(b".") && name.ends_with(UNFINISHED.as_bytes()))
            {
                let removed = answers
                    .open(folder)
                    .and_then(|folder| folder.remove_file(entry.file_name()));
                removed.map_err(|error| SpoolError::io("remove", entry.path(), error))?;
            }
        }
        Ok(())
    }

    /// Writes a file into the folder of answers: under another name first, synced, renamed, its
    /// folders synced. What has this name there with the same bytes stays.
    ///
    /// # Errors
    /// [`SpoolError::Io`], with nothing under that name; [`SpoolError::Exists`];
    /// [`SpoolError::Name`].
    pub fn write(&self, relative: &Path, bytes: &[u8]) -> Result<(), SpoolError> {
        let is_valid = |part: &[u8]| std::str::from_utf8(part).is_ok_and(is_safe);
        if !relative
            .as_os_str()
            .as_bytes()
            .split(|b| *b == b'/')
            .all(is_valid)
        {
            return Err(SpoolError::Name {
                name: relative.into(),
            });
        }
        let path = self.answers.join(relative);
        let shown = self.root.path().join(&path);
        let failed = |error: Errno| SpoolError::io("write", &shown, error);
        let name = path.file_name().ok_or_else(|| SpoolError::Name {
            name: relative.into(),
        })?;
        let folder = self.make_synced(path.parent().unwrap_or(Path::new("")), &failed)?;
        if folder.look_at(name).is_ok() {
            let there = read_whole(&folder, name, bytes.len()).map_err(failed)?;
            return if there == bytes {
                Ok(())
            } else {
                Err(SpoolError::Exists { path: shown })
            };
        }
        let mut temporary = OsStr::new(".").to_owned();
        temporary.push(name);
        temporary.push(UNFINISHED);
        if let Err(error) = write_synced(&folder, &temporary, bytes) {
            // The first error is the one to report; a medium that is gone or full may refuse this
            // too.
            let _ = folder.remove_file(&temporary);
            return Err(SpoolError::io("write", &shown, error));
        }
        folder
            .rename_into(&temporary, &folder, name)
            .map_err(failed)?;
        sync_folder(&folder).map_err(failed)
    }

    /// Makes folders one by one, each synced into the one above.
    fn make_synced(
        &self,
        path: &Path,
        failed: &dyn Fn(Errno) -> SpoolError,
    ) -> Result<Folder, SpoolError> {
        let mut folder = self.root.open(Path::new("")).map_err(failed)?;
        for part in path {
            let next = match folder.open(Path::new(part)) {
                Err(Errno::NOENT) => {
                    let made = folder.make_one(part).map_err(failed)?;
                    let _ = made.permit(ANSWER_FOLDER_MODE);
                    sync_folder(&folder).map_err(failed)?;
                    made
                }
                opened => opened.map_err(failed)?,
            };
            folder = next;
        }
        Ok(folder)
    }

    /// Reads a file of the folder of answers back from the medium and compares.
    ///
    /// # Errors
    /// [`SpoolError::Differs`]; [`SpoolError::Io`].
    pub fn check(&self, relative: &Path, bytes: &[u8]) -> Result<(), SpoolError> {
        let path = self.answers.join(relative);
        let shown = self.root.path().join(&path);
        let failed = |error: Errno| SpoolError::io("read back", &shown, error);
        let folder = self
            .root
            .open(path.parent().unwrap_or(Path::new("")))
            .map_err(failed)?;
        let there = read_whole(&folder, path.file_name().unwrap_or_default(), bytes.len())
            .map_err(failed)?;
        if there == bytes {
            Ok(())
        } else {
            Err(SpoolError::Differs { path: shown })
        }
    }

    /// Writes the whole medium through.
    ///
    /// # Errors
    /// [`SpoolError::SyncFailed`].
    pub fn sync(&self) -> Result<(), SpoolError> {
        self.root.sync()
    }
}

/// Files beneath a folder by their names in lower case. What cannot be read is not there.
fn held_in(answers: &Path) -> HashMap<String, Vec<(PathBuf, u64)>> {
    let mut held: HashMap<String, Vec<(PathBuf, u64)>> = HashMap::new();
    let walk = WalkDir::new(answers)
        .follow_links(false)
        .follow_root_links(false)
        .max_depth(ListOptions::MAX_DEPTH);
    for entry in walk
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
    {
        let (Some(name), Ok(metadata)) = (entry.file_name().to_str(), entry.metadata()) else {
            continue;
        };
        held.entry(name.to_lowercase())
            .or_default()
            .push((entry.path().to_owned(), metadata.len()));
    }
    held
}

/// A file as the medium has it: what the system remembers of it is dropped first.
fn read_whole(folder: &Folder, name: &OsStr, expected: usize) -> Result<Vec<u8>, Errno> {
    let file = folder.open_file(name)?;
    // Where it cannot be dropped, what the system remembers is what is compared.
    let _ = fadvise(&file, 0, None, Advice::DontNeed);
    let mut bytes = Vec::with_capacity(expected);
    let most = expected as u64 + 1;
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    Ok(bytes)
}

fn write_synced(folder: &Folder, name: &OsStr, bytes: &[u8]) -> Result<(), Errno> {
    let errno = |error: std::io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
    let mut file: File = match folder.create_file(name) {
        Err(Errno::EXIST) => folder
            .remove_file(name)
            .and_then(|()| folder.create_file(name)),
        created => created,
    }?;
    file.write_all(bytes).map_err(errno)?;
    // A file system without permissions refuses, and needs none.
    let _ = fchmod(&file, ANSWER_MODE);
    file.sync_all().map_err(errno)
}

/// A file system that cannot sync a folder by itself is synced as a whole.
fn sync_folder(folder: &Folder) -> Result<(), Errno> {
    match folder.sync_entries() {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => folder.sync().map_err(|_| Errno::IO),
        done => done,
    }
}
