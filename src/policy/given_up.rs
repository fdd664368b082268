//! What is kept of systems that were given up, denied, suspected, or have more to come (LICENSING sections 13 and 15), and the
//! events that say so.

use super::state::{Row, Seat, row};
use crate::licence::{ComputerId, Day, Digest, Identifier, Ulid};
use crate::policy::event::Source;
use crate::policy::state::{GivenUp, Lot};
use crate::wire::response::Destination;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Seats that a system gave back without proof, for the day on which an operator takes his word back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenBackRow {
    /// Which system.
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
    /// For which system.
    pub computer_id: ComputerId,
    /// How many, ever.
    pub count: u32,
}
row!(WrongCodesRow, "wrong-codes", |row| row.computer_id.0.to_vec());

/// The newest confirmation of a system: its counter was seen, though it makes no other request stale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRow {
    /// Of which system.
    pub computer_id: ComputerId,
    /// Its counter.
    pub counter: u64,
}
row!(SeenRow, "seen", |row| row.computer_id.0.to_vec());

/// How much a request of a system that was given up without proof says (LICENSING section 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Abuse {
    /// Its counter is above the last seen: it was written by a device that still works, or before the release.
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

/// A system that was given up without proof and spoke again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspicionRow {
    /// Which.
    pub computer_id: ComputerId,
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// The worst that was seen.
    pub abuse: Abuse,
    /// How many requests.
    pub requests: u32,
    /// The newest of them.
    pub request: Digest,
    /// When it came.
    pub on: Day,
}
row!(SuspicionRow, "suspicion", |row| row.computer_id.0.to_vec());

/// A system in the list of those that were due at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueRow {
    /// Which.
    pub computer_id: ComputerId,
    /// Since when a new activation is due; none: it has been issued.
    pub since: Option<Day>,
}
row!(DueRow, "due", |row| row.computer_id.0.to_vec());

/// An operator had a system given up: by its code, or without proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Which.
    pub computer_id: ComputerId,
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// The activation given up.
    pub activation_id: Ulid,
    /// Its newest sequence.
    pub sequence: u16,
    /// How that is known.
    pub how: GivenUp,
    /// Where the licences went.
    pub destination: Destination,
    /// What went back into the wallet.
    pub returned: Vec<Lot>,
    /// Whether the seats are held.
    pub held: bool,
    /// The number of this entry.
    pub entry: u64,
    /// Why.
    pub reason: String,
    /// The day.
    pub on: Day,
}

/// A code that is not the one of the system it was typed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRefused {
    /// Which system.
    pub computer_id: ComputerId,
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// The day.
    pub on: Day,
}

/// An operator denied a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// Which.
    pub computer_id: ComputerId,
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// Seats that are held.
    pub seats: Vec<Seat>,
    /// What went back into the wallet.
    pub returned: Vec<Lot>,
    /// The number of this entry.
    pub entry: u64,
    /// Why.
    pub reason: String,
    /// The day.
    pub on: Day,
}

/// An operator took a denial or a release without proof back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reinstated {
    /// Which system.
    pub computer_id: ComputerId,
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// What was taken from the wallet.
    pub taken: Vec<Lot>,
    /// All seats afterwards.
    pub seats: Vec<Seat>,
    /// Why.
    pub reason: String,
    /// The day.
    pub on: Day,
}

/// A system that was given up without proof spoke again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspected {
    /// Which.
    pub computer_id: ComputerId,
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// How much that says.
    pub abuse: Abuse,
    /// Document id of its request.
    pub request: Digest,
    /// Whence the file came.
    pub source: Source,
    /// The day.
    pub on: Day,
}
