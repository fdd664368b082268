//! Trials and emergencies that end.

use crate::licence::{ComputerId, Day};
use crate::policy::record::event::Event;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::SystemRow;

/// The end of a trial or emergency, where `day` is the first day without it.
pub(crate) fn ended<S: State>(state: &S, id: &str, day: Day) -> Result<Option<Event>, StateBroken> {
    let id = ComputerId::from_canonical(id)
        .ok_or_else(|| StateBroken::Row(alloc::format!("`{id}` in a list of what is due")))?;
    let Some(system) = state.get::<SystemRow>(&id.0)? else {
        return Ok(None);
    };
    let Some(running) = system
        .temporary
        .running
        .filter(|running| running.until < day)
    else {
        return Ok(None);
    };
    let (organization, product) = (system.organization.clone(), system.product.clone());
    Ok(Some(Event::TemporaryEnded {
        computer_id: id,
        organization,
        product,
        plan: running.plan,
        on: day,
    }))
}
