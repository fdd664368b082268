//! The names of the files in the vault's folder; the ledger names its own.

/// The key slots and the wrapped keys.
pub const VAULT_FILE: &str = "vault.json";
/// Failed unlocks.
pub(super) const ATTEMPTS_FILE: &str = "attempts";
