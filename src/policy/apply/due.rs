//! Marking systems to which a new activation is due (LICENSING section 15).

use crate::licence::{ComputerId, Day, Identifier, Plan};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::due::due_list;
use crate::policy::record::due::{LISTS, list_of, members_list};
use crate::policy::record::given_up::DueRow;
use crate::policy::record::list;
use crate::policy::record::state::{StateBroken, StateMut};
use crate::policy::record::system::SystemRow;
use alloc::string::ToString;

/// Makes a system due.
///
/// # Errors
/// [`StateBroken`].
pub(crate) fn mark<S: StateMut>(
    state: &mut S,
    system: &SystemRow,
    on: Day,
) -> Result<(), StateBroken> {
    let row = state.get::<DueRow>(&system.computer_id.0)?;
    if row.as_ref().is_some_and(|row| row.since.is_some()) {
        return Ok(());
    }
    if row.is_none() {
        let list = list_of(&system.organization, &system.product);
        if list::len(state, &list)? == 0 {
            list::push(state, LISTS, &list)?;
        }
        list::push(state, &list, &system.computer_id.to_string())?;
    }
    state.put(DueRow {
        computer_id: system.computer_id,
        since: Some(on),
    })
}

/// Remembers a new system of a subscription.
pub(crate) fn enlist<S: StateMut>(state: &mut S, system: &SystemRow) -> Result<(), StateBroken> {
    list::push(
        state,
        &members_list(&system.organization, &system.product),
        &system.computer_id.to_string(),
    )
}

/// Makes every system of a subscription due whose activation ends before what is licensed now.
pub(crate) fn mark_all<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    until: Day,
    on: Day,
) -> Result<(), StateBroken> {
    for item in list::items(state, &members_list(organization, product))? {
        let id = ComputerId::from_canonical(&item);
        let system = id
            .map(|id| state.get::<SystemRow>(&id.0))
            .transpose()?
            .flatten();
        // A trial is no part of the subscription before the first activation.
        let Some(system) = system.filter(|system| system.is_licensed(Model::PooledSubscription))
        else {
            continue;
        };
        if system.organization == *organization {
            mark_behind(state, &system, until, on)?;
        }
    }
    Ok(())
}

/// Makes a system of a subscription due if its activation ends before what is licensed now.
pub(crate) fn mark_behind<S: StateMut>(
    state: &mut S,
    system: &SystemRow,
    until: Day,
    on: Day,
) -> Result<(), StateBroken> {
    let stated = &system.activation;
    let is_behind = stated.plan != Plan::Subscription || stated.validity.valid_until < Some(until);
    if is_behind {
        mark(state, system, on)
    } else {
        Ok(())
    }
}

/// Ends that a system is due: it got a new activation, or can get none any more.
pub(crate) fn settle<S: StateMut>(state: &mut S, id: &ComputerId) -> Result<(), StateBroken> {
    match state.get::<DueRow>(&id.0)? {
        Some(row) if row.since.is_some() => state.put(DueRow {
            since: None,
            ..(*row).clone()
        }),
        _ => Ok(()),
    }
}

/// Lists the end of a trial or emergency that is new to a row, under the first day without it.
pub(crate) fn end_temporary_later<S: StateMut>(
    state: &mut S,
    before: Option<&SystemRow>,
    system: &SystemRow,
) -> Result<(), StateBroken> {
    let Some(running) = system.temporary.running else {
        return Ok(());
    };
    if before.is_some_and(|before| before.temporary.running == Some(running)) {
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
