//! Seats and their terms (LICENSING section 4).

use crate::licence::{Day, Identifier, LicenceKeyId};
use serde::{Deserialize, Serialize};

/// A seat's term: from its first day for so many months, always reckoned from the first day
/// (LICENSING section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Term {
    /// First day.
    pub first: Day,
    /// Length in months.
    pub months: u32,
}

impl Term {
    /// The last day, inclusive; at most the last day that a [`Day`] can hold.
    #[must_use]
    pub fn end(&self) -> Day {
        self.first.last_of_months(self.months).unwrap_or(Day::LAST)
    }
}

/// The last day of use of what ends on `end` with so many days of grace after it; none where that
/// lies beyond the last day that a [`Day`] can hold (LICENSING sections 4 and 6).
#[must_use]
pub fn last_day_of_use(end: Day, grace_days: u32) -> Option<Day> {
    end.plus_days(grace_days)
}

/// One or more seats of one type, origin and term, held by a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Licence type.
    #[serde(rename = "type")]
    pub licence_type: Identifier,
    /// The number of equal seats.
    pub count: u64,
    /// Their term.
    pub term: Term,
    /// The key that they were bought with.
    pub key: LicenceKeyId,
    /// The day on which the key was redeemed.
    pub redeemed: Day,
    /// Whether it is surplus of a smaller need. It goes back once the device confirms that need,
    /// and serves again if the need grows first.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub spare: bool,
}

impl Seat {
    /// Whether its last day of use, with so many days of grace, lies before a day.
    #[must_use]
    pub fn is_over(&self, grace_days: u32, today: Day) -> bool {
        last_day_of_use(self.term.end(), grace_days).is_some_and(|last| last < today)
    }
}
