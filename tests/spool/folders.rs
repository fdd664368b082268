//! The spool and its folders.

use crate::bench::{Bench, FOLDERS, Tested, mode};
use keyspool::spool::{ListOptions, Spool, SpoolError};
use std::fs::{self};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

#[test]
fn a_new_spool_is_its_owners_alone() {
    let bench = Bench::new();
    assert_eq!(mode(&bench.root()), 0o700);
    for folder in FOLDERS {
        assert_eq!(mode(&bench.root().join(folder)), 0o700, "{folder}");
    }
}

#[test]
fn folders_that_were_there_are_closed() -> Tested {
    let scratch = tempfile::tempdir()?;
    fs::create_dir_all(scratch.path().join("spool/inbox"))?;
    fs::set_permissions(
        scratch.path().join("spool/inbox"),
        PermissionsExt::from_mode(0o777),
    )?;
    Spool::create(&scratch.path().join("spool"))?;
    assert_eq!(mode(&scratch.path().join("spool/inbox")), 0o700);
    Ok(())
}

#[test]
fn a_filled_folder_keeps_its_mode() -> Tested {
    let scratch = tempfile::tempdir()?;
    fs::write(scratch.path().join("other"), "")?;
    fs::set_permissions(scratch.path(), PermissionsExt::from_mode(0o755))?;
    Spool::create(scratch.path())?;
    assert_eq!(mode(scratch.path()), 0o755);
    Ok(())
}

#[test]
fn a_missing_spool_is_never_made_anew() {
    let scratch = tempfile::tempdir().unwrap();
    let missing = scratch.path().join("spool");
    assert!(matches!(Spool::open(&missing), Err(SpoolError::Missing { path }) if path == missing));
    assert!(!missing.exists());
}

#[test]
fn a_missing_folder_of_a_spool_is_made_anew() -> Tested {
    let bench = Bench::new();
    for folder in FOLDERS {
        fs::remove_dir(bench.root().join(folder))?;
    }
    Spool::open(&bench.root())?;
    assert!(
        FOLDERS
            .iter()
            .all(|folder| bench.root().join(folder).is_dir())
    );
    Ok(())
}

#[test]
fn a_spool_behind_a_link_is_refused() -> Tested {
    let bench = Bench::new();
    let link = bench.outside("link");
    symlink(bench.root(), &link)?;
    let with_slash = PathBuf::from(format!("{}/", link.display()));
    for path in [link, with_slash] {
        assert!(
            matches!(Spool::open(&path), Err(SpoolError::NotAFolder { .. })),
            "{}",
            path.display()
        );
    }
    Ok(())
}

#[test]
fn a_file_is_no_spool() -> Tested {
    let bench = Bench::new();
    let file = bench.outside("file");
    fs::write(&file, "")?;
    assert!(matches!(
        Spool::open(&file),
        Err(SpoolError::NotAFolder { .. })
    ));
    assert!(matches!(
        Spool::create(&file),
        Err(SpoolError::NotAFolder { .. })
    ));
    Ok(())
}

#[test]
fn a_link_is_no_folder_of_the_spool() -> Tested {
    for folder in FOLDERS {
        let bench = Bench::new();
        let path = bench.root().join(folder);
        fs::create_dir(bench.outside("elsewhere"))?;
        fs::remove_dir(&path)?;
        symlink(bench.outside("elsewhere"), &path)?;
        assert!(
            matches!(
                Spool::open(&bench.root()),
                Err(SpoolError::NotAFolder { path: p }) if p == path
            ),
            "{folder}"
        );
        fs::remove_file(&path)?;
        fs::write(&path, "")?;
        assert!(
            matches!(
                Spool::open(&bench.root()),
                Err(SpoolError::NotAFolder { path: p }) if p == path
            ),
            "{folder}"
        );
    }
    Ok(())
}

#[test]
fn an_exchanged_inbox_is_not_listed() -> Tested {
    let bench = Bench::new();
    fs::rename(bench.inbox(""), bench.outside("old"))?;
    for exchange in [
        |at: &Path| symlink("/", at),
        |at: &Path| fs::create_dir(at),
        |at: &Path| fs::write(at, ""),
    ] {
        exchange(&bench.root().join("inbox"))?;
        assert!(matches!(
            bench.spool.list(&ListOptions::default()),
            Err(SpoolError::Replaced { .. })
        ));
        let _ = fs::remove_dir(bench.root().join("inbox"))
            .or_else(|_| fs::remove_file(bench.root().join("inbox")));
    }
    assert!(matches!(
        bench.spool.list(&ListOptions::default()),
        Err(SpoolError::Replaced { .. })
    ));
    Ok(())
}
