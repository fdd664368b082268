//! What systems and operators give up, what operators deny, and what systems that were given up do
//! in spite of it: as the history says it (LICENSING section 13).

use crate::licence::{ComputerId, Day, Digest, Identifier, Ulid};
use crate::policy::record::event::file::Source;
use crate::policy::record::given_up::Abuse;
use crate::policy::record::seat::Seat;
use crate::policy::record::system::GivenUp;
use crate::policy::record::wallet::Lot;
use crate::wire::response::Destination;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A system proved that it gave itself up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deactivated {
    /// Document id of the request.
    pub request: Digest,
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
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
    /// Where the file came from.
    pub source: Source,
    /// The day.
    pub on: Day,
}

/// An operator had a system given up: by its code, or without proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
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
    /// The reason.
    pub reason: String,
    /// The day.
    pub on: Day,
}

/// A code that is not the one of the system it was typed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRefused {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// The day.
    pub on: Day,
}

/// An operator denied a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// Seats that are held.
    pub seats: Vec<Seat>,
    /// What went back into the wallet.
    pub returned: Vec<Lot>,
    /// Whether what it held is free for others: what lasts of its seats, or its serial with the
    /// expansions.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub return_seat: bool,
    /// The number of this entry.
    pub entry: u64,
    /// The reason.
    pub reason: String,
    /// The day.
    pub on: Day,
}

/// An operator took a denial or a release without proof back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reinstated {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// What was taken from the wallet.
    pub taken: Vec<Lot>,
    /// All seats afterwards.
    pub seats: Vec<Seat>,
    /// The reason.
    pub reason: String,
    /// The day.
    pub on: Day,
}

/// A system that was given up without proof spoke again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspected {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// How much that says.
    pub abuse: Abuse,
    /// Document id of its request.
    pub request: Digest,
    /// Where the file came from.
    pub source: Source,
    /// The day.
    pub on: Day,
}
