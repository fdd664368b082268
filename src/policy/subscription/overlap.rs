//! Overlap compensation: licences assigned late to a running period are credited for the days that
//! they missed (LICENSING section 9.7).

use super::course::Course;
use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day};
use crate::policy::catalogue::ProductSettings;
use crate::policy::refusal::StateBroken;
use crate::policy::state::Lot;
use crate::policy::wallet;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Licences taken from the wallet for a period, and what comes back for an overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The period, from 0.
    pub period: u32,
    /// What was taken.
    pub taken: Vec<Lot>,
    /// Whole licences that come back, usable from the next decision on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credited: Vec<Lot>,
    /// Licence-days that are left over afterwards, per type.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    pub carry_days: Counts,
}

/// The assignment of some lots to a period.
///
/// # Errors
/// [`StateBroken`] where days or counts go out of range.
pub fn assignment(
    course: &Course,
    settings: &ProductSettings,
    period: u32,
    taken: Vec<Lot>,
    today: Day,
) -> Result<Assignment, StateBroken> {
    let missed = missed_days(course, settings, period, today);
    let mut carry_days = course.row.carry_days.clone();
    for (licence_type, count) in &wallet::counts(&taken)? {
        carry_days.add_type(
            licence_type,
            count.checked_mul(missed).ok_or(CountsOverflow)?,
        )?;
    }
    let store_until = taken.iter().map(|lot| lot.store_until).max();
    let (Some(length), Some(store_until)) = (length_of(course, period), store_until) else {
        return Ok(Assignment {
            period,
            taken,
            credited: Vec::new(),
            carry_days,
        });
    };
    let mut credited = Vec::new();
    for (licence_type, days) in &carry_days.clone() {
        if days >= length {
            let (licence_type, count) = (licence_type.clone(), days / length);
            carry_days.set(licence_type.clone(), days % length);
            credited.push(Lot {
                licence_type,
                count,
                redeemed: today,
                store_until,
                key: None,
                returned: None,
            });
        }
    }
    Ok(Assignment {
        period,
        taken,
        credited,
        carry_days,
    })
}

/// Days of the running period that licences assigned today do not serve and nobody else was given
/// for nothing: all that went by once its grace is over; within the grace of a subscription that
/// joined a running period, those before it joined.
fn missed_days(course: &Course, settings: &ProductSettings, period: u32, today: Day) -> u64 {
    if period != course.row.running {
        return 0;
    }
    let Some(first) = course.row.first_of(period) else {
        return 0;
    };
    let days = match course.is_in_grace(settings.grace_days, today) {
        false => today.days_since(first),
        true if period == 0 => course.row.started.days_since(first),
        true => 0,
    };
    u64::try_from(days).unwrap_or(0)
}

fn length_of(course: &Course, period: u32) -> Option<u64> {
    let (first, last) = (course.row.first_of(period)?, course.row.last_of(period)?);
    u64::try_from(last.days_since(first)).ok()?.checked_add(1)
}
