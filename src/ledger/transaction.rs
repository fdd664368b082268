//! Changing the ledger: one transaction, committed whole or not at all.

use super::error::{Damage, LedgerError};
use super::history::{HISTORY, history_row, next_head};
use super::meta::{Extent, META, STATE_ROW, State, seal_row};
use super::opened::Opened;
use super::place::{Place, dropped};
use super::read::Reader;
use super::source::{Rows, Source, definition};
use super::store::Ledger;
use super::table::{RowKey, Shape, TableSpec, Value};
use crate::licence::{Digest, Origin};
use crate::seal::record::RecordSealer;
use redb::{Table, WriteTransaction};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Entries of the history that wait in memory to be put into the store together, 1 MiB or so.
const ENTRIES_TOGETHER: usize = 512;

/// What was committed, for the checkpoint of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The transaction's number.
    pub transaction: u64,
    /// Entries in the history.
    pub size: u64,
    /// The head after the newest entry.
    pub head: Digest,
}

/// One transaction: it sees its own changes, and nobody else does before [`Transaction::commit`].
/// Dropping it aborts.
///
/// Values are sealed when they are put. Every method fails with [`LedgerError::Damaged`] where the
/// file is, with [`LedgerError::WrongShape`] for a table of another shape, and with
/// [`LedgerError::Io`] where the disk fails; after any of them the transaction is to be aborted.
pub struct Transaction<'l> {
    ledger: &'l Ledger,
    state: State,
    raw: Option<WriteTransaction>,
    /// What was committed when this began: tables that were not written are read here, since it
    /// keeps them open.
    before: Option<Opened>,
    /// The tables that were written.
    written: BTreeSet<&'static str>,
    /// Sealed entries of the history, not in the store yet: they go in together.
    entries: RefCell<Vec<(u64, Vec<u8>)>>,
}

impl<'l> Transaction<'l> {
    /// `state` is the committed one, but for its number.
    pub(super) fn new(
        ledger: &'l Ledger,
        state: State,
        raw: WriteTransaction,
        before: Opened,
    ) -> Self {
        Self {
            ledger,
            state,
            raw: Some(raw),
            before: Some(before),
            written: BTreeSet::new(),
            entries: RefCell::default(),
        }
    }

    /// Puts the value of a key into a keyed table, or of a number, 8 bytes, big-endian, into a
    /// numbered one, over any older one.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn put(&mut self, table: TableSpec, key: &[u8], value: &[u8]) -> Result<(), LedgerError> {
        let row = self.row_of(table, key)?;
        self.put_row(table, row, value)
    }

    /// Puts the values of many keys, as [`Transaction::put`] does: faster than one by one, since
    /// the table is opened once and the rows go in in their order.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn put_all(
        &mut self,
        table: TableSpec,
        values: impl IntoIterator<Item = (Vec<u8>, Value)>,
    ) -> Result<(), LedgerError> {
        let (sealer, number) = (self.ledger.sealer(), self.state.transaction);
        let mut rows = Vec::new();
        for (key, value) in values {
            let key = self.row_of(table, &key)?.to_bytes();
            let row = seal_row(sealer, number, table.name, &key, &value);
            rows.push((key, row));
        }
        rows.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let place = self.place(table);
        let new = self.with_table(table, |stored| {
            let mut new = 0;
            for (key, row) in &rows {
                let old = stored
                    .insert(&**key, row.as_slice())
                    .map_err(|error| place.store_error(error))?;
                new += u64::from(old.is_none());
            }
            Ok(new)
        })?;
        self.grow(table, new);
        Ok(())
    }

    /// Takes a key out of a table, as [`Transaction::put`] names it: whether it was there.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn delete(&mut self, table: TableSpec, key: &[u8]) -> Result<bool, LedgerError> {
        let row = self.row_of(table, key)?;
        self.delete_row(table, row)
    }

    /// Puts the value of a number into a numbered table, over any older one.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn numbered_put(
        &mut self,
        table: TableSpec,
        number: u64,
        value: &[u8],
    ) -> Result<(), LedgerError> {
        self.shaped(table, Shape::Numbered)?;
        self.put_row(table, RowKey::Numbered(number), value)
    }

    /// Takes a number out of a numbered table: whether it was there.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn numbered_delete(&mut self, table: TableSpec, number: u64) -> Result<bool, LedgerError> {
        self.shaped(table, Shape::Numbered)?;
        self.delete_row(table, RowKey::Numbered(number))
    }

    /// Puts a new number into a list.
    ///
    /// # Errors
    /// [`LedgerError::Occupied`] where the list holds that number; see [`Transaction`].
    pub fn listed_append(
        &mut self,
        table: TableSpec,
        list: &[u8],
        sequence: u64,
        value: &[u8],
    ) -> Result<(), LedgerError> {
        self.shaped(table, Shape::Listed)?;
        if self.listed_get(table, list, sequence)?.is_some() {
            return Err(LedgerError::Occupied {
                path: self.place(table).path.to_owned(),
                table: table.name,
                sequence,
            });
        }
        self.put_row(
            table,
            RowKey::listed(self.ledger.sealer(), table, list, sequence),
            value,
        )
    }

    /// Puts the value of a number into a list, over any older one.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn listed_put(
        &mut self,
        table: TableSpec,
        list: &[u8],
        sequence: u64,
        value: &[u8],
    ) -> Result<(), LedgerError> {
        self.shaped(table, Shape::Listed)?;
        self.put_row(
            table,
            RowKey::listed(self.ledger.sealer(), table, list, sequence),
            value,
        )
    }

    /// Takes a number out of a list: whether it was there.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn listed_delete(
        &mut self,
        table: TableSpec,
        list: &[u8],
        sequence: u64,
    ) -> Result<bool, LedgerError> {
        self.shaped(table, Shape::Listed)?;
        self.delete_row(
            table,
            RowKey::listed(self.ledger.sealer(), table, list, sequence),
        )
    }

    /// Appends an entry to the history and gives its number, from 1 on. An entry is one line of
    /// `history export` without its line feed.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn append_history(&mut self, entry: &[u8]) -> Result<u64, LedgerError> {
        let number = self.state.size + 1;
        let head = next_head(&self.state.head, entry);
        let key = RowKey::Numbered(number).to_bytes();
        let row = seal_row(
            self.ledger.sealer(),
            self.state.transaction,
            HISTORY.name,
            &key,
            &history_row(&head, entry),
        );
        self.written.insert(HISTORY.name);
        self.entries.get_mut().push((number, row));
        if self.entries.get_mut().len() >= ENTRIES_TOGETHER {
            self.write_entries()?;
        }
        self.grow(HISTORY, 1);
        (self.state.size, self.state.head) = (number, head);
        Ok(number)
    }

    /// Puts the entries of the history that wait into the store.
    fn write_entries(&self) -> Result<(), LedgerError> {
        let entries = self.entries.take();
        if entries.is_empty() {
            return Ok(());
        }
        self.in_table(HISTORY, |rows| {
            let place = self.place(HISTORY);
            for (number, row) in &entries {
                rows.insert(&*RowKey::Numbered(*number).to_bytes(), row.as_slice())
                    .map_err(|error| place.store_error(error))?;
            }
            Ok(())
        })
    }

    /// Gives the history a new name, as after an accepted loss (PROTOCOL section 9): older
    /// witnesses count no more. The chain goes on.
    pub fn renew_origin(&mut self, origin: Origin) {
        self.state.origin = origin;
    }

    /// Commits: when this returns, everything is on disk.
    ///
    /// # Errors
    /// [`LedgerError::CommitFailed`]: whether it is on disk shows at the next opening. The process
    /// must end; this ledger refuses more.
    pub fn commit(mut self) -> Result<Committed, LedgerError> {
        // Before the store looks which pages somebody still reads.
        dropped(self.before.take());
        let place = self.ledger.meta_place();
        let row = self.state.seal(self.ledger.sealer());
        let written = self.write_entries();
        let raw = self.raw.take();
        let done = written.and_then(|()| {
            place.fenced(|| {
                let raw = raw.ok_or_else(|| place.damaged(Damage::Missing))?;
                let mut table = raw
                    .open_table(definition(META))
                    .map_err(|error| place.store_error(error))?;
                table
                    .insert(STATE_ROW, row.as_slice())
                    .map_err(|error| place.store_error(error))?;
                drop(table);
                raw.commit().map_err(|error| place.store_error(error))
            })
        });
        done.map_err(|error| self.ledger.fail(error))?;
        Ok(Committed {
            transaction: self.state.transaction,
            size: self.state.size,
            head: self.state.head,
        })
    }

    /// Forgets every change. Its number is not given out again.
    pub fn abort(self) {
        drop(self);
    }

    fn place(&self, table: TableSpec) -> Place<'l> {
        self.ledger.place(table.name)
    }

    fn shaped(&self, table: TableSpec, shape: Shape) -> Result<(), LedgerError> {
        let known = self
            .state
            .tables
            .get(table.name)
            .map_or(shape, |extent| extent.shape);
        let is_our_own = [META, HISTORY.name].contains(&table.name);
        if table.shape == shape && known == shape && !is_our_own {
            return Ok(());
        }
        Err(self.place(table).wrong_shape())
    }

    /// The row of a key in a keyed or a numbered table.
    fn row_of(&self, table: TableSpec, key: &[u8]) -> Result<RowKey, LedgerError> {
        self.shaped(
            table,
            if table.shape == Shape::Numbered {
                Shape::Numbered
            } else {
                Shape::Keyed
            },
        )?;
        table
            .row_key(self.ledger.sealer(), key)
            .ok_or_else(|| self.place(table).wrong_shape())
    }

    fn put_row(&mut self, table: TableSpec, key: RowKey, value: &[u8]) -> Result<(), LedgerError> {
        let key = key.to_bytes();
        let row = seal_row(
            self.ledger.sealer(),
            self.state.transaction,
            table.name,
            &key,
            value,
        );
        let place = self.place(table);
        let is_new = self.with_table(table, |rows| {
            let old = rows
                .insert(&*key, row.as_slice())
                .map_err(|error| place.store_error(error))?;
            Ok(old.is_none())
        })?;
        self.grow(table, u64::from(is_new));
        Ok(())
    }

    fn grow(&mut self, table: TableSpec, new: u64) {
        // Looked up first: a table is new once, and its name need not be allocated each time.
        match self.state.tables.get_mut(table.name) {
            Some(extent) => extent.rows += new,
            None => drop(self.state.tables.insert(
                table.name.to_owned(),
                Extent {
                    shape: table.shape,
                    rows: new,
                },
            )),
        }
    }

    fn delete_row(&mut self, table: TableSpec, key: RowKey) -> Result<bool, LedgerError> {
        // Where it is missing, the look-up makes sure of that.
        if self.source(table)?.get(key)?.is_none() {
            return Ok(false);
        }
        let place = self.place(table);
        self.with_table(table, |rows| {
            rows.remove(&*key.to_bytes())
                .map(drop)
                .map_err(|error| place.store_error(error))
        })?;
        if let Some(extent) = self.state.tables.get_mut(table.name) {
            extent.rows -= 1;
        }
        Ok(true)
    }

    fn with_table<T>(
        &mut self,
        table: TableSpec,
        step: impl FnOnce(&mut Table<'_, &'static [u8], &'static [u8]>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        self.written.insert(table.name);
        self.in_table(table, step)
    }

    fn in_table<T>(
        &self,
        table: TableSpec,
        step: impl FnOnce(&mut Table<'_, &'static [u8], &'static [u8]>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let place = self.place(table);
        place.fenced(|| match self.rows(place)? {
            Rows::Writing(mut rows) => step(&mut rows),
            Rows::Reading(_) => Err(LedgerError::ReadOnly {
                path: place.path.to_owned(),
            }),
        })
    }

    fn rows(&self, place: Place<'_>) -> Result<Rows<'_>, LedgerError> {
        let raw = self
            .raw
            .as_ref()
            .ok_or_else(|| place.damaged(Damage::Missing))?;
        raw.open_table(definition(place.table))
            .map(Rows::Writing)
            .map_err(|error| place.store_error(error))
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        dropped(self.before.take());
        dropped(self.raw.take());
    }
}

impl Reader for Transaction<'_> {
    fn source(&self, table: TableSpec) -> Result<Source<'_>, LedgerError> {
        if table.name == HISTORY.name {
            self.write_entries()?;
        }
        let place = self.place(table);
        let extent = self.state.tables.get(table.name).copied();
        let newest = (self.sealer(), self.number());
        Source::new(table, place, newest, extent, || {
            match self
                .before
                .as_ref()
                .filter(|_| !self.written.contains(table.name))
            {
                Some(before) => before.rows(place),
                None => place.fenced(|| self.rows(place)),
            }
        })
    }

    fn sealer(&self) -> &dyn RecordSealer {
        self.ledger.sealer()
    }

    fn number(&self) -> u64 {
        self.state.transaction
    }

    fn size(&self) -> u64 {
        self.state.size
    }

    fn head(&self) -> Digest {
        self.state.head
    }

    fn origin(&self) -> Origin {
        self.state.origin
    }

    fn count(&self, table: TableSpec) -> u64 {
        self.state
            .tables
            .get(table.name)
            .map_or(0, |extent| extent.rows)
    }
}
