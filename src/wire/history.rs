//! The hash chain over the signer's history (PROTOCOL section 9).

use super::hash::sha256;
use crate::licence::Digest;

/// The head of an empty history: SHA-256("keyspool/history/v1").
#[must_use]
pub fn first_head() -> Digest {
    sha256(&[b"keyspool/history/v1"])
}

/// The head after one more entry: SHA-256(head || SHA-256(entry)).
///
/// `entry` is the line of `history export` without its line feed.
#[must_use]
pub fn next_head(head: &Digest, entry: &[u8]) -> Digest {
    sha256(&[&head.0, &sha256(&[entry]).0])
}
