//! Trials and emergencies: activations for some days that take no licence and do not count in the
//! need (LICENSING section 12).

use crate::licence::Plan;
use crate::policy::admit::asked::Asked;
use crate::policy::admit::recovery::SameHardware;
use crate::policy::admit::wish::Wish;
use crate::policy::model::grant::Grant;
use crate::policy::model::issue::{Change, before, issue};
use crate::policy::record::event::file::Redemption;
use crate::policy::record::event::granted::Outcome;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::refusal::{LicencesRefusal, Stop, TrialRefusal};
use crate::wire::request::Wanted;
use alloc::vec::Vec;

/// Decides `refresh` and `extend` of a system that has only a trial or an emergency; gives none
/// where the product's model decides.
pub(crate) fn decide<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
    redeemed: &[Redemption],
) -> Result<Option<Grant>, Stop> {
    let Some(running) = asked.running() else {
        return Ok(None);
    };
    match wish.request {
        Wanted::Refresh => restate(state, asked, wish, same, redeemed.to_vec()).map(Some),
        Wanted::Extend
            if running.plan == Plan::Trial
                || asked.known().is_some_and(|system| system.temporary.only) =>
        {
            Err(TrialRefusal::NotExtended {
                plan: running.plan,
                until: running.until,
            }
            .into())
        }
        _ => Ok(None),
    }
}

/// The same trial or emergency again, for a need that is not larger.
fn restate<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    let Some(system) = asked.active() else {
        return Err(StateBroken::Row("no system whose trial runs".into()).into());
    };
    let missing = system.activation.licences.lacking(wish.need);
    if !missing.is_empty() {
        return Err(LicencesRefusal::MoreThanStated { missing }.into());
    }
    let change = Change {
        outcome: Outcome::Refreshed,
        plan: system.activation.plan,
        licences: wish.need.clone(),
        validity: system.activation.validity,
        grace_days: 0,
        seats: Vec::new(),
        taken: Vec::new(),
        started: None,
        assignments: Vec::new(),
        temporary: system.temporary.clone(),
    };
    // Only an ordinary activation takes the place of another system on the same hardware.
    let same = SameHardware {
        hardware: same.hardware.clone(),
        recovered: None,
    };
    issue(
        state,
        asked,
        wish,
        &same,
        redeemed,
        before(asked, wish, &same),
        change,
    )
}
