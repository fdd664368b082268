//! An activation that a system got, as recorded in the history.

use crate::licence::{ComputerId, Day, Digest};
use crate::policy::record::event::file::{Redemption, Source};
use crate::policy::record::subscription::{Assignment, Start};
use crate::policy::record::system::SystemRow;
use crate::policy::record::wallet::Lot;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// A first activation.
    Activated,
    /// One more term.
    Extended,
    /// The same entitlement, stated anew.
    Refreshed,
}

/// A system got an activation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// How it was granted.
    pub outcome: Outcome,
    /// Document id of the request, or the id of the order.
    pub request: Digest,
    /// The system afterwards.
    pub system: SystemRow,
    /// Keys that the request brought, and what they put into the wallet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redeemed: Vec<Redemption>,
    /// Lots taken from the wallet for seats, after the keys were redeemed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<Lot>,
    /// Surplus seats that went back into the wallet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<Lot>,
    /// The subscription that the request started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Start>,
    /// Licences taken from the wallet for periods of the subscription.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<Assignment>,
    /// The Computer ID that the same hardware had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered_from: Option<ComputerId>,
    /// Document id of the activation.
    pub answer: Digest,
    /// Size of the history that the device has seen, by its witness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<u64>,
    /// Where the file came from.
    pub source: Source,
    /// The day.
    pub on: Day,
}
