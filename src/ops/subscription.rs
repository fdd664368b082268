//! `subscription start`, `subscription assign`, `subscription show`.

use super::damage::Damage;
use super::defect::Defect;
use super::error::OpsError;
use super::session::Session;
use super::signer::Signer;
use super::today::Today;
use crate::licence::{Counts, Day, Identifier, Moment};
use crate::policy::admit::known;
use crate::policy::model::pooled::course::{Course, need_of};
use crate::policy::order::assign::{Order, Planned, assign};
use crate::policy::order::subscription::{pooled_product, start};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::due;
use crate::policy::record::event::Event;
use crate::policy::record::list;
use crate::policy::record::product::ProductRow;
use crate::policy::record::request::WaitingRow;
use crate::policy::record::state::key_of;
use crate::policy::record::subscription::subscriptions_list;
use crate::policy::report::status::{PeriodOutlook, outlook};
use std::collections::{BTreeMap, BTreeSet};

/// A start that an operator may look at; nothing is changed yet.
#[derive(Debug)]
pub struct PlannedStart {
    /// First day of period 0, which may be that of a subscription it joins.
    pub first: Day,
    /// Its last day.
    pub last: Day,
    /// Last day of the grace; none where there is none.
    pub grace_until: Option<Day>,
    /// What the systems need.
    pub need: Counts,
    /// The event that starts it.
    pub event: Event,
}

/// Plans the start of an organization's subscription of a product.
///
/// # Errors
/// [`OpsError::Refused`]: unknown or withdrawn, no pooled product, or started already.
pub fn plan_start(
    session: &Session<'_>,
    organization: &Identifier,
    product: &Identifier,
) -> Result<PlannedStart, OpsError> {
    let state = session.state();
    let event = start(&state, organization, product, session.today())?;
    let Event::SubscriptionStarted { started, .. } = &event else {
        let product = product.clone();
        return Err(Defect::Start { product }.into());
    };
    let settings = &pooled_product(&state, product)?.settings;
    let course = Course::starting(organization, product, *started, session.today());
    let last = course
        .row
        .last_of(0)
        .ok_or_else(|| Defect::PeriodWithoutEnd {
            product: product.clone(),
        })?;
    let need = need_of(&state, organization, product)?;
    Ok(PlannedStart {
        first: course.first_day()?,
        last,
        grace_until: course.grace_until(settings.grace_days),
        need,
        event,
    })
}

/// Plans an assignment; nothing is changed before its event is recorded.
///
/// # Errors
/// [`OpsError::Refused`] with the code of LICENSING section 9.2.
pub fn plan_assign(
    session: &Session<'_>,
    organization: &Identifier,
    product: &Identifier,
    order: &Order<'_>,
) -> Result<Planned, OpsError> {
    Ok(assign(
        &session.state(),
        organization,
        product,
        order,
        session.today(),
    )?)
}

/// What an assignment brings to systems that are out there.
#[derive(Debug)]
pub struct Brought {
    /// How many get a new activation with the next refresh.
    pub systems: usize,
    /// The last licensed day that it states, and the last day of use; none where the running period
    /// is not licensed.
    pub until: Option<(Day, Day)>,
}

/// What the systems of a subscription get, once what was recorded in this session is committed.
///
/// # Errors
/// [`OpsError::Broken`].
pub fn brought(
    session: &Session<'_>,
    organization: &Identifier,
    product: &Identifier,
) -> Result<Brought, OpsError> {
    let state = session.state();
    let need = need_of(&state, organization, product)?;
    let grace_days = pooled_product(&state, product)?.settings.grace_days;
    let until =
        Course::of(&state, organization, product)?.and_then(|course| course.licensed_until(&need));
    let until = until.map(|last| (last, last.plus_days(grace_days).unwrap_or(Day::LAST)));
    Ok(Brought {
        systems: due::systems_of(&state, organization, product)?.len(),
        until,
    })
}

/// A subscription as the command line shows it.
#[derive(Debug, serde::Serialize)]
pub struct Shown {
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// As of LICENSING section 9.8.
    pub status: &'static str,
    /// From period 0 to the later of the next one and the last with licences.
    pub periods: Vec<PeriodOutlook>,
    /// What the active systems need.
    pub need: Counts,
    /// What systems need that were refused within the last 30 days for want of licences.
    pub waiting: Counts,
    /// Licence-days credited and not yet given back.
    pub carry_days: Counts,
}

/// How an organization stands with a product of the pooled model, whether or not it was started.
///
/// # Errors
/// [`OpsError::Refused`] for an unknown organization, or where there is no such pooled product.
pub fn show(
    signer: &Signer,
    clock: Moment,
    organization: &Identifier,
    product: &Identifier,
) -> Result<Shown, OpsError> {
    let today = Today::of(signer, clock)?;
    known::organization(&today.state(), organization)?;
    pooled_product(&today.state(), product)?;
    let mut waiting = waiting(&today, organization)?;
    shown(
        &today,
        organization,
        product,
        waiting.remove(product).unwrap_or_default(),
    )
}

/// How an organization stands with every product that it has subscribed or waits for, by product.
///
/// # Errors
/// [`OpsError::Refused`] for an unknown organization.
pub fn show_all(
    signer: &Signer,
    clock: Moment,
    organization: &Identifier,
) -> Result<Vec<Shown>, OpsError> {
    let today = Today::of(signer, clock)?;
    known::organization(&today.state(), organization)?;
    let mut waiting = waiting(&today, organization)?;
    let mut products: BTreeSet<Identifier> = waiting.keys().cloned().collect();
    for item in list::items(&today.state(), &subscriptions_list(organization))? {
        products.extend(Identifier::new(&item));
    }
    let mut all = Vec::new();
    for product in products {
        all.push(shown(
            &today,
            organization,
            &product,
            waiting.remove(&product).unwrap_or_default(),
        )?);
    }
    Ok(all)
}

fn shown(
    today: &Today<'_>,
    organization: &Identifier,
    product: &Identifier,
    waiting: Counts,
) -> Result<Shown, OpsError> {
    let row = today.get::<ProductRow>(&key_of(&[product.as_str()]))?;
    let row = row.ok_or_else(|| Damage::NoProduct {
        id: product.clone(),
    })?;
    let found = outlook(&today.state(), organization, &row.settings, today.day)?;
    Ok(Shown {
        organization: organization.clone(),
        product: product.clone(),
        status: found.status.as_str(),
        periods: found.periods,
        need: found.need,
        waiting,
        carry_days: found.carry_days,
    })
}

/// The need that waits for licences, by pooled product.
fn waiting(
    today: &Today<'_>,
    organization: &Identifier,
) -> Result<BTreeMap<Identifier, Counts>, OpsError> {
    let mut sums: BTreeMap<Identifier, Counts> = BTreeMap::new();
    today.each::<WaitingRow>(|row| {
        if row.organization == *organization && row.wants_licences(today.day) {
            let sum = sums.entry(row.product.clone()).or_default();
            *sum = sum
                .plus(&row.need)
                .map_err(crate::policy::record::state::StateBroken::from)?;
        }
        Ok(())
    })?;
    let mut pooled = BTreeMap::new();
    for (product, sum) in sums {
        let row = today.get::<ProductRow>(&key_of(&[product.as_str()]))?;
        if row.is_some_and(|row| row.settings.model == Model::PooledSubscription) {
            pooled.insert(product, sum);
        }
    }
    Ok(pooled)
}
