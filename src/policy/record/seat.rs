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
    /// The last day, inclusive; the last day that we know where it lies beyond.
    #[must_use]
    pub fn end(&self) -> Day {
        self.first.last_of_months(self.months).unwrap_or(Day::LAST)
    }
}

/// One or more seats of one type, origin and term, held by a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Licence type.
    #[serde(rename = "type")]
    pub licence_type: Identifier,
    /// How many alike.
    pub count: u64,
    /// Their term.
    pub term: Term,
    /// The key that they were bought with.
    pub key: LicenceKeyId,
    /// When that was redeemed.
    pub redeemed: Day,
    /// Surplus of a smaller need: goes back once the device confirms that, and serves again if the
    /// need grows first.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub spare: bool,
}
