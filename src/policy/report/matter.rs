//! The facts of each thing that needs doing, beside the figures of its product.

use crate::licence::{Counts, Day};
use crate::policy::report::held_seats::HeldReason;
use crate::policy::report::holding::{Growth, NeedSwing};
use crate::policy::report::kind::ActionKind;
use crate::policy::report::marks::NextPeriod;

/// Several things that end or have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    /// The earliest last day.
    pub first: Day,
    /// The latest last day.
    pub last: Day,
    /// The earliest and the latest last day of use, where there is a grace.
    pub graces: Option<(Day, Day)>,
    /// How many of each type in all.
    pub licences: Counts,
}

/// A last day, and the last day of use after it.
pub type End = (Day, Option<Day>);

/// What is to be done, with its facts.
#[derive(Debug, Clone)]
pub enum Matter {
    /// So many systems run that were given up.
    ProvenAbuse(u64),
    /// Since when the period is not licensed.
    Unlicensed(Option<Day>),
    /// How many systems have no seats, and when those ended.
    EndedSeats(u64, Ends),
    /// More was added than is allowed.
    GrowthOver(Growth),
    /// The first end that was not renewed.
    CouldNotRenew(Option<End>),
    /// Until when the grace runs.
    Grace(Option<Day>),
    /// The seats that work in their grace.
    SeatsInGrace(Ends),
    /// Active systems need more than they hold.
    Missing,
    /// Systems wait for licences.
    Waiting,
    /// When the licensed periods end, and the first one after them.
    ExpiringSubscription(End, NextPeriod),
    /// The seats that end.
    ExpiringSeats(Ends),
    /// The stored licences that end.
    ExpiringStored(Ends),
    /// Much of the allowance is used.
    Growth(Growth),
    /// How many systems' seats are held, and why those held longest.
    Held(u64, HeldReason),
    /// So many systems may run that were given up.
    PossibleAbuse(u64),
    /// So many systems wait for an operator's word.
    AwaitingApproval(u64),
    /// So many systems are due a new activation.
    Due(u64),
    /// How many activations are not confirmed, the first since when.
    Unconfirmed(u64, Day),
    /// How many emergencies run, the first until when.
    Emergency(u64, Day),
    /// The need that swung.
    Swing(NeedSwing),
}

impl Matter {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::ProvenAbuse(_) => ActionKind::ProvenAbuse,
            Self::Unlicensed(_) => ActionKind::Unlicensed,
            Self::EndedSeats(..) => ActionKind::EndedSeats,
            Self::GrowthOver(_) => ActionKind::GrowthOver,
            Self::CouldNotRenew(_) => ActionKind::CouldNotRenew,
            Self::Grace(_) => ActionKind::Grace,
            Self::SeatsInGrace(_) => ActionKind::SeatsInGrace,
            Self::Missing => ActionKind::Missing,
            Self::Waiting => ActionKind::Waiting,
            Self::ExpiringSubscription(..) => ActionKind::ExpiringSubscription,
            Self::ExpiringSeats(_) => ActionKind::ExpiringSeats,
            Self::ExpiringStored(_) => ActionKind::ExpiringStored,
            Self::Growth(_) => ActionKind::Growth,
            Self::Held(..) => ActionKind::Held,
            Self::PossibleAbuse(_) => ActionKind::PossibleAbuse,
            Self::AwaitingApproval(_) => ActionKind::AwaitingApproval,
            Self::Due(_) => ActionKind::Due,
            Self::Unconfirmed(..) => ActionKind::Unconfirmed,
            Self::Emergency(..) => ActionKind::Emergency,
            Self::Swing(_) => ActionKind::Swing,
        }
    }
}
