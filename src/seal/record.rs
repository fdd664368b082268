//! The seam between ledger and vault: the vault seals records, and neither knows the other.

use alloc::vec::Vec;
use zeroize::Zeroizing;

/// A sealed value was changed, moved, or belongs to another vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed record does not open: it was changed, moved, or belongs to another vault")]
pub struct RecordBroken;

/// Seals the ledger's values and blinds its keys.
///
/// The key of a value is derived from the record key and the number of the transaction that wrote
/// it; table, row key and transaction are associated data, so that no record can be put in
/// another's place.
pub trait RecordSealer: Send + Sync {
    /// Seals `plain`: nonce (12 bytes), ciphertext, tag (16 bytes).
    fn seal(&self, transaction: u64, table: &str, key: &[u8], plain: &[u8]) -> Vec<u8>;

    /// Opens what [`RecordSealer::seal`] gave for the same transaction, table and key.
    ///
    /// # Errors
    /// [`RecordBroken`].
    fn open(
        &self,
        transaction: u64,
        table: &str,
        key: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, RecordBroken>;

    /// A blinded row key, which reveals nothing: 16 bytes of HMAC-SHA-256 over table and key.
    fn blind(&self, table: &str, key: &[u8]) -> [u8; 16];
}
