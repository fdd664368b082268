//! Changing the ledger: one transaction, committed whole or not at all.

use super::base::Base;
use super::error::{Damage, LedgerError};
use super::file::LedgerFile;
use super::history::{HISTORY, history_row, next_head};
use super::meta::{Extent, META, STATE_ROW, State, seal_row};
use super::opened::Opened;
use super::place::{Place, dropped};
use super::reader::Reader;
use super::rows::{Rows, definition};
use super::source::Source;
use super::table::{RowKey, TableSpec};
use crate::licence::Digest;
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
    pub(super) base: Base<'l>,
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
        file: &'l LedgerFile,
        state: State,
        raw: WriteTransaction,
        before: Opened,
    ) -> Self {
        Self {
            base: Base { file, state },
            raw: Some(raw),
            before: Some(before),
            written: BTreeSet::new(),
            entries: RefCell::default(),
        }
    }

    /// Appends an entry to the history and gives its number, from 1 on. An entry is one line of
    /// `history export` without its line feed.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn append_history(&mut self, entry: &[u8]) -> Result<u64, LedgerError> {
        let number = self.base.state.size + 1;
        let head = next_head(&self.base.state.head, entry);
        let key = RowKey::Numbered(number).to_bytes();
        let row = seal_row(
            self.base.file.sealer(),
            self.base.state.transaction,
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
        (self.base.state.size, self.base.state.head) = (number, head);
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

    /// Commits: when this returns, everything is on disk.
    ///
    /// # Errors
    /// [`LedgerError::CommitFailed`]: whether it is on disk shows at the next opening. The process
    /// must end; this ledger refuses more.
    pub fn commit(mut self) -> Result<Committed, LedgerError> {
        // Before the store looks which pages somebody still reads.
        dropped(self.before.take());
        let place = self.base.file.meta_place();
        let row = self.base.state.seal(self.base.file.sealer());
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
        done.map_err(|error| self.base.file.fail(error))?;
        Ok(Committed {
            transaction: self.base.state.transaction,
            size: self.base.state.size,
            head: self.base.state.head,
        })
    }

    /// Forgets every change. Its number is not given out again.
    pub fn abort(self) {
        drop(self);
    }

    pub(super) fn place(&self, table: TableSpec) -> Place<'l> {
        self.base.file.place(table.name)
    }

    pub(super) fn grow(&mut self, table: TableSpec, new: u64) {
        // Looked up first: a table is new once, and its name need not be allocated each time.
        match self.base.state.tables.get_mut(table.name) {
            Some(extent) => extent.rows += new,
            None => drop(self.base.state.tables.insert(
                table.name.to_owned(),
                Extent {
                    shape: table.shape,
                    rows: new,
                },
            )),
        }
    }

    pub(super) fn with_table<T>(
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
    fn base(&self) -> &Base<'_> {
        &self.base
    }

    fn source(&self, table: TableSpec) -> Result<Source<'_>, LedgerError> {
        if table.name == HISTORY.name {
            self.write_entries()?;
        }
        let before = self.before.as_ref();
        let unwritten = before.filter(|_| !self.written.contains(table.name));
        self.base.source(table, |place| match unwritten {
            Some(before) => before.rows(place),
            None => place.fenced(|| self.rows(place)),
        })
    }
}
