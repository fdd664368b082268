//! Opening, reading, waiting and misuse.

use crate::bench::{
    LOTS, NO_WAIT, ORIGIN, PERIODS, VAULT, create, damage, edit, file, open, open_reading,
    raw_value, sealer,
};
use crate::sample::Sample;
use keyspool::ledger::{Damage, Ledger, LedgerError, Reader, Shape, TableSpec};
use sha2::{Digest as _, Sha256};
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

#[test]
fn the_files_tell_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    for round in 0..3 {
        let mut changes = ledger.begin().unwrap();
        for row in 0..20 {
            changes
                .put(
                    LOTS,
                    format!("marker-key-{row}").as_bytes(),
                    format!("marker-value-{round}").as_bytes(),
                )
                .unwrap();
            changes
                .listed_append(PERIODS, b"marker-list", round * 20 + row, b"marker-listed")
                .unwrap();
        }
        changes.append_history(b"marker-entry").unwrap();
        changes.commit().unwrap();
    }
    let marked = |bytes: &[u8]| bytes.windows(6).any(|window| window == b"marker");
    let origin = |bytes: &[u8]| {
        bytes
            .windows(16)
            .any(|window| window == ORIGIN.to_string().as_bytes())
    };
    for closed in [false, true] {
        if closed {
            drop(
                open_reading(dir.path())
                    .map_err(|error| assert!(matches!(error, LedgerError::Held { .. }))),
            );
        }
        for name in ["ledger.redb", "ledger.lock"] {
            let bytes = std::fs::read(dir.path().join(name)).unwrap();
            assert!(!marked(&bytes) && !origin(&bytes), "{name}");
        }
    }
    drop(ledger);
    assert!(!marked(&std::fs::read(file(dir.path())).unwrap()), "closed");
}

#[test]
fn a_foreign_ledger_is_not_damaged() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    for (vault, secret) in [
        (VAULT, "theirs"),
        ("another-vault", "ours"),
        ("another-vault", "theirs"),
    ] {
        let opened = Ledger::open(dir.path(), vault, sealer(secret)).err();
        assert!(
            matches!(opened, Some(LedgerError::Foreign { .. })),
            "{vault} {secret}: {opened:?}"
        );
    }
    edit(dir.path(), ["meta", "meta"], |rows, _| {
        let mut format = raw_value(rows, b"format");
        format[20] ^= 1;
        rows.insert(b"format".as_slice(), format.as_slice())
            .unwrap();
    });
    assert_eq!(damage(open(dir.path())), Damage::Row);
}

#[test]
fn another_format_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    let hints = [
        (1, "use the release of the program that wrote it"),
        (
            3,
            "use the release of the program that wrote it, or a newer one",
        ),
    ];
    for (version, hint) in hints {
        edit(dir.path(), ["meta", "meta"], |rows, _| {
            let mut format = raw_value(rows, b"format");
            format[16] = version;
            let check = Sha256::digest(&format[..33]);
            format[33..].copy_from_slice(&check[..8]);
            rows.insert(b"format".as_slice(), format.as_slice())
                .unwrap();
        });
        let refused = open(dir.path()).err().unwrap();
        assert!(
            refused
                .to_string()
                .ends_with(&format!("has format {version}, this program reads 2")),
            "{refused}"
        );
        assert_eq!(refused.hint(), hint);
    }
}

#[test]
fn misuse_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let missing = open(dir.path()).err();
    assert!(
        matches!(missing, Some(LedgerError::Missing { .. })),
        "{missing:?}"
    );
    assert!(
        !dir.path().join("ledger.lock").exists(),
        "looking for a ledger leaves nothing behind"
    );
    let ledger = create(dir.path());
    let mut changes = ledger.begin().unwrap();
    assert!(matches!(
        ledger.begin().err(),
        Some(LedgerError::Busy { .. })
    ));
    changes.listed_append(PERIODS, b"list", 1, b"x").unwrap();
    assert!(matches!(
        changes.listed_append(PERIODS, b"list", 1, b"y"),
        Err(LedgerError::Occupied { sequence: 1, .. })
    ));
    assert!(matches!(
        changes.put(PERIODS, b"list", b"x"),
        Err(LedgerError::WrongShape { .. })
    ));
    assert!(matches!(
        changes.put(TableSpec::new("periods", Shape::Keyed), b"list", b"x"),
        Err(LedgerError::WrongShape { .. })
    ));
    for own in ["meta", "history"] {
        assert!(matches!(
            changes.numbered_put(TableSpec::new(own, Shape::Numbered), 1, b"x"),
            Err(LedgerError::WrongShape { .. })
        ));
    }
    let nested = changes.iterate(PERIODS, |_, _| {
        changes
            .listed_get(PERIODS, b"list", 1)
            .map(|_| ControlFlow::Continue(()))
    });
    assert!(matches!(nested, Err(LedgerError::TableInUse { .. })));
    changes.commit().unwrap();
    drop(ledger);
    let again = Ledger::create(dir.path(), VAULT, ORIGIN, sealer("ours")).err();
    assert!(
        matches!(again, Some(LedgerError::Exists { .. })),
        "{again:?}"
    );
    let reading = open_reading(dir.path()).unwrap();
    assert!(matches!(
        reading.begin().err(),
        Some(LedgerError::ReadOnly { .. })
    ));
}

#[test]
fn the_second_to_open_hears_who_holds_it() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    let held = Ledger::open_waiting(
        dir.path(),
        VAULT,
        sealer("ours"),
        NO_WAIT,
        "keyspool\n watch",
    )
    .unwrap();
    let wait = Duration::from_millis(60);
    match Ledger::open_waiting(dir.path(), VAULT, sealer("ours"), wait, "keyspool process").err() {
        Some(LedgerError::Held { holder, waited, .. }) => {
            assert_eq!(
                holder,
                format!("process {} (keyspool watch)", std::process::id())
            );
            assert!(waited >= wait);
        }
        other => panic!("{other:?}"),
    }
    drop(held);
}

#[test]
fn the_second_to_open_waits() {
    let dir = tempfile::tempdir().unwrap();
    let held = create(dir.path());
    let (waiting, is_waiting) = std::sync::mpsc::channel();
    let path = dir.path().to_owned();
    let second = std::thread::spawn(move || {
        waiting.send(()).unwrap();
        Ledger::open_waiting(
            &path,
            VAULT,
            sealer("ours"),
            Duration::from_secs(10),
            "second",
        )
        .map(drop)
    });
    is_waiting.recv().unwrap();
    drop(held);
    second.join().unwrap().unwrap();
}

#[test]
fn reading_leaves_the_file_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    Sample::build(dir.path());
    let before = std::fs::read(file(dir.path())).unwrap();
    let ledger = open_reading(dir.path()).unwrap();
    Sample::check(&ledger.read().unwrap()).unwrap();
    drop(ledger);
    assert!(std::fs::read(file(dir.path())).unwrap() == before);
}

#[test]
fn reading_repairs_what_a_crash_left_open() {
    let dir = tempfile::tempdir().unwrap();
    Sample::build(dir.path());
    let ledger = open(dir.path()).unwrap();
    ledger.begin().unwrap().commit().unwrap();
    let while_open = std::fs::read(file(dir.path())).unwrap();
    drop(ledger);
    std::fs::write(file(dir.path()), while_open).unwrap();
    let ledger = open_reading(dir.path()).unwrap();
    Sample::check(&ledger.read().unwrap()).unwrap();
}

#[test]
fn a_crash_leaves_nothing_to_rebuild() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    for _ in 0..3 {
        ledger.begin().unwrap().commit().unwrap();
    }
    let copy = dir.path().join("crashed.redb");
    std::fs::copy(file(dir.path()), &copy).unwrap();
    // An abort from within the callback makes the opening fail.
    let opened = redb::Builder::new()
        .set_repair_callback(redb::RepairSession::abort)
        .open(copy);
    assert!(opened.is_ok(), "{:?}", opened.err());
}

#[test]
fn a_creation_that_was_broken_off_is_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("ledger.redb.new"), vec![1; 5000]).unwrap();
    drop(create(dir.path()));
    assert!(!dir.path().join("ledger.redb.new").exists());
    for name in ["ledger.redb", "ledger.lock"] {
        let mode = std::fs::metadata(dir.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(open(dir.path()).unwrap().read().unwrap().origin(), ORIGIN);
}
