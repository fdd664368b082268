//! The ledger's promises: what was committed is there, what was touched is noticed, and nothing
//! tells anything to who has no key.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, missing_docs)]

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use keyspool::ledger::{
    Damage, Ledger, LedgerError, Reader, RowCache, Shape, StateView, TableSpec, Value,
};
use keyspool::licence::{Origin, Ulid, id::Hex};
use keyspool::policy::record::request::AnsweredRow;
use keyspool::policy::record::state::{Row as _, State as _, StateMut as _};
use keyspool::seal::record::{RecordBroken, RecordSealer};
use redb::{ReadableTable as _, TableDefinition};
use sha2::{Digest as _, Sha256};
use std::io::{BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const LOTS: TableSpec = TableSpec::new("lots", Shape::Keyed);
const SYSTEMS: TableSpec = TableSpec::new("systems", Shape::Keyed);
const BATCHES: TableSpec = TableSpec::new("batches", Shape::Numbered);
const PERIODS: TableSpec = TableSpec::new("periods", Shape::Listed);
const ORIGIN: Origin = Hex([7; 8]);
const VAULT: &str = "marker-vault-id";
const NO_WAIT: Duration = Duration::ZERO;

/// A sealer for tests: AES-256-GCM under SHA-256 of secret and transaction, nonces counted.
struct TestSealer {
    secret: &'static str,
    sealed: AtomicU64,
}

fn sealer(secret: &'static str) -> Arc<dyn RecordSealer> {
    Arc::new(TestSealer {
        secret,
        sealed: AtomicU64::new(0),
    })
}

impl TestSealer {
    fn cipher(&self, transaction: u64) -> aes_gcm::Aes256Gcm {
        let key: [u8; 32] = Sha256::new()
            .chain_update(self.secret)
            .chain_update(transaction.to_be_bytes())
            .finalize()
            .into();
        aes_gcm::Aes256Gcm::new(&key.into())
    }

    fn associated(transaction: u64, table: &str, key: &[u8]) -> Vec<u8> {
        [&transaction.to_be_bytes(), table.as_bytes(), &[0], key].concat()
    }
}

impl RecordSealer for TestSealer {
    fn seal(&self, transaction: u64, table: &str, key: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.sealed.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let aad = Self::associated(transaction, table, key);
        let sealed = self
            .cipher(transaction)
            .encrypt(
                &nonce.into(),
                Payload {
                    msg: plain,
                    aad: &aad,
                },
            )
            .unwrap();
        [nonce.as_slice(), &sealed].concat()
    }

    fn open(
        &self,
        transaction: u64,
        table: &str,
        key: &[u8],
        sealed: &[u8],
    ) -> Result<Value, RecordBroken> {
        let (nonce, sealed) = sealed.split_first_chunk::<12>().ok_or(RecordBroken)?;
        let aad = Self::associated(transaction, table, key);
        let opened = self.cipher(transaction).decrypt(
            &(*nonce).into(),
            Payload {
                msg: sealed,
                aad: &aad,
            },
        );
        opened.map(Value::new).map_err(|_| RecordBroken)
    }

    fn blind(&self, table: &str, key: &[u8]) -> [u8; 16] {
        let digest = Sha256::new()
            .chain_update(self.secret)
            .chain_update(table)
            .chain_update([0])
            .chain_update(key)
            .finalize();
        *digest.first_chunk().unwrap()
    }
}

/// Numbers that are the same for the same seed (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }
}

fn create(dir: &Path) -> Ledger {
    Ledger::create(dir, VAULT, ORIGIN, sealer("ours")).unwrap()
}

fn open(dir: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open(dir, VAULT, sealer("ours"))
}

fn open_reading(dir: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open_reading(dir, VAULT, sealer("ours"), NO_WAIT, "test")
}

fn file(dir: &Path) -> std::path::PathBuf {
    dir.join("ledger.redb")
}

type RawRows<'a> = redb::Table<'a, &'static [u8], &'static [u8]>;

/// Changes the tables behind the ledger's back.
fn edit(
    dir: &Path,
    tables: [&str; 2],
    change: impl FnOnce(&mut RawRows<'_>, Option<&mut RawRows<'_>>),
) {
    let database = redb::Database::open(file(dir)).unwrap();
    let raw = database.begin_write().unwrap();
    {
        let mut first = raw.open_table(TableDefinition::new(tables[0])).unwrap();
        let mut second = (tables[0] != tables[1])
            .then(|| raw.open_table(TableDefinition::new(tables[1])).unwrap());
        change(&mut first, second.as_mut());
    }
    raw.commit().unwrap();
}

fn raw_value(table: &RawRows<'_>, key: &[u8]) -> Vec<u8> {
    table.get(key).unwrap().unwrap().value().to_vec()
}

fn damage(result: Result<impl Sized, LedgerError>) -> Damage {
    match result.err() {
        Some(LedgerError::Damaged { what, .. }) => what,
        other => panic!("not damaged: {other:?}"),
    }
}

fn text(value: Option<Value>) -> Option<String> {
    value.map(|value| String::from_utf8(value.to_vec()).unwrap())
}

#[test]
fn a_row_held_ahead_is_given_as_it_stood_and_never_over_a_change() {
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
    let list = |from, limit| {
        seen.listed_range(PERIODS, b"org-a", from, limit)
            .unwrap()
            .into_iter()
            .map(|row| row.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (list(0, 9), list(2, 9), list(0, 2), list(257, 9)),
        (vec![1, 2, 256], vec![2, 256], vec![1, 2], vec![])
    );
    let last = seen.listed_last(PERIODS, b"org-a").unwrap().unwrap();
    assert_eq!((last.0, text(Some(last.1))), (256, Some("a256".into())));
    assert!(seen.listed_last(PERIODS, b"org-c").unwrap().is_none());
}

#[test]
fn a_transaction_sees_its_own_changes_of_what_it_had_read_before() {
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
fn a_numbered_table_takes_numbers_of_eight_bytes_as_keys() {
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
        changes.renew_origin(Hex([9; 8]));
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
fn a_changed_lock_file_cannot_use_the_transaction_numbers_up() {
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

#[test]
fn the_history_has_the_heads_of_the_vectors() {
    let entries = [
        "{\"number\":1}",
        "{\"number\":2}",
        "{\"number\":3,\"name\":\"東\"}",
    ];
    let heads = [
        "f49a2c974fa5d284067a91f37f11287fbdebc3ea98bc2aef3da73b85ee87dc2e",
        "689bce1276cccaf7ffe4ad7c06ffd401ffaea7b10e2d4685368b2a7469442867",
        "6f5cebd67fe88c8cc61b463ec454cc8ccbd0abb443ef2e2cbfa6c17c5b9cd44b",
        "b7af87c8f61df92c0d1ceba2f20c10786f3db0c9ea5a0a7db561f2861e6db1ca",
    ];
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    assert_eq!(ledger.read().unwrap().head().to_string(), heads[0]);
    for (number, entry) in (1..).zip(entries) {
        let mut changes = ledger.begin().unwrap();
        assert_eq!(changes.append_history(entry.as_bytes()).unwrap(), number);
        changes.commit().unwrap();
    }
    let seen = ledger.read().unwrap();
    for (size, head) in (0..).zip(heads) {
        assert_eq!(seen.head_at(size).unwrap().unwrap().to_string(), head);
    }
    assert!(seen.head_at(4).unwrap().is_none());
    assert_eq!(
        seen.newest_entry().unwrap().unwrap().bytes(),
        entries[2].as_bytes()
    );
    let mut found = Vec::new();
    seen.verify_chain(|entry| {
        found.push(String::from_utf8(entry.bytes().to_vec()).unwrap());
        Ok::<_, LedgerError>(())
    })
    .unwrap();
    assert_eq!(found, entries);
}

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
fn a_row_taken_out_or_a_table_taken_away_is_damage() {
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
fn a_history_whose_entries_were_exchanged_does_not_verify() {
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
fn nothing_that_tells_anything_stands_in_the_files() {
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
                .listed_put(PERIODS, b"marker-list", row, b"marker-listed")
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
fn a_ledger_of_another_vault_is_told_apart_from_a_damaged_one() {
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
fn the_second_to_open_is_told_who_holds_the_ledger() {
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
fn the_second_to_open_waits_until_the_first_lets_go() {
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

#[test]
fn a_damaged_ledger_says_where_it_stands_and_what_to_do() {
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

/// A ledger with some of everything, and its comparison with what was put.
struct Sample;

impl Sample {
    const ROUNDS: u64 = 4;
    const ROWS: u64 = 8;

    fn build(dir: &Path) {
        let ledger = create(dir);
        for round in 0..Self::ROUNDS {
            let mut changes = ledger.begin().unwrap();
            for row in round * Self::ROWS..(round + 1) * Self::ROWS {
                changes
                    .put(LOTS, &row.to_be_bytes(), &Self::value(row))
                    .unwrap();
                changes
                    .numbered_put(BATCHES, row, &Self::value(row + 1))
                    .unwrap();
                changes
                    .listed_append(
                        PERIODS,
                        format!("list {}", row % 3).as_bytes(),
                        row,
                        &Self::value(row + 2),
                    )
                    .unwrap();
                changes.append_history(&Self::value(row + 3)).unwrap();
            }
            changes.commit().unwrap();
        }
    }

    fn value(row: u64) -> Vec<u8> {
        (0..200 + row % 50)
            .map(|byte| (byte * 31 + row).to_le_bytes()[0])
            .collect()
    }

    /// Every look-up is right or an error; the first error is given, after all were tried.
    fn check(seen: &impl Reader) -> Result<(), LedgerError> {
        let mut first = Ok(());
        let mut note = |result: Result<(), LedgerError>| {
            if first.is_ok() {
                first = result;
            }
        };
        let same = |row: u64, found: Option<Value>| {
            assert_eq!(found.as_deref(), Some(&Self::value(row)), "row {row}")
        };
        for row in 0..Self::ROUNDS * Self::ROWS {
            note(
                seen.get(LOTS, &row.to_be_bytes())
                    .map(|found| same(row, found)),
            );
            note(
                seen.numbered_get(BATCHES, row)
                    .map(|found| same(row + 1, found)),
            );
            note(
                seen.listed_get(PERIODS, format!("list {}", row % 3).as_bytes(), row)
                    .map(|found| same(row + 2, found)),
            );
            note(
                seen.get(LOTS, &(row + 1000).to_be_bytes())
                    .map(|found| assert!(found.is_none())),
            );
        }
        for list in 0..3 {
            let found =
                seen.listed_range(PERIODS, format!("list {list}").as_bytes(), 0, usize::MAX);
            let wanted: Vec<u64> = (list..Self::ROUNDS * Self::ROWS).step_by(3).collect();
            note(
                found.map(|rows| {
                    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), wanted)
                }),
            );
        }
        let mut number = 0;
        let verified = seen.verify_chain(|entry| {
            number += 1;
            assert_eq!(
                (entry.number, entry.bytes()),
                (number, Self::value(number + 2).as_slice())
            );
            Ok::<_, LedgerError>(())
        });
        note(verified.map(|()| assert_eq!(number, Self::ROUNDS * Self::ROWS)));
        let mut rows = 0;
        let walked = seen.iterate(LOTS, |key, _| {
            rows += 1;
            assert_eq!(key.shape(), Shape::Keyed);
            Ok::<_, LedgerError>(ControlFlow::Continue(()))
        });
        note(walked.map(|()| assert_eq!(rows, Self::ROUNDS * Self::ROWS)));
        first
    }

    /// The file of such a ledger, without pages that nothing reads.
    fn compact(dir: &Path) -> Vec<u8> {
        Self::build(dir);
        let mut database = redb::Database::open(file(dir)).unwrap();
        database.compact().unwrap();
        drop(database);
        std::fs::read(file(dir)).unwrap()
    }

    /// Opens, reads, changes and reads again: everything is right or an error, and nothing panics.
    fn check_damaged(dir: &Path) -> Result<(), LedgerError> {
        Self::check(&open_reading(dir)?.read()?)?;
        let ledger = open(dir)?;
        let mut changes = ledger.begin()?;
        changes.put(SYSTEMS, b"one more", b"row")?;
        changes.put(LOTS, &3_u64.to_be_bytes(), &Self::value(3))?;
        changes.commit()?;
        drop(ledger);
        Self::check(&open(dir)?.read()?)
    }
}

#[test]
fn a_flipped_bit_gives_an_error_or_the_same_data() {
    const TRIALS: usize = 180;
    let seed = 20_261_122;
    println!("seed {seed}");
    let mut numbers = Numbers(seed);
    let dir = tempfile::tempdir().unwrap();
    let whole = Sample::compact(dir.path());
    let mut noticed = 0;
    for trial in 0..TRIALS {
        let mut bytes = whole.clone();
        // The store's header first: its fields end at byte 320.
        let at = if trial < 80 {
            numbers.below(320)
        } else {
            numbers.below(bytes.len())
        };
        let flip = 1 << numbers.below(8);
        println!("byte {at} ^ {flip}");
        bytes[at] ^= flip;
        std::fs::write(file(dir.path()), &bytes).unwrap();
        noticed += usize::from(Sample::check_damaged(dir.path()).is_err());
    }
    println!(
        "{noticed} of {TRIALS} flips noticed, in {} bytes",
        whole.len()
    );
    assert!(noticed > 50);
}

#[test]
fn a_row_whose_key_was_damaged_is_not_taken_for_missing() {
    let dir = tempfile::tempdir().unwrap();
    let whole = Sample::compact(dir.path());
    let blinds = sealer("ours");
    for row in 0..Sample::ROUNDS * Sample::ROWS {
        let key = row.to_be_bytes();
        let blind = blinds.blind("lots", &key);
        let places: Vec<usize> = (0..whole.len() - 16)
            .filter(|at| whole[*at..*at + 16] == blind)
            .collect();
        assert!(!places.is_empty());
        for (byte, bit) in [(0, 0x80), (0, 1), (7, 0x10), (15, 1)] {
            let mut bytes = whole.clone();
            places.iter().for_each(|at| bytes[at + byte] ^= bit);
            std::fs::write(file(dir.path()), &bytes).unwrap();
            let ledger = open_reading(dir.path()).unwrap();
            let found = ledger.read().unwrap().get(LOTS, &key);
            assert!(
                matches!(damage(found), Damage::Row | Damage::Order),
                "row {row}, byte {byte} ^ {bit}"
            );
        }
    }
}

#[test]
fn a_truncated_file_gives_an_error_or_the_same_data() {
    let seed = 7;
    println!("seed {seed}");
    let mut numbers = Numbers(seed);
    let dir = tempfile::tempdir().unwrap();
    let whole = Sample::compact(dir.path());
    let lengths = [
        0,
        1,
        9,
        64,
        320,
        4095,
        4096,
        whole.len() - 4096,
        whole.len() - 1,
    ];
    for length in lengths
        .into_iter()
        .chain((0..30).map(|_| numbers.below(whole.len())))
    {
        println!("{length} of {} bytes", whole.len());
        std::fs::write(file(dir.path()), &whole[..length]).unwrap();
        assert!(
            matches!(
                Sample::check_damaged(dir.path()),
                Err(LedgerError::Damaged { .. })
            ),
            "{length} bytes"
        );
    }
}

/// The child of the test below: commits until it is killed, and says what is committed. Does
/// nothing in a usual run.
#[test]
fn child_that_commits_until_killed() {
    let Some(dir) = std::env::var_os("KEYSPOOL_TEST_LEDGER") else {
        return;
    };
    let ledger = Ledger::open_waiting(
        Path::new(&dir),
        VAULT,
        sealer("ours"),
        Duration::from_secs(10),
        "child",
    )
    .unwrap();
    for _ in 0..100_000 {
        let mut changes = ledger.begin().unwrap();
        let number = changes
            .append_history(format!("entry of {}", changes.number()).as_bytes())
            .unwrap();
        changes
            .numbered_put(BATCHES, number, &changes.number().to_be_bytes())
            .unwrap();
        changes.put(LOTS, b"newest", &number.to_be_bytes()).unwrap();
        let committed = changes.commit().unwrap();
        println!("\ncommitted {} {}", committed.transaction, committed.size);
    }
}

#[test]
fn a_process_killed_while_committing_loses_nothing_that_it_reported() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    let (mut transaction, mut size) = (1, 0);
    for after in [1, 7, 2, 19, 4] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_commits_until_killed", "--nocapture"])
            .env("KEYSPOOL_TEST_LEDGER", dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reports =
            lines.filter_map(|line| line.unwrap().strip_prefix("committed ").map(str::to_owned));
        for (count, report) in reports.enumerate() {
            let (number, entries) = report.split_once(' ').unwrap();
            let number: u64 = number.parse().unwrap();
            assert!(number > transaction, "{number} after {transaction}");
            (transaction, size) = (number, entries.parse().unwrap());
            if count == after {
                let holder = format!("process {} (child)", child.id());
                assert!(
                    matches!(open(dir.path()).err(), Some(LedgerError::Held { holder: found, .. }) if found == holder)
                );
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();

        let ledger = open(dir.path()).unwrap();
        let seen = ledger.read().unwrap();
        // One more may have been committed between the last report and the end.
        assert!(
            seen.size() == size || seen.size() == size + 1,
            "{} entries, {size} reported",
            seen.size()
        );
        let newest = seen.get(LOTS, b"newest").unwrap().unwrap();
        assert_eq!(
            (newest.as_slice(), seen.count(BATCHES)),
            (seen.size().to_be_bytes().as_slice(), seen.size())
        );
        seen.verify_chain(|_| Ok::<_, LedgerError>(())).unwrap();
        (transaction, size) = (seen.number(), seen.size());
    }
}

/// A disk that forgets what was not synced: on a crash, each write since the last sync is kept,
/// lost or torn by the sector.
#[derive(Debug, Clone)]
struct Disk(Arc<Mutex<Platters>>);

#[derive(Debug, Default, Clone)]
struct Platters {
    synced: Vec<u8>,
    seen: Vec<u8>,
    unsynced: Vec<Change>,
    /// Writes and syncs until the power fails.
    fuse: usize,
}

#[derive(Debug, Clone)]
enum Change {
    Length(usize),
    Bytes(usize, Vec<u8>),
}

impl Platters {
    const SECTOR: usize = 512;

    fn burn(&mut self) -> std::io::Result<()> {
        self.fuse = self
            .fuse
            .checked_sub(1)
            .ok_or_else(|| std::io::Error::other("the power failed"))?;
        Ok(())
    }

    fn crash(&mut self, numbers: &mut Numbers) {
        for change in std::mem::take(&mut self.unsynced) {
            match change {
                Change::Length(length) if numbers.below(2) == 0 => self.synced.resize(length, 0),
                Change::Length(_) => {}
                Change::Bytes(at, bytes) => {
                    let fate = numbers.below(3);
                    for (index, sector) in bytes.chunks(Self::SECTOR).enumerate() {
                        let kept = fate == 0 || fate == 1 && numbers.below(2) == 0;
                        let start = at + index * Self::SECTOR;
                        if kept && start + sector.len() <= self.synced.len() {
                            self.synced[start..start + sector.len()].copy_from_slice(sector);
                        }
                    }
                }
            }
        }
        self.seen = self.synced.clone();
    }
}

impl redb::StorageBackend for Disk {
    fn len(&self) -> std::io::Result<u64> {
        Ok(self.0.lock().unwrap().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        let at = usize::try_from(offset).unwrap();
        let disk = self.0.lock().unwrap();
        out.copy_from_slice(
            disk.seen
                .get(at..at + out.len())
                .ok_or(std::io::ErrorKind::UnexpectedEof)?,
        );
        Ok(())
    }

    fn set_len(&self, length: u64) -> std::io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.burn()?;
        let length = usize::try_from(length).unwrap();
        disk.seen.resize(length, 0);
        disk.unsynced.push(Change::Length(length));
        Ok(())
    }

    fn sync_data(&self) -> std::io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.burn()?;
        disk.synced = disk.seen.clone();
        disk.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.burn()?;
        let at = usize::try_from(offset).unwrap();
        disk.seen[at..at + data.len()].copy_from_slice(data);
        disk.unsynced.push(Change::Bytes(at, data.to_vec()));
        Ok(())
    }
}

/// One transaction of the crash test: an entry, a row of its own, and a row that every transaction
/// overwrites.
fn commit_one(ledger: &Ledger) -> Result<u64, LedgerError> {
    let mut changes = ledger.begin()?;
    let number = changes.append_history(&Sample::value(changes.size()))?;
    changes.put(LOTS, &number.to_be_bytes(), &Sample::value(number))?;
    changes.put(SYSTEMS, b"newest", &number.to_be_bytes())?;
    Ok(changes.commit()?.size)
}

/// That a ledger holds exactly what so many calls of [`commit_one`] put.
fn check_whole(ledger: &Ledger) -> u64 {
    let seen = ledger.read().unwrap();
    let mut size = 0;
    seen.verify_chain(|entry| {
        size += 1;
        assert_eq!(entry.bytes(), Sample::value(size - 1));
        assert_eq!(
            seen.get(LOTS, &size.to_be_bytes())?.as_deref(),
            Some(&Sample::value(size))
        );
        Ok::<_, LedgerError>(())
    })
    .unwrap();
    let newest = seen
        .get(SYSTEMS, b"newest")
        .unwrap()
        .map(|value| value.to_vec());
    assert_eq!(
        newest.unwrap_or(0_u64.to_be_bytes().to_vec()),
        size.to_be_bytes()
    );
    assert_eq!(seen.count(LOTS), size);
    size
}

#[test]
fn a_disk_that_loses_and_tears_unsynced_writes_loses_no_commit() {
    for seed in 0..30 {
        println!("seed {seed}");
        let mut numbers = Numbers(seed);
        let disk = Disk(Arc::new(Mutex::new(Platters {
            fuse: usize::MAX,
            ..Platters::default()
        })));
        drop(Ledger::create_on(disk.clone(), VAULT, ORIGIN, sealer("ours")).unwrap());
        let mut committed = 0;
        for _ in 0..6 {
            disk.0.lock().unwrap().fuse = 1 + numbers.below(250);
            if let Ok(ledger) = Ledger::open_on(disk.clone(), VAULT, sealer("ours")) {
                while let Ok(size) = commit_one(&ledger) {
                    committed = size;
                }
            }
            let mut platters = disk.0.lock().unwrap();
            platters.crash(&mut numbers);
            platters.fuse = usize::MAX;
            drop(platters);
            let found = check_whole(&Ledger::open_on(disk.clone(), VAULT, sealer("ours")).unwrap());
            // The commit that the crash met may have become whole.
            assert!(
                found == committed || found == committed + 1,
                "{found} found, {committed} committed"
            );
            committed = found;
        }
    }
}

/// Opens the ledger, commits four times and closes it; gives the entries that it was told are
/// committed.
fn commit_until_the_power_fails(disk: &Disk, before: u64) -> u64 {
    let mut committed = before;
    if let Ok(ledger) = Ledger::open_on(disk.clone(), VAULT, sealer("ours")) {
        while committed < before + 4 {
            match commit_one(&ledger) {
                Ok(size) => committed = size,
                Err(_) => break,
            }
        }
    }
    committed
}

#[test]
fn no_write_of_several_transactions_is_one_at_which_a_power_cut_loses_a_commit() {
    let first = Disk(Arc::new(Mutex::new(Platters {
        fuse: usize::MAX,
        ..Platters::default()
    })));
    drop(Ledger::create_on(first.clone(), VAULT, ORIGIN, sealer("ours")).unwrap());
    assert_eq!(commit_until_the_power_fails(&first, 0), 4);
    let copy = |fuse| {
        Disk(Arc::new(Mutex::new(Platters {
            fuse,
            ..first.0.lock().unwrap().clone()
        })))
    };
    let whole = copy(usize::MAX);
    assert_eq!(commit_until_the_power_fails(&whole, 4), 8);
    let writes = usize::MAX - whole.0.lock().unwrap().fuse;
    assert!(writes > 4 * 3, "{writes}");
    let mut tried = 0;
    for fuse in 0..=writes {
        for seed in 0..4 {
            let mut numbers = Numbers(seed * 1000 + fuse as u64 + 1);
            let disk = copy(fuse);
            let committed = commit_until_the_power_fails(&disk, 4);
            disk.0.lock().unwrap().crash(&mut numbers);
            // The power fails once more while the ledger is opened, at each of the first writes in
            // turn.
            disk.0.lock().unwrap().fuse = usize::try_from(seed).unwrap();
            drop(Ledger::open_on(disk.clone(), VAULT, sealer("ours")));
            disk.0.lock().unwrap().crash(&mut numbers);
            disk.0.lock().unwrap().fuse = usize::MAX;
            let found = check_whole(&Ledger::open_on(disk, VAULT, sealer("ours")).unwrap());
            assert!(
                found == committed || found == committed + 1,
                "write {fuse}, seed {seed}: {found} found, {committed} committed"
            );
            tried += 1;
        }
    }
    println!("{tried} power cuts");
}

#[test]
fn after_a_failed_commit_nothing_is_begun_or_read() {
    let disk = Disk(Arc::new(Mutex::new(Platters {
        fuse: usize::MAX,
        ..Platters::default()
    })));
    let ledger = Ledger::create_on(disk.clone(), VAULT, ORIGIN, sealer("ours")).unwrap();
    commit_one(&ledger).unwrap();
    let mut changes = ledger.begin().unwrap();
    changes.append_history(b"entry").unwrap();
    disk.0.lock().unwrap().fuse = 0;
    assert!(matches!(
        changes.commit(),
        Err(LedgerError::CommitFailed { .. })
    ));
    disk.0.lock().unwrap().fuse = usize::MAX;
    assert!(matches!(
        ledger.begin().err(),
        Some(LedgerError::CommitFailed { .. })
    ));
    assert!(matches!(
        ledger.read().err(),
        Some(LedgerError::CommitFailed { .. })
    ));
    drop(ledger);
    assert_eq!(
        check_whole(&Ledger::open_on(disk, VAULT, sealer("ours")).unwrap()),
        1
    );
}
