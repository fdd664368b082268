//! What came of a file: a refusal, and keys that a request brought.

use super::Source;
use crate::licence::{ComputerId, Counts, Day, Digest, Identifier, LicenceKeyId};
use crate::policy::RefusalCode;
use crate::policy::state::Lot;
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
