//! What is changed in the file is noticed.

use crate::bench::{BATCHES, LOTS, TestSealer, create, damage, edit, file, open, raw_value, text};
use keyspool::ledger::{Damage, LedgerError, Reader, Shape, TableSpec};
use keyspool::seal::record::RecordSealer;
use redb::TableDefinition;
use sha2::{Digest as _, Sha256};
use std::sync::atomic::AtomicU64;

#[test]
fn a_row_copied_over_another_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let mut changes = ledger.begin().unwrap();
    changes.numbered_put(BATCHES, 1, b"one").unwrap();
    changes.numbered_put(BATCHES, 2, b"two").unwrap();
    changes.commit().unwrap();
    drop(ledger);
    let keys = [1_u64, 2].map(u64::to_be_bytes);
    edit(dir.path(), ["batches", "batches"], |rows, _| {
        let one = raw_value(rows, &keys[0]);
        rows.insert(keys[1].as_slice(), one.as_slice()).unwrap();
    });
    let ledger = open(dir.path()).unwrap();
    let seen = ledger.read().unwrap();
    assert_eq!(
        text(seen.numbered_get(BATCHES, 1).unwrap()),
        Some("one".into())
    );
    assert_eq!(damage(seen.numbered_get(BATCHES, 2)), Damage::Row);
}

#[test]
fn a_row_put_into_another_table_does_not_open() {
    const OTHERS: TableSpec = TableSpec::new("others", Shape::Numbered);
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let mut changes = ledger.begin().unwrap();
    changes.numbered_put(BATCHES, 1, b"one").unwrap();
    changes.numbered_put(OTHERS, 1, b"other").unwrap();
    changes.commit().unwrap();
    drop(ledger);
    edit(dir.path(), ["batches", "others"], |batches, others| {
        let one = raw_value(batches, &1_u64.to_be_bytes());
        others
            .unwrap()
            .insert(1_u64.to_be_bytes().as_slice(), one.as_slice())
            .unwrap();
    });
    assert_eq!(
        damage(
            open(dir.path())
                .unwrap()
                .read()
                .unwrap()
                .numbered_get(OTHERS, 1)
        ),
        Damage::Row
    );
}

/// The limit of what sealing shows: the row was written for this place. The replay of the history
/// finds it.
#[test]
fn an_old_value_put_back_into_its_own_row_opens() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let key = 1_u64.to_be_bytes();
    for value in ["old", "new"] {
        let mut changes = ledger.begin().unwrap();
        changes.numbered_put(BATCHES, 1, value.as_bytes()).unwrap();
        changes.commit().unwrap();
        if value == "old" {
            std::fs::copy(file(dir.path()), dir.path().join("old.redb")).unwrap();
        }
    }
    drop(ledger);
    let past = redb::Database::open(dir.path().join("old.redb")).unwrap();
    let raw = past.begin_write().unwrap();
    let old = raw_value(
        &raw.open_table(TableDefinition::new("batches")).unwrap(),
        &key,
    );
    edit(dir.path(), ["batches", "batches"], |rows, _| {
        drop(rows.insert(key.as_slice(), old.as_slice()).unwrap())
    });
    let ledger = open(dir.path()).unwrap();
    assert_eq!(
        text(ledger.read().unwrap().numbered_get(BATCHES, 1).unwrap()),
        Some("old".into())
    );
}

#[test]
fn rows_newer_than_the_state_are_damage() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let mut state = Vec::new();
    for value in ["old", "new"] {
        let mut changes = ledger.begin().unwrap();
        changes.numbered_put(BATCHES, 1, value.as_bytes()).unwrap();
        changes.commit().unwrap();
        if value == "old" {
            std::fs::copy(file(dir.path()), dir.path().join("old.redb")).unwrap();
            let past = redb::Database::open(dir.path().join("old.redb")).unwrap();
            let raw = past.begin_write().unwrap();
            state = raw_value(
                &raw.open_table(TableDefinition::new("meta")).unwrap(),
                b"state",
            );
        }
    }
    drop(ledger);
    edit(dir.path(), ["meta", "meta"], |rows, _| {
        drop(rows.insert(b"state".as_slice(), state.as_slice()).unwrap())
    });
    let ledger = open(dir.path()).unwrap();
    assert_eq!(
        damage(ledger.read().unwrap().numbered_get(BATCHES, 1)),
        Damage::Future { row: 3, newest: 2 }
    );
}

#[test]
fn a_missing_row_or_table_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let mut changes = ledger.begin().unwrap();
    changes.numbered_put(BATCHES, 1, b"one").unwrap();
    changes.numbered_put(BATCHES, 2, b"two").unwrap();
    changes.put(LOTS, b"key", b"value").unwrap();
    changes.commit().unwrap();
    drop(ledger);
    edit(dir.path(), ["batches", "batches"], |rows, _| {
        drop(rows.remove(2_u64.to_be_bytes().as_slice()).unwrap())
    });
    let database = redb::Database::open(file(dir.path())).unwrap();
    let raw = database.begin_write().unwrap();
    raw.delete_table(TableDefinition::<&[u8], &[u8]>::new("lots"))
        .unwrap();
    raw.commit().unwrap();
    drop(database);
    let ledger = open(dir.path()).unwrap();
    let seen = ledger.read().unwrap();
    assert_eq!(
        damage(seen.numbered_get(BATCHES, 1)),
        Damage::Count {
            found: 1,
            committed: 2
        }
    );
    assert_eq!(damage(seen.get(LOTS, b"key")), Damage::Missing);
    drop(seen);
    assert_eq!(
        damage(ledger.begin().unwrap().get(LOTS, b"key")),
        Damage::Missing
    );
}

#[test]
fn exchanged_entries_do_not_verify() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let mut changes = ledger.begin().unwrap();
    for number in 1..=3 {
        changes
            .append_history(format!("entry {number}").as_bytes())
            .unwrap();
    }
    changes.commit().unwrap();
    // Rewritten with the key, as only a defect of the signer itself could.
    let forged = [Sha256::digest(b"x").as_slice(), b"entry X"].concat();
    let row = TestSealer {
        secret: "ours",
        sealed: AtomicU64::new(1000),
    }
    .seal(2, "history", &2_u64.to_be_bytes(), &forged);
    drop(ledger);
    edit(dir.path(), ["history", "history"], |rows, _| {
        let row = [2_u64.to_be_bytes().as_slice(), &row].concat();
        rows.insert(2_u64.to_be_bytes().as_slice(), row.as_slice())
            .unwrap();
    });
    let ledger = open(dir.path()).unwrap();
    let verified = ledger
        .read()
        .unwrap()
        .verify_chain(|_| Ok::<_, LedgerError>(()));
    assert_eq!(damage(verified), Damage::Chain { number: 2 });
}

#[test]
fn a_damaged_ledger_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    std::fs::write(file(dir.path()), b"no store").unwrap();
    let error = open(dir.path()).err().unwrap();
    let path = file(dir.path()).display().to_string();
    assert!(
        error
            .to_string()
            .starts_with(&format!("{path} is damaged in table meta: ")),
        "{error}"
    );
    assert_eq!(error.hint(), "restore the vault from its backup");
}
