//! A folder held open: everything in the spool is reached beneath one, never by following a link.

use super::error::SpoolError;
use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, RenameFlags, ResolveFlags};
use rustix::io::{Errno, Result};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

const BENEATH: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS);
/// There is no `NOFOLLOW`, since its error does not tell a link from a file. Beneath a folder no
/// link is followed anyway.
const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);
const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);
const CREATE: OFlags = OFlags::WRONLY
    .union(OFlags::CREATE)
    .union(OFlags::EXCL)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// Folders are for the signer's account alone.
pub(super) const FOLDER_MODE: Mode = Mode::RWXU;
const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);

/// An open folder and the path it was opened by. Relative paths given to its methods never lead out
/// of it and never through a link of any kind.
#[derive(Debug)]
pub(super) struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

impl Folder {
    /// Opens a folder by its path, whose last part is no link.
    pub(super) fn open_path(path: &Path) -> Result<Self> {
        // Without the trailing slash that would have a link followed.
        let path: PathBuf = path.components().collect();
        Ok(Self {
            fd: fs::open(&path, FOLDER.union(OFlags::NOFOLLOW), Mode::empty())?,
            path,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a folder beneath this one; the empty path is this one again.
    pub(super) fn open(&self, relative: &Path) -> Result<Self> {
        let target = if relative.as_os_str().is_empty() {
            Path::new(".")
        } else {
            relative
        };
        let fd = fs::openat2(&self.fd, target, FOLDER, Mode::empty(), BENEATH)?;
        Ok(Self {
            fd,
            path: self.path.join(relative),
        })
    }

    /// As [`Folder::open`], making what is missing.
    pub(super) fn make(&self, relative: &Path) -> Result<Self> {
        match self.open(relative) {
            Err(Errno::NOENT) => {}
            opened => return opened,
        }
        let mut folder = self.open(Path::new(""))?;
        for part in relative {
            folder = folder.make_one(part)?;
        }
        Ok(folder)
    }

    /// Gives the folder these permissions.
    pub(super) fn permit(&self, mode: Mode) -> Result<()> {
        fs::fchmod(&self.fd, mode)
    }

    /// Opens the folder of this name directly in this one, making it if it is missing.
    pub(super) fn make_one(&self, name: &OsStr) -> Result<Self> {
        match fs::mkdirat(&self.fd, name, FOLDER_MODE) {
            Ok(()) | Err(Errno::EXIST) => self.open(Path::new(name)),
            Err(error) => Err(error),
        }
    }

    /// Opens a file directly in this folder for reading, without blocking. The caller
    /// checks what was opened.
    pub(super) fn open_file(&self, name: &OsStr) -> Result<File> {
        fs::openat2(&self.fd, name, READ, Mode::empty(), BENEATH).map(File::from)
    }

    /// Makes a new file directly in this folder, for its owner alone.
    pub(super) fn create_file(&self, name: &OsStr) -> Result<File> {
        fs::openat2(&self.fd, name, CREATE, FILE_MODE, BENEATH).map(File::from)
    }

    /// The type and the number of links of what has this name; no link is followed.
    pub(super) fn look_at(&self, name: &OsStr) -> Result<(FileType, bool)> {
        let stat = fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok((FileType::from_raw_mode(stat.st_mode), stat.st_nlink > 1))
    }

    /// Moves a file; never over another.
    pub(super) fn rename_into(&self, name: &OsStr, target: &Self, new_name: &OsStr) -> Result<()> {
        match fs::renameat_with(&self.fd, name, &target.fd, new_name, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                self.rename_after_a_look(name, target, new_name)
            }
            done => done,
        }
    }

    /// For file systems that cannot refuse to replace. Between look and rename, only
    /// those who fill the inbox could make such a file, and only in the inbox, where they could
    /// replace it anyway.
    fn rename_after_a_look(&self, name: &OsStr, target: &Self, new_name: &OsStr) -> Result<()> {
        match target.look_at(new_name) {
            Err(Errno::NOENT) => fs::renameat(&self.fd, name, &target.fd, new_name),
            Ok(_) => Err(Errno::EXIST),
            Err(error) => Err(error),
        }
    }

    pub(super) fn remove_file(&self, name: &OsStr) -> Result<()> {
        fs::unlinkat(&self.fd, name, AtFlags::empty())
    }

    /// Removes a folder directly in this one if it is empty.
    pub(super) fn remove_if_empty(&self, name: &OsStr) -> Result<()> {
        match fs::unlinkat(&self.fd, name, AtFlags::REMOVEDIR) {
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOENT) => Ok(()),
            done => done,
        }
    }

    /// The names in this folder, and whether each is a folder, in no order.
    pub(super) fn names(&self) -> Result<Vec<(OsString, bool)>> {
        let mut names = Vec::new();
        for entry in fs::Dir::read_from(&self.fd)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let file_type = match entry.file_type() {
                FileType::Unknown => self.look_at(name)?.0,
                known => known,
            };
            names.push((name.to_owned(), file_type.is_dir()));
        }
        Ok(names)
    }

    /// Whether the folder's path still leads to it.
    pub(super) fn is_in_place(&self) -> Result<bool> {
        let here = fs::fstat(&self.fd)?;
        match fs::lstat(&self.path) {
            Ok(there) => Ok((here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether two folders are on one file system.
    pub(super) fn is_beside(&self, other: &Self) -> Result<bool> {
        Ok(fs::fstat(&self.fd)?.st_dev == fs::fstat(&other.fd)?.st_dev)
    }

    /// Closes the folder to all but its owner.
    pub(super) fn make_private(&self) -> Result<()> {
        fs::fchmod(&self.fd, FOLDER_MODE)
    }

    /// Writes the folder's own entries through to disk.
    pub(super) fn sync_entries(&self) -> Result<()> {
        fs::fsync(&self.fd)
    }

    /// Writes the folder's whole file system through to disk. Errors of writing since the folder
    /// was opened count.
    ///
    /// # Errors
    /// [`SpoolError::SyncFailed`]: fatal, never to be tried again.
    pub(super) fn sync(&self) -> std::result::Result<(), SpoolError> {
        fs::syncfs(&self.fd).map_err(|error| SpoolError::SyncFailed {
            path: self.path.clone(),
            source: error.into(),
        })
    }
}

/// A path's folder and its last part.
pub(super) fn split(path: &Path) -> (&Path, &OsStr) {
    (
        path.parent().unwrap_or(Path::new("")),
        path.file_name().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rename_never_replaces() -> std::io::Result<()> {
        let scratch = tempfile::tempdir()?;
        std::fs::write(scratch.path().join("a"), "a")?;
        std::fs::write(scratch.path().join("b"), "b")?;
        let folder = Folder::open_path(scratch.path())?;
        let [a, b, c] = ["a", "b", "c"].map(OsStr::new);
        assert_eq!(folder.rename_after_a_look(a, &folder, b), Err(Errno::EXIST));
        assert_eq!(std::fs::read(scratch.path().join("b"))?, b"b");
        assert_eq!(folder.rename_after_a_look(a, &folder, c), Ok(()));
        assert_eq!(std::fs::read(scratch.path().join("c"))?, b"a");
        Ok(())
    }

    #[test]
    fn no_path_leads_out_of_a_folder() -> std::io::Result<()> {
        let scratch = tempfile::tempdir()?;
        std::fs::create_dir_all(scratch.path().join("in/deep"))?;
        std::os::unix::fs::symlink("deep", scratch.path().join("in/link"))?;
        let folder = Folder::open_path(&scratch.path().join("in"))?;
        assert_eq!(folder.open(Path::new("../in")).err(), Some(Errno::XDEV));
        assert_eq!(folder.make(Path::new("link/x")).err(), Some(Errno::LOOP));
        assert_eq!(folder.open(Path::new("/tmp")).err(), Some(Errno::XDEV));
        assert!(folder.open(Path::new("deep")).is_ok());
        Ok(())
    }
}
