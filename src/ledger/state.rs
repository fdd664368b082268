//! The rows of the licensing rules over a ledger: each is opened and read once a transaction, and
//! written once, at its end.

use super::error::LedgerError;
use super::reader::Reader;
use super::table::{Shape, TableSpec, Value};
use super::transaction::Transaction;
use crate::licence::{LicenceKey, LicenceKeyId};
use crate::policy::record::state::Table;
use crate::policy::record::state::{Row, State, StateBroken, StateMut};
use std::any::Any;
use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// The licence keys themselves, by their id: 15 bytes each. Not part of what the history replays,
/// which knows only ids.
pub const LICENCE_KEYS: TableSpec = TableSpec::new("licence-key", Shape::Keyed);

impl From<Table> for TableSpec {
    fn from(table: Table) -> Self {
        Self::new(
            table.name,
            if table.is_numbered {
                Shape::Numbered
            } else {
                Shape::Keyed
            },
        )
    }
}

/// A row of any type, for the cache.
trait CachedRow: Any {
    fn to_json(&self) -> Result<Value, StateBroken>;
    fn as_any(self: Rc<Self>) -> Rc<dyn Any>;
}

impl<R: Row> CachedRow for R {
    fn to_json(&self) -> Result<Value, StateBroken> {
        // A system has some 900 bytes: most rows need no larger room.
        let mut bytes = Vec::with_capacity(1024);
        serde_json::to_writer(&mut bytes, self).map_err(|error| StateBroken::because(&error))?;
        Ok(Value::new(bytes))
    }

    fn as_any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }
}

#[derive(Clone)]
struct Cached {
    row: Option<Rc<dyn CachedRow>>,
    is_changed: bool,
}

type Rows = HashMap<Table, HashMap<Vec<u8>, Cached>>;
type Keys = HashMap<LicenceKeyId, Option<Value>>;

/// Rows that were read before anybody asked for them, as they stand in the ledger; none for a row
/// that is not there.
type Ahead = HashMap<Table, HashMap<Vec<u8>, Option<Value>>>;

/// Rows that were read or changed since the transaction began, and licence keys that were read;
/// these wipe on drop.
#[derive(Default)]
pub struct RowCache {
    rows: RefCell<Rows>,
    ahead: RefCell<Ahead>,
    keys: RefCell<Keys>,
}

impl RowCache {
    fn put<T: Row>(&self, key: Vec<u8>, cached: Cached) {
        self.rows
            .borrow_mut()
            .entry(T::TABLE)
            .or_default()
            .insert(key, cached);
    }

    /// Holds a row, as the reader gives it, until a view asks for it.
    pub fn hold(&self, table: Table, key: Vec<u8>, value: Option<Value>) {
        self.ahead
            .borrow_mut()
            .entry(table)
            .or_default()
            .insert(key, value);
    }

    /// Every row that was changed or added since the transaction began.
    #[must_use]
    pub fn changed(&self) -> HashSet<(Table, Vec<u8>)> {
        let rows = self.rows.borrow();
        let all = rows
            .iter()
            .flat_map(|(table, rows)| rows.iter().map(move |(key, cached)| (*table, key, cached)));
        all.filter(|(_, _, cached)| cached.is_changed)
            .map(|(table, key, _)| (table, key.clone()))
            .collect()
    }

    fn held(&self, table: Table, key: &[u8]) -> Option<Option<Value>> {
        self.ahead.borrow_mut().get_mut(&table)?.remove(key)
    }

    /// Writes every changed row into the transaction.
    ///
    /// # Errors
    /// [`LedgerError`]; the transaction is to be aborted then.
    pub fn write(self, transaction: &mut Transaction<'_>) -> Result<(), StateBroken> {
        // In one order, whatever the hashes: the same work gives the same file. Within a table, the
        // transaction sees to it.
        let tables: BTreeMap<_, _> = self.rows.into_inner().into_iter().collect();
        for (table, rows) in tables {
            let table = TableSpec::from(table);
            let mut put = Vec::with_capacity(rows.len());
            let mut removed = Vec::new();
            for (key, cached) in rows.into_iter().filter(|(_, cached)| cached.is_changed) {
                match &cached.row {
                    Some(row) => put.push((key, row.to_json()?)),
                    None => removed.push(key),
                }
            }
            removed.sort_unstable();
            removed
                .iter()
                .try_for_each(|key| transaction.delete(table, key).map(drop))
                .map_err(broken)?;
            transaction.put_all(table, put).map_err(broken)?;
        }
        Ok(())
    }
}

/// The state as a reader of the ledger and a cache of changes over it give it.
pub struct StateView<'a, R> {
    reader: &'a R,
    cache: &'a RowCache,
}

impl<'a, R: Reader> StateView<'a, R> {
    /// A view through a cache.
    pub fn new(reader: &'a R, cache: &'a RowCache) -> Self {
        Self { reader, cache }
    }

    /// A row that was changed over what the reader holds; none for an unchanged one.
    ///
    /// # Errors
    /// [`StateBroken`].
    pub fn changed<T: Row>(&self, key: &[u8]) -> Result<Option<Option<Rc<T>>>, StateBroken> {
        let rows = self.cache.rows.borrow();
        let is_changed = rows
            .get(&T::TABLE)
            .and_then(|rows| rows.get(key))
            .is_some_and(|cached| cached.is_changed);
        drop(rows);
        if is_changed {
            self.get::<T>(key).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Every row of a type that was changed or added over what the reader holds, by key.
    ///
    /// # Errors
    /// [`StateBroken`].
    pub fn changed_rows<T: Row>(&self) -> Result<Vec<Rc<T>>, StateBroken> {
        let rows = self.cache.rows.borrow();
        let changed = rows
            .get(&T::TABLE)
            .into_iter()
            .flatten()
            .filter(|(_, cached)| cached.is_changed);
        let mut keys: Vec<Vec<u8>> = changed.map(|(key, _)| key.clone()).collect();
        drop(rows);
        keys.sort();
        keys.iter()
            .filter_map(|key| self.get::<T>(key).transpose())
            .collect()
    }
}

fn broken(error: LedgerError) -> StateBroken {
    StateBroken::reader(error)
}

impl<R: Reader> State for StateView<'_, R> {
    fn get<T: Row>(&self, key: &[u8]) -> Result<Option<Rc<T>>, StateBroken> {
        let mut tables = self.cache.rows.borrow_mut();
        let rows = tables.entry(T::TABLE).or_default();
        if let Some(cached) = rows.get(key) {
            let row = cached.row.clone().map(|row| row.as_any().downcast::<T>());
            return row.transpose().map_err(|_| {
                StateBroken::Row(format!("two row types in table {}", T::TABLE.name))
            });
        }
        let held = self.cache.held(T::TABLE, key).map(Ok);
        let value = held
            .unwrap_or_else(|| self.reader.get(T::TABLE.into(), key))
            .map_err(broken)?;
        let row = match value {
            Some(value) => Some(Rc::new(
                serde_json::from_slice::<T>(&value)
                    .map_err(|error| StateBroken::because(&error))?,
            )),
            None => None,
        };
        let cached = Cached {
            row: row.clone().map(|row| row as Rc<dyn CachedRow>),
            is_changed: false,
        };
        rows.insert(key.to_vec(), cached);
        Ok(row)
    }

    fn licence_key(&self, id: &LicenceKeyId) -> Result<Option<LicenceKey>, StateBroken> {
        let mut keys = self.cache.keys.borrow_mut();
        let value = match keys.entry(*id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                place.insert(self.reader.get(LICENCE_KEYS, &id.0).map_err(broken)?)
            }
        };
        let Some(value) = value else { return Ok(None) };
        let bytes = value
            .as_slice()
            .try_into()
            .map_err(|_| StateBroken::Row(format!("licence key {id} has a wrong length")))?;
        Ok(Some(LicenceKey::from_bytes(bytes)))
    }
}

impl<R: Reader> StateMut for StateView<'_, R> {
    fn put<T: Row>(&mut self, row: T) -> Result<(), StateBroken> {
        let key = row.key();
        let cached = Cached {
            row: Some(Rc::new(row)),
            is_changed: true,
        };
        self.cache.put::<T>(key, cached);
        Ok(())
    }

    fn remove<T: Row>(&mut self, key: &[u8]) -> Result<(), StateBroken> {
        // A row that is not there stays so: what was never written need not be deleted.
        if self.get::<T>(key)?.is_none() {
            return Ok(());
        }
        self.cache.put::<T>(
            key.to_vec(),
            Cached {
                row: None,
                is_changed: true,
            },
        );
        Ok(())
    }
}
