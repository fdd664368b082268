//! SHA-256 (FIPS 180-4), as documents, digests and the history use it, and the names of keys.

use crate::licence::id::Hex;
use crate::licence::{ComputerId, Digest, KeyId};
use sha2::{Digest as _, Sha256};

/// SHA-256 of the parts, one after the other.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    Hex(hash.finalize().into())
}

/// The first N bytes of a digest.
fn first_bytes<const N: usize>(digest: Digest) -> [u8; N] {
    core::array::from_fn(|i| digest.0.get(i).copied().unwrap_or_default())
}

/// The key id of a raw public key: the first 8 bytes of its SHA-256 (PROTOCOL section 1).
#[must_use]
pub fn key_id(public_key: &[u8; 32]) -> KeyId {
    Hex(first_bytes(sha256(&[public_key])))
}

/// The Computer ID of a device key: the first 15 bytes of SHA-256("keyspool/computer-id/v1" 0x00 ||
/// key) (PROTOCOL section 6.2).
#[must_use]
pub fn computer_id(device_key: &[u8; 32]) -> ComputerId {
    ComputerId(first_bytes(sha256(&[
        b"keyspool/computer-id/v1\0",
        device_key,
    ])))
}
