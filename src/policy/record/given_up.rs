//! Rows about systems that were given up, denied or suspected (LICENSING section 13).

use crate::licence::{ComputerId, Day, Digest, Identifier};
use crate::policy::record::seat::Seat;
use crate::policy::record::state::row;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What a request of a system proves that was given up without proof (LICENSING section 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Abuse {
    /// Its counter is above the last seen: the device wrote it before the release, or still works.
    Possible,
    /// It shows a checkpoint newer than the release: the device got an answer since.
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

/// Seats that a system gave back without proof. A reinstated system gets as many again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenBackRow {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The number of the release in the history. A device that has seen it got an answer since.
    pub entry: u64,
    /// The seats that it held.
    pub seats: Vec<Seat>,
}

row!(GivenBackRow, "given-back", |row| row.computer_id.0.to_vec());

/// The wrong codes that were typed for a Computer ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongCodesRow {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The number of wrong codes, ever.
    pub count: u32,
}

row!(WrongCodesRow, "wrong-codes", |row| row
    .computer_id
    .0
    .to_vec());

/// The newest confirmation of a system. Its counter was seen, but makes no other request stale.
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
    /// The number of its requests.
    pub requests: u32,
    /// The newest of them.
    pub request: Digest,
    /// The day.
    pub on: Day,
}

row!(SuspicionRow, "suspicion", |row| row.computer_id.0.to_vec());

/// A system that is due, or was at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueRow {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The day since which a new activation is due; none: it has been issued.
    pub since: Option<Day>,
}

row!(DueRow, "due", |row| row.computer_id.0.to_vec());
