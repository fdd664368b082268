//! The ledger's file: whose it is, its own rows, and whether a commit to it failed.

use super::error::{Damage, LedgerError};
use super::meta::{FORMAT_ROW, META, STATE_ROW, State, check_format};
use super::place::Place;
use super::rows::Rows;
use crate::seal::record::RecordSealer;
use redb::AccessGuard;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One file of one vault.
pub(super) struct LedgerFile {
    pub(super) path: PathBuf,
    vault: String,
    sealer: Arc<dyn RecordSealer>,
    failed: AtomicBool,
}

impl LedgerFile {
    pub(super) fn new(path: PathBuf, vault: &str, sealer: Arc<dyn RecordSealer>) -> Self {
        Self {
            path,
            vault: vault.to_owned(),
            sealer,
            failed: AtomicBool::new(false),
        }
    }

    /// Checks what file this is.
    pub(super) fn check_format(&self, rows: &Rows<'_>) -> Result<(), LedgerError> {
        self.own_row(rows, FORMAT_ROW, |row| {
            check_format(self.meta_place(), self.sealer(), &self.vault, row.value())
        })
    }

    /// The state that was committed last.
    pub(super) fn read_state(&self, rows: &Rows<'_>) -> Result<State, LedgerError> {
        self.own_row(rows, STATE_ROW, |row| {
            State::open(self.meta_place(), self.sealer(), &self.vault, row.value())
        })
    }

    fn own_row<T>(
        &self,
        rows: &Rows<'_>,
        name: &[u8],
        read: impl FnOnce(AccessGuard<'_, &'static [u8]>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let place = self.meta_place();
        place.fenced(|| {
            let row = rows.get(name).map_err(|error| place.store_error(error))?;
            read(row.ok_or_else(|| place.damaged(Damage::Missing))?)
        })
    }

    pub(super) fn sealer(&self) -> &dyn RecordSealer {
        &*self.sealer
    }

    pub(super) fn place(&self, table: &'static str) -> Place<'_> {
        Place {
            path: &self.path,
            table,
        }
    }

    /// The place of the ledger's own rows.
    pub(super) fn meta_place(&self) -> Place<'_> {
        self.place(META)
    }

    /// Notes that a commit failed: nothing is begun or read any more.
    pub(super) fn fail(&self, error: &LedgerError) -> LedgerError {
        self.failed.store(true, Ordering::Relaxed);
        LedgerError::CommitFailed {
            path: self.path.clone(),
            reason: error.to_string(),
        }
    }

    /// # Errors
    /// [`LedgerError::CommitFailed`] after a failed commit.
    pub(super) fn refuse_after_failure(&self) -> Result<(), LedgerError> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(LedgerError::CommitFailed {
                path: self.path.clone(),
                reason: "an earlier commit failed".to_owned(),
            });
        }
        Ok(())
    }
}
