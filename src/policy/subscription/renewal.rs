//! What the signer does by itself: a period that begins is judged, and a product that renews itself
//! is renewed (LICENSING sections 9.3 and 9.6).

use super::assign::{event, horizon, whole_wallet};
use super::course::{Course, need_of};
use super::overlap::assignment;
use crate::licence::{Counts, Day, Identifier};
use crate::policy::catalogue::ProductSettings;
use crate::policy::event::Event;
use crate::policy::refusal::StateBroken;
use crate::policy::state::State;
use crate::policy::wallet;

/// The period that begins on a day, judged once with `need`, that of the end of the day before;
/// none where none begins.
///
/// # Errors
/// [`StateBroken`].
pub fn began<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
    need: &Counts,
    day: Day,
) -> Result<Option<Event>, StateBroken> {
    let Some(course) = Course::of(state, organization, product)? else {
        return Ok(None);
    };
    let Some(period) = course.row.running.checked_add(1) else {
        return Ok(None);
    };
    if course.row.first_of(period) != Some(day) {
        return Ok(None);
    }
    let (licensed, graced) = (
        course.is_licensed(period, need),
        course.is_licensed(course.row.running, need),
    );
    let (organization, product) = (organization.clone(), product.clone());
    Ok(Some(Event::PeriodBegan {
        organization,
        product,
        period,
        licensed,
        graced,
        on: day,
    }))
}

/// The next renewal of a subscription that is due on a day and that the wallet allows in full.
///
/// # Errors
/// [`StateBroken`].
pub fn renewed<S: State>(
    state: &S,
    organization: &Identifier,
    settings: &ProductSettings,
    day: Day,
) -> Result<Option<Event>, StateBroken> {
    let Some(course) = Course::of(state, organization, &settings.id)? else {
        return Ok(None);
    };
    let need = need_of(state, organization, &settings.id)?;
    let Some(period) = due(&course, settings, &need, day) else {
        return Ok(None);
    };
    let shortfall = course.shortfall(period, &need);
    let lots = wallet::lots(state, organization, &settings.id)?;
    if shortfall.is_empty() || lots.is_empty() {
        return Ok(None);
    }
    let lots = wallet::in_order_of_codes(state, lots)?;
    let Ok(taken) = wallet::take(&lots, &shortfall, &whole_wallet(settings, day)) else {
        return Ok(None);
    };
    Ok(Some(event(
        &course,
        assignment(&course, settings, period, taken, day)?,
        true,
        day,
    )))
}

/// The period that the signer is to renew on a day: the next one, once the end of the running one
/// is at most the largest notice away; the running one, within the grace after the end of the one
/// before.
pub(in crate::policy) fn due(
    course: &Course,
    settings: &ProductSettings,
    need: &Counts,
    day: Day,
) -> Option<u32> {
    let running = course.row.running;
    if !course.is_licensed(running, need) {
        let is_open = course.is_graced() && course.is_in_grace(settings.grace_days, day);
        return is_open.then_some(running);
    }
    let next = running.checked_add(1)?;
    let is_near =
        course.row.last_of(running)?.days_since(day) <= i64::from(settings.largest_notice());
    let is_allowed = course.row.first_of(next)? <= horizon(settings, day);
    let is_known = course.row.last_of(next).is_some();
    (is_near && is_allowed && is_known && !course.is_licensed(next, need)).then_some(next)
}
