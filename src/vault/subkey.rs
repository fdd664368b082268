//! One master key, many purposes: keys by HKDF-SHA-256 (RFC 5869), one label each.
//!
//! info = label `0x00` vault id (16 bytes) `||` the purpose's own bytes; empty salt, 32 bytes of
//! output. No key serves two purposes, and no two vaults share one.

use super::error::VaultError;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

/// 32 secret bytes. Wiped on drop.
pub(super) type Key = Zeroizing<[u8; 32]>;

/// The 16 random bytes that name a vault.
pub(super) type VaultId = crate::licence::id::Hex<16>;

/// What a derived key is for.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// Wraps the master key in one slot; from the passphrase's 32 bytes and the slot's id.
    SlotWrap,
    /// Commits to the slot's wrapping key; from the same.
    SlotCommitment,
    /// Seals the ledger's records; from the master key.
    Records,
    /// Blinds the ledger's row keys; from the master key.
    Blind,
    /// Wraps the root key and the signing keys; from the master key.
    Keys,
    /// Authenticates the vault file; from the master key.
    File,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::SlotWrap => b"keyspool/vault/slot-wrap/v1",
            Self::SlotCommitment => b"keyspool/vault/slot-commitment/v1",
            Self::Records => b"keyspool/vault/records/v1",
            Self::Blind => b"keyspool/vault/blind/v1",
            Self::Keys => b"keyspool/vault/keys/v1",
            Self::File => b"keyspool/vault/file/v1",
        }
    }
}

/// The key of this purpose in this vault.
pub(super) fn derive(from: &Key, purpose: Purpose, vault: VaultId, context: &[u8]) -> Key {
    expand(from, &[purpose.label(), &[0], &vault.0, context])
}

/// HKDF-SHA-256 with empty salt and the joined parts as info. The extracted key is wiped.
pub(super) fn expand(from: &Key, info: &[&[u8]]) -> Key {
    let (mut extracted, hkdf) = Hkdf::<Sha256>::extract(None, from.as_ref());
    extracted.as_mut_slice().zeroize();
    let mut output = Key::default();
    // Invariant: HKDF gives up to 8,160 bytes, and 32 are asked for.
    hkdf.expand_multi_info(info, output.as_mut())
        .expect("32 bytes are within HKDF's reach");
    output
}

/// HMAC-SHA-256 (RFC 2104) of the joined parts.
pub(super) fn authenticate(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    Authenticator::new(key).authenticate(parts)
}

/// HMAC-SHA-256 (RFC 2104) under one key. The key is hashed once, which halves the work for short
/// texts. Wiped on drop.
pub(super) struct Authenticator(Hmac<Sha256>);

impl Authenticator {
    pub(super) fn new(key: &Key) -> Self {
        // Invariant: HMAC takes keys of any length.
        Self(Hmac::new_from_slice(key.as_ref()).expect("HMAC takes any key"))
    }

    pub(super) fn authenticate(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

/// N random bytes of the operating system.
pub(super) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, VaultError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut()).map_err(VaultError::NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::id::Hex;

    #[test]
    fn every_purpose_has_its_own_key() {
        use Purpose::{Blind, File, Keys, Records, SlotCommitment, SlotWrap};
        let master = Key::new([7; 32]);
        let mut keys = Vec::new();
        for purpose in [SlotWrap, SlotCommitment, Records, Blind, Keys, File] {
            for vault in [Hex([1; 16]), Hex([2; 16])] {
                for context in [&b""[..], b"slot"] {
                    keys.push(*derive(&master, purpose, vault, context));
                }
            }
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    /// Computed once with Python's `hmac` from RFC 5869's two formulas.
    #[test]
    fn derivation_is_hkdf_with_the_documented_info() {
        let key = derive(&Key::new([7; 32]), Purpose::Records, Hex([1; 16]), b"");
        assert_eq!(
            Hex(*key).to_string(),
            "b8644435b8940503c52ad0fc14e4bb7d88c546d6f3c8abfd07b68cd5251c7b20"
        );
    }
}
