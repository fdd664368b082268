//! Whether a period is due to be renewed (LICENSING section 9.6).

use crate::licence::{Counts, Day};
use crate::policy::model::pooled::assignment::horizon;
use crate::policy::model::pooled::course::Course;
use crate::policy::record::catalogue::settings::ProductSettings;

/// The period that the signer has to renew on a day. This is the next one, once the end of the
/// running one is at most the largest notice away; or the running one, within the grace after the
/// one before.
pub(crate) fn due(
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
