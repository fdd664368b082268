//! What a system description is granted under the `pooled-subscription` model (LICENSING sections
//! 6, 7, 9.1, 9.4 and 9.6).

use crate::licence::LicenceKeyId;
use crate::policy::admit::asked::Asked;
use crate::policy::admit::recovery::SameHardware;
use crate::policy::admit::wish::Wish;
use crate::policy::model::drawing;
use crate::policy::model::grant::Grant;
use crate::policy::model::issue::{Change, before, issue};
use crate::policy::model::pooled::assignment::not_started;
use crate::policy::model::pooled::course::Course;
use crate::policy::model::pooled::demand::{Demand, replaced};
use crate::policy::model::pooled::desk::Desk;
use crate::policy::model::pooled::start::start_of;
use crate::policy::record::event::file::Redemption;
use crate::policy::record::event::granted::Outcome;
use crate::policy::record::state::State;
use crate::policy::record::subscription::Start;
use crate::policy::record::wallet;
use crate::policy::refusal::{Stop, TermRefusal};
use crate::wire::request::Wanted;
use alloc::vec::Vec;

pub(crate) fn decide<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    check_kind(asked, wish)?;
    let before = before(asked, wish, same);
    let (started, course) = course(state, asked, wish)?;
    let demand = Demand::of(state, asked, wish, same, &before)?;
    let mut lots = wallet::lots(state, &asked.organization.id, &asked.settings().id)?;
    redeemed
        .iter()
        .try_for_each(|redemption| wallet::add(&mut lots, &redemption.lots))?;
    let lots = drawing::sequenced_by_code(state, lots)?;
    let own: Vec<LicenceKeyId> = redeemed.iter().map(|redemption| redemption.key).collect();
    let mut desk = Desk {
        asked,
        settings: asked.settings(),
        demand: &demand,
        own: &own,
        course,
        lots,
        assignments: Vec::new(),
    };
    desk.serve(wish.request)?;
    let (plan, validity) = desk.statement(replaced(same, asked), wish)?;
    let assignments = desk.assignments;
    let goes_on = asked.licensed().is_some() && same.recovered.is_none();
    let change = Change {
        outcome: match wish.request {
            Wanted::Extend => Outcome::Extended,
            _ if goes_on => Outcome::Refreshed,
            _ => Outcome::Activated,
        },
        plan,
        licences: wish.need.clone(),
        validity,
        grace_days: asked.settings().grace_days,
        seats: Vec::new(),
        taken: Vec::new(),
        temporary: asked.temporary_ended(),
        started,
        assignments,
    };
    issue(state, asked, wish, same, redeemed, before, change)
}

fn check_kind(asked: &Asked<'_>, wish: &Wish<'_>) -> Result<(), TermRefusal> {
    let is_licensed = asked.licensed().is_some();
    match wish.request {
        Wanted::Refresh if !is_licensed => Err(TermRefusal::NothingToRefresh {}),
        Wanted::Extend if !is_licensed => Err(TermRefusal::NothingToExtend {}),
        // A trial is the same for every model, and decided before.
        Wanted::Activate | Wanted::Refresh | Wanted::Extend | Wanted::Trial => Ok(()),
    }
}

/// The organization's subscription, started by this request where there is none yet.
fn course<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
) -> Result<(Option<Start>, Course), Stop> {
    let (organization, product) = (&asked.organization.id, &asked.settings().id);
    if let Some(course) = Course::of(state, organization, product)? {
        return Ok((None, course));
    }
    if !asked.settings().auto_start || wish.request != Wanted::Activate {
        return Err(not_started(organization, product).into());
    }
    let start = start_of(state, organization, asked.settings(), asked.context().today)?;
    Ok((
        Some(start),
        Course::starting(organization, product, start, asked.context().today),
    ))
}
