//! A place in the ledger, for errors, and the fence around the store.

use super::error::{Damage, LedgerError};
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// The file and the table that something happens in.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) path: &'a Path,
    pub(super) table: &'static str,
}

impl Place<'_> {
    /// The error that this place is damaged.
    pub(super) fn damaged(&self, what: Damage) -> LedgerError {
        LedgerError::Damaged {
            path: self.path.to_owned(),
            table: self.table.to_owned(),
            what,
        }
    }

    /// The error that the table has another shape than it was used in.
    pub(super) fn wrong_shape(&self) -> LedgerError {
        LedgerError::WrongShape {
            path: self.path.to_owned(),
            table: self.table,
        }
    }

    /// What an error of the store means here. A file that ends too early, or is no store at all, is
    /// damage and no trouble of the disk.
    pub(super) fn store_error(&self, error: impl Into<redb::Error>) -> LedgerError {
        let path = self.path.to_owned();
        match error.into() {
            redb::Error::Io(source)
                if matches!(
                    source.kind(),
                    ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput
                ) =>
            {
                self.damaged(match source.kind() {
                    ErrorKind::UnexpectedEof => Damage::CutOff,
                    _ => Damage::NoStore,
                })
            }
            redb::Error::Io(source) => LedgerError::Io { path, source },
            redb::Error::PreviousIo => LedgerError::Io {
                path,
                source: std::io::Error::other("an earlier read or write failed"),
            },
            redb::Error::DatabaseAlreadyOpen => LedgerError::Held {
                path,
                holder: "another program".to_owned(),
                waited: std::time::Duration::ZERO,
            },
            redb::Error::WouldBlock => LedgerError::Busy { path },
            redb::Error::TableAlreadyOpen(..) => LedgerError::TableInUse {
                path,
                table: self.table,
            },
            redb::Error::ValueTooLarge(found) => LedgerError::ValueTooLarge { path, found },
            redb::Error::UpgradeRequired(found) => LedgerError::StoreEdition { path, found },
            redb::Error::LockPoisoned(_) => self.damaged(Damage::Inconsistent),
            other => self.damaged(Damage::Store {
                says: other.to_string(),
            }),
        }
    }

    /// Does `step` with the store. redb may panic on a file that was altered after a clean close;
    /// here that is damage.
    pub(super) fn fenced<T>(
        &self,
        step: impl FnOnce() -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        catch_unwind(AssertUnwindSafe(step))
            .unwrap_or_else(|_| Err(self.damaged(Damage::Inconsistent)))
    }
}

/// Lets go of what the store gave; a panic in that, on a damaged file, goes no further.
pub(super) fn dropped<T>(value: T) {
    // Nothing is left to do: what was committed is on disk, and the damage shows when it is read.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(value)));
}
