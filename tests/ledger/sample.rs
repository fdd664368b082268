//! A ledger with rows of every shape.

use crate::bench::{BATCHES, LOTS, PERIODS, SYSTEMS, create, file, open, open_reading};
use keyspool::ledger::{LedgerError, Reader, Shape, Value};
use std::ops::ControlFlow;
use std::path::Path;

/// A ledger with some of everything, and its comparison with what was put.
pub(crate) struct Sample;

impl Sample {
    pub(crate) const ROUNDS: u64 = 4;
    pub(crate) const ROWS: u64 = 8;

    pub(crate) fn build(dir: &Path) {
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

    pub(crate) fn value(row: u64) -> Vec<u8> {
        (0..200 + row % 50)
            .map(|byte| (byte * 31 + row).to_le_bytes()[0])
            .collect()
    }

    /// Every look-up is right or an error; the first error is given, after all were tried.
    pub(crate) fn check(seen: &impl Reader) -> Result<(), LedgerError> {
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
        let mut listed = 0;
        let walked = seen.iterate(PERIODS, |key, _| {
            listed += 1;
            assert_eq!(key.shape(), Shape::Listed);
            Ok::<_, LedgerError>(ControlFlow::Continue(()))
        });
        note(walked.map(|()| assert_eq!(listed, Self::ROUNDS * Self::ROWS)));
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
    pub(crate) fn compact(dir: &Path) -> Vec<u8> {
        Self::build(dir);
        let mut database = redb::Database::open(file(dir)).unwrap();
        database.compact().unwrap();
        drop(database);
        std::fs::read(file(dir)).unwrap()
    }

    /// Opens, reads, changes and reads again: everything is right or an error, and nothing panics.
    pub(crate) fn check_damaged(dir: &Path) -> Result<(), LedgerError> {
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
