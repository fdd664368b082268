//! Tier 0: the words that signer and device share. No bytes of documents, no clock, no keys, no
//! files.

pub mod code;
pub mod counts;
pub mod day;
pub mod id;
pub mod identifier;
pub mod plan;

pub use code::{LineError, LineKind};
pub use counts::Counts;
pub use day::{Day, Moment};
pub use id::{ComputerId, Digest, FingerprintValue, KeyId, LicenceKey, LicenceKeyId, Origin, Ulid};
pub use identifier::Identifier;
pub use plan::{DayStatus, Plan, Validity};
