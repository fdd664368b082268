//! The spool and its five folders.

use super::error::SpoolError;
use super::folder::Folder;
use super::folders;
use super::shelf::Shelf;
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Mutex;
use tempfile::SpooledTempFile;

/// An open spool. Its folders are held open, so files stay beneath them even if its path changes.
#[derive(Debug)]
pub struct Spool {
    root: Folder,
    pub(super) inbox: Folder,
    pub(super) work: Folder,
    pub(super) outbox: Folder,
    pub(super) rejected: Folder,
    pub(super) archive: Folder,
    pub(super) archive_shelf: Mutex<Shelf>,
    pub(super) rejected_shelf: Mutex<Shelf>,
}

impl Spool {
    /// Makes a spool with all its folders, mode 0700. One that is there already keeps its files; a
    /// root that is not empty keeps its mode.
    ///
    /// # Errors
    /// [`SpoolError::Io`]; [`SpoolError::NotAFolder`] where something else is in the way.
    pub fn create(root: &Path) -> Result<Self, SpoolError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(root);
        if let Err(error) = made {
            let in_the_way = root.symlink_metadata().is_ok_and(|found| !found.is_dir());
            return Err(match in_the_way {
                true => SpoolError::NotAFolder { path: root.into() },
                false => SpoolError::io("make", root, error),
            });
        }
        close_if_empty(root)?;
        let spool = Self::open(root)?;
        for folder in &spool.folders()[1..] {
            folder
                .make_private()
                .map_err(|error| not_closed(folder, error))?;
        }
        Ok(spool)
    }

    /// Opens a spool. A folder of it that is missing is made anew, the spool itself never.
    ///
    /// # Errors
    /// [`SpoolError::Missing`], [`SpoolError::NotAFolder`] (symbolic links are no folders),
    /// [`SpoolError::Apart`], [`SpoolError::Io`].
    pub fn open(root: &Path) -> Result<Self, SpoolError> {
        let root = Folder::open_path(root).map_err(|error| not_opened(root, error))?;
        let part = |name: &str| {
            root.make_one(OsStr::new(name))
                .map_err(|error| match error {
                    Errno::NOENT => SpoolError::io("open", root.path().join(name), error),
                    error => not_opened(&root.path().join(name), error),
                })
        };
        let spool = Self {
            inbox: part(folders::INBOX)?,
            work: part(folders::WORK)?,
            outbox: part(folders::OUTBOX)?,
            rejected: part(folders::REJECTED)?,
            archive: part(folders::ARCHIVE)?,
            archive_shelf: Mutex::default(),
            rejected_shelf: Mutex::default(),
            root,
        };
        spool.check_beside()?;
        Ok(spool)
    }

    /// Files are moved from the inbox through `work/` into `archive/` or `rejected/`: never copied,
    /// so that each is in one place only.
    fn check_beside(&self) -> Result<(), SpoolError> {
        for folder in [&self.inbox, &self.rejected, &self.archive] {
            let is_beside = folder
                .is_beside(&self.work)
                .map_err(|error| SpoolError::io("look at", folder.path(), error))?;
            if !is_beside {
                return Err(SpoolError::Apart {
                    path: folder.path().into(),
                    other: self.work.path().into(),
                });
            }
        }
        Ok(())
    }

    /// The spool's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// A file without a name on the spool's disk, for more than memory should hold; up to `held`
    /// bytes stay in memory. The file is gone when the process ends, however it ends.
    #[must_use]
    pub fn scratch(&self, held: usize) -> SpooledTempFile {
        tempfile::spooled_tempfile_in(held, self.root.path())
    }

    /// Writes everything in the spool through to disk: one sync for each file system it lies on.
    ///
    /// # Errors
    /// [`SpoolError::SyncFailed`]: fatal, never to be tried again.
    pub fn sync(&self) -> Result<(), SpoolError> {
        let mut synced: Vec<&Folder> = Vec::new();
        for folder in self.folders() {
            let is_done = synced
                .iter()
                .any(|other| folder.is_beside(other).unwrap_or(false));
            if !is_done {
                folder.sync()?;
                synced.push(folder);
            }
        }
        Ok(())
    }

    fn folders(&self) -> [&Folder; 6] {
        [
            &self.root,
            &self.inbox,
            &self.work,
            &self.outbox,
            &self.rejected,
            &self.archive,
        ]
    }
}

/// A folder that holds files keeps its permissions: it may be any folder, named by mistake.
fn close_if_empty(root: &Path) -> Result<(), SpoolError> {
    let root = Folder::open_path(root).map_err(|error| not_opened(root, error))?;
    let is_empty = root
        .names()
        .map_err(|error| SpoolError::io("list", root.path(), error))?
        .is_empty();
    if is_empty {
        root.make_private()
            .map_err(|error| not_closed(&root, error))?;
    }
    Ok(())
}

fn not_closed(folder: &Folder, error: Errno) -> SpoolError {
    SpoolError::io("set the permissions of", folder.path(), error)
}

fn not_opened(path: &Path, error: Errno) -> SpoolError {
    match error {
        Errno::NOENT => SpoolError::Missing { path: path.into() },
        Errno::LOOP | Errno::NOTDIR => SpoolError::NotAFolder { path: path.into() },
        error => SpoolError::io("open", path, error),
    }
}
