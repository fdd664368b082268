//! Reading the ledger: what transactions and snapshots have in common.

use super::base::Base;
use super::error::{Damage, LedgerError};
use super::history::{self, HISTORY, HistoryEntry};
use super::source::{Row, Source};
use super::table::{RowKey, Shape, TableSpec, Value};
use crate::licence::{Digest, Origin};
use crate::seal::record::RecordSealer;
use std::ops::ControlFlow;

/// Looks rows up, in a [`Snapshot`] or in a [`Transaction`](super::Transaction), which sees its own
/// changes.
///
/// Every method fails with [`LedgerError::Damaged`] where a row does not open, with
/// [`LedgerError::WrongShape`] for a table of another shape, and with [`LedgerError::Io`] where the
/// disk fails.
pub trait Reader {
    /// The rows of a table.
    ///
    /// # Errors
    /// See [`Reader`].
    #[doc(hidden)]
    fn source(&self, table: TableSpec) -> Result<Source<'_>, LedgerError>;

    /// The file and the state that this reads.
    #[doc(hidden)]
    fn base(&self) -> &Base<'_>;

    /// Seals and blinds.
    #[doc(hidden)]
    fn sealer(&self) -> &dyn RecordSealer {
        self.base().file.sealer()
    }

    /// Number of this transaction; of a snapshot, that of the newest committed one.
    fn number(&self) -> u64 {
        self.base().state.transaction
    }

    /// Entries in the history.
    fn size(&self) -> u64 {
        self.base().state.size
    }

    /// The head after the newest entry.
    fn head(&self) -> Digest {
        self.base().state.head
    }

    /// The 8 random bytes that name this history.
    fn origin(&self) -> Origin {
        self.base().state.origin
    }

    /// Rows in a table.
    fn count(&self, table: TableSpec) -> u64 {
        let extent = self.base().state.tables.get(table.name);
        extent.map_or(0, |extent| extent.rows)
    }

    /// The value of a key in a keyed table, or of a number, 8 bytes, big-endian, in a numbered one.
    ///
    /// # Errors
    /// See [`Reader`].
    fn get(&self, table: TableSpec, key: &[u8]) -> Result<Option<Value>, LedgerError> {
        let source = self.source(table)?;
        let row = table
            .row_key(self.sealer(), key)
            .ok_or_else(|| source.place.wrong_shape())?;
        source.get(row)
    }

    /// The value of a number in a numbered table.
    ///
    /// # Errors
    /// See [`Reader`].
    fn numbered_get(&self, table: TableSpec, number: u64) -> Result<Option<Value>, LedgerError> {
        shaped(&self.source(table)?, table, Shape::Numbered)?.get(RowKey::Numbered(number))
    }

    /// Shows `visit` the rows of a numbered table from a number on, in order, until it breaks off.
    /// Holds one row in memory.
    ///
    /// # Errors
    /// What `visit` says; see [`Reader`]. In a transaction, `visit` cannot read the same table:
    /// [`LedgerError::TableInUse`].
    fn numbered_range<E: From<LedgerError>>(
        &self,
        table: TableSpec,
        from: u64,
        mut visit: impl FnMut(u64, &[u8]) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let source = self.source(table)?;
        shaped(&source, table, Shape::Numbered)?.walk(RowKey::Numbered(from), |row| match row.key {
            RowKey::Numbered(number) => visit(number, &row.value),
            _ => Ok(ControlFlow::Break(())),
        })
    }

    /// The value of a number in a list.
    ///
    /// # Errors
    /// See [`Reader`].
    fn listed_get(
        &self,
        table: TableSpec,
        list: &[u8],
        sequence: u64,
    ) -> Result<Option<Value>, LedgerError> {
        shaped(&self.source(table)?, table, Shape::Listed)?.get(RowKey::listed(
            self.sealer(),
            table,
            list,
            sequence,
        ))
    }

    /// Shows `visit` every row of a table, in the order of the row keys, until it breaks off. Holds
    /// one row in memory.
    ///
    /// # Errors
    /// What `visit` says; see [`Reader`]. In a transaction, `visit` cannot read the same table:
    /// [`LedgerError::TableInUse`]. A walk to the end that met another number of rows than was
    /// committed is [`LedgerError::Damaged`].
    fn iterate<E: From<LedgerError>>(
        &self,
        table: TableSpec,
        mut visit: impl FnMut(RowKey, &[u8]) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let source = self.source(table)?;
        let mut found = 0;
        let mut flow = ControlFlow::Continue(());
        source.walk(RowKey::lowest(table.shape), |Row { key, value }| {
            found += 1;
            flow = visit(key, &value)?;
            Ok::<_, E>(flow)
        })?;
        let committed = self.count(table);
        if flow.is_continue() && found != committed {
            return Err(source
                .place
                .damaged(Damage::Count { found, committed })
                .into());
        }
        Ok(())
    }

    /// Entry n of the history; none for 0 and beyond the newest.
    ///
    /// # Errors
    /// See [`Reader`].
    fn history_entry(&self, number: u64) -> Result<Option<HistoryEntry>, LedgerError> {
        if number == 0 || number > self.size() {
            return Ok(None);
        }
        history::entry(&self.source(HISTORY)?, number).map(Some)
    }

    /// The newest entry of the history.
    ///
    /// # Errors
    /// See [`Reader`].
    fn newest_entry(&self) -> Result<Option<HistoryEntry>, LedgerError> {
        self.history_entry(self.size())
    }

    /// The head that the history had at a size; none beyond the present size. One look-up.
    ///
    /// # Errors
    /// See [`Reader`].
    fn head_at(&self, size: u64) -> Result<Option<Digest>, LedgerError> {
        if size == 0 {
            return Ok(Some(history::first_head()));
        }
        Ok(self.history_entry(size)?.map(|entry| entry.head))
    }

    /// Shows `visit` the entries of the history from a number on, in order, until it breaks off.
    /// Holds one entry in memory.
    ///
    /// # Errors
    /// What `visit` says; see [`Reader`].
    fn history<E: From<LedgerError>>(
        &self,
        from: u64,
        visit: impl FnMut(&HistoryEntry) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        history::walk(&self.source(HISTORY)?, self.size(), from, visit)
    }

    /// Computes the chain anew from its first entry and compares every head, the newest with the
    /// one that was committed (PROTOCOL section 9). `visit` sees each entry after its head was
    /// found right.
    ///
    /// # Errors
    /// What `visit` says; [`LedgerError::Damaged`] where the chain breaks; see [`Reader`].
    fn verify_chain<E: From<LedgerError>>(
        &self,
        visit: impl FnMut(&HistoryEntry) -> Result<(), E>,
    ) -> Result<(), E> {
        history::verify(&self.source(HISTORY)?, self.size(), self.head(), visit)
    }
}

fn shaped<'s, 'a>(
    source: &'s Source<'a>,
    table: TableSpec,
    shape: Shape,
) -> Result<&'s Source<'a>, LedgerError> {
    if table.shape == shape {
        return Ok(source);
    }
    Err(source.place.wrong_shape())
}
