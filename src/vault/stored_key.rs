//! The private keys that the vault keeps: the root's and the signing keys', each wrapped by itself.

use super::associated::Associated;
use super::error::{Damage, VaultError};
use super::subkey::{Key, VaultId};
use super::wrapped::Wrapped;
use crate::licence::KeyId;
use crate::licence::id::Hex;
use crate::seal::SigningKey;
use serde::{Deserialize, Serialize};

/// What a private key signs.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// Trust lists, and nothing else.
    Root,
    /// Everything that leaves the signer but trust lists.
    Signing,
}

impl Role {
    fn word(self) -> &'static [u8] {
        match self {
            Self::Root => b"root",
            Self::Signing => b"signing",
        }
    }
}

/// A key pair: its public half in the clear, its 32-byte seed wrapped. Associated data:
/// `keyspool/vault/key/v1`, role, vault id, key id and public key, so that no key can take
/// another's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredKey {
    key_id: KeyId,
    public_key: Hex<32>,
    seed: Wrapped,
}

impl StoredKey {
    /// Wraps a seed under the vault's key for keys.
    pub(super) fn new(
        role: Role,
        vault: VaultId,
        under: &Key,
        seed: &Key,
    ) -> Result<Self, VaultError> {
        let public = SigningKey::from_seed(seed.clone()).public();
        let (key_id, public_key) = (public.key_id(), Hex(public.bytes()));
        let seed = Wrapped::wrap(under, &bound_to(role, vault, key_id, public_key), seed)?;
        Ok(Self {
            key_id,
            public_key,
            seed,
        })
    }

    /// The key itself.
    ///
    /// # Errors
    /// [`Damage::Key`] where it does not open, or is not the private half of what stands beside it.
    pub(super) fn open(
        &self,
        role: Role,
        vault: VaultId,
        under: &Key,
    ) -> Result<SigningKey, Damage> {
        let seed = self
            .seed
            .unwrap_with(under, &bound_to(role, vault, self.key_id, self.public_key));
        let key = SigningKey::from_seed(seed.ok_or(Damage::Key(self.key_id))?);
        let fits = key.public().bytes() == self.public_key.0 && key.key_id() == self.key_id;
        if fits {
            Ok(key)
        } else {
            Err(Damage::Key(self.key_id))
        }
    }

    /// The raw public key.
    pub(super) fn public_key(&self) -> [u8; 32] {
        self.public_key.0
    }
}

fn bound_to(role: Role, vault: VaultId, key_id: KeyId, public_key: Hex<32>) -> Associated {
    Associated::new("keyspool/vault/key/v1")
        .field(role.word())
        .field(&vault.0)
        .field(&key_id.0)
        .field(&public_key.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_in_its_role_and_vault_only() -> Result<(), VaultError> {
        let (vault, under) = (Hex([1; 16]), Key::new([2; 32]));
        let stored = StoredKey::new(Role::Root, vault, &under, &Key::new([3; 32]))?;
        let open = |role, vault, under: &Key| {
            stored
                .open(role, vault, under)
                .map(|key| key.public().bytes())
        };
        assert_eq!(open(Role::Root, vault, &under), Ok(stored.public_key()));
        let changed = Err(Damage::Key(stored.key_id));
        assert_eq!(open(Role::Signing, vault, &under), changed);
        assert_eq!(open(Role::Root, Hex([4; 16]), &under), changed);
        assert_eq!(open(Role::Root, vault, &Key::new([5; 32])), changed);
        Ok(())
    }

    #[test]
    fn a_public_half_of_another_key_is_noticed() -> Result<(), VaultError> {
        let (vault, under) = (Hex([1; 16]), Key::new([2; 32]));
        let mut stored = StoredKey::new(Role::Signing, vault, &under, &Key::new([3; 32]))?;
        let other = StoredKey::new(Role::Signing, vault, &under, &Key::new([4; 32]))?;
        (stored.public_key, stored.key_id) = (other.public_key, other.key_id);
        assert_eq!(
            stored.open(Role::Signing, vault, &under).map(|_| ()),
            Err(Damage::Key(other.key_id))
        );
        Ok(())
    }
}
