//! Files are published whole or not at all.

use crate::bench::{BATCH, Bench, DATE, Tested, mode};
use keyspool::spool::{Outlet, SpoolError};
use std::fs::{self};
use std::os::unix::fs::symlink;

#[test]
fn staged_files_get_names_when_flushed() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "acme/a.zip", b"zip")?;
    publisher.stage(Outlet::Outbox, "manifest.json", b"{}")?;
    let staged = bench.files("outbox");
    assert!(
        staged.len() == 2
            && staged
                .iter()
                .all(|path| path.starts_with(&format!(".{DATE}-{BATCH}.part/"))),
        "{staged:?}"
    );
    publisher.flush()?;
    assert_eq!(
        bench.files("outbox"),
        ["acme/a.zip", "manifest.json"].map(|path| format!("{DATE}-{BATCH}/{path}"))
    );
    assert_eq!(
        fs::read(
            bench
                .root()
                .join("outbox")
                .join(format!("{DATE}-{BATCH}/acme/a.zip"))
        )?,
        b"zip"
    );
    assert_eq!(
        mode(
            &bench
                .root()
                .join("outbox")
                .join(format!("{DATE}-{BATCH}/acme/a.zip"))
        ),
        0o600
    );
    Ok(())
}

#[test]
fn publishing_again_changes_nothing() -> Tested {
    let bench = Bench::new();
    let path = bench
        .root()
        .join("outbox")
        .join(format!("{DATE}-{BATCH}/a.zip"));
    bench.spool.publisher(DATE, BATCH).and_then(|p| {
        p.stage(Outlet::Outbox, "a.zip", b"zip")
            .and_then(|()| p.flush())
    })?;
    let before = fs::metadata(&path)?.modified()?;
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "a.zip", b"zip")?;
    assert_eq!(bench.files("outbox").len(), 1);
    publisher.flush()?;
    assert_eq!(
        (fs::read(&path)?, fs::metadata(&path)?.modified()?),
        (b"zip".to_vec(), before)
    );
    Ok(())
}

#[test]
fn a_published_file_is_never_overwritten() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "a.zip", b"zip")?;
    publisher.flush()?;
    for other in [b"zap".as_slice(), b"", b"zi", b"zip+"] {
        assert!(matches!(
            publisher.stage(Outlet::Outbox, "a.zip", other),
            Err(SpoolError::Exists { .. })
        ));
    }
    fs::create_dir(
        bench
            .root()
            .join("outbox")
            .join(format!("{DATE}-{BATCH}/folder")),
    )?;
    assert!(matches!(
        publisher.stage(Outlet::Outbox, "folder", b"x"),
        Err(SpoolError::Exists { .. })
    ));
    symlink(
        bench.outside("target"),
        bench
            .root()
            .join("outbox")
            .join(format!("{DATE}-{BATCH}/link")),
    )?;
    assert!(matches!(
        publisher.stage(Outlet::Outbox, "link", b"x"),
        Err(SpoolError::Exists { .. })
    ));
    publisher.flush()?;
    assert_eq!(
        fs::read(
            bench
                .root()
                .join("outbox")
                .join(format!("{DATE}-{BATCH}/a.zip"))
        )?,
        b"zip"
    );
    assert_eq!(bench.files("outbox").len(), 2);
    Ok(())
}

#[test]
fn a_name_staged_twice_is_published_once() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "a.zip", b"same")?;
    publisher.stage(Outlet::Outbox, "a.zip", b"same")?;
    publisher.flush()?;
    publisher.stage(Outlet::Outbox, "b.zip", b"first")?;
    publisher.stage(Outlet::Outbox, "b.zip", b"second")?;
    assert!(matches!(publisher.flush(), Err(SpoolError::Exists { .. })));
    assert_eq!(
        bench.files("outbox"),
        ["a.zip", "b.zip"].map(|path| format!("{DATE}-{BATCH}/{path}"))
    );
    assert_eq!(
        fs::read(
            bench
                .root()
                .join("outbox")
                .join(format!("{DATE}-{BATCH}/b.zip"))
        )?,
        b"first"
    );
    Ok(())
}

#[test]
fn what_a_crash_left_half_published_is_swept() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "whole.zip", b"zip")?;
    publisher.flush()?;
    publisher.stage(Outlet::Outbox, "acme/a.zip", b"half")?;
    publisher.stage(Outlet::Rejected, "a.json.refusal.json", b"half")?;
    drop(publisher);
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    assert_eq!(publisher.sweep()?, 2);
    assert_eq!(publisher.sweep()?, 0);
    assert_eq!(bench.files("outbox"), [format!("{DATE}-{BATCH}/whole.zip")]);
    assert_eq!(bench.files("rejected").len(), 0);
    Ok(())
}

#[test]
fn a_stale_temporary_file_is_no_obstacle() -> Tested {
    let bench = Bench::new();
    bench
        .spool
        .publisher(DATE, BATCH)?
        .stage(Outlet::Outbox, "a.zip", b"half")?;
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "a.zip", b"whole")?;
    publisher.flush()?;
    assert_eq!(bench.files("outbox"), [format!("{DATE}-{BATCH}/a.zip")]);
    assert_eq!(
        fs::read(
            bench
                .root()
                .join("outbox")
                .join(format!("{DATE}-{BATCH}/a.zip"))
        )?,
        b"whole"
    );
    Ok(())
}

#[test]
fn only_safe_relative_names_are_published() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    for bad in [
        "", "/a", "../a", "a/../b", "a//b", "a/", ".a.part", "a:b", "NUL", "a.", "a\n",
    ] {
        assert!(
            matches!(
                publisher.stage(Outlet::Outbox, bad, b""),
                Err(SpoolError::Name { .. })
            ),
            "{bad:?}"
        );
    }
    Ok(())
}

#[test]
fn an_error_of_publishing_leaves_nothing() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "acme", b"a file")?;
    publisher.flush()?;
    let error = publisher.stage(Outlet::Outbox, "acme/a.zip", b"zip").err();
    assert!(
        matches!(&error, Some(SpoolError::Io { path, .. }) if path.ends_with("acme/a.zip")),
        "{error:?}"
    );
    assert_eq!(bench.files("outbox").len(), 1);
    Ok(())
}

#[test]
fn many_threads_stage_into_one_group() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let publisher = &publisher;
            scope.spawn(move || {
                for file in 0..50 {
                    publisher
                        .stage(Outlet::Outbox, format!("acme/{thread}-{file}.zip"), b"zip")
                        .unwrap();
                    publisher
                        .stage(Outlet::Outbox, "acme/shared.zip", b"zip")
                        .unwrap();
                }
            });
        }
    });
    publisher.flush()?;
    assert_eq!(bench.files("outbox").len(), 201);
    Ok(())
}
