//! The overlap compensation of an assignment (LICENSING section 9.7).

use crate::licence::Day;
use crate::licence::counts::CountsOverflow;
use crate::policy::model::pooled::course::Course;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::state::StateBroken;
use crate::policy::record::subscription::Assignment;
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use alloc::vec::Vec;

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

/// Days of the running period that are credited for licences assigned today. Once the grace is
/// over, they are all that went by. Within the grace of a subscription that joined a running
/// period, they are those before it joined.
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
