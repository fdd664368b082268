//! What a transaction commits, sees and leaves.

use crate::bench::{BATCHES, LOTS, ORIGIN, PERIODS, SYSTEMS, create, open, text};
use keyspool::ledger::{LedgerError, Reader, RowCache, StateView, Value};
use keyspool::licence::{Ulid, id::Hex};
use keyspool::policy::record::request::AnsweredRow;
use keyspool::policy::record::state::{Row as _, State as _, StateMut as _};
use std::ops::ControlFlow;

#[test]
fn a_row_held_ahead_hides_no_change() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let row = |byte: u8, answer| AnsweredRow {
        document: Hex([byte; 32]),
        activation_id: Ulid::new(1, [2; 10]),
        answer,
        for_ever: true,
    };
    let value = |row: &AnsweredRow| Some(Value::new(serde_json::to_vec(row).unwrap()));
    let (before, snapshot, cache) = (row(1, Some(1)), ledger.read().unwrap(), RowCache::default());
    let mut view = StateView::new(&snapshot, &cache);
    let get = |view: &StateView<'_, _>, row: &AnsweredRow| {
        view.get::<AnsweredRow>(&row.key())
            .unwrap()
            .map(|row| (*row).clone())
    };

    cache.hold(AnsweredRow::TABLE, before.key(), value(&before));
    assert_eq!(
        get(&view, &before),
        Some(before.clone()),
        "not looked up: the ledger has none"
    );
    cache.hold(AnsweredRow::TABLE, row(2, None).key(), None);
    assert_eq!(get(&view, &row(2, None)), None);

    let after = row(1, Some(9));
    view.put(after.clone()).unwrap();
    cache.hold(AnsweredRow::TABLE, before.key(), value(&before));
    assert_eq!(get(&view, &after), Some(after));
}

#[test]
fn committed_values_are_read_back_in_every_shape() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let mut changes = ledger.begin().unwrap();
    changes.put(LOTS, b"key", b"old").unwrap();
    changes.put(LOTS, b"key", b"new").unwrap();
    changes.put(LOTS, b"gone", b"x").unwrap();
    assert!(changes.delete(LOTS, b"gone").unwrap());
    assert!(!changes.delete(LOTS, b"gone").unwrap());
    changes
        .numbered_put(BATCHES, 300, b"three hundred")
        .unwrap();
    changes.numbered_put(BATCHES, 2, b"two").unwrap();
    for number in [1, 2, 256] {
        changes
            .listed_append(PERIODS, b"org-a", number, format!("a{number}").as_bytes())
            .unwrap();
        changes
            .listed_append(PERIODS, b"org-b", number, b"b")
            .unwrap();
    }
    assert_eq!(
        text(changes.get(LOTS, b"key").unwrap()),
        Some("new".into()),
        "a transaction sees its own changes"
    );
    changes.commit().unwrap();
    drop(ledger);

    let ledger = open(dir.path()).unwrap();
    let seen = ledger.read().unwrap();
    assert_eq!(text(seen.get(LOTS, b"key").unwrap()), Some("new".into()));
    assert_eq!(text(seen.get(LOTS, b"gone").unwrap()), None);
    assert_eq!(
        text(seen.numbered_get(BATCHES, 300).unwrap()),
        Some("three hundred".into())
    );
    assert_eq!(
        (
            seen.count(LOTS),
            seen.count(BATCHES),
            seen.count(PERIODS),
            seen.count(SYSTEMS)
        ),
        (1, 2, 6, 0)
    );
    let mut numbers = Vec::new();
    seen.numbered_range(BATCHES, 3, |number, _| {
        numbers.push(number);
        Ok::<_, LedgerError>(ControlFlow::Continue(()))
    })
    .unwrap();
    assert_eq!(numbers, [300]);
    let listed = |list: &[u8], number| text(seen.listed_get(PERIODS, list, number).unwrap());
    assert_eq!(
        [1, 2, 256].map(|number| listed(b"org-a", number)),
        ["a1", "a2", "a256"].map(|value| Some(value.into()))
    );
    assert_eq!(listed(b"org-b", 256), Some("b".into()));
    assert_eq!((listed(b"org-a", 3), listed(b"org-c", 1)), (None, None));
}

#[test]
fn a_transaction_sees_its_own_changes() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let mut changes = ledger.begin().unwrap();
    changes.put(LOTS, b"key", b"committed").unwrap();
    changes.append_history(b"entry 1").unwrap();
    changes.commit().unwrap();

    let mut changes = ledger.begin().unwrap();
    assert_eq!(
        text(changes.get(LOTS, b"key").unwrap()),
        Some("committed".into())
    );
    assert_eq!(changes.newest_entry().unwrap().unwrap().bytes(), b"entry 1");
    assert_eq!(text(changes.numbered_get(BATCHES, 1).unwrap()), None);
    changes.put(LOTS, b"key", b"changed").unwrap();
    changes
        .put_all(
            BATCHES,
            [(1_u64.to_be_bytes().to_vec(), Value::new(b"one".to_vec()))],
        )
        .unwrap();
    // More than are kept back to be written together.
    for number in 2..=1500_u64 {
        assert_eq!(
            changes
                .append_history(format!("entry {number}").as_bytes())
                .unwrap(),
            number
        );
    }
    assert_eq!(
        text(changes.get(LOTS, b"key").unwrap()),
        Some("changed".into())
    );
    assert_eq!(
        text(changes.numbered_get(BATCHES, 1).unwrap()),
        Some("one".into())
    );
    assert_eq!(
        changes.newest_entry().unwrap().unwrap().bytes(),
        b"entry 1500"
    );
    assert_eq!(
        text(ledger.read().unwrap().get(LOTS, b"key").unwrap()),
        Some("committed".into()),
        "nobody else does"
    );
    changes.append_history(b"entry 1501").unwrap();
    changes.commit().unwrap();

    let mut seen = Vec::new();
    ledger
        .read()
        .unwrap()
        .verify_chain(|entry| {
            seen.push(String::from_utf8(entry.bytes().to_vec()).unwrap());
            Ok::<_, LedgerError>(())
        })
        .unwrap();
    assert_eq!(
        seen,
        (1..=1501)
            .map(|number| format!("entry {number}"))
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_numbered_table_takes_numbers_as_keys() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let mut changes = ledger.begin().unwrap();
    changes
        .put(BATCHES, &7_u64.to_be_bytes(), b"seven")
        .unwrap();
    assert_eq!(
        text(changes.numbered_get(BATCHES, 7).unwrap()),
        Some("seven".into())
    );
    assert_eq!(
        text(changes.get(BATCHES, &7_u64.to_be_bytes()).unwrap()),
        Some("seven".into())
    );
    for key in [&b""[..], &[0; 7], &[0; 9], &[0; 16]] {
        assert!(matches!(
            changes.put(BATCHES, key, b"x"),
            Err(LedgerError::WrongShape { .. })
        ));
        assert!(matches!(
            changes.get(BATCHES, key),
            Err(LedgerError::WrongShape { .. })
        ));
        assert!(matches!(
            changes.delete(BATCHES, key),
            Err(LedgerError::WrongShape { .. })
        ));
    }
    assert!(changes.delete(BATCHES, &7_u64.to_be_bytes()).unwrap());
    assert_eq!(changes.count(BATCHES), 0);
}

#[test]
fn a_snapshot_stays_as_it_was_taken() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    let before = ledger.read().unwrap();
    let mut changes = ledger.begin().unwrap();
    changes.put(LOTS, b"key", b"value").unwrap();
    changes.append_history(b"entry").unwrap();
    let committed = changes.commit().unwrap();
    assert_eq!(
        (before.size(), before.get(LOTS, b"key").unwrap().is_none()),
        (0, true)
    );
    let after = ledger.read().unwrap();
    assert_eq!(
        (after.number(), after.size(), after.head()),
        (committed.transaction, committed.size, committed.head)
    );
    assert_eq!(text(after.get(LOTS, b"key").unwrap()), Some("value".into()));
}

#[test]
fn an_aborted_transaction_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    for dropped in [false, true] {
        let mut changes = ledger.begin().unwrap();
        changes.put(LOTS, b"key", b"value").unwrap();
        changes.append_history(b"entry").unwrap();
        if dropped {
            drop(changes)
        } else {
            changes.abort()
        }
        let seen = ledger.read().unwrap();
        assert_eq!(
            (seen.size(), seen.count(LOTS), seen.origin()),
            (0, 0, ORIGIN)
        );
        assert!(
            seen.get(LOTS, b"key").unwrap().is_none() && seen.newest_entry().unwrap().is_none()
        );
    }
}

#[test]
fn transaction_numbers_are_never_given_twice() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    assert_eq!(
        ledger.read().unwrap().number(),
        1,
        "its making is a transaction"
    );
    let mut numbers = vec![1];
    numbers.push(ledger.begin().unwrap().number());
    numbers.push(ledger.begin().unwrap().commit().unwrap().transaction);
    numbers.push(ledger.begin().unwrap().number());
    drop(ledger);
    let ledger = open(dir.path()).unwrap();
    numbers.push(ledger.begin().unwrap().number());
    numbers.push(ledger.begin().unwrap().commit().unwrap().transaction);
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

#[test]
fn a_lock_file_cannot_use_numbers_up() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    for content in ["18446744073709551615\n", "garbage", ""] {
        std::fs::write(dir.path().join("ledger.lock"), content).unwrap();
        assert_eq!(
            open(dir.path()).unwrap().begin().unwrap().number(),
            2,
            "{content}"
        );
    }
}
