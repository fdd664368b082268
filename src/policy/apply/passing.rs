//! Trials and emergencies (LICENSING section 12).

use super::{count_answer, due_list, known_system, mark_in_use, put_system};
use crate::licence::{ComputerId, Plan};
use crate::policy::emergency::EmergencyGranted;
use crate::policy::list;
use crate::policy::passing::TrialRow;
use crate::policy::refusal::StateBroken;
use crate::policy::state::{StateMut, SystemRow, key_of};

/// The first trial of an organization for a product says how long all of them last.
pub(super) fn begin_trial<S: StateMut>(
    state: &mut S,
    system: &SystemRow,
) -> Result<(), StateBroken> {
    let Some(running) = system
        .passing
        .running
        .filter(|running| running.plan == Plan::Trial)
    else {
        return Ok(());
    };
    if state
        .get::<TrialRow>(&key_of(&[
            system.organization.as_str(),
            system.product.as_str(),
        ]))?
        .is_some()
    {
        return Ok(());
    }
    state.put(TrialRow {
        organization: system.organization.clone(),
        product: system.product.clone(),
        first: system.activation.validity.valid_from,
        last: running.until,
    })
}

/// A trial or emergency that is new to a row has a day after which it is gone.
pub(super) fn end_later<S: StateMut>(
    state: &mut S,
    before: Option<&SystemRow>,
    system: &SystemRow,
) -> Result<(), StateBroken> {
    let Some(running) = system.passing.running else {
        return Ok(());
    };
    if before.is_some_and(|before| before.passing.running == Some(running)) {
        return Ok(());
    }
    let Some(day) = running.until.plus_days(1) else {
        return Ok(());
    };
    list::push(
        state,
        &due_list(day),
        &alloc::format!("passing/{}", system.computer_id),
    )
}

pub(super) fn ended<S: StateMut>(state: &mut S, id: &ComputerId) -> Result<(), StateBroken> {
    let mut system = (*known_system(state, id)?).clone();
    system.passing.running = None;
    put_system(state, system)
}

/// It counts for the device that has it, and for the systems in the place of which it works.
pub(super) fn emergency<S: StateMut>(
    state: &mut S,
    granted: &EmergencyGranted,
) -> Result<(), StateBroken> {
    mark_in_use(state, &granted.system.product)?;
    count_answer(state)?;
    for id in &granted.in_place_of {
        let mut system = (*known_system(state, id)?).clone();
        system.passing.remember_emergency(granted.on);
        put_system(state, system)?;
    }
    put_system(state, granted.system.clone())
}
