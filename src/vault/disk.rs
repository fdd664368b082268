//! Files of the vault: read whole within a bound, written whole or not at all.

use super::error::VaultError;
use super::subkey::random;
use crate::licence::id::Hex;
use rustix::fs::{CWD, Mode, OFlags, RenameFlags, open, renameat_with};
use rustix::io::Errno;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Wraps what the system said about a path.
pub(super) fn io_error(path: &Path) -> impl FnOnce(io::Error) -> VaultError {
    move |source| VaultError::Io {
        path: path.to_owned(),
        source,
    }
}

/// Syncs a file or folder to the disk. A failure ends the process; the sync is never tried again.
pub(super) fn sync(file: &File, path: &Path) -> Result<(), VaultError> {
    file.sync_all().map_err(|source| VaultError::SyncFailed {
        path: path.to_owned(),
        source,
    })
}

/// Reads a regular file of at most `allowed` bytes; links are not followed, pipes and devices not
/// waited for.
///
/// # Errors
/// [`VaultError::NotFound`], [`VaultError::NotAFile`], [`VaultError::TooLarge`] or
/// [`VaultError::Io`].
pub(super) fn read_bounded(path: &Path, allowed: u64) -> Result<Vec<u8>, VaultError> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match open(path, flags, Mode::empty()) {
        Ok(descriptor) => File::from(descriptor),
        Err(Errno::NOENT) => {
            return Err(VaultError::NotFound {
                path: path.to_owned(),
            });
        }
        Err(Errno::LOOP) => {
            return Err(VaultError::NotAFile {
                path: path.to_owned(),
            });
        }
        Err(errno) => return Err(io_error(path)(errno.into())),
    };
    if !file.metadata().map_err(io_error(path))?.is_file() {
        return Err(VaultError::NotAFile {
            path: path.to_owned(),
        });
    }
    let mut bytes = Vec::new();
    file.take(allowed + 1)
        .read_to_end(&mut bytes)
        .map_err(io_error(path))?;
    if bytes.len() as u64 > allowed {
        Err(VaultError::TooLarge {
            path: path.to_owned(),
            allowed,
        })
    } else {
        Ok(bytes)
    }
}

/// Makes the vault's folder, readable by its owner only. An empty folder that is there is closed to
/// others; a folder that holds files stays as it is.
pub(super) fn make_folder(folder: &Path) -> Result<(), VaultError> {
    let absent = !folder.exists();
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(io_error(folder))?;
    if fs::read_dir(folder)
        .map_err(io_error(folder))?
        .next()
        .is_none()
    {
        fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(io_error(folder))?;
    }
    match folder.parent() {
        Some(parent) if absent && !parent.as_os_str().is_empty() => sync_folder(parent),
        _ => Ok(()),
    }
}

/// Writes a file that is not there yet: temporary name, write, sync, rename without overwriting,
/// sync the folder. 0600.
///
/// # Errors
/// [`VaultError::AlreadyExists`], [`VaultError::SyncFailed`] or [`VaultError::Io`]; then nothing is
/// left behind.
pub(super) fn write_new(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), VaultError> {
    let target = folder.join(name);
    let temporary = folder.join(format!(".{name}.{}", Hex(*random::<8>()?)));
    let written = write_synced(&temporary, bytes).and_then(|()| rename_new(&temporary, &target));
    if written.is_err() {
        // The caller hears of the first failure; a failed removal adds nothing.
        let _ = fs::remove_file(&temporary);
    }
    written.and_then(|()| sync_folder(folder))
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(io_error(path))?;
    file.write_all(bytes).map_err(io_error(path))?;
    sync(&file, path)
}

fn rename_new(from: &Path, to: &Path) -> Result<(), VaultError> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => Err(VaultError::AlreadyExists {
            path: to.to_owned(),
        }),
        // The file system has no such rename. A hard link fails just the same where the name is
        // taken.
        Err(Errno::INVAL | Errno::NOSYS) => fs::hard_link(from, to)
            .and_then(|()| fs::remove_file(from))
            .map_err(|source| {
                let there = source.kind() == io::ErrorKind::AlreadyExists;
                if there {
                    VaultError::AlreadyExists {
                        path: to.to_owned(),
                    }
                } else {
                    io_error(to)(source)
                }
            }),
        Err(errno) => Err(io_error(to)(errno.into())),
    }
}

fn sync_folder(folder: &Path) -> Result<(), VaultError> {
    sync(&File::open(folder).map_err(io_error(folder))?, folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a scratch folder")
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path)
            .map(|data| data.permissions().mode() & 0o777)
            .unwrap_or_default()
    }

    #[test]
    fn a_file_is_written_once_and_whole() -> Result<(), VaultError> {
        let folder = folder();
        let path = folder.path().join("a");
        write_new(folder.path(), "a", b"first")?;
        assert_eq!(mode(&path), 0o600);
        assert!(matches!(
            write_new(folder.path(), "a", b"second"),
            Err(VaultError::AlreadyExists { path: p }) if p == path
        ));
        assert_eq!(read_bounded(&path, 5)?, b"first");
        assert_eq!(
            fs::read_dir(folder.path())
                .map(Iterator::count)
                .unwrap_or_default(),
            1
        );
        Ok(())
    }

    #[test]
    fn only_regular_files_within_the_bound_are_read() -> Result<(), VaultError> {
        let folder = folder();
        write_new(folder.path(), "a", b"12345")?;
        let read = |name: &str| read_bounded(&folder.path().join(name), 4);
        assert!(matches!(
            read("a"),
            Err(VaultError::TooLarge { allowed: 4, .. })
        ));
        assert!(matches!(read("b"), Err(VaultError::NotFound { .. })));
        std::os::unix::fs::symlink("a", folder.path().join("link"))
            .map_err(io_error(folder.path()))?;
        assert!(matches!(read("link"), Err(VaultError::NotAFile { .. })));
        assert!(matches!(read("."), Err(VaultError::NotAFile { .. })));
        Ok(())
    }

    #[test]
    fn a_filled_folder_is_left_as_it_is() -> Result<(), VaultError> {
        let top = folder();
        let (new, empty, filled) = (
            top.path().join("x/new"),
            top.path().join("empty"),
            top.path().join("filled"),
        );
        for existing in [&empty, &filled] {
            fs::create_dir(existing).map_err(io_error(existing))?;
            fs::set_permissions(existing, Permissions::from_mode(0o755))
                .map_err(io_error(existing))?;
        }
        write_new(&filled, "a", b"")?;
        for each in [&new, &empty, &filled] {
            make_folder(each)?;
        }
        assert_eq!(
            (mode(&new), mode(&empty), mode(&filled)),
            (0o700, 0o700, 0o755)
        );
        Ok(())
    }
}
