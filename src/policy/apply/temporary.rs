//! Trials and emergencies (LICENSING section 12).

use crate::licence::{ComputerId, Plan};
use crate::policy::apply::answer::count_answer;
use crate::policy::apply::catalogue::mark_in_use;
use crate::policy::apply::system::{known_system, put_system};
use crate::policy::record::event::emergency::EmergencyGranted;
use crate::policy::record::state::{StateBroken, StateMut, key_of};
use crate::policy::record::system::SystemRow;
use crate::policy::record::temporary::TrialRow;

/// Records a trial. The first one of an organization for a product sets the days of all.
pub(crate) fn begin_trial<S: StateMut>(
    state: &mut S,
    system: &SystemRow,
) -> Result<(), StateBroken> {
    let Some(running) = system
        .temporary
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

pub(crate) fn ended<S: StateMut>(state: &mut S, id: &ComputerId) -> Result<(), StateBroken> {
    let mut system = (*known_system(state, id)?).clone();
    system.temporary.running = None;
    put_system(state, system)
}

/// Counts an emergency for its device, and for the systems that it stands in for.
pub(crate) fn emergency<S: StateMut>(
    state: &mut S,
    granted: &EmergencyGranted,
) -> Result<(), StateBroken> {
    mark_in_use(state, &granted.system.product)?;
    count_answer(state)?;
    for id in &granted.in_place_of {
        let mut system = (*known_system(state, id)?).clone();
        system.temporary.remember_emergency(granted.on);
        put_system(state, system)?;
    }
    put_system(state, granted.system.clone())
}
