//! Assigning licences of the wallet to a period (LICENSING section 9.2).

use super::course::{Course, need_of};
use super::overlap::{Assignment, assignment};
use super::start::pooled_product;
use crate::licence::{Counts, Day, Identifier};
use crate::policy::catalogue::ProductSettings;
use crate::policy::event::Event;
use crate::policy::refusal::{Refusal, RefusalCode, Stop};
use crate::policy::state::State;
use crate::policy::wallet::{self, Drawing};
use crate::policy::{orders, term};

/// Which period an operator names.
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
    /// To which period.
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
    /// What the organization needs.
    pub need: Counts,
    /// What is assigned before.
    pub before: Counts,
    /// What the need lacks before.
    pub shortfall: Counts,
    /// What is taken from the wallet.
    pub taken: Counts,
    /// What comes back for an overlap.
    pub credited: Counts,
    /// The event that does it; none where nothing is missing.
    pub event: Option<Event>,
}

/// Assigns licences of the wallet to a period; all that is wanted, or nothing.
///
/// # Errors
/// [`RefusalCode::NotStarted`], [`RefusalCode::TooFarAhead`], [`RefusalCode::OutOfOrder`],
/// [`RefusalCode::NotEnoughLicences`] with the shortfall, [`RefusalCode::NotNeeded`] for more than
/// it without `surplus`.
pub fn assign<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
    order: &Order<'_>,
    today: Day,
) -> Result<Planned, Stop> {
    let contact = orders::organization(state, organization)?.contact.clone();
    let settings = &pooled_product(state, product)?.settings;
    let course = Course::of(state, organization, product)?
        .ok_or_else(|| not_started(organization, product))?;
    let need = need_of(state, organization, product)?;
    let period = period_of(&course, order.which);
    check_period(&course, settings, period, &need, today)?;
    let shortfall = course.shortfall(period, &need);
    let wanted = order.counts.cloned().unwrap_or_else(|| shortfall.clone());
    check_counts(&wanted, &shortfall, order.surplus, settings)?;
    let lots = wallet::in_order_of_codes(state, wallet::lots(state, organization, product)?)?;
    let taken = wallet::take(&lots, &wanted, &whole_wallet(settings, today));
    let taken = taken.map_err(|missing| {
        not_enough(&shortfall, &missing, true)
            .of_order()
            .with_contact(contact.as_deref())
    })?;
    let assigned = assignment(&course, settings, period, taken, today)?;
    let broken = || crate::policy::StateBroken("a period beyond the last day that we know".into());
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

pub(super) fn event(course: &Course, assignment: Assignment, renewed: bool, on: Day) -> Event {
    let (organization, product) = (course.row.organization.clone(), course.row.product.clone());
    Event::LicencesAssigned {
        organization,
        product,
        assignment,
        renewed,
        on,
    }
}

/// An operator, and the signer itself, draw on the whole wallet: the lot with the earliest
/// store-until first.
pub(super) fn whole_wallet(settings: &ProductSettings, today: Day) -> Drawing<'static> {
    Drawing {
        own: &[],
        wallet: true,
        returned: true,
        notice: settings.largest_notice(),
        today,
    }
}

fn period_of(course: &Course, which: Which) -> u32 {
    match which {
        Which::Current => course.row.running,
        Which::Next => course.row.running.saturating_add(1),
        Which::Number(number) => number,
    }
}

/// The running period or a later one, not too far ahead, and the one before licensed unless it is
/// past.
///
/// # Errors
/// [`RefusalCode::TooFarAhead`], [`RefusalCode::OutOfOrder`].
pub(super) fn check_period(
    course: &Course,
    settings: &ProductSettings,
    period: u32,
    need: &Counts,
    today: Day,
) -> Result<(), Refusal> {
    let running = course.row.running;
    if period < running {
        return Err(Refusal::new(
            RefusalCode::OutOfOrder,
            alloc::format!("Period {period} is past; period {running} is running."),
            "Assign to the running period or a later one.",
        ));
    }
    let horizon = horizon(settings, today);
    let first = course
        .row
        .first_of(period)
        .filter(|first| period == running || *first <= horizon);
    if first.is_none() || course.row.last_of(period).is_none() {
        return Err(Refusal::new(
            RefusalCode::TooFarAhead,
            alloc::format!(
                "Period {period} begins later than {}, the latest day allowed today.",
                horizon.in_words()
            ),
            "Assign to it at a later time.",
        ));
    }
    if period > running && !course.is_licensed(period - 1, need) {
        return Err(Refusal::new(
            RefusalCode::OutOfOrder,
            alloc::format!(
                "Period {} is not licensed yet, and comes before period {period}.",
                period - 1
            ),
            "Assign to the earlier period first.",
        ));
    }
    Ok(())
}

/// The latest day on which a period may begin that is assigned to today.
pub(super) fn horizon(settings: &ProductSettings, today: Day) -> Day {
    today
        .plus_months(settings.early_renewal_years * 12)
        .unwrap_or(Day::LAST)
}

fn check_counts(
    wanted: &Counts,
    shortfall: &Counts,
    surplus: bool,
    settings: &ProductSettings,
) -> Result<(), Refusal> {
    if let Some((unknown, _)) = wanted
        .iter()
        .find(|(licence_type, _)| !settings.has_type(licence_type))
    {
        let message = alloc::format!(
            "The product `{}` has no licence type `{unknown}`.",
            settings.id
        );
        return Err(Refusal::new(
            RefusalCode::UnknownLicenceType,
            message,
            "Check its types with `keyspool catalogue show`.",
        ));
    }
    if !wanted.covers(shortfall) {
        return Err(Refusal::new(
            RefusalCode::NotEnoughLicences,
            alloc::format!(
                "The period lacks {shortfall}, and {wanted} would be assigned; nothing was taken."
            ),
            "Assign at least what it lacks.",
        ));
    }
    if !surplus && wanted != shortfall {
        return Err(Refusal::new(
            RefusalCode::NotNeeded,
            alloc::format!(
                "The period lacks {shortfall}, and {wanted} would be assigned; assigned licences \
                    never return."
            ),
            "Assign what it lacks, or say --surplus.",
        ));
    }
    Ok(())
}

/// The refusal of an assignment for want of licences: in the wallet, or in a request's own keys.
pub(super) fn not_enough(shortfall: &Counts, missing: &Counts, wallet: bool) -> Refusal {
    let refusal = term::not_enough(missing, wallet);
    let message = alloc::format!("The period lacks {shortfall}. {}", refusal.message);
    Refusal { message, ..refusal }
}

/// The refusal where no subscription was started.
pub(super) fn not_started(organization: &Identifier, product: &Identifier) -> Refusal {
    Refusal::new(
        RefusalCode::NotStarted,
        alloc::format!(
            "The subscription of `{product}` for `{organization}` has not been started."
        ),
        "Let an operator start it with `keyspool subscription start`.",
    )
}
