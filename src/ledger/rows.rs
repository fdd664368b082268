//! Tables of the store and their rows, as bytes.

use redb::{
    AccessGuard, Cursor, Range, ReadOnlyTable, ReadableTable, ReadableTableMetadata, StorageError,
    Table, TableDefinition,
};
use std::ops::Bound;
use std::sync::Arc;

/// Keys and values as the store sees them.
pub(super) type Bytes = &'static [u8];

/// A table of the store.
pub(super) fn definition(name: &str) -> TableDefinition<'_, Bytes, Bytes> {
    TableDefinition::new(name)
}

/// A table of a transaction that reads.
pub(super) type ReadTable = ReadOnlyTable<Bytes, Bytes>;

/// A table of the store, of a transaction that writes or of one that reads.
pub(super) enum Rows<'a> {
    Writing(Table<'a, Bytes, Bytes>),
    Reading(Arc<ReadTable>),
}

impl Rows<'_> {
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<AccessGuard<'_, Bytes>>, StorageError> {
        match self {
            Self::Writing(table) => ReadableTable::get(table, key),
            Self::Reading(table) => ReadableTable::get(&**table, key),
        }
    }

    pub(super) fn len(&self) -> Result<u64, StorageError> {
        match self {
            Self::Writing(table) => table.len(),
            Self::Reading(table) => table.len(),
        }
    }

    pub(super) fn gap_before(&self, key: &[u8]) -> Result<Cursor<'_, Bytes, Bytes>, StorageError> {
        match self {
            Self::Writing(table) => table.lower_bound(Bound::Included(key)),
            Self::Reading(table) => table.lower_bound(Bound::Included(key)),
        }
    }

    pub(super) fn from(&self, key: &[u8]) -> Result<Range<'_, Bytes, Bytes>, StorageError> {
        match self {
            Self::Writing(table) => ReadableTable::range(table, key..),
            Self::Reading(table) => ReadableTable::range(&**table, key..),
        }
    }
}
