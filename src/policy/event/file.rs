//! What came of a file: a deactivation, a refusal, and keys that a request brought.

use super::Source;
use crate::licence::{ComputerId, Counts, Day, Digest, Identifier, LicenceKeyId, Ulid};
use crate::policy::RefusalCode;
use crate::policy::state::Lot;
use crate::wire::response::Destination;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A key that a request brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// Which.
    pub key: LicenceKeyId,
    /// What it put into the wallet.
    pub lots: Vec<Lot>,
}

/// A system proved that it gave itself up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deactivated {
    /// Document id of the request.
    pub request: Digest,
    /// Which device.
    pub computer_id: ComputerId,
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// The activation given up.
    pub activation_id: Ulid,
    /// Its newest sequence.
    pub sequence: u16,
    /// `moved`, `retired`, `replaced` or `other`.
    pub reason: String,
    /// Where the licences went.
    pub destination: Destination,
    /// What went back into the wallet.
    pub returned: Vec<Lot>,
    /// Whether the seats are held.
    pub held: bool,
    /// Document id of the receipt.
    pub answer: Digest,
    /// Whence the file came.
    pub source: Source,
    /// The day.
    pub on: Day,
}

/// A file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which check failed.
    pub code: RefusalCode,
    /// Document id, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Digest>,
    /// Where it could be read and its signature held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computer_id: Option<ComputerId>,
    /// Where it could be read and its signature held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Identifier>,
    /// Where it could be read and its signature held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Identifier>,
    /// What a system description needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<Counts>,
    /// Whence the file came.
    pub source: Source,
    /// The day.
    pub on: Day,
}
