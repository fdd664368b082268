//! Seats that are held until an operator decides.

use crate::licence::{ComputerId, Counts, Day};
use alloc::string::String;
use serde::Serialize;

/// Why seats are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldReason {
    /// An operator denied the system.
    Denied,
    /// Given up while it was denied.
    GivenUpWhileDenied,
    /// The product gives no seat back without an operator.
    NoSelfService,
    /// The hardware has proven more releases than the product allows.
    ReleaseLimit,
}

impl HeldReason {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "an operator denied the system",
            Self::GivenUpWhileDenied => "given up while it was denied",
            Self::NoSelfService => "every release of this product needs an operator",
            Self::ReleaseLimit => "over the release limit of its hardware",
        }
    }
}

/// Seats that neither serve nor lie in the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldSeats {
    /// The day since which they are held.
    pub since: Day,
    /// The reason.
    pub why: HeldReason,
    /// The licences, per type; none for hardware whose serial is held.
    pub licences: Counts,
    /// The licences of further seats that have ended with their grace, and belong to nobody now.
    pub ended: Counts,
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The name of the system.
    pub computer_name: String,
}

impl HeldSeats {
    /// Whether there is still something to give back.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.licences.is_empty() || self.ended.is_empty()
    }
}
