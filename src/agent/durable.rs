//! Files that exist whole or not at all, even after a loss of power or a pulled stick.

use fs_err::{File, OpenOptions, os::unix::fs::OpenOptionsExt};
use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes a file with a mode such as 0o600: temporary beside it, sync, rename, sync of the folder.
/// When this returns, the stick may be pulled.
///
/// # Errors
/// The operating system's own, naming the file; a file of that name is then as it was.
pub(super) fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::other(format!("{} names no file", path.display())))?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut temporary = std::ffi::OsString::from(".");
    temporary.push(name);
    temporary.push(".part");
    let temporary = folder.join(temporary);
    let written =
        write_new(&temporary, bytes, mode).and_then(|()| fs_err::rename(&temporary, path));
    if let Err(error) = written {
        // No reader takes a file of this name, so that a failure to remove it does no harm.
        let _ = fs_err::remove_file(&temporary);
        return Err(error);
    }
    File::open(folder)?.sync_all()
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    // A file left behind may have wider permissions or be a link: nothing is written into it.
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    // The process keeps what it makes to itself; a request is for others to carry. File systems of
    // sticks know no modes and may refuse: then their mount decides.
    let _ = file.set_permissions(Permissions::from_mode(mode));
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_with_its_mode() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        for bytes in [b"first".as_slice(), b"second"] {
            write(&path, bytes, 0o600).expect("written");
            assert_eq!(fs_err::read(&path).expect("read"), bytes);
        }
        assert_eq!(
            fs_err::metadata(&path)
                .expect("a file")
                .permissions()
                .mode()
                & 0o777,
            0o600
        );
        assert_eq!(
            fs_err::read_dir(folder.path()).expect("a folder").count(),
            1
        );
    }

    #[test]
    fn a_link_in_the_way_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let victim = folder.path().join("victim");
        fs_err::write(&victim, "untouched").expect("written");
        fs_err::os::unix::fs::symlink(&victim, folder.path().join(".a.json.part")).expect("a link");
        write(&folder.path().join("a.json"), b"new", 0o600).expect("written");
        assert_eq!(fs_err::read(&victim).expect("read"), b"untouched");
    }

    #[test]
    fn a_folder_that_is_missing_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(
            write(&folder.path().join("none/a.json"), b"x", 0o600)
                .is_err_and(|e| e.kind() == io::ErrorKind::NotFound)
        );
    }
}
