//! Tier 4: custody of secrets. Nothing here prints, logs or serialises a key.
//!
//! | file | holds |
//! | --- | --- |
//! | [`custody`] | the open vault: what signs, what seals, the trust list |
//! | [`document`] | the file `vault.json`: its shape, its one spelling, its two codes |
//! | [`slot`] | key slots: who gets in, and with what |
//! | [`passphrase`], [`kdf`] | what people type, and 32 bytes out of it |
//! | `subkey` | one master key, one derived key a purpose |
//! | `wrapped`, `associated` | a wrapped secret, and what it is bound to |
//! | `stored_key` | root key and signing keys at rest |
//! | [`record_keys`] | sealing of the ledger's records |
//! | [`attempts`] | failed unlocks |
//! | `disk` | files read within bounds, written whole |
//!
//! ```text
//! passphrase --PBKDF2--> 32 bytes --HKDF, slot id--> wrapping key --AES-256-GCM--> master key
//! master key --HKDF--> records | blind | keys --AES-256-GCM--> root seed, signing seeds
//!                    | file --HMAC--> vault.json
//! ```

mod associated;
pub mod attempts;
pub mod custody;
mod disk;
pub mod document;
pub mod error;
mod files;
pub mod kdf;
pub mod passphrase;
pub mod record_keys;
pub mod slot;
mod stored_key;
mod subkey;
mod wrapped;

pub use custody::Vault;
pub use error::{Damage, VaultError};
pub use files::VAULT_FILE;
pub use passphrase::Passphrase;
pub use record_keys::RecordKeys;
pub use slot::{SlotKind, SlotSummary};
