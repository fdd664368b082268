//! Trials: one stretch of days per organization and product, under any model (LICENSING section
//! 12).

use crate::licence::{Day, Plan, Validity};
use crate::policy::admit::asked::Asked;
use crate::policy::admit::hardware;
use crate::policy::admit::recovery::SameHardware;
use crate::policy::admit::wish::Wish;
use crate::policy::model::grant::Grant;
use crate::policy::model::issue::{Change, before, issue};
use crate::policy::record::event::file::Redemption;
use crate::policy::record::event::granted::Outcome;
use crate::policy::record::state::{State, StateBroken, key_of};
use crate::policy::record::system::HardwareRow;
use crate::policy::record::temporary::{Running, Temporary, TrialRow};
use crate::policy::refusal::{Stop, TrialRefusal};
use alloc::rc::Rc;
use alloc::vec::Vec;

pub(crate) fn decide<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    check_licensed(asked, same)?;
    let stretch = stretch(state, asked)?;
    if stretch
        .as_ref()
        .is_some_and(|stretch| stretch.last < asked.context().today)
    {
        return Err(TrialRefusal::TrialOver {}.into());
    }
    if had_trial(state, asked, wish, same)? {
        return Err(TrialRefusal::HardwareHadTrial {}.into());
    }
    let (first, last) = match stretch {
        Some(stretch) if asked.settings().trial_days > 0 => (stretch.first, stretch.last),
        _ => first_stretch(asked)?,
    };
    let known = asked.known().map(|system| &system.temporary);
    let change = Change {
        outcome: Outcome::Activated,
        plan: Plan::Trial,
        licences: wish.need.clone(),
        validity: Validity {
            valid_from: first,
            valid_until: Some(last),
            grace_until: Some(last),
        },
        grace_days: 0,
        seats: Vec::new(),
        taken: Vec::new(),
        started: None,
        assignments: Vec::new(),
        temporary: Temporary {
            running: Some(Running {
                plan: Plan::Trial,
                until: last,
            }),
            only: known.is_none_or(|known| known.only),
            emergencies: known.map_or_else(Vec::new, |known| known.emergencies.clone()),
        },
    };
    issue(
        state,
        asked,
        wish,
        same,
        redeemed,
        before(asked, wish, same),
        change,
    )
}

fn check_licensed(asked: &Asked<'_>, same: &SameHardware) -> Result<(), TrialRefusal> {
    // A reinstalled device on licensed hardware gets its licence back with `activate`.
    let recovered = same
        .recovered
        .as_ref()
        .filter(|system| system.is_licensed(asked.settings().model));
    let Some(system) = asked.active().or(recovered) else {
        return Ok(());
    };
    match system.temporary.running {
        Some(running) if !system.is_licensed(asked.settings().model) => {
            Err(TrialRefusal::Running {
                plan: running.plan,
                until: running.until,
            })
        }
        _ => Err(TrialRefusal::Licensed {}),
    }
}

/// The days of the trial that the organization has or had.
fn stretch<S: State>(state: &S, asked: &Asked<'_>) -> Result<Option<Rc<TrialRow>>, StateBroken> {
    state.get::<TrialRow>(&key_of(&[
        asked.organization.id.as_str(),
        asked.settings().id.as_str(),
    ]))
}

/// Whether this hardware has had a trial of the product, under any Computer ID, for any
/// organization.
fn had_trial<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
) -> Result<bool, StateBroken> {
    if same
        .hardware
        .as_ref()
        .is_some_and(|row: &Rc<HardwareRow>| row.had_trial)
    {
        return Ok(true);
    }
    Ok(
        hardware::find_same(state, &wish.fingerprint, asked.settings())?
            .iter()
            .any(|row| row.had_trial),
    )
}

/// The first grant begins the stretch.
fn first_stretch(asked: &Asked<'_>) -> Result<(Day, Day), TrialRefusal> {
    let today = asked.context().today;
    match asked.settings().trial_days {
        0 => Err(TrialRefusal::NoTrial {
            product: asked.settings().id.clone(),
        }),
        days => Ok((today, today.last_of_days(days).unwrap_or(Day::LAST))),
    }
}
