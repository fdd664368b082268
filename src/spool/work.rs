//! Files in `work/`: what is being answered, and what a crash left there.

use super::batch::checked;
use super::error::SpoolError;
use super::folder::Folder;
use super::inbox_path::{InboxPath, relative};
use super::layout::Spool;
use super::names::numbered;
use super::work_file::{Leftover, WorkFile};
use crate::licence::Digest;
use rustix::io::Errno;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Longest name of a file or folder on the file systems of Linux, in bytes.
const MAX_LINUX_NAME_BYTES: usize = 255;

/// Most spellings that are tried for one name.
const MAX_SPELLINGS: usize = 10_000;

impl Spool {
    /// The file that a batch took, or is to take, from a path of the inbox. The file need not be
    /// there: the ledger also records files that have moved on.
    ///
    /// # Errors
    /// [`SpoolError::Name`] where the batch is no name of a folder.
    pub fn work_file(
        &self,
        batch: &str,
        inbox_path: &InboxPath,
        digest: Option<Digest>,
    ) -> Result<WorkFile, SpoolError> {
        let work_path = self
            .work
            .path()
            .join(checked(batch)?)
            .join(inbox_path.as_path());
        Ok(WorkFile {
            batch: batch.to_owned(),
            inbox_path: inbox_path.clone(),
            work_path,
            digest,
        })
    }

    /// Every file in `work/`, in byte order of paths. At a start these are what an earlier run
    /// left: the caller moves on those whose path and digest ([`Spool::read_again`]) are in the
    /// ledger, and puts the others back.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn leftovers(&self) -> Result<Vec<Leftover>, SpoolError> {
        let root = self.work.path();
        let mut found = Vec::new();
        for entry in WalkDir::new(root)
            .min_depth(1)
            .follow_links(false)
            .follow_root_links(false)
        {
            let entry = entry.map_err(|error| not_walked(root, error))?;
            let path = relative(root, entry.path()).filter(|_| !entry.file_type().is_dir());
            found.extend(path.map(|path| leftover(&path, entry.into_path())));
        }
        found.sort_unstable_by(|a, b| a.work_path.as_os_str().cmp(b.work_path.as_os_str()));
        Ok(found)
    }

    /// Removes the empty folders in `work/`.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn tidy(&self) -> Result<(), SpoolError> {
        let root = self.work.path();
        for entry in WalkDir::new(root)
            .min_depth(1)
            .contents_first(true)
            .follow_links(false)
            .follow_root_links(false)
        {
            let entry = entry.map_err(|error| not_walked(root, error))?;
            let path = relative(root, entry.path()).filter(|_| entry.file_type().is_dir());
            let Some(path) = path else { continue };
            let removed = self
                .work
                .open(path.parent())
                .and_then(|folder| folder.remove_if_empty(path.file_name()));
            removed.map_err(|error| SpoolError::io("remove", entry.path(), error))?;
        }
        Ok(())
    }

    /// Moves a file from `work/` back to its path in the inbox or, where that is taken, beside it:
    /// `name (2).json`. Its time stamp stays as it is. Never over another file.
    ///
    /// # Errors
    /// [`SpoolError::Vanished`] where it is not in `work/`; [`SpoolError::Io`].
    pub fn put_back(&self, file: &WorkFile) -> Result<InboxPath, SpoolError> {
        let failed = |error| match error {
            Errno::NOENT => SpoolError::Vanished {
                path: file.work_path.clone(),
            },
            error => SpoolError::io("put back", &file.work_path, error),
        };
        let name = file.inbox_path.file_name();
        let from = self.work.open(&file.parent()).map_err(failed)?;
        from.look_at(name).map_err(failed)?;
        let to = self.folder_in_inbox(file.inbox_path.parent())?;
        for number in 1..MAX_SPELLINGS {
            let new_name = numbered(name.as_bytes(), number, MAX_LINUX_NAME_BYTES);
            let new_name = OsStr::from_bytes(&new_name);
            match from.rename_into(name, &to, new_name) {
                Err(Errno::EXIST) => {}
                Err(error) => return Err(failed(error)),
                Ok(()) => return self.inbox_path_of(&to, new_name),
            }
        }
        Err(SpoolError::Exists {
            path: to.path().join(name),
        })
    }

    /// The folder of this path in the inbox, made if missing; another name for each part that a
    /// file or a link holds.
    fn folder_in_inbox(&self, path: &Path) -> Result<Folder, SpoolError> {
        let made = self.inbox.open(Path::new("")).and_then(|inbox| {
            path.iter()
                .try_fold(inbox, |up, part| make_beside(&up, part))
        });
        made.map_err(|error| SpoolError::io("make", self.inbox.path().join(path), error))
    }

    fn inbox_path_of(&self, folder: &Folder, name: &OsStr) -> Result<InboxPath, SpoolError> {
        let path = folder.path().join(name);
        relative(self.inbox.path(), &path).ok_or(SpoolError::Name { name: path })
    }
}

fn make_beside(folder: &Folder, name: &OsStr) -> rustix::io::Result<Folder> {
    for number in 1..MAX_SPELLINGS {
        let new_name = numbered(name.as_bytes(), number, MAX_LINUX_NAME_BYTES);
        match folder.make_one(OsStr::from_bytes(&new_name)) {
            Err(Errno::NOTDIR | Errno::LOOP) => {}
            done => return done,
        }
    }
    Err(Errno::EXIST)
}

fn leftover(path: &InboxPath, work_path: PathBuf) -> Leftover {
    let below = |batch: &str| InboxPath::new(&path.as_bytes()[batch.len() + 1..]).ok();
    let split = path
        .first_folder()
        .and_then(|batch| Some((batch.to_owned(), below(batch)?)));
    let (batch, inbox_path) = split.unwrap_or_else(|| (String::new(), path.clone()));
    Leftover {
        batch,
        inbox_path,
        work_path,
        digest: None,
    }
}

fn not_walked(root: &Path, error: walkdir::Error) -> SpoolError {
    let path = error.path().unwrap_or(root).to_owned();
    let kind = error
        .io_error()
        .map_or(std::io::ErrorKind::Other, std::io::Error::kind);
    SpoolError::io(
        "list",
        path,
        error.into_io_error().unwrap_or_else(|| kind.into()),
    )
}
