//! Answers are written to the medium and checked there.

use super::mount::Medium;
use crate::spool::error::SpoolError;
use crate::spool::folder::Folder;
use crate::spool::listing::ListOptions;
use crate::spool::names::is_safe;
use crate::spool::reading::MAX_PICTURE_BYTES;
use rustix::fs::{Advice, Mode, fadvise, fchmod};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use walkdir::WalkDir;

/// Ends the name of a file that is not yet whole on the medium.
const UNFINISHED: &str = ".part";

/// Permissions of an answer: any account may read it, since other machines read the medium.
const ANSWER_MODE: Mode = Mode::from_raw_mode(0o644);
/// Permissions of a folder of answers.
const ANSWER_FOLDER_MODE: Mode = Mode::from_raw_mode(0o755);

impl Medium {
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

    /// Tries whether the medium can be written to. It leaves an empty folder of answers, and
    /// removes what an earlier run did not finish there.
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

    /// Writes a file into the folder of answers: write under another name, sync, rename, sync the
    /// folders. A file of this name with the same bytes stays.
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
        let full = self.root.path().join(&path);
        let failed = |error: Errno| SpoolError::io("write", &full, error);
        let name = path.file_name().ok_or_else(|| SpoolError::Name {
            name: relative.into(),
        })?;
        let folder = self.make_synced(path.parent().unwrap_or(Path::new("")), &failed)?;
        if folder.look_at(name).is_ok() {
            let there = read_whole(&folder, name, bytes.len()).map_err(failed)?;
            return if there == bytes {
                Ok(())
            } else {
                Err(SpoolError::Exists { path: full })
            };
        }
        let mut temporary = OsStr::new(".").to_owned();
        temporary.push(name);
        temporary.push(UNFINISHED);
        if let Err(error) = write_synced(&folder, &temporary, bytes) {
            // The first error is the one to report; a medium that is gone or full may refuse this
            // too.
            let _ = folder.remove_file(&temporary);
            return Err(SpoolError::io("write", &full, error));
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
        let full = self.root.path().join(&path);
        let failed = |error: Errno| SpoolError::io("read back", &full, error);
        let folder = self
            .root
            .open(path.parent().unwrap_or(Path::new("")))
            .map_err(failed)?;
        let there = read_whole(&folder, path.file_name().unwrap_or_default(), bytes.len())
            .map_err(failed)?;
        if there == bytes {
            Ok(())
        } else {
            Err(SpoolError::Differs { path: full })
        }
    }
}

/// A file as the medium holds it: the system's cached copy is dropped first.
fn read_whole(folder: &Folder, name: &OsStr, expected: usize) -> Result<Vec<u8>, Errno> {
    let file = folder.open_file(name)?;
    // If the cached copy cannot be dropped, it is what is compared.
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
