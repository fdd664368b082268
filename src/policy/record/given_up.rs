//! Rows about systems that were given up, denied or suspected (LICENSING section 13).

use crate::licence::{ComputerId, Day, Digest, Identifier};
use crate::policy::record::seat::Seat;
use crate::policy::record::state::row;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// How much a request of a system that was given up without proof says (LICENSING section 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Abuse {
    /// Its counter is above the last seen: it was written by a device that still works, or before
    /// the release.
    Possible,
    /// It shows a checkpoint newer than the release: the device was told something since.
    Proven,
}

impl Abuse {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible abuse",
            Self::Proven => "proven abuse",
        }
    }
}

/// Seats that a system gave back without proof, for the day on which an operator takes his word
/// back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenBackRow {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The entry of the history that says so: a device that has seen it was told something since.
    pub entry: u64,
    /// What it held.
    pub seats: Vec<Seat>,
}

row!(GivenBackRow, "given-back", |row| row.computer_id.0.to_vec());

/// How many wrong codes were typed for a Computer ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongCodesRow {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// How many, ever.
    pub count: u32,
}

row!(WrongCodesRow, "wrong-codes", |row| row
    .computer_id
    .0
    .to_vec());

/// The newest confirmation of a system: its counter was seen, though it makes no other request
/// stale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRow {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// Its counter.
    pub counter: u64,
}

row!(SeenRow, "seen", |row| row.computer_id.0.to_vec());

/// A system that was given up without proof and spoke again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspicionRow {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// The worst that was seen.
    pub abuse: Abuse,
    /// How many requests.
    pub requests: u32,
    /// The newest of them.
    pub request: Digest,
    /// The day.
    pub on: Day,
}

row!(SuspicionRow, "suspicion", |row| row.computer_id.0.to_vec());

/// A system in the list of those that were due at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueRow {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// Since when a new activation is due; none: it has been issued.
    pub since: Option<Day>,
}

row!(DueRow, "due", |row| row.computer_id.0.to_vec());
