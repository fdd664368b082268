//! Tier 4: custody of secrets.

mod associated;
pub mod attempts;
mod disk;
pub mod error;
pub mod kdf;
pub mod passphrase;
pub mod record_keys;
pub mod slot;
mod subkey;
mod wrapped;

pub use error::{Damage, VaultError};
pub use passphrase::Passphrase;
pub use record_keys::RecordKeys;
pub use slot::{SlotKind, SlotSummary};
