//! Systems whose entitlement changed without an activation that says so (LICENSING section 15).
//!
//! One list an organization and product, and a list of those lists: finding what is due costs
//! nothing where nothing is. A system stands in its list once; its row says whether it is due now.

use super::catalogue::Model;
use super::list;
use super::refusal::StateBroken;
use super::state::{DueRow, State, StateMut, SystemRow};
use crate::licence::{ComputerId, Day, Identifier, Plan};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The list of lists.
const LISTS: &str = "refresh";

fn list_of(organization: &Identifier, product: &Identifier) -> String {
    alloc::format!("{LISTS}/{organization}/{product}")
}

/// Makes a system due.
///
/// # Errors
/// [`StateBroken`].
pub(super) fn mark<S: StateMut>(
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

/// The list of a subscription's systems, in the order of their first activations.
fn members_list(organization: &Identifier, product: &Identifier) -> String {
    alloc::format!("systems/{organization}/{product}")
}

/// Remembers a new system of a subscription.
pub(super) fn enlist<S: StateMut>(state: &mut S, system: &SystemRow) -> Result<(), StateBroken> {
    list::push(
        state,
        &members_list(&system.organization, &system.product),
        &system.computer_id.to_string(),
    )
}

/// Makes every system of a subscription due whose activation ends before what is licensed now.
pub(super) fn mark_all<S: StateMut>(
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
pub(super) fn mark_behind<S: StateMut>(
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

/// Notes that a system got a new activation, or can get none any more.
pub(super) fn settle<S: StateMut>(state: &mut S, id: &ComputerId) -> Result<(), StateBroken> {
    match state.get::<DueRow>(&id.0)? {
        Some(row) if row.since.is_some() => state.put(DueRow {
            since: None,
            ..(*row).clone()
        }),
        _ => Ok(()),
    }
}

/// Since when a system is due, if it is.
///
/// # Errors
/// [`StateBroken`].
pub fn since<S: State>(state: &S, id: &ComputerId) -> Result<Option<Day>, StateBroken> {
    Ok(state.get::<DueRow>(&id.0)?.and_then(|row| row.since))
}

/// The systems of an organization's product that are due.
///
/// # Errors
/// [`StateBroken`].
pub fn systems_of<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
) -> Result<Vec<ComputerId>, StateBroken> {
    systems_in(state, &list_of(organization, product))
}

/// Every system that is due, by organization and product as they first became so.
///
/// # Errors
/// [`StateBroken`].
pub fn systems<S: State>(state: &S) -> Result<Vec<ComputerId>, StateBroken> {
    let mut due = Vec::new();
    for list in list::items(state, LISTS)? {
        due.extend(systems_in(state, &list)?);
    }
    Ok(due)
}

fn systems_in<S: State>(state: &S, list: &str) -> Result<Vec<ComputerId>, StateBroken> {
    let mut due = Vec::new();
    for item in list::items(state, list)? {
        let id = ComputerId::from_canonical(&item)
            .ok_or_else(|| StateBroken(alloc::format!("`{item}` in a list of what is due")))?;
        if since(state, &id)?.is_some() {
            due.push(id);
        }
    }
    Ok(due)
}
