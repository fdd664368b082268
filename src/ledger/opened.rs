//! The tables of what is committed, each opened once for many look-ups.

use super::error::{Damage, LedgerError};
use super::place::Place;
use super::rows::{ReadTable, Rows, definition};
use redb::{ReadTransaction, TableError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A transaction that reads, and the tables that it has opened.
pub(super) struct Opened {
    raw: ReadTransaction,
    tables: Mutex<BTreeMap<&'static str, Arc<ReadTable>>>,
}

impl Opened {
    pub(super) fn new(raw: ReadTransaction) -> Self {
        Self {
            raw,
            tables: Mutex::new(BTreeMap::new()),
        }
    }

    /// The rows of a table that must be there.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] where it is not, and what the store says.
    pub(super) fn rows<'a>(&self, place: Place<'_>) -> Result<Rows<'a>, LedgerError> {
        // What a thread that panicked left is whole: a table is put in when it is open.
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = tables.get(place.table) {
            return Ok(Rows::Reading(Arc::clone(table)));
        }
        let table = match place.fenced(|| Ok(self.raw.open_table(definition(place.table))))? {
            Ok(table) => Arc::new(table),
            Err(TableError::TableDoesNotExist(_)) => return Err(place.damaged(Damage::Missing)),
            Err(error) => return Err(place.store_error(error)),
        };
        tables.insert(place.table, Arc::clone(&table));
        Ok(Rows::Reading(table))
    }
}
