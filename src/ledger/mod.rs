//! Tier 4: the durable state and the history. Sealed tables over redb, a hash-chained history,
//! group commit. Interprets no rules.
//!
//! # The file
//!
//! `ledger.redb` is one redb file. It holds a table `meta`, a table `history`, and the tables that
//! users of this module declare as [`TableSpec`]. Every value but one is the number of the
//! transaction that wrote it (8 bytes, big-endian) followed by what
//! [`RecordSealer`](crate::seal::record::RecordSealer) gave for that transaction, table and row
//! key; so no row opens in another's place. Row keys are blinds of 16 bytes; only sequence numbers
//! stand in the clear ([`Shape`]). Blinds lie all over a table, so that each new row costs a page
//! of its own; rows under rising numbers share the last page. What can be counted is therefore
//! numbered.
//!
//! | table, row | value |
//! | --- | --- |
//! | `meta`, `format` | in the clear: the format, below |
//! | `meta`, `state` | sealed: the state, below |
//! | `history`, n | sealed: head after entry n (32 bytes), entry n |
//!
//! The format is `keyspool-ledger`, the version (2 bytes, big-endian), the vault's tag (16 bytes: a
//! blind of its id) and the first 8 bytes of SHA-256 of all that. The state is the vault's id, the
//! origin, the transaction, the size and head of the history, and the shape and number of rows of
//! every table.
//!
//! # What it promises, and what it does not
//!
//! A transaction is there whole or not at all; once [`Transaction::commit`] gave [`Committed`], it
//! survives a crash. A value that was changed, moved to another row or table, or written by a later
//! transaction than the newest, is [`LedgerError::Damaged`]; so is a row that is missed where its
//! neighbours do not open or stand out of order. A row put back to an older value of its own opens:
//! only the replay of the history tells, and only a device's witness tells when the whole file was
//! put back.
//!
//! redb trusts a file that was closed cleanly and may panic on one that was altered since. Its
//! check of the whole file at every open would grow with the vault, so every call into it stands
//! behind a fence that makes a panic [`LedgerError::Damaged`].

mod base;
mod changes;
mod database;
pub mod entry;
pub mod error;
mod file;
mod files;
pub mod history;
mod lock;
mod meta;
mod opened;
mod place;
pub mod reader;
mod rows;
mod snapshot;
pub mod source;
pub mod state;
pub mod store;
pub mod table;
pub mod transaction;

pub use entry::Entry;
pub use error::{CommitFault, Damage, LedgerError};
pub use history::HistoryEntry;
pub use reader::Reader;
pub use snapshot::Snapshot;
pub use state::{RowCache, StateView};
pub use store::Ledger;
pub use table::{RowKey, Shape, TableSpec, Value};
pub use transaction::{Committed, Transaction};
