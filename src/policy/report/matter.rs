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
    /// The licences in all, per type.
    pub licences: Counts,
}

/// A last day, and the last day of use after it.
pub type End = (Day, Option<Day>);

/// What is to be done, with its facts.
#[derive(Debug, Clone)]
pub enum Matter {
    /// The number of systems that run although they were given up.
    ProvenAbuse(u64),
    /// The first day without a licence.
    Unlicensed(Option<Day>),
    /// The number of systems without seats, and the ends of these seats.
    EndedSeats(u64, Ends),
    /// More was added than is allowed.
    GrowthOver(Growth),
    /// The first end that was not renewed.
    CouldNotRenew(Option<End>),
    /// The last day of the grace.
    Grace(Option<Day>),
    /// The seats that work in their grace.
    SeatsInGrace(Ends),
    /// Active systems need more than they hold.
    Missing,
    /// Systems wait for licences.
    Waiting,
    /// The end of the licensed periods, and the first period after them.
    ExpiringSubscription(End, NextPeriod),
    /// The seats that end.
    ExpiringSeats(Ends),
    /// The stored licences that end.
    ExpiringStored(Ends),
    /// Much of the allowance is used.
    Growth(Growth),
    /// The number of systems with held seats, and the reason for those held longest.
    Held(u64, HeldReason),
    /// The number of systems that may run although they were given up.
    PossibleAbuse(u64),
    /// The number of systems that wait for an operator's approval.
    AwaitingApproval(u64),
    /// The number of systems that are due.
    Due(u64),
    /// The number of activations that are not confirmed, and the day of the oldest.
    Unconfirmed(u64, Day),
    /// The number of emergencies that run, and the earliest last day.
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
