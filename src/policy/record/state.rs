//! Tables, rows, and the seam through which the rules read and `apply` writes them.
//!
//! Only `apply` changes a row, and only as an event of the history says: replaying the history
//! gives the same rows.

use crate::licence::{LicenceKey, LicenceKeyId};
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The recorded state cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateBroken {
    /// A row is missing, cannot be read, or does not fit the others: damage.
    #[error("{0}")]
    Row(String),
    /// The reader of the rows failed, which may be no damage, as when a disk fails.
    #[error(transparent)]
    Reader(ReaderFailed),
}

/// The error of a reader of rows. Two with the same text are equal.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct ReaderFailed(Arc<dyn core::error::Error + Send + Sync>);

impl ReaderFailed {
    /// The reader's own error, where it is of that type.
    #[must_use]
    pub fn downcast_ref<E: core::error::Error + 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }
}

impl PartialEq for ReaderFailed {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_string() == other.0.to_string()
    }
}

impl Eq for ReaderFailed {}

impl StateBroken {
    /// A broken row, for this reason.
    #[must_use]
    pub fn because(reason: &dyn fmt::Display) -> Self {
        Self::Row(reason.to_string())
    }

    /// The failure of a reader of rows.
    #[must_use]
    pub fn reader(error: impl core::error::Error + Send + Sync + 'static) -> Self {
        Self::Reader(ReaderFailed(Arc::new(error)))
    }
}

impl From<crate::licence::counts::CountsOverflow> for StateBroken {
    fn from(error: crate::licence::counts::CountsOverflow) -> Self {
        Self::because(&error)
    }
}

/// A table of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Whether its keys are counted up: numbers of 8 bytes, big-endian. They reveal nothing, and
    /// new rows come last.
    pub is_numbered: bool,
}

/// A row of the state, in a table of its own.
pub trait Row: Clone + PartialEq + fmt::Debug + Serialize + DeserializeOwned + 'static {
    /// The table.
    const TABLE: Table;

    /// The row's key within its table.
    fn key(&self) -> Vec<u8>;
}

/// Read access to the recorded state. Rows are shared, so that reading one twice costs nothing.
pub trait State {
    /// The row of a key.
    ///
    /// # Errors
    /// [`StateBroken`] where the ledger cannot be read.
    fn get<R: Row>(&self, key: &[u8]) -> Result<Option<Rc<R>>, StateBroken>;

    /// The licence key of an id, for checking proofs.
    ///
    /// # Errors
    /// [`StateBroken`] where the ledger cannot be read.
    fn licence_key(&self, id: &LicenceKeyId) -> Result<Option<LicenceKey>, StateBroken>;
}

/// Write access, for [`crate::policy::apply::change`] alone.
pub trait StateMut: State {
    /// Writes a row in place of the one with the same key.
    ///
    /// # Errors
    /// [`StateBroken`].
    fn put<R: Row>(&mut self, row: R) -> Result<(), StateBroken>;

    /// Removes the row of a key.
    ///
    /// # Errors
    /// [`StateBroken`].
    fn remove<R: Row>(&mut self, key: &[u8]) -> Result<(), StateBroken>;
}

/// Joins parts of a key with a byte that no part contains.
#[must_use]
pub fn key_of(parts: &[&str]) -> Vec<u8> {
    parts.join("\0").into_bytes()
}

/// Makes a type a row of the state: its table, whether that is numbered, and its key.
macro_rules! row {
    ($type:ty, numbered $table:literal, |$row:ident| $number:expr) => {
        $crate::policy::record::state::row!($type, $table, true, |$row| {
            let number: u64 = $number;
            number.to_be_bytes().to_vec()
        });
    };
    ($type:ty, $table:literal, |$row:ident| $key:expr) => {
        $crate::policy::record::state::row!($type, $table, false, |$row| $key);
    };
    ($type:ty, $table:literal, $is_numbered:literal, |$row:ident| $key:expr) => {
        impl $crate::policy::record::state::Row for $type {
            const TABLE: $crate::policy::record::state::Table =
                $crate::policy::record::state::Table {
                    name: $table,
                    is_numbered: $is_numbered,
                };
            fn key(&self) -> alloc::vec::Vec<u8> {
                let $row = self;
                $key
            }
        }
    };
}

pub(in crate::policy) use row;
