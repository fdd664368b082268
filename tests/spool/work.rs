//! Files in work/: put back, left over, tidied.

use crate::bench::{BATCH, Bench, Tested, inbox_path};
use keyspool::spool::{Skipped, Spool, SpoolError, TakeError, escape_path};
use keyspool::wire::sha256;
use std::fs::{self};
use std::os::unix::fs::symlink;
use std::path::Path;

#[test]
fn a_second_file_at_one_path_waits() {
    let bench = Bench::new();
    bench.drop_and_take("a", b"first");
    bench.drop_file("a", b"second");
    assert!(matches!(bench.take("a"), Err(TakeError::Occupied { .. })));
    fs::remove_file(bench.inbox("a")).unwrap();
    bench.drop_file("a/b", b"third");
    assert!(matches!(bench.take("a/b"), Err(TakeError::Occupied { .. })));
    assert_eq!(bench.files("work"), [format!("{BATCH}/a")]);
    assert_eq!(
        fs::read(bench.root().join("work").join(BATCH).join("a")).unwrap(),
        b"first"
    );
}

#[test]
fn a_batch_is_one_folders_name() {
    let bench = Bench::new();
    bench.drop_file("a", b"{}");
    for batch in ["", ".", "..", "../inbox", "a/b", "/tmp"] {
        let taken = bench.spool.take(batch, &bench.listed("a"));
        assert!(
            matches!(taken, Err(TakeError::Spool(SpoolError::Name { .. }))),
            "{batch}"
        );
    }
}

#[test]
fn a_file_is_put_back_beside_another() -> Tested {
    let bench = Bench::new();
    let first = bench.drop_and_take("acme/a.json", b"first");
    bench.drop_file("acme/a.json", b"second");
    bench.drop_file("acme/a (2).json", b"third");
    let modified = first.modified;
    assert_eq!(bench.spool.put_back(&first)?, inbox_path("acme/a (3).json"));
    let bytes = ["a.json", "a (2).json", "a (3).json"]
        .map(|name| fs::read(bench.inbox("acme").join(name)).unwrap());
    assert_eq!(
        bytes,
        [b"second".to_vec(), b"third".to_vec(), b"first".to_vec()]
    );
    assert_eq!(bench.listed("acme/a (3).json").modified, modified);
    Ok(())
}

#[test]
fn a_file_is_put_back_without_its_folder() -> Tested {
    let bench = Bench::new();
    let taken = bench.drop_and_take("acme/a.json", b"{}");
    fs::remove_dir(bench.inbox("acme"))?;
    assert_eq!(bench.spool.put_back(&taken)?, inbox_path("acme/a.json"));
    for obstacle in [
        |at: &Path| fs::write(at, ""),
        |at: &Path| symlink("/tmp", at),
    ] {
        let taken = bench.take("acme/a.json")?;
        fs::remove_dir(bench.inbox("acme"))?;
        obstacle(&bench.inbox("acme"))?;
        let back = bench.spool.put_back(&taken)?;
        assert_eq!(back, inbox_path("acme (2)/a.json"));
        assert!(keyspool::licence::Identifier::new(back.first_folder().unwrap()).is_err());
        fs::remove_file(bench.inbox("acme"))?;
        fs::rename(bench.inbox("acme (2)"), bench.inbox("acme"))?;
    }
    Ok(())
}

#[test]
fn the_longest_name_is_put_back() -> Tested {
    let bench = Bench::new();
    let name = "é".repeat(125) + ".json";
    let taken = bench.drop_and_take(&name, b"first");
    bench.drop_file(&name, b"second");
    let back = bench.spool.put_back(&taken)?;
    assert_eq!(escape_path(&back), "é".repeat(123) + " (2).json");
    Ok(())
}

#[test]
fn what_is_gone_is_not_put_back() {
    let bench = Bench::new();
    let taken = bench.drop_and_take("acme/a", b"{}");
    fs::remove_file(&taken.work_path).unwrap();
    fs::remove_dir(bench.inbox("acme")).unwrap();
    assert!(matches!(
        bench.spool.put_back(&taken),
        Err(SpoolError::Vanished { path }) if path == taken.work_path
    ));
    assert!(!bench.inbox("acme").exists());
}

#[test]
fn leftovers_are_put_back() -> Tested {
    let bench = Bench::new();
    bench.drop_and_take("acme/b.json", b"b");
    bench.drop_and_take("a.json", b"a");
    fs::write(bench.root().join("work/stray"), "stray")?;
    symlink(
        "/etc/passwd",
        bench.root().join("work").join(BATCH).join("link"),
    )?;
    let spool = Spool::open(&bench.root())?;
    let leftovers = spool.leftovers()?;
    let found: Vec<_> = leftovers
        .iter()
        .map(|left| (left.batch.as_str(), escape_path(&left.inbox_path)))
        .collect();
    let expected = [
        (BATCH, "a.json"),
        (BATCH, "acme/b.json"),
        (BATCH, "link"),
        ("", "stray"),
    ];
    assert_eq!(
        found,
        expected.map(|(batch, path)| (batch, path.to_owned()))
    );
    assert_eq!(spool.read_again(&leftovers[1])?.digest, sha256(&[b"b"]));
    assert!(matches!(
        spool.read_again(&leftovers[2]),
        Err(TakeError::Left {
            reason: Skipped::Symlink,
            ..
        })
    ));
    for left in &leftovers {
        assert_eq!(spool.put_back(left)?, left.inbox_path);
    }
    spool.tidy()?;
    assert_eq!(fs::read_dir(bench.root().join("work"))?.count(), 0);
    assert_eq!(
        bench.files("inbox"),
        ["a.json", "acme/b.json", "link", "stray"]
    );
    assert!(matches!(
        spool.read_again(&leftovers[1]),
        Err(TakeError::Gone { .. })
    ));
    Ok(())
}

#[test]
fn tidying_removes_empty_folders_only() -> Tested {
    let bench = Bench::new();
    bench.drop_and_take("acme/b.json", b"b");
    fs::create_dir_all(bench.root().join("work/OLD/acme/deep"))?;
    bench.spool.tidy()?;
    assert_eq!(bench.files("work"), [format!("{BATCH}/acme/b.json")]);
    assert!(!bench.root().join("work/OLD").exists());
    Ok(())
}
