//! Assigning licences to a period, by an operator, a request or the signer (LICENSING section 9.2).

use crate::licence::{Counts, Day, Identifier};
use crate::policy::model::drawing::Drawing;
use crate::policy::model::pooled::course::Course;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::event::Event;
use crate::policy::record::subscription::Assignment;
use crate::policy::refusal::{DrawnOn, LicencesRefusal, TermRefusal};

pub(crate) fn event(course: &Course, assignment: Assignment, renewed: bool, on: Day) -> Event {
    let (organization, product) = (course.row.organization.clone(), course.row.product.clone());
    Event::LicencesAssigned {
        organization,
        product,
        assignment,
        renewed,
        on,
    }
}

/// An operator and the signer draw on the whole wallet, on the lot with the earliest store-until
/// first.
pub(crate) fn whole_wallet(settings: &ProductSettings, today: Day) -> Drawing<'static> {
    Drawing {
        own: &[],
        wallet: true,
        returned: true,
        notice: settings.largest_notice(),
        today,
    }
}

/// Checks that a period is the running one or a later one, not too far ahead, and that the one
/// before is licensed or past.
///
/// # Errors
/// [`TermRefusal::PeriodPast`], [`TermRefusal::PeriodTooFarAhead`],
/// [`TermRefusal::PeriodBeforeLacks`].
pub(crate) fn check_period(
    course: &Course,
    settings: &ProductSettings,
    period: u32,
    need: &Counts,
    today: Day,
) -> Result<(), TermRefusal> {
    let running = course.row.running;
    if period < running {
        return Err(TermRefusal::PeriodPast { period, running });
    }
    let horizon = horizon(settings, today);
    let first = course
        .row
        .first_of(period)
        .filter(|first| period == running || *first <= horizon);
    if first.is_none() || course.row.last_of(period).is_none() {
        return Err(TermRefusal::PeriodTooFarAhead {
            period,
            allowed: horizon,
        });
    }
    if period > running && !course.is_licensed(period - 1, need) {
        return Err(TermRefusal::PeriodBeforeLacks {
            period,
            before: period - 1,
        });
    }
    Ok(())
}

/// The latest first day of a period to which licences may be assigned today.
pub(crate) fn horizon(settings: &ProductSettings, today: Day) -> Day {
    today
        .plus_months(settings.early_renewal_years * 12)
        .unwrap_or(Day::LAST)
}

/// The refusal of an assignment for want of licences: in the wallet, or in a request's own keys.
pub(crate) fn not_enough(shortfall: &Counts, missing: Counts, from: DrawnOn) -> LicencesRefusal {
    LicencesRefusal::NotEnoughForPeriod {
        shortfall: shortfall.clone(),
        missing,
        from,
    }
}

/// The refusal where no subscription was started.
pub(crate) fn not_started(organization: &Identifier, product: &Identifier) -> TermRefusal {
    TermRefusal::NotStarted {
        organization: organization.clone(),
        product: product.clone(),
    }
}
