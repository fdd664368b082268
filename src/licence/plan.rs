//! What a system may use, and until when: plans, validity, status on a day (PROTOCOL section 5.1,
//! LICENSING section 6).

use super::day::Day;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The grounds of an activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// A trial stretch.
    Trial,
    /// Working before the subscription is licensed.
    Grace,
    /// A subscription's period, or a device's seats.
    Subscription,
    /// The hardware's lifetime.
    Hardware,
    /// Help by an operator for a few days.
    Emergency,
}

impl Plan {
    /// Every plan; a plan's place is its number.
    pub const ALL: [Self; 5] = [
        Self::Trial,
        Self::Grace,
        Self::Subscription,
        Self::Hardware,
        Self::Emergency,
    ];

    /// The plan's number in a Computer Key (PROTOCOL section 6.5).
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Trial => 0,
            Self::Grace => 1,
            Self::Subscription => 2,
            Self::Hardware => 3,
            Self::Emergency => 4,
        }
    }

    /// The plan of this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The word that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Grace => "grace",
            Self::Subscription => "subscription",
            Self::Hardware => "hardware",
            Self::Emergency => "emergency",
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The days of an activation. `grace_until` is at least `valid_until`; both are given or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// First day.
    pub valid_from: Day,
    /// Last day, inclusive; `None` for the hardware's lifetime.
    pub valid_until: Option<Day>,
    /// Last day of use, inclusive.
    pub grace_until: Option<Day>,
}

/// What an activation means on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayStatus {
    /// Before the first day.
    NotYet,
    /// Licensed.
    Valid,
    /// After the last day, within the grace: still working.
    InGrace,
    /// Past the last day of use.
    Ended,
}

impl Validity {
    /// Whether the days rise: the last day is not before the first, the last day of use not before
    /// the last day. Both last days are given or neither.
    #[must_use]
    pub fn is_rising(&self) -> bool {
        match (self.valid_until, self.grace_until) {
            (None, None) => true,
            (Some(until), Some(grace)) => until >= self.valid_from && grace >= until,
            _ => false,
        }
    }

    /// The status on a day.
    #[must_use]
    pub fn on(&self, day: Day) -> DayStatus {
        if day < self.valid_from {
            DayStatus::NotYet
        } else if self.valid_until.is_none_or(|until| day <= until) {
            DayStatus::Valid
        } else if self.grace_until.is_none_or(|until| day <= until) {
            DayStatus::InGrace
        } else {
            DayStatus::Ended
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::read(text).expect("a day of the test")
    }

    #[test]
    fn last_days_are_inclusive() {
        let validity = Validity {
            valid_from: day("2026-11-22"),
            valid_until: Some(day("2027-11-21")),
            grace_until: Some(day("2027-12-21")),
        };
        assert!(validity.is_rising());
        for (on, status) in [
            ("2026-11-21", DayStatus::NotYet),
            ("2026-11-22", DayStatus::Valid),
            ("2027-11-21", DayStatus::Valid),
            ("2027-11-22", DayStatus::InGrace),
            ("2027-12-21", DayStatus::InGrace),
            ("2027-12-22", DayStatus::Ended),
        ] {
            assert_eq!(validity.on(day(on)), status, "{on}");
        }
    }

    #[test]
    fn both_last_days_or_neither() {
        let from = day("2026-11-22");
        assert!(
            Validity {
                valid_from: from,
                valid_until: None,
                grace_until: None
            }
            .is_rising()
        );
        assert!(
            !Validity {
                valid_from: from,
                valid_until: Some(from),
                grace_until: None
            }
            .is_rising()
        );
        assert!(
            !Validity {
                valid_from: from,
                valid_until: None,
                grace_until: Some(from)
            }
            .is_rising()
        );
    }

    #[test]
    fn plans_keep_their_numbers() {
        for number in 0..5 {
            assert_eq!(Plan::from_number(number).map(Plan::number), Some(number));
        }
        assert_eq!(Plan::from_number(5), None);
    }
}
