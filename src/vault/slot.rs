//! Key slots: each lets one operator in, and says who that is.

use super::associated::Associated;
use super::error::{Damage, VaultError};
use super::kdf::Kdf;
use super::subkey::{Key, Purpose, VaultId, derive, random};
use super::wrapped::Wrapped;
use crate::licence::Moment;
use crate::licence::id::Hex;
use crate::licence::identifier::check_text;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// Longest name of an operator, in Unicode scalar values.
pub const MAX_OPERATOR_CHARACTERS: usize = 64;

/// What a slot opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlotKind {
    /// A passphrase.
    Passphrase,
}

impl SlotKind {
    fn word(self) -> &'static str {
        match self {
            Self::Passphrase => "passphrase",
        }
    }
}

/// One way into the vault: the master key, wrapped under a key that only its holder can derive.
///
/// With `d` the 32 bytes that the vault's KDF makes of the passphrase, and `id` the slot's 8 bytes:
/// wrapping key = HKDF(d, `keyspool/vault/slot-wrap/v1` `0x00` vault id, id) and commitment =
/// HKDF(d, `keyspool/vault/slot-commitment/v1` `0x00` vault id, id). The commitment is compared
/// before GCM is asked, for GCM alone lets one ciphertext open under several keys, and tells which
/// slot a passphrase belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slot {
    id: Hex<8>,
    operator: String,
    kind: SlotKind,
    added_at: Moment,
    commitment: Hex<32>,
    master_key: Wrapped,
}

/// What a slot is bound to: it opens in no other vault and under no other derivation.
#[derive(Clone, Copy)]
pub(super) struct SlotHome<'a> {
    pub(super) version: u64,
    pub(super) vault: VaultId,
    pub(super) kdf: &'a Kdf,
}

impl Slot {
    /// Wraps the master key for one operator. `derived` is what the vault's KDF made of the
    /// passphrase.
    pub(super) fn new(
        home: SlotHome,
        operator: &str,
        now: Moment,
        derived: &Key,
        master: &Key,
    ) -> Result<Self, VaultError> {
        check_text(operator, MAX_OPERATOR_CHARACTERS).map_err(VaultError::OperatorName)?;
        let id = Hex(*random::<8>()?);
        let kind = SlotKind::Passphrase;
        let bound_to = bound_to(home, id, operator, kind, now);
        let wrapping = derive(derived, Purpose::SlotWrap, home.vault, &id.0);
        Ok(Self {
            id,
            operator: operator.to_owned(),
            kind,
            added_at: now,
            commitment: Hex(*derive(derived, Purpose::SlotCommitment, home.vault, &id.0)),
            master_key: Wrapped::wrap(&wrapping, &bound_to, master)?,
        })
    }

    /// The master key; `None` if the passphrase is not this slot's.
    ///
    /// # Errors
    /// [`Damage::Slot`] where the passphrase fits but the slot does not open: its fields were
    /// changed.
    pub(super) fn open(&self, home: SlotHome, derived: &Key) -> Result<Option<Key>, Damage> {
        let commitment = derive(derived, Purpose::SlotCommitment, home.vault, &self.id.0);
        if !bool::from(commitment.as_slice().ct_eq(&self.commitment.0)) {
            return Ok(None);
        }
        let wrapping = derive(derived, Purpose::SlotWrap, home.vault, &self.id.0);
        let bound_to = bound_to(home, self.id, &self.operator, self.kind, self.added_at);
        self.master_key
            .unwrap_with(&wrapping, &bound_to)
            .map(Some)
            .ok_or(Damage::Slot(self.id))
    }

    /// The name that the history gives to what is done through this slot.
    pub(super) fn operator(&self) -> &str {
        &self.operator
    }

    /// What `vault slot list` shows.
    pub(super) fn summary(&self) -> SlotSummary {
        SlotSummary {
            id: self.id,
            operator: self.operator.clone(),
            kind: self.kind,
            added_at: self.added_at,
        }
    }
}

/// A slot as people see it; nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotSummary {
    /// 8 random bytes.
    pub id: Hex<8>,
    /// Who it lets in: 1 to 64 characters.
    pub operator: String,
    /// What it opens with.
    pub kind: SlotKind,
    /// When it was made, by the signer's clock.
    pub added_at: Moment,
}

fn bound_to(
    home: SlotHome,
    id: Hex<8>,
    operator: &str,
    kind: SlotKind,
    added_at: Moment,
) -> Associated {
    Associated::new("keyspool/vault/slot/v1")
        .field(&home.version.to_be_bytes())
        .field(&home.vault.0)
        .field(b"pbkdf2-hmac-sha-256")
        .field(&home.kdf.iterations().to_be_bytes())
        .field(home.kdf.salt())
        .field(&id.0)
        .field(operator.as_bytes())
        .field(kind.word().as_bytes())
        .field(added_at.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::identifier::TextError;

    fn moment() -> Moment {
        Moment::read("2026-11-22T05:06:07Z").expect("a time of the test")
    }

    fn slot(kdf: &Kdf) -> Result<(Slot, SlotHome<'_>), VaultError> {
        let home = SlotHome {
            version: 1,
            vault: Hex([9; 16]),
            kdf,
        };
        Ok((
            Slot::new(
                home,
                "Ada",
                moment(),
                &Key::new([1; 32]),
                &Key::new([2; 32]),
            )?,
            home,
        ))
    }

    #[test]
    fn a_changed_slot_is_no_wrong_passphrase() -> Result<(), VaultError> {
        let kdf = Kdf::calibrated([3; 32]);
        let (slot, home) = slot(&kdf)?;
        assert_eq!(
            slot.open(home, &Key::new([1; 32])),
            Ok(Some(Key::new([2; 32])))
        );
        assert_eq!(slot.open(home, &Key::new([4; 32])), Ok(None));
        let renamed = Slot {
            operator: "Eve".into(),
            ..slot.clone()
        };
        assert_eq!(
            renamed.open(home, &Key::new([1; 32])),
            Err(Damage::Slot(slot.id))
        );
        Ok(())
    }

    #[test]
    fn a_slot_opens_in_its_vault_only() -> Result<(), VaultError> {
        let (kdf, other_salt) = (Kdf::calibrated([3; 32]), Kdf::calibrated([5; 32]));
        let (slot, home) = slot(&kdf)?;
        let broken = Err(Damage::Slot(slot.id));
        assert_eq!(
            slot.open(SlotHome { version: 2, ..home }, &Key::new([1; 32])),
            broken
        );
        assert_eq!(
            slot.open(
                SlotHome {
                    kdf: &other_salt,
                    ..home
                },
                &Key::new([1; 32])
            ),
            broken
        );
        assert_eq!(
            slot.open(
                SlotHome {
                    vault: Hex([8; 16]),
                    ..home
                },
                &Key::new([1; 32])
            ),
            Ok(None)
        );
        Ok(())
    }

    #[test]
    fn a_changed_commitment_never_reaches_the_cipher() -> Result<(), VaultError> {
        let kdf = Kdf::calibrated([3; 32]);
        let (mut slot, home) = slot(&kdf)?;
        slot.commitment.0[31] ^= 1;
        assert_eq!(slot.open(home, &Key::new([1; 32])), Ok(None));
        Ok(())
    }

    #[test]
    fn an_operator_has_a_plain_name() {
        let kdf = Kdf::calibrated([3; 32]);
        let home = SlotHome {
            version: 1,
            vault: Hex([9; 16]),
            kdf: &kdf,
        };
        let named = |name: &str| {
            Slot::new(home, name, moment(), &Key::new([1; 32]), &Key::new([2; 32])).map(|_| ())
        };
        assert!(named("Zoë 東").is_ok());
        assert!(matches!(
            named(""),
            Err(VaultError::OperatorName(TextError::Length {
                found: 0,
                allowed: 64
            }))
        ));
        assert!(matches!(
            named("a\u{202e}b"),
            Err(VaultError::OperatorName(TextError::Control(0x202E)))
        ));
    }
}
