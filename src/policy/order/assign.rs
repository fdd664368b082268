//! An operator assigns licences of the wallet to a period (LICENSING section 9.2).

use crate::licence::{Counts, Day, Identifier};
use crate::policy::admit::known;
use crate::policy::admit::subject::has_types;
use crate::policy::model::drawing;
use crate::policy::model::pooled::assignment::{
    check_period, event, not_enough, not_started, whole_wallet,
};
use crate::policy::model::pooled::course::{Course, need_of};
use crate::policy::model::pooled::overlap::assignment;
use crate::policy::order::subscription::pooled_product;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::event::Event;
use crate::policy::record::state::State;
use crate::policy::record::wallet;
use crate::policy::refusal::{DrawnOn, LicencesRefusal, Stop};

/// The period that an operator names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The running one.
    Current,
    /// The one after it.
    Next,
    /// By its number, from 0.
    Number(u32),
}

/// What an operator wants assigned.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The period.
    pub which: Which,
    /// How many of each type; none: exactly the shortfall.
    pub counts: Option<&'a Counts>,
    /// Whether it may be more than the shortfall.
    pub surplus: bool,
}

/// An assignment that an operator may look at before it is carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The period's number.
    pub period: u32,
    /// Its first day.
    pub first: Day,
    /// Its last day.
    pub last: Day,
    /// The need of the organization.
    pub need: Counts,
    /// The licences assigned so far.
    pub before: Counts,
    /// The shortfall so far.
    pub shortfall: Counts,
    /// The licences taken from the wallet.
    pub taken: Counts,
    /// The licences that come back for an overlap.
    pub credited: Counts,
    /// The event that does it; none where nothing is missing.
    pub event: Option<Event>,
}

/// Assigns licences of the wallet to a period: all that is wanted, or nothing.
///
/// # Errors
/// A subscription that was not started; a period that is past, too far ahead, or follows one that
/// lacks licences; [`LicencesRefusal::NotEnoughForPeriod`],
/// [`LicencesRefusal::TooFewForPeriod`]; [`LicencesRefusal::Surplus`] for more than the shortfall
/// without `surplus`.
pub fn assign<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
    order: &Order<'_>,
    today: Day,
) -> Result<Planned, Stop> {
    let contact = known::organization(state, organization)?.contact.clone();
    let settings = &pooled_product(state, product)?.settings;
    let course = Course::of(state, organization, product)?
        .ok_or_else(|| not_started(organization, product))?;
    let need = need_of(state, organization, product)?;
    let period = period_of(&course, order.which);
    check_period(&course, settings, period, &need, today)?;
    let shortfall = course.shortfall(period, &need);
    let wanted = order.counts.cloned().unwrap_or_else(|| shortfall.clone());
    check_counts(&wanted, &shortfall, order.surplus, settings)?;
    let lots = drawing::sequenced_by_code(state, wallet::lots(state, organization, product)?)?;
    let taken = drawing::take(&lots, &wanted, &whole_wallet(settings, today));
    let taken = taken.map_err(|missing| {
        Stop::from(not_enough(&shortfall, missing, DrawnOn::Wallet))
            .with_contact(contact.as_deref())
    })?;
    let assigned = assignment(&course, settings, period, taken, today)?;
    let broken = || {
        crate::policy::record::state::StateBroken::Row(
            "a period beyond the last day that we know".into(),
        )
    };
    Ok(Planned {
        period,
        first: course.row.first_of(period).ok_or_else(broken)?,
        last: course.row.last_of(period).ok_or_else(broken)?,
        before: course.assigned(period),
        shortfall,
        taken: wallet::counts(&assigned.taken)?,
        credited: wallet::counts(&assigned.credited)?,
        need,
        event: (!wanted.is_empty()).then(|| event(&course, assigned, false, today)),
    })
}

pub(crate) fn period_of(course: &Course, which: Which) -> u32 {
    match which {
        Which::Current => course.row.running,
        Which::Next => course.row.running.saturating_add(1),
        Which::Number(number) => number,
    }
}

pub(crate) fn check_counts(
    wanted: &Counts,
    shortfall: &Counts,
    surplus: bool,
    settings: &ProductSettings,
) -> Result<(), Stop> {
    has_types(settings, wanted)?;
    let covers = wanted.covers(shortfall);
    if covers && (surplus || wanted == shortfall) {
        return Ok(());
    }
    let (shortfall, wanted) = (shortfall.clone(), wanted.clone());
    if covers {
        Err(LicencesRefusal::Surplus { shortfall, wanted }.into())
    } else {
        Err(LicencesRefusal::TooFewForPeriod { shortfall, wanted }.into())
    }
}
