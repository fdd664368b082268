//! The row of a system, and what follows from it: need, hardware, the day on which it ends.

use crate::licence::counts::CountsOverflow;
use crate::licence::{ComputerId, Counts, Day, Plan};
use crate::policy::apply::catalogue::known_product;
use crate::policy::apply::due;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::counter::CounterRow;
use crate::policy::record::due::{due_list, ends_list};
use crate::policy::record::list;
use crate::policy::record::need::NeedRow;
use crate::policy::record::seat::{Seat, last_day_of_use};
use crate::policy::record::state::{State, StateBroken, StateMut, key_of};
use crate::policy::record::system::{HardwareRow, SystemRow, SystemState};
use alloc::rc::Rc;
use alloc::string::ToString;
use alloc::vec::Vec;

/// Days of releases and recoveries that a piece of hardware keeps: as many as the largest limit
/// counts.
const MAX_DAYS_KEPT: usize = 64;

pub(crate) fn known_system<S: State>(
    state: &S,
    id: &ComputerId,
) -> Result<Rc<SystemRow>, StateBroken> {
    state
        .get::<SystemRow>(&id.0)?
        .ok_or_else(|| StateBroken::Row(alloc::format!("no system {id}")))
}

pub(crate) fn remember_day(days: &mut Vec<Day>, on: Day) {
    days.push(on);
    let surplus = days.len().saturating_sub(MAX_DAYS_KEPT);
    days.drain(..surplus);
}

pub(crate) fn bind_hardware<S: StateMut>(
    state: &mut S,
    system: &SystemRow,
) -> Result<(), StateBroken> {
    let before = state.get::<HardwareRow>(&system.hardware.to_be_bytes())?;
    let row = HardwareRow {
        id: system.hardware,
        product: system.product.clone(),
        fingerprint: system.fingerprint.clone(),
        system: system.computer_id,
        releases: before
            .as_ref()
            .map_or_else(Vec::new, |row| row.releases.clone()),
        recoveries: before
            .as_ref()
            .map_or_else(Vec::new, |row| row.recoveries.clone()),
        had_trial: before.as_ref().is_some_and(|row| row.had_trial)
            || system.activation.plan == Plan::Trial,
    };
    for (component, value) in &row.fingerprint {
        if before
            .as_ref()
            .is_none_or(|before| before.fingerprint.get(component) != Some(value))
        {
            list::push(
                state,
                &crate::policy::admit::hardware::component_list(&row.product, component, value),
                &row.id.to_string(),
            )?;
        }
    }
    if before.is_none() {
        change_counter(state, |counter| {
            counter.hardware = counter.hardware.max(row.id)
        })?;
    }
    state.put(row)
}

/// Writes a system, and keeps the organization's need and the lists of what ends in step.
pub(crate) fn put_system<S: StateMut>(state: &mut S, system: SystemRow) -> Result<(), StateBroken> {
    let model = known_product(state, &system.product)?.settings.model;
    let before = state.get::<SystemRow>(&system.computer_id.0)?;
    count_need(state, before.as_deref(), &system, model)?;
    if model == Model::PooledSubscription
        && before
            .as_deref()
            .is_none_or(|before| before.organization != system.organization)
    {
        due::enlist(state, &system)?;
    }
    for seat in &system.seats {
        let new = before.as_ref().is_none_or(|before| {
            !before.seats.contains(seat) || before.grace_days != system.grace_days
        });
        if new && system.state == SystemState::Active {
            end_later(state, &system, seat)?;
        }
    }
    due::end_temporary_later(state, before.as_deref(), &system)?;
    state.put(system)
}

pub(crate) fn end_later<S: StateMut>(
    state: &mut S,
    system: &SystemRow,
    seat: &Seat,
) -> Result<(), StateBroken> {
    let end = seat.term.end();
    if let Some(day) = last_day_of_use(end, system.grace_days).and_then(|last| last.plus_days(1)) {
        list::push(
            state,
            &due_list(day),
            &alloc::format!("seat/{}", system.computer_id),
        )?;
    }
    list::push(
        state,
        &ends_list(&system.product, end),
        &system.computer_id.to_string(),
    )
}

fn count_need<S: StateMut>(
    state: &mut S,
    before: Option<&SystemRow>,
    after: &SystemRow,
    model: Model,
) -> Result<(), StateBroken> {
    let counted = |system: &SystemRow| system.counts(model).then(|| system.counted_need());
    let (was, is) = (before.and_then(counted), counted(after));
    if was == is {
        return Ok(());
    }
    let key = key_of(&[after.organization.as_str(), after.product.as_str()]);
    let row = state.get::<NeedRow>(&key)?.map(|row| (*row).clone());
    let mut row = row.unwrap_or_else(|| NeedRow {
        organization: after.organization.clone(),
        product: after.product.clone(),
        need: Counts::new(),
        systems: 0,
    });
    if let Some(was) = was {
        row.need = row.need.minus(&was)?;
        row.systems = row.systems.checked_sub(1).ok_or(CountsOverflow)?;
    }
    if let Some(is) = is {
        row.need = row.need.plus(&is)?;
        row.systems += 1;
    }
    state.put(row)
}

pub(crate) fn change_hardware<S: StateMut>(
    state: &mut S,
    id: u64,
    change: impl FnOnce(&mut HardwareRow),
) -> Result<(), StateBroken> {
    let row = state.get::<HardwareRow>(&id.to_be_bytes())?;
    let mut row =
        (*row.ok_or_else(|| StateBroken::Row(alloc::format!("no hardware {id}")))?).clone();
    change(&mut row);
    state.put(row)
}

pub(crate) fn change_counter<S: StateMut>(
    state: &mut S,
    change: impl FnOnce(&mut CounterRow),
) -> Result<(), StateBroken> {
    let mut row = state
        .get::<CounterRow>(&[])?
        .map_or_else(CounterRow::default, |row| (*row).clone());
    change(&mut row);
    state.put(row)
}
