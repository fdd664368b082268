//! Systems given up, denied, reinstated or suspected, as recorded in the history (LICENSING section
//! 13).

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

/// A device proved that it gave its activation up.
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
    /// Where its licences went.
    pub destination: Destination,
    /// Lots that went back into the wallet.
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

/// An operator released a system: by its code, or without proof.
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
    /// Whether it is proven.
    pub how: GivenUp,
    /// Where its licences went.
    pub destination: Destination,
    /// Lots that went back into the wallet.
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

/// A wrong code that was typed for a system.
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
    /// Lots that went back into the wallet.
    pub returned: Vec<Lot>,
    /// Whether others may have what it held: its lasting seats, or its serial with the expansions.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub return_seat: bool,
    /// The number of this entry.
    pub entry: u64,
    /// The reason.
    pub reason: String,
    /// The day.
    pub on: Day,
}

/// An operator took a denial or a release without proof back: the system is active again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reinstated {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// Lots taken from the wallet.
    pub taken: Vec<Lot>,
    /// All seats afterwards.
    pub seats: Vec<Seat>,
    /// The reason.
    pub reason: String,
    /// The day.
    pub on: Day,
}

/// A system that was given up without proof sent a request again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspected {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// What the request proves.
    pub abuse: Abuse,
    /// Document id of its request.
    pub request: Digest,
    /// Where the file came from.
    pub source: Source,
    /// The day.
    pub on: Day,
}
