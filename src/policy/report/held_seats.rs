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
    /// Since when.
    pub since: Day,
    /// Why.
    pub why: HeldReason,
    /// How many of each type; nothing for a hardware whose serial is held.
    pub licences: Counts,
    /// How many more have ended, grace and all: they are nobody's any more.
    pub ended: Counts,
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// What people call it.
    pub computer_name: String,
}

impl HeldSeats {
    /// Whether there is still something to give back.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.licences.is_empty() || self.ended.is_empty()
    }
}
