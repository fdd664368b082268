//! The kinds of things that need doing, and how soon.

use serde::Serialize;

/// How soon somebody should look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// A system works without a licence, cannot work, or runs although it was given up.
    Now,
    /// This is about to happen, or a device waits for an operator.
    Soon,
    /// Worth knowing.
    Note,
}

/// What is to be done, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Systems run that were given up: proven.
    ProvenAbuse,
    /// A subscription without a licence, past its grace.
    Unlicensed,
    /// The seats of systems have ended, with their grace.
    EndedSeats,
    /// More systems were added than are allowed.
    GrowthOver,
    /// The signer could not renew for want of licences.
    CouldNotRenew,
    /// A subscription works in its grace.
    Grace,
    /// Seats have ended and work in their grace.
    SeatsInGrace,
    /// Active systems need more than they hold.
    Missing,
    /// Systems wait for licences.
    Waiting,
    /// A subscription ends within 90 days.
    ExpiringSubscription,
    /// Seats end within 90 days.
    ExpiringSeats,
    /// Licences in the wallet, returned seats among them, end within 90 days.
    ExpiringStored,
    /// 80 % of the growth allowance and more is used.
    Growth,
    /// Seats are held until an operator decides.
    Held,
    /// Systems may run that were given up.
    PossibleAbuse,
    /// Systems wait for an operator's approval.
    AwaitingApproval,
    /// New activations are due.
    Due,
    /// Activations were issued and never confirmed.
    Unconfirmed,
    /// Emergencies run.
    Emergency,
    /// A need fell before a renewal and rose after it.
    Swing,
}

impl ActionKind {
    /// How soon somebody should look at it.
    #[must_use]
    pub fn urgency(self) -> Urgency {
        match self {
            kind if kind <= Self::Waiting => Urgency::Now,
            kind if kind <= Self::Due => Urgency::Soon,
            _ => Urgency::Note,
        }
    }
}
