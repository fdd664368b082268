//! The rows of subscriptions and their periods (LICENSING section 9).

use crate::licence::{Counts, Day, Identifier};
use crate::policy::record::state::{key_of, row};
use crate::policy::record::wallet::Lot;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Licences taken from the wallet for a period, and those that come back for an overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The period, from 0.
    pub period: u32,
    /// The lots taken from the wallet.
    pub taken: Vec<Lot>,
    /// Whole licences that come back, usable from the next decision on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credited: Vec<Lot>,
    /// Licence-days that are left over afterwards, per type.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    pub carry_days: Counts,
}

/// Days before and after a renewal: a need that falls and rises within them stands in the report
/// (LICENSING section 7).
pub const SWING_DAYS: u32 = 30;

/// An organization's subscription of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionRow {
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// Where its periods begin.
    #[serde(rename = "reckoned")]
    pub start: Start,
    /// The day on which it was started: its first grace runs from then.
    pub started: Day,
    /// Number of the period that runs, from 0.
    pub running: u32,
    /// Number of the last period with licences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_assigned: Option<u32>,
    /// Licence-days credited and not yet given back, per type.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    pub carry_days: Counts,
    /// The need before it last fell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowered: Option<Lowered>,
    /// The newest need that was lowered before a renewal and raised after it, for the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swing: Option<Swing>,
}

row!(SubscriptionRow, "subscription", |row| key_of(&[
    row.organization.as_str(),
    row.product.as_str()
]));

/// A need that fell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lowered {
    /// The day on which it last fell.
    pub on: Day,
    /// The largest count of each type before it began to fall, within 30 days.
    pub from: Counts,
}

/// A need lowered within 30 days before a renewal and raised within 30 days after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swing {
    /// The first day of the period that began meanwhile.
    pub renewed: Day,
    /// The day on which the need last fell before.
    pub lowered: Day,
    /// The need before it fell.
    pub from: Counts,
    /// The need for which the period was judged.
    pub judged: Counts,
    /// The day on which it first rose again, and the need then; none: it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raised: Option<(Day, Counts)>,
}

impl SubscriptionRow {
    /// First day of a period; none beyond the last day that we know.
    #[must_use]
    pub fn first_of(&self, period: u32) -> Option<Day> {
        self.start.first_of(period)
    }

    /// Last day of a period, inclusive; none beyond the last day that we know.
    #[must_use]
    pub fn last_of(&self, period: u32) -> Option<Day> {
        self.start.last_of(period)
    }

    /// Notes that the need changed, for as long as a report can show it.
    pub fn note_need(&mut self, before: &Counts, after: &Counts, on: Day) {
        if before != after && !after.covers(before) {
            let recent = self
                .lowered
                .take()
                .filter(|lowered| lowered.on.in_window(SWING_DAYS + 1, on));
            let from =
                recent.map_or_else(|| before.clone(), |lowered| larger(&lowered.from, before));
            self.lowered = Some(Lowered { on, from });
        }
        let Some(swing) = self.swing.as_mut().filter(|swing| swing.raised.is_none()) else {
            return;
        };
        if swing.renewed.in_window(SWING_DAYS, on) && !swing.judged.covers(after) {
            swing.raised = Some((on, after.clone()));
        }
    }

    /// Notes that a period began, judged with this need, soon after the need fell.
    pub fn note_renewal(&mut self, need: &Counts, on: Day) {
        let recent = self
            .lowered
            .take()
            .filter(|lowered| lowered.on.in_window(SWING_DAYS + 1, on));
        let Some(lowered) = recent.filter(|lowered| !need.covers(&lowered.from)) else {
            return;
        };
        self.swing = Some(Swing {
            renewed: on,
            lowered: lowered.on,
            from: lowered.from,
            judged: need.clone(),
            raised: None,
        });
    }
}

/// Of each type the smaller count.
pub(crate) fn smaller(one: &Counts, other: &Counts) -> Counts {
    one.iter()
        .map(|(licence_type, count)| (licence_type.clone(), count.min(other.of(licence_type))))
        .collect()
}

/// Of each type the larger count.
#[must_use]
pub fn larger(one: &Counts, other: &Counts) -> Counts {
    let mut largest = one.clone();
    for (licence_type, count) in other {
        largest.set(licence_type.clone(), count.max(one.of(licence_type)));
    }
    largest
}

/// A period that began, or to which licences were assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodRow {
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// Its number, from 0.
    pub number: u32,
    /// The licences assigned to it.
    pub assigned: Counts,
    /// Whether it is licensed to its end; says nothing before it begins.
    pub licensed: bool,
    /// Whether it has a grace because the period before was licensed on its last day.
    pub graced: bool,
}

row!(PeriodRow, "period", |row| PeriodRow::key_of(
    &row.organization,
    &row.product,
    row.number
));

impl PeriodRow {
    /// The key of a period.
    #[must_use]
    pub fn key_of(organization: &Identifier, product: &Identifier, number: u32) -> Vec<u8> {
        key_of(&[
            organization.as_str(),
            product.as_str(),
            &format!("{number}"),
        ])
    }

    /// A period to which nothing is assigned.
    #[must_use]
    pub fn new(organization: &Identifier, product: &Identifier, number: u32) -> Self {
        let (organization, product) = (organization.clone(), product.clone());
        Self {
            organization,
            product,
            number,
            assigned: Counts::new(),
            licensed: false,
            graced: false,
        }
    }

    /// Whether the assigned licences cover the need; never where nothing is assigned.
    #[must_use]
    pub fn suffices(&self, need: &Counts) -> bool {
        !self.assigned.is_empty() && self.assigned.covers(need)
    }
}

/// Where the periods of a subscription begin. One that joins another takes its days for good, also
/// where they are clamped to the end of a short month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The first day of the subscription that was first.
    pub first: Day,
    /// Number of its periods before period 0 of this one.
    pub skipped: u32,
    /// Length of a period in months.
    pub term_months: u32,
}

impl Start {
    fn months_to(&self, period: u32) -> Option<u32> {
        self.skipped
            .checked_add(period)?
            .checked_mul(self.term_months)
    }

    /// First day of a period; none beyond the last day that we know.
    #[must_use]
    pub fn first_of(&self, period: u32) -> Option<Day> {
        self.first.plus_months(self.months_to(period)?)
    }

    /// Last day of a period, inclusive; none beyond the last day that we know.
    #[must_use]
    pub fn last_of(&self, period: u32) -> Option<Day> {
        self.first
            .last_of_months(self.months_to(period.checked_add(1)?)?)
    }
}

/// The list of the products that an organization has subscribed.
#[must_use]
pub fn subscriptions_list(organization: &Identifier) -> String {
    alloc::format!("subscriptions/{organization}")
}
