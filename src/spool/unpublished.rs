//! What is not published yet: temporary names of files and folders, and how they get their own.

use super::error::SpoolError;
use super::folder::Folder;
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Writes a file. It is called again where the first try met a file of an earlier run.
pub type WriteTo<'w> = &'w mut dyn FnMut(&mut dyn Write) -> std::io::Result<()>;

/// The temporary name of a batch's folder.
pub(super) fn hidden(batch: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(batch);
    name.push(".part");
    name.into()
}

/// Removes what an earlier run staged for a batch and did not publish. Gives the number of files.
pub(super) fn remove_hidden(top: &Folder, batch: &Path) -> Result<usize, SpoolError> {
    let folder = hidden(batch);
    let removed = sweep_folder(top, &folder, |_| true)?;
    let path = top.path().join(folder);
    match std::fs::remove_dir_all(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(SpoolError::io("remove", path, error))
        }
        _ => Ok(removed),
    }
}

/// A dot, the name, a number and `.part`: no safe name begins with a dot.
pub(super) fn temporary_name(name: &OsStr, number: u64) -> OsString {
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{number}.part"));
    temporary
}

fn is_temporary_name(name: &OsStr) -> bool {
    let name = name.as_bytes();
    name.starts_with(b".") && name.ends_with(b".part")
}

/// Whether a file of this name has these bytes already.
pub(super) fn is_published(
    folder: &Folder,
    name: &OsStr,
    bytes: &[u8],
) -> Result<bool, SpoolError> {
    let path = || folder.path().join(name);
    let file = match open_published(folder, name)? {
        Some(file) => file,
        None => return Ok(false),
    };
    match are_same(file, bytes) {
        Ok(true) => Ok(true),
        Ok(false) => Err(SpoolError::Exists { path: path() }),
        Err(error) => Err(SpoolError::io("read", path(), error)),
    }
}

/// The file of this name, if there is any.
fn open_published(folder: &Folder, name: &OsStr) -> Result<Option<File>, SpoolError> {
    let path = || folder.path().join(name);
    match folder.look_at(name) {
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(SpoolError::io("look at", path(), error)),
        Ok((file_type, _)) if !file_type.is_file() => {
            return Err(SpoolError::Exists { path: path() });
        }
        Ok(_) => {}
    }
    folder
        .open_file(name)
        .map(Some)
        .map_err(|error| SpoolError::io("open", path(), error))
}

/// Whether the same bytes can be read from both.
fn are_same(one: impl Read, other: impl Read) -> std::io::Result<bool> {
    let (mut one, mut other) = (BufReader::new(one), BufReader::new(other));
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let length = left.len().min(right.len());
        if length == 0 {
            return Ok(left.is_empty() && right.is_empty());
        }
        if left[..length] != right[..length] {
            return Ok(false);
        }
        one.consume(length);
        other.consume(length);
    }
}

/// Whether a new file was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    New,
    /// There is one of this name, which stays as it is.
    Taken,
}

pub(super) fn write_new(
    folder: &Folder,
    name: &OsStr,
    write: WriteTo<'_>,
) -> Result<Written, SpoolError> {
    let failed = |error| SpoolError::io("write", folder.path().join(name), error);
    let mut file = match folder.create_file(name) {
        Err(Errno::EXIST) => return Ok(Written::Taken),
        created => created.map_err(|error| failed(error.into()))?,
    };
    write(&mut file).map_err(|error| {
        // The first error is the one to report; the next sweep removes the file.
        let _ = folder.remove_file(name);
        failed(error)
    })?;
    Ok(Written::New)
}

pub(super) fn give_name(
    folder: &Folder,
    temporary: &OsStr,
    name: &OsStr,
) -> Result<(), SpoolError> {
    let failed = |error| SpoolError::io("publish", folder.path().join(name), error);
    match folder.rename_into(temporary, folder, name) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => {
            let file = folder
                .open_file(temporary)
                .map_err(|error| failed(error.into()))?;
            let is_same = match open_published(folder, name)? {
                Some(there) => are_same(there, file).map_err(failed)?,
                None => false,
            };
            folder
                .remove_file(temporary)
                .map_err(|error| failed(error.into()))?;
            if is_same {
                Ok(())
            } else {
                Err(SpoolError::Exists {
                    path: folder.path().join(name),
                })
            }
        }
        Err(error) => Err(failed(error.into())),
    }
}

fn sweep_folder(
    top: &Folder,
    batch: &Path,
    is_swept: impl Fn(&OsStr) -> bool,
) -> Result<usize, SpoolError> {
    let root = top.path().join(batch);
    let mut removed = 0;
    for entry in WalkDir::new(&root)
        .follow_links(false)
        .follow_root_links(false)
    {
        let entry = match entry {
            Err(error)
                if error
                    .io_error()
                    .is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound) =>
            {
                continue;
            }
            entry => {
                entry.map_err(|error| SpoolError::io("list", &root, std::io::Error::from(error)))?
            }
        };
        if entry.file_type().is_dir() || !is_swept(entry.file_name()) {
            continue;
        }
        std::fs::remove_file(entry.path())
            .map_err(|error| SpoolError::io("remove", entry.path(), error))?;
        removed += 1;
    }
    Ok(removed)
}

/// Removes the files under temporary names that an earlier run left in a published batch. Gives
/// their number.
pub(super) fn sweep(top: &Folder, batch: &Path) -> Result<usize, SpoolError> {
    sweep_folder(top, batch, is_temporary_name)
}
