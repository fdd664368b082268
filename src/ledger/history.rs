//! The history: an append-only chain of entries (PROTOCOL section 9).

use super::error::{Damage, LedgerError};
use super::source::{Row, Source};
use super::table::{RowKey, Shape, TableSpec, Value};
use crate::licence::Digest;
use crate::wire::sha256;
use std::ops::ControlFlow;

/// The table of the history: entry n, and the head after it, in row n.
pub(super) const HISTORY: TableSpec = TableSpec::new("history", Shape::Numbered);

/// One entry of the history.
#[derive(PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its number, from 1 on.
    pub number: u64,
    /// The head after it.
    pub head: Digest,
    row: Value,
}

impl HistoryEntry {
    /// Its bytes: line n of `history export`, without the line feed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.row[32..]
    }

    fn new(number: u64, row: Value) -> Option<Self> {
        let head = crate::licence::id::Hex(*row.first_chunk::<32>()?);
        Some(Self { number, head, row })
    }
}

/// The head of an empty history: SHA-256 of `keyspool/history/v1`.
pub(super) fn first_head() -> Digest {
    sha256(&[b"keyspool/history/v1"])
}

/// The head after one more entry: SHA-256 of the head before it and the entry's SHA-256.
pub(super) fn next_head(head: &Digest, entry: &[u8]) -> Digest {
    sha256(&[&head.0, &sha256(&[entry]).0])
}

/// What row n of the table holds.
pub(super) fn history_row(head: &Digest, entry: &[u8]) -> Value {
    Value::new([&head.0, entry].concat())
}

/// The entry of a number, which was committed.
pub(super) fn entry(source: &Source<'_>, number: u64) -> Result<HistoryEntry, LedgerError> {
    let row = source
        .get(RowKey::Numbered(number))?
        .ok_or_else(|| source.place.damaged(Damage::Missing))?;
    HistoryEntry::new(number, row).ok_or_else(|| broken(source, number))
}

/// Computes the chain of `size` entries anew and compares its end with `committed`. `visit` sees
/// each entry after its head was found right.
pub(super) fn verify<E: From<LedgerError>>(
    source: &Source<'_>,
    size: u64,
    committed: Digest,
    mut visit: impl FnMut(&HistoryEntry) -> Result<(), E>,
) -> Result<(), E> {
    let mut head = first_head();
    walk(source, size, 1, |entry| {
        head = next_head(&head, entry.bytes());
        if head != entry.head {
            return Err(broken(source, entry.number).into());
        }
        visit(entry).map(ControlFlow::Continue)
    })?;
    if head == committed {
        Ok(())
    } else {
        Err(broken(source, size).into())
    }
}

/// Shows `visit` the entries from a number to `size`, in order, until it breaks off.
pub(super) fn walk<E: From<LedgerError>>(
    source: &Source<'_>,
    size: u64,
    from: u64,
    mut visit: impl FnMut(&HistoryEntry) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    let mut next = from.max(1);
    let mut flow = ControlFlow::Continue(());
    source.walk(RowKey::Numbered(next), |Row { key, value }| {
        if key != RowKey::Numbered(next) || next > size {
            return Err(E::from(broken(source, next)));
        }
        let entry = HistoryEntry::new(next, value).ok_or_else(|| broken(source, next))?;
        next += 1;
        flow = visit(&entry)?;
        Ok(flow)
    })?;
    if flow.is_continue() && next <= size {
        Err(source.place.damaged(Damage::Missing).into())
    } else {
        Ok(())
    }
}

fn broken(source: &Source<'_>, number: u64) -> LedgerError {
    source.place.damaged(Damage::Chain { number })
}
