//! The names of the ledger's files in the vault's folder.

/// The ledger.
pub(super) const LEDGER_FILE: &str = "ledger.redb";
/// A ledger that is not yet whole.
pub(super) const NEW_LEDGER_FILE: &str = "ledger.redb.new";
/// The lock file.
pub(super) const LOCK_FILE: &str = "ledger.lock";
