//! Licences that end soon or ended.

use crate::licence::{ComputerId, Counts, Day};
use crate::policy::record::seat::last_day_of_use;
use alloc::string::String;
use serde::Serialize;

/// Most days to an end that stands in the report.
pub const EXPIRING_DAYS: u32 = 90;

/// Days of the window in which releases without proof and recoveries are also counted apart.
pub const RECENT_DAYS: u32 = 365;

/// The kind of what ends soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiringKind {
    /// The last licensed period of a subscription.
    Subscription,
    /// Seats that a system holds.
    Seats,
    /// Licences in the wallet.
    Stored,
    /// Seats that came back into the wallet, whose term goes on running.
    Returned,
}

/// Something that ends within 90 days, or has ended and is in its grace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expiring {
    /// Its last day, inclusive.
    pub until: Day,
    /// What it is.
    pub kind: ExpiringKind,
    /// The last day of use, where there is a grace after it.
    pub grace_until: Option<Day>,
    /// Days from the report's day to `until`; negative within the grace after it.
    pub days_left: i64,
    /// The licences, per type.
    pub licences: Counts,
    /// The Computer ID of the system.
    pub computer_id: Option<ComputerId>,
    /// The name of the system.
    pub computer_name: Option<String>,
}

/// Seats that the signer was to renew and could not, for want of licences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotRenewed {
    /// Their last day.
    pub until: Day,
    /// The licences, per type.
    pub licences: Counts,
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The name of the system.
    pub computer_name: String,
}

/// The seats of a system, all of which have ended, with their grace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndedSeats {
    /// Their last day, inclusive.
    pub until: Day,
    /// The last day of use, where there was a grace after it.
    pub grace_until: Option<Day>,
    /// The licences that the newest activation stated.
    pub licences: Counts,
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The name of the system.
    pub computer_name: String,
}

impl Expiring {
    /// Something that ends, with so many days of grace after it; none if the end is more than 90
    /// days away.
    #[must_use]
    pub fn within(
        kind: ExpiringKind,
        (until, grace_days): (Day, u32),
        licences: Counts,
        system: Option<(ComputerId, String)>,
        today: Day,
    ) -> Option<Self> {
        let days_left = until.days_since(today);
        let grace_until =
            (grace_days > 0).then(|| last_day_of_use(until, grace_days).unwrap_or(Day::LAST));
        let (computer_id, computer_name) = system.unzip();
        let expiring = Self {
            until,
            kind,
            grace_until,
            days_left,
            licences,
            computer_id,
            computer_name,
        };
        (days_left <= i64::from(EXPIRING_DAYS)).then_some(expiring)
    }
}
