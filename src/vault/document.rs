//! The file `vault.json`: its shape, its one spelling, its two codes.
//!
//! ```text
//! {"vault":{"version":1,"id":…,"created_at":…,"kdf":{…},"slots":[…],"root":{…},"keys":[…],
//!   "trust_list":…},
//!  "mac":"<64 hex digits>","checksum":"<64 hex digits>"} LF
//! ```
//!
//! One line of JSON without any white space, members in this order, hex in lower case, and one line
//! feed: a file in another spelling is refused, so that every changed bit is noticed. With C the
//! bytes of the value of `vault` as they stand in the file:
//!
//! - `mac` = HMAC-SHA-256(file key, `keyspool/vault-file/v1` `0x00` `||` C). The file key is
//!   derived from the master key, so that nobody without a slot can add, weaken, swap or remove
//!   anything.
//! - `checksum` = SHA-256(C `||` the mac's 32 bytes). No protection; it tells a damaged disk from a
//!   wrong passphrase.

use super::error::{Damage, VaultError};
use super::kdf::Kdf;
use super::slot::{Slot, SlotHome};
use super::stored_key::StoredKey;
use super::subkey::{Key, VaultId, authenticate};
use crate::licence::Moment;
use crate::licence::id::Hex;
use crate::wire::sha256;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// Largest file that is read, in bytes: several times what 64 slots, 64 keys and the longest trust
/// list take.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// The version that this program reads and writes.
pub const VERSION: u64 = 1;
/// Most key slots, and most signing keys: those of a trust list (PROTOCOL section 5.4).
pub const MAX_COUNT: usize = 64;

/// What the vault holds, everything secret of it wrapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    /// [`VERSION`].
    pub(super) version: u64,
    /// 16 random bytes.
    pub(super) id: VaultId,
    /// By the signer's clock.
    pub(super) created_at: Moment,
    /// From passphrases to keys.
    pub(super) kdf: Kdf,
    /// 1 to 64.
    pub(super) slots: Vec<Slot>,
    /// The root key.
    pub(super) root: StoredKey,
    /// 1 to 64 signing keys, in the order of the trust list.
    pub(super) keys: Vec<StoredKey>,
    /// The newest trust list: its envelope as JSON text.
    pub(super) trust_list: String,
}

impl Content {
    /// What every slot is bound to.
    pub(super) fn home(&self) -> SlotHome<'_> {
        SlotHome {
            version: self.version,
            vault: self.id,
            kdf: &self.kdf,
        }
    }
}

/// The file: content and codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    vault: Content,
    mac: Hex<32>,
    checksum: Hex<32>,
}

/// The only part that is read of a file of another shape.
#[derive(Deserialize)]
struct Versioned {
    vault: VersionedContent,
}

#[derive(Deserialize)]
struct VersionedContent {
    version: u64,
}

impl Document {
    /// Puts the codes on a content.
    pub(super) fn new(vault: Content, file_key: &Key) -> Self {
        let mac = mac(&vault, file_key);
        let checksum = checksum(&vault, &mac);
        Self {
            vault,
            mac,
            checksum,
        }
    }

    /// The one spelling of the file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = spell(self);
        bytes.push(b'\n');
        bytes
    }

    /// Reads a file, in this order: shape, version, counts, bounds of the derivation, spelling,
    /// checksum. The [`Document::content`] is nobody's word until a slot has opened and
    /// [`Document::check_mac`] held.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], [`VaultError::Version`], [`VaultError::TooFewIterations`] or
    /// [`VaultError::TooManyIterations`].
    pub(super) fn read(bytes: &[u8]) -> Result<Self, VaultError> {
        let found: Self = serde_json::from_slice(bytes).map_err(|error| fault(bytes, &error))?;
        check_version(found.vault.version)?;
        check_count("key slots", found.vault.slots.len())?;
        check_count("signing keys", found.vault.keys.len())?;
        found.vault.kdf.check()?;
        if found.to_bytes() != bytes {
            return Err(Damage::Spelling.into());
        }
        if found.checksum != checksum(&found.vault, &found.mac) {
            return Err(Damage::Checksum.into());
        }
        Ok(found)
    }

    /// Checks that someone with the master key wrote all of it.
    ///
    /// # Errors
    /// [`Damage::Mac`].
    pub(super) fn check_mac(&self, file_key: &Key) -> Result<(), Damage> {
        let expected = mac(&self.vault, file_key);
        if bool::from(expected.0.ct_eq(&self.mac.0)) {
            Ok(())
        } else {
            Err(Damage::Mac)
        }
    }

    /// What the file holds.
    pub(super) fn content(&self) -> &Content {
        &self.vault
    }
}

fn check_version(found: u64) -> Result<(), VaultError> {
    if found == VERSION {
        Ok(())
    } else {
        Err(VaultError::Version {
            found,
            known: VERSION,
        })
    }
}

fn check_count(what: &'static str, found: usize) -> Result<(), Damage> {
    if (1..=MAX_COUNT).contains(&found) {
        Ok(())
    } else {
        Err(Damage::Count {
            what,
            found,
            allowed: MAX_COUNT,
        })
    }
}

/// A file of another version is not damaged, whatever else stands in it.
fn fault(bytes: &[u8], error: &serde_json::Error) -> VaultError {
    let version = serde_json::from_slice::<Versioned>(bytes).map(|file| file.vault.version);
    match version.map(check_version) {
        Ok(Err(other_version)) => other_version,
        _ => Damage::Shape {
            line: error.line(),
            column: error.column(),
        }
        .into(),
    }
}

fn mac(content: &Content, file_key: &Key) -> Hex<32> {
    Hex(authenticate(
        file_key,
        &[b"keyspool/vault-file/v1\0", &spell(content)],
    ))
}

fn checksum(content: &Content, mac: &Hex<32>) -> Hex<32> {
    sha256(&[&spell(content), &mac.0])
}

fn spell(value: &impl Serialize) -> Vec<u8> {
    // Invariant: strings, numbers, lists and structures always have a spelling.
    serde_json::to_vec(value).expect("the vault's values can be written as JSON")
}
