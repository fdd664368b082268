//! The DSSE v1 envelope with exactly one signature (PROTOCOL section 2).

use super::hash::sha256;
use crate::licence::{Digest, KeyId};
use alloc::string::String;
use alloc::vec::Vec;

/// Largest file or envelope, in bytes: 66 KiB.
pub const MAX_ENVELOPE_BYTES: usize = 66 * 1024;
/// Largest payload, in bytes: 48 KiB.
pub const MAX_PAYLOAD_BYTES: usize = 48 * 1024;

/// An envelope whose shape is right; its signature is verified by `seal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `application/vnd.keyspool.<kind>.v1+json`.
    pub payload_type: String,
    /// The exact bytes that were signed, at most 48 KiB.
    pub payload: Vec<u8>,
    /// Key id of the key that signed.
    pub key_id: KeyId,
    /// Ed25519 signature over the PAE.
    pub signature: [u8; 64],
}

/// The bytes that are signed: the DSSE pre-authentication encoding.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = alloc::format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

impl Envelope {
    /// The document id: SHA-256 of the PAE. The same payload in any spelling is the same document.
    #[must_use]
    pub fn document_id(&self) -> Digest {
        sha256(&[&pae(&self.payload_type, &self.payload)])
    }
}
