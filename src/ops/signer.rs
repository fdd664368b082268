//! The open signer: vault and ledger together.

use super::clock::check_clock;
use super::error::OpsError;
use crate::ledger::{Ledger, LedgerError};
use crate::licence::Moment;
use crate::vault::{Passphrase, Vault, VaultError, attempts};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Whether a command changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It may.
    Changing,
    /// It only reads: the ledger's content stays as it is.
    Reading,
}

/// An open vault with its ledger. Held by one process at a time.
pub struct Signer {
    /// Custody of the keys.
    pub vault: Arc<Vault>,
    /// The durable state and the history.
    pub ledger: Ledger,
    /// The vault's folder.
    pub folder: PathBuf,
}

impl Signer {
    /// Opens the vault of a folder and its ledger; waits up to ten seconds for another command that
    /// holds it. A wrong passphrase is written to the file `attempts`.
    ///
    /// # Errors
    /// [`OpsError::Vault`], [`OpsError::Ledger`].
    pub fn open(
        folder: &Path,
        passphrase: &Passphrase,
        access: Access,
        command: &str,
        clock: Moment,
    ) -> Result<Self, OpsError> {
        Self::of_vault(
            Arc::new(Self::unlock(folder, passphrase, clock)?),
            folder,
            access,
            command,
        )
    }

    /// Opens the ledger of a vault that is open already; waits up to ten seconds for another
    /// command that holds it.
    ///
    /// # Errors
    /// [`OpsError::Ledger`].
    pub fn of_vault(
        vault: Arc<Vault>,
        folder: &Path,
        access: Access,
        command: &str,
    ) -> Result<Self, OpsError> {
        let open: fn(&Path, &str, _, _, &str) -> Result<Ledger, LedgerError> = match access {
            Access::Changing => Ledger::open_waiting,
            Access::Reading => Ledger::open_reading,
        };
        let ledger = open(folder, vault.id(), vault.records(), patience(), command)?;
        Ok(Self {
            vault,
            ledger,
            folder: folder.to_owned(),
        })
    }

    /// Opens the vault alone, for its keys and its trust list.
    ///
    /// # Errors
    /// [`OpsError::Vault`].
    pub fn unlock(
        folder: &Path,
        passphrase: &Passphrase,
        clock: Moment,
    ) -> Result<Vault, OpsError> {
        Ok(Vault::open(folder, passphrase)
            .inspect_err(|error| note_attempt(folder, error, clock))?)
    }

    /// What is wrong with the clock, if something is: commands that only read say it and go on.
    ///
    /// # Errors
    /// [`OpsError::Ledger`].
    pub fn clock_warning(&self, clock: Moment) -> Result<Option<String>, OpsError> {
        Ok(check_clock(&self.ledger.read()?, clock)
            .err()
            .map(|error| error.to_string()))
    }
}

/// How long to wait for another command.
#[cfg(not(feature = "test-build"))]
fn patience() -> Duration {
    crate::ledger::store::PATIENCE
}

/// As in the released program, or what a test has the time for.
#[cfg(feature = "test-build")]
fn patience() -> Duration {
    let asked = std::env::var("KEYSPOOL_TEST_PATIENCE_MS")
        .ok()
        .and_then(|text| text.parse().ok());
    asked.map_or(crate::ledger::store::PATIENCE, Duration::from_millis)
}

/// Whoever fails to unlock may also lack the right to write: the refusal stands all the same.
fn note_attempt(folder: &Path, error: &VaultError, clock: Moment) {
    if matches!(error, VaultError::WrongPassphrase) {
        drop(attempts::record(folder, clock));
    }
}
