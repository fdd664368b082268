//! SHA-256 (FIPS 180-4), as documents, digests and the history use it.

use crate::licence::Digest;
use sha2::{Digest as _, Sha256};

/// SHA-256 of the parts, one after the other.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    crate::licence::id::Hex(hash.finalize().into())
}
