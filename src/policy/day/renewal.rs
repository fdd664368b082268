//! Periods that begin, and their renewal (LICENSING sections 9.3 and 9.6).

use crate::licence::{Counts, Day, Identifier};
use crate::policy::model::drawing;
use crate::policy::model::pooled::assignment::{event, whole_wallet};
use crate::policy::model::pooled::course::{Course, need_of};
use crate::policy::model::pooled::overlap::assignment;
use crate::policy::model::pooled::renewal::due;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::event::Event;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::wallet;

/// The period that begins on a day, judged once with `need`, the need at the end of the day before;
/// none where no period begins.
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

/// The next renewal of a subscription that is due on a day, if the wallet covers it in full.
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
    let lots = drawing::sequenced_by_code(state, lots)?;
    let Ok(taken) = drawing::take(&lots, &shortfall, &whole_wallet(settings, day)) else {
        return Ok(None);
    };
    Ok(Some(event(
        &course,
        assignment(&course, settings, period, taken, day)?,
        true,
        day,
    )))
}
