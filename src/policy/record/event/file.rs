//! Where a request came from, what became of a refused file, and keys that a request brought.

use crate::licence::{ComputerId, Counts, Day, Digest, Identifier, LicenceKeyId, Ulid};
use crate::policy::record::code::RefusalCode;
use crate::policy::record::wallet::Lot;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The batch that answered it.
    pub batch: Ulid,
    /// The file's path in the inbox, as people can read it.
    pub file: String,
    /// SHA-256 of the file.
    pub digest: Digest,
}

/// A key that a request brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// The licence key.
    pub key: LicenceKeyId,
    /// The lots that it put into the wallet.
    pub lots: Vec<Lot>,
}

/// A file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The code of the check that failed.
    pub code: RefusalCode,
    /// Document id, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Digest>,
    /// The Computer ID, where the file could be read and its signature held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computer_id: Option<ComputerId>,
    /// The organization, where the file could be read and its signature held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Identifier>,
    /// The product, where the file could be read and its signature held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Identifier>,
    /// The need that a system description states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<Counts>,
    /// Where the file came from.
    pub source: Source,
    /// The day.
    pub on: Day,
}
