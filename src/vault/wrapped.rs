//! A secret of 32 bytes, wrapped with AES-256-GCM (NIST SP 800-38D).

use super::associated::Associated;
use super::error::VaultError;
use super::subkey::{Key, random};
use crate::licence::id::Hex;
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// Bytes of a tag.
const TAG_BYTES: usize = 16;

/// A wrapped key: 96 random bits of nonce; 32 bytes of ciphertext and 16 of tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wrapped {
    nonce: Hex<12>,
    sealed: Hex<48>,
}

impl Wrapped {
    /// Wraps a secret under a key, bound to what the associated data says.
    pub(super) fn wrap(
        under: &Key,
        bound_to: &Associated,
        secret: &Key,
    ) -> Result<Self, VaultError> {
        let nonce = *random::<12>()?;
        let mut sealed = [0; 48];
        let (body, tag_place) = sealed.split_at_mut(32);
        body.copy_from_slice(secret.as_ref());
        // Invariant: GCM refuses only more than 64 GiB.
        let tag = Aes256Gcm::new((&**under).into())
            .encrypt_inout_detached((&nonce).into(), bound_to.bytes(), body.into())
            .expect("32 bytes are within GCM's reach");
        tag_place.copy_from_slice(&tag);
        Ok(Self {
            nonce: Hex(nonce),
            sealed: Hex(sealed),
        })
    }

    /// Unwraps the secret, or `None` if key, associated data or bytes are not those that it was
    /// wrapped with.
    pub(super) fn unwrap_with(&self, under: &Key, bound_to: &Associated) -> Option<Key> {
        let (body, tag) = self.sealed.0.split_at(48 - TAG_BYTES);
        let mut secret = Key::default();
        secret.copy_from_slice(body);
        let opened = Aes256Gcm::new((&**under).into()).decrypt_inout_detached(
            (&self.nonce.0).into(),
            bound_to.bytes(),
            secret.as_mut_slice().into(),
            tag.try_into().ok()?,
        );
        if opened.is_err() {
            secret.zeroize();
        }
        opened.ok().map(|()| secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_opens_as_it_was_wrapped() -> Result<(), VaultError> {
        let (under, bound, secret) = (
            Key::new([1; 32]),
            Associated::new("a").field(b"b"),
            Key::new([2; 32]),
        );
        let wrapped = Wrapped::wrap(&under, &bound, &secret)?;
        assert_eq!(wrapped.unwrap_with(&under, &bound), Some(secret));
        assert_eq!(wrapped.unwrap_with(&Key::new([3; 32]), &bound), None);
        assert_eq!(
            wrapped.unwrap_with(&under, &Associated::new("a").field(b"c")),
            None
        );
        for bit in 0..8 * 48 {
            let mut changed = wrapped.clone();
            changed.sealed.0[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(changed.unwrap_with(&under, &bound), None, "bit {bit}");
        }
        Ok(())
    }

    #[test]
    fn no_two_wraps_share_a_nonce() -> Result<(), VaultError> {
        let (under, bound, secret) = (Key::new([1; 32]), Associated::new("a"), Key::new([2; 32]));
        let (one, other) = (
            Wrapped::wrap(&under, &bound, &secret)?,
            Wrapped::wrap(&under, &bound, &secret)?,
        );
        assert_ne!(one.nonce, other.nonce);
        assert_ne!(one.sealed, other.sealed);
        Ok(())
    }
}
