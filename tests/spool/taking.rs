//! Files are taken and read once.

use crate::bench::{BATCH, Bench, Tested, fifo, mode};
use keyspool::spool::{Content, Contents, Skipped, TakeError};
use keyspool::wire::sha256;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

#[test]
fn a_taken_file_is_out_of_reach() -> Tested {
    let bench = Bench::new();
    let path = bench.drop_file("acme/a.json", b"{}");
    let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options()
        .write(true)
        .open(&path)?
        .set_modified(past)?;
    let taken = bench.take("acme/a.json")?;
    assert_eq!(taken.contents, Contents::Whole(b"{}".to_vec()));
    assert_eq!(
        (taken.digest, taken.file.digest),
        (sha256(&[b"{}"]), Some(sha256(&[b"{}"])))
    );
    assert_eq!(
        (taken.size, taken.modified, taken.kind),
        (2, Some(past), Content::Document)
    );
    assert_eq!(taken.inbox_path.first_folder(), Some("acme"));
    assert_eq!(
        taken.work_path,
        bench.root().join("work").join(BATCH).join("acme/a.json")
    );
    assert!(taken.work_path.is_file() && !path.exists());
    assert_eq!(mode(&bench.root().join("work").join(BATCH)), 0o700);
    Ok(())
}

#[test]
fn a_vanished_file_is_gone() -> Tested {
    let bench = Bench::new();
    let path = bench.drop_file("acme/a.json", b"{}");
    let listed = bench.listed("acme/a.json");
    fs::remove_file(&path)?;
    assert!(matches!(
        bench.spool.take(BATCH, &listed),
        Err(TakeError::Gone { path }) if path == listed.path
    ));
    fs::remove_dir(bench.inbox("acme"))?;
    assert!(matches!(
        bench.spool.take(BATCH, &listed),
        Err(TakeError::Gone { .. })
    ));
    fs::write(bench.inbox("acme"), "a file now")?;
    assert!(matches!(
        bench.spool.take(BATCH, &listed),
        Err(TakeError::Gone { .. })
    ));
    Ok(())
}

/// Exchanges a listed file for something else, takes it, and gives why it was left.
fn left_after(exchange: impl FnOnce(&Bench, &Path)) -> Skipped {
    let bench = Bench::new();
    fs::write(bench.outside("secret"), "secret").unwrap();
    let path = bench.drop_file("a.json", b"secret");
    let listed = bench.listed("a.json");
    fs::remove_file(&path).unwrap();
    exchange(&bench, &path);
    match bench.spool.take(BATCH, &listed) {
        Err(TakeError::Left { path, reason }) => {
            assert_eq!(path, listed.path);
            assert!(
                bench.inbox("a.json").symlink_metadata().is_ok() && bench.files("work").is_empty()
            );
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_exchanged_file_goes_back_unread() {
    let to_symlink = |bench: &Bench, path: &Path| symlink(bench.outside("secret"), path).unwrap();
    let to_hard_link =
        |bench: &Bench, path: &Path| fs::hard_link(bench.outside("secret"), path).unwrap();
    assert_eq!(left_after(to_symlink), Skipped::Symlink);
    assert_eq!(left_after(to_hard_link), Skipped::HardLinked);
    assert_eq!(left_after(|_, path| fifo(path)), Skipped::Fifo);
    assert_eq!(
        left_after(|_, path| fs::create_dir(path).unwrap()),
        Skipped::Folder
    );
    assert_eq!(
        left_after(|_, path| drop(std::os::unix::net::UnixListener::bind(path).unwrap())),
        Skipped::Socket
    );
}

#[test]
fn a_folder_exchanged_for_a_link_leads_nowhere() -> Tested {
    let bench = Bench::new();
    bench.drop_file("acme/a.json", b"secret");
    let listed = bench.listed("acme/a.json");
    fs::rename(bench.inbox("acme"), bench.outside("elsewhere"))?;
    symlink(bench.outside("elsewhere"), bench.inbox("acme"))?;
    assert!(matches!(
        bench.spool.take(BATCH, &listed),
        Err(TakeError::Left {
            reason: Skipped::Symlink,
            ..
        })
    ));
    assert!(bench.outside("elsewhere/a.json").is_file());
    Ok(())
}
