//! Answered files go to the archive.

use crate::bench::{BATCH, Bench, DATE, Tested, inbox_path};
use keyspool::spool::{InboxPath, Spool, SpoolError};
use std::fs::{self};

#[test]
fn archived_names_differ_without_case() -> Tested {
    let bench = Bench::new();
    for path in [
        "Acme/A.json",
        "Acme/a.json",
        "acme/a.JSON",
        "acme/nul.json",
        "x",
    ] {
        let taken = bench.drop_and_take(path, path.as_bytes());
        bench.spool.archive(DATE, BATCH, &taken)?;
    }
    let taken = bench.drop_and_take("X/y", b"X/y");
    bench.spool.archive(DATE, BATCH, &taken)?;
    let folder = format!("{DATE}/{BATCH}");
    let expected = [
        "Acme/A.json",
        "Acme/_nul.json",
        "Acme/a (2).json",
        "Acme/a (3).JSON",
        "X (2)/y",
        "x",
    ];
    assert_eq!(
        bench.files("archive"),
        expected.map(|path| format!("{folder}/{path}"))
    );
    Ok(())
}

#[test]
fn names_of_an_earlier_run_count() -> Tested {
    let bench = Bench::new();
    let taken = bench.drop_and_take("Acme/A.json", b"first");
    bench.spool.archive(DATE, BATCH, &taken)?;
    let spool = Spool::open(&bench.root())?;
    let taken = bench.drop_and_take("acme/a.json", b"second");
    let archived = spool.archive(DATE, BATCH, &taken)?;
    assert!(
        archived.ends_with("Acme/a (2).json"),
        "{}",
        archived.display()
    );
    Ok(())
}

#[test]
fn a_move_that_was_done_before_a_crash_is_done() -> Tested {
    let bench = Bench::new();
    let mut moved = Vec::new();
    for path in ["A.json", "a.json"] {
        let taken = bench.drop_and_take(path, path.as_bytes());
        moved.push((
            bench.spool.archive(DATE, BATCH, &taken)?,
            taken.file.clone(),
        ));
    }
    let spool = Spool::open(&bench.root())?;
    for (path, file) in moved.iter().rev() {
        assert_eq!(&spool.archive(DATE, BATCH, file)?, path);
        assert_eq!(&bench.spool.archive(DATE, BATCH, file)?, path);
    }
    assert_eq!(bench.files("archive").len(), 2);
    Ok(())
}

#[test]
fn a_lost_file_is_an_error() -> Tested {
    let bench = Bench::new();
    let taken = bench.drop_and_take("a.json", b"a");
    let archived = bench.spool.archive(DATE, BATCH, &taken)?;
    fs::write(&archived, "other bytes")?;
    assert!(matches!(
        bench.spool.archive(DATE, BATCH, &taken),
        Err(SpoolError::Vanished { .. })
    ));
    fs::remove_file(&archived)?;
    assert!(matches!(
        bench.spool.archive(DATE, BATCH, &taken),
        Err(SpoolError::Vanished { .. })
    ));
    let unknown = bench.spool.work_file(BATCH, &inbox_path("never"), None)?;
    assert!(matches!(
        bench.spool.archive(DATE, BATCH, &unknown),
        Err(SpoolError::Vanished { .. })
    ));
    Ok(())
}

#[test]
fn dates_and_batches_are_names_of_folders() {
    let bench = Bench::new();
    let taken = bench.drop_and_take("a", b"a");
    for bad in ["..", "a/b", "", "/"] {
        assert!(
            matches!(
                bench.spool.archive(bad, BATCH, &taken),
                Err(SpoolError::Name { .. })
            ),
            "{bad}"
        );
        assert!(
            matches!(
                bench.spool.reject(DATE, bad, &taken),
                Err(SpoolError::Name { .. })
            ),
            "{bad}"
        );
        assert!(
            matches!(
                bench.spool.publisher(bad, BATCH).err(),
                Some(SpoolError::Name { .. })
            ),
            "{bad}"
        );
    }
}

#[test]
fn a_plain_batch_is_archived_at_once() -> Tested {
    let cases: [(&str, &[&str], usize, bool); 9] = [
        (
            "all answered, all names safe",
            &["acme/a.json", "acme/deep/b.json", "c.json"],
            3,
            true,
        ),
        (
            "one was refused",
            &["acme/a.json", "refused.json"],
            2,
            false,
        ),
        ("one was not decided", &["acme/a.json", "b.json"], 1, false),
        ("one is gone", &["acme/a.json"], 2, false),
        (
            "names that differ in case only",
            &["acme/a.json", "acme/A.json"],
            2,
            false,
        ),
        (
            "folders that differ in case only",
            &["acme/a.json", "Acme/b.json"],
            2,
            false,
        ),
        ("a name that FAT cannot hold", &["acme/a:b.json"], 1, false),
        ("a folder that FAT cannot hold", &["NUL/a.json"], 1, false),
        ("names beyond ASCII", &["Zürich/北京.json"], 1, true),
    ];
    for (case, paths, count, is_moved) in cases {
        let bench = Bench::new();
        for path in paths {
            bench.drop_and_take(path, path.as_bytes());
        }
        let is_answered = |path: &InboxPath| !path.as_path().starts_with("refused.json");
        let moved = bench.spool.archive_whole(DATE, BATCH, count, is_answered)?;
        assert_eq!(moved, is_moved, "{case}");
        let (from, to) = if moved {
            ("archive", format!("{DATE}/{BATCH}"))
        } else {
            ("work", BATCH.to_owned())
        };
        let mut expected: Vec<String> = paths.iter().map(|path| format!("{to}/{path}")).collect();
        expected.sort();
        assert_eq!(bench.files(from), expected, "{case}");
        assert!(
            !bench.spool.archive_whole(DATE, BATCH, count, |_| true)? || !is_moved,
            "{case}: once"
        );
    }
    let bench = Bench::new();
    fs::create_dir_all(
        bench
            .root()
            .join("archive")
            .join(DATE)
            .join(BATCH)
            .join("something"),
    )?;
    bench.drop_and_take("a.json", b"a");
    assert!(
        !bench.spool.archive_whole(DATE, BATCH, 1, |_| true)?,
        "something lies there"
    );
    assert!(matches!(
        bench.spool.archive_whole("..", BATCH, 1, |_| true),
        Err(SpoolError::Name { .. })
    ));
    Ok(())
}
