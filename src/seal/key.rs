//! Ed25519 keys (RFC 8032): what signs and what verifies (PROTOCOL section 1).

use crate::licence::KeyId;
use crate::wire::envelope::{Envelope, pae};
use crate::wire::{Kind, hash};
use alloc::vec::Vec;
use ed25519_dalek::Signer as _;
use zeroize::Zeroizing;

/// 32 bytes that are no public key: no point of the curve, not its one encoding, or of small order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public key is weak: no point of the curve, not its one encoding, or of small order")]
pub struct WeakKey;

/// A signature that is not this key's over these bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit the bytes and the key")]
pub struct BadSignature;

/// An Ed25519 public key, 32 bytes, that section 1 of PROTOCOL accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

impl PublicKey {
    /// The key of its 32 raw bytes.
    ///
    /// # Errors
    /// [`WeakKey`] unless the bytes are the one encoding of a point that is not of small order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, WeakKey> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| WeakKey)?;
        // Decompression takes y and y + p alike. It also takes either sign of x = 0, but that is of
        // small order.
        if key.is_weak() || is_p_or_more(bytes) {
            Err(WeakKey)
        } else {
            Ok(Self(key))
        }
    }

    /// Verifies a 64-byte signature over the message: S canonical, R not of small order, the
    /// equation without cofactor.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), BadSignature> {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.0
            .verify_strict(message, &signature)
            .map_err(|_| BadSignature)
    }

    /// The 32 raw bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The first 8 bytes of SHA-256 of the raw bytes.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        hash::key_id(self.0.as_bytes())
    }
}

/// Whether the y of an encoded point, 255 bits, little-endian, is p = 2^255 - 19 or more: the
/// second spelling of a smaller one.
fn is_p_or_more(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    high & 0x7f == 0x7f && middle.iter().all(|byte| *byte == 0xff) && *low >= 0xed
}

/// An Ed25519 key that signs. Wiped on drop; it cannot be printed, copied or serialised.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of a 32-byte seed (RFC 8032 section 5.1.5).
    #[must_use]
    pub fn from_seed(seed: Zeroizing<[u8; 32]>) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        // Invariant: a clamped scalar times the base point is never of small order, and is encoded
        // canonically.
        PublicKey(self.0.verifying_key())
    }

    /// The key id of its public half.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.public().key_id()
    }

    /// Signs a payload as a document of a kind: the envelope whose signature is over the PAE
    /// (PROTOCOL section 2).
    ///
    /// The same key, kind and payload give the same envelope each time.
    #[must_use]
    pub fn sign(&self, kind: Kind, payload: Vec<u8>) -> Envelope {
        let payload_type = kind.payload_type();
        let signature = self.sign_bytes(&pae(&payload_type, &payload));
        Envelope {
            payload_type,
            payload,
            key_id: self.key_id(),
            signature,
        }
    }

    /// Signs bytes that carry their own context: Computer Keys (section 6.5) and the succession of
    /// roots (section 5.4).
    #[must_use]
    pub fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032 section 7.1, test 3.
    #[test]
    fn the_key_of_rfc_8032_signs_as_it_says() {
        let seed = hex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
        let key = SigningKey::from_seed(Zeroizing::new(seed));
        assert_eq!(
            key.public().bytes(),
            hex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
        );
        let signature = key.sign_bytes(&[0xaf, 0x82]);
        assert_eq!(
            signature[..32],
            hex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac")
        );
        assert_eq!(
            signature[32..],
            hex("18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")
        );
        assert_eq!(key.public().verify(&[0xaf, 0x82], &signature), Ok(()));
        assert_eq!(
            key.public().verify(&[0xaf, 0x83], &signature),
            Err(BadSignature)
        );
    }

    #[test]
    fn a_signature_with_a_large_s_is_refused() {
        let key = SigningKey::from_seed(Zeroizing::new([7; 32]));
        let mut signature = key.sign_bytes(b"message");
        let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        let mut carry = 0_u16;
        for (s, l) in signature[32..].iter_mut().zip(order) {
            let sum = u16::from(*s) + u16::from(l) + carry;
            *s = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert_eq!(
            key.public().verify(b"message", &signature),
            Err(BadSignature)
        );
    }

    #[test]
    fn keys_of_small_order_are_refused() {
        for small in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        ] {
            assert_eq!(PublicKey::from_bytes(&hex(small)), Err(WeakKey), "{small}");
        }
    }

    #[test]
    fn weak_and_misspelled_keys_are_refused() {
        // y = p + 3 stands for y = 3, a point of large order, in a second spelling.
        let mut three = [0; 32];
        three[0] = 3;
        assert!(PublicKey::from_bytes(&three).is_ok());
        let second = hex("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        assert!(ed25519_dalek::VerifyingKey::from_bytes(&second).is_ok());
        assert_eq!(PublicKey::from_bytes(&second), Err(WeakKey));
        let mut off_the_curve = [0; 32];
        off_the_curve[0] = 2;
        assert_eq!(PublicKey::from_bytes(&off_the_curve), Err(WeakKey));
    }

    /// Every y from p on has a spelling below it, which re-encoding gives; no other y has two.
    #[test]
    fn a_key_has_one_spelling() {
        let highest = hex("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        let mut points = 0;
        for (low, sign) in (0..=255_u8).flat_map(|low| [(low, 0), (low, 0x80)]) {
            for mut bytes in [highest, [0; 32]] {
                bytes[0] = low;
                bytes[31] |= sign;
                let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(&bytes) else {
                    continue;
                };
                let is_given = key.to_edwards().compress().as_bytes() == &bytes;
                assert_eq!(
                    PublicKey::from_bytes(&bytes).is_ok(),
                    is_given && !key.is_weak(),
                    "{bytes:02x?}"
                );
                assert!(
                    is_p_or_more(&bytes) != is_given || key.is_weak(),
                    "{bytes:02x?}"
                );
                points += 1;
            }
        }
        assert!(points > 100, "half of all y are points");
    }

    fn hex(text: &str) -> [u8; 32] {
        crate::licence::Digest::read(text)
            .expect("hex of the test")
            .0
    }
}
