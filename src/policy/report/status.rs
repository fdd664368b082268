//! The status of a subscription on a day (LICENSING section 9.8).

use crate::licence::{Counts, Day, Identifier};
use crate::policy::model::pooled::course::{Course, grace_of, need_of, period_of};
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::state::{State, StateBroken, key_of};
use crate::policy::record::temporary::TrialRow;
use alloc::vec::Vec;
use core::fmt;

/// The status: the first of these that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// No subscription.
    NotStarted,
    /// No subscription, and a trial runs.
    Trial,
    /// Licensed, the next period not, and the end near.
    ExpiresSoon,
    /// Licensed.
    Licensed,
    /// Period 0 within its grace.
    Started,
    /// A later period within its grace.
    Grace,
    /// None of these.
    Expired,
}

impl Status {
    /// The word that people and scripts read.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "not-started",
            Self::Trial => "trial",
            Self::ExpiresSoon => "expires-soon",
            Self::Licensed => "licensed",
            Self::Started => "started",
            Self::Grace => "grace",
            Self::Expired => "expired",
        }
    }
}

impl serde::Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The status of a started subscription.
#[must_use]
pub fn status_of(course: &Course, settings: &ProductSettings, need: &Counts, today: Day) -> Status {
    let running = course.row.running;
    if course.is_licensed(running, need) {
        let days_left = course
            .row
            .last_of(running)
            .map(|last| last.days_since(today));
        let is_near = days_left.is_some_and(|days| days <= i64::from(settings.largest_notice()));
        let is_followed = running
            .checked_add(1)
            .is_some_and(|next| course.is_licensed(next, need));
        return if is_near && !is_followed {
            Status::ExpiresSoon
        } else {
            Status::Licensed
        };
    }
    match course.is_in_grace(settings.grace_days, today) {
        true if running == 0 => Status::Started,
        true => Status::Grace,
        false => Status::Expired,
    }
}

/// The outlook of one period on a day.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PeriodOutlook {
    /// Its number, from 0.
    pub number: u32,
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
    /// Last day of its grace; none where it has none.
    pub grace_until: Option<Day>,
    /// The licences assigned to it.
    pub assigned: Counts,
    /// Whether it is licensed today.
    pub licensed: bool,
    /// The shortfall for today's need; none for a past period.
    pub missing: Counts,
}

/// The status and the periods of an organization for a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// On this day.
    pub status: Status,
    /// From period 0 to the later of the next one and the last with licences.
    pub periods: Vec<PeriodOutlook>,
    /// The current need.
    pub need: Counts,
    /// Licence-days credited and not yet given back.
    pub carry_days: Counts,
}

/// The outlook of an organization for a product today.
///
/// # Errors
/// [`StateBroken`].
pub fn outlook<S: State>(
    state: &S,
    organization: &Identifier,
    settings: &ProductSettings,
    today: Day,
) -> Result<Outlook, StateBroken> {
    let need = need_of(state, organization, &settings.id)?;
    let Some(course) = Course::of(state, organization, &settings.id)? else {
        let trial =
            state.get::<TrialRow>(&key_of(&[organization.as_str(), settings.id.as_str()]))?;
        let runs = trial.is_some_and(|trial| (trial.first..=trial.last).contains(&today));
        let status = if runs {
            Status::Trial
        } else {
            Status::NotStarted
        };
        return Ok(Outlook {
            status,
            periods: Vec::new(),
            need,
            carry_days: Counts::new(),
        });
    };
    let last = course
        .row
        .last_assigned
        .max(course.row.running.checked_add(1))
        .unwrap_or(course.row.running);
    let mut periods: Vec<PeriodOutlook> = Vec::new();
    for number in 0..=last {
        let (Some(first), Some(end)) = (course.row.first_of(number), course.row.last_of(number))
        else {
            break;
        };
        let row = period_of(state, &course.row, number)?;
        let is_past = number < course.row.running;
        let is_future = number > course.row.running;
        let graced =
            row.graced || (is_future && periods.last().is_some_and(|before| before.licensed));
        periods.push(PeriodOutlook {
            number,
            first,
            last: end,
            grace_until: grace_of(&course.row, number, graced, settings.grace_days),
            licensed: if is_past {
                row.licensed
            } else {
                course.is_licensed(number, &need)
            },
            missing: if is_past {
                Counts::new()
            } else {
                row.assigned.lacking(&need)
            },
            assigned: row.assigned,
        });
    }
    let status = status_of(&course, settings, &need, today);
    Ok(Outlook {
        status,
        periods,
        need,
        carry_days: course.row.carry_days,
    })
}
