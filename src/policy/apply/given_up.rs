//! Systems given up, denied, reinstated, suspected (LICENSING section 13).

use super::stock::{consume, give_back, tally};
use super::{change_hardware, known_product, known_system, put_system, remember_day, subscription};
use crate::licence::ComputerId;
use crate::policy::catalogue::Model;
use crate::policy::given_up::{Denied, Reinstated, Released, Suspected};
use crate::policy::refusal::StateBroken;
use crate::policy::state::{
    GivenBackRow, GivenUp, Lot, Seat, SeenRow, State, StateMut, SuspicionRow, SystemRow,
    SystemState, WaitingRow, WrongCodesRow,
};
use crate::policy::{due, term};
use crate::wire::response::Destination;
use alloc::vec::Vec;

pub(super) fn release<S: StateMut>(state: &mut S, event: &Released) -> Result<(), StateBroken> {
    let seats = given(state, &event.computer_id, &event.returned)?;
    let given_up = SystemState::GivenUp {
        how: event.how,
        on: event.on,
        document: None,
        destination: event.destination,
        held: event.held,
    };
    let system = give_up(state, &event.computer_id, given_up, &event.returned)?;
    if event.how != GivenUp::Proven {
        state.put(GivenBackRow {
            computer_id: event.computer_id,
            entry: event.entry,
            seats,
        })?;
    }
    put_system(state, system)
}

/// The seats of a system that these lots are.
fn given<S: State>(state: &S, id: &ComputerId, returned: &[Lot]) -> Result<Vec<Seat>, StateBroken> {
    let is_back = |seat: &&Seat| {
        returned
            .iter()
            .any(|lot| lot.returned == Some(seat.term) && lot.licence_type == seat.licence_type)
    };
    Ok(known_system(state, id)?
        .seats
        .iter()
        .filter(is_back)
        .cloned()
        .collect())
}

/// The system once it is given up, still to be written: its seats in the wallet, held, or at their
/// end.
pub(super) fn give_up<S: StateMut>(
    state: &mut S,
    id: &ComputerId,
    given_up: SystemState,
    returned: &[Lot],
) -> Result<SystemRow, StateBroken> {
    let mut system = (*known_system(state, id)?).clone();
    let SystemState::GivenUp { how, on, held, .. } = given_up else {
        return Err(StateBroken(alloc::format!(
            "the system {id} is given up as what it is not"
        )));
    };
    unhold(state, &system)?;
    give_back(state, &system.organization, &system.product, returned)?;
    if held {
        hold(state, &system, &system.seats.clone())?;
    } else {
        system.seats.clear();
    }
    // A release is a seat given back (LICENSING section 1): proof of what had ended or passed on
    // counts for no limit.
    let frees = frees_hardware(state, &system)?;
    if how == GivenUp::Proven
        && (held || frees || !returned.is_empty() || gave_back_without_proof(&system))
    {
        change_hardware(state, system.hardware, |row| {
            remember_day(&mut row.releases, on)
        })?;
    }
    system.state = given_up;
    state.remove::<WaitingRow>(&id.0)?;
    state.remove::<GivenBackRow>(&id.0)?;
    due::settle(state, id)?;
    Ok(system)
}

/// Whether a system has a serial and expansions that another may have now.
fn frees_hardware<S: State>(state: &S, system: &SystemRow) -> Result<bool, StateBroken> {
    Ok(
        known_product(state, &system.product)?.settings.model == Model::Hardware
            && system.is_licensed(Model::Hardware),
    )
}

fn gave_back_without_proof(system: &SystemRow) -> bool {
    matches!(
        system.state,
        SystemState::GivenUp {
            how: GivenUp::Unproven,
            destination: Destination::Wallet,
            ..
        }
    )
}

/// Seats of a system begin to be held.
fn hold<S: StateMut>(state: &mut S, system: &SystemRow, seats: &[Seat]) -> Result<(), StateBroken> {
    let held = term::counts(seats)?;
    tally(state, &system.product, |t| {
        t.consumed = t.consumed.minus(&held)?;
        t.held = t.held.plus(&held)?;
        Ok(())
    })
}

/// Seats of a denied system are held no more.
fn unhold<S: StateMut>(state: &mut S, system: &SystemRow) -> Result<(), StateBroken> {
    match system.state {
        SystemState::Denied { .. } => consume_held(state, system, &system.seats),
        _ => Ok(()),
    }
}

/// Seats that were held are used up, or serve again.
pub(super) fn consume_held<S: StateMut>(
    state: &mut S,
    system: &SystemRow,
    seats: &[Seat],
) -> Result<(), StateBroken> {
    let held = term::counts(seats)?;
    tally(state, &system.product, |t| {
        t.held = t.held.minus(&held)?;
        t.consumed = t.consumed.plus(&held)?;
        Ok(())
    })
}

pub(super) fn deny<S: StateMut>(state: &mut S, event: &Denied) -> Result<(), StateBroken> {
    let seats = given(state, &event.computer_id, &event.returned)?;
    let mut system = (*known_system(state, &event.computer_id)?).clone();
    unhold(state, &system)?;
    give_back(state, &event.organization, &event.product, &event.returned)?;
    hold(state, &system, &event.seats)?;
    system.seats.clone_from(&event.seats);
    system.state = SystemState::Denied {
        on: event.on,
        returned: event.return_seat,
    };
    state.remove::<WaitingRow>(&event.computer_id.0)?;
    state.put(GivenBackRow {
        computer_id: event.computer_id,
        entry: event.entry,
        seats,
    })?;
    put_system(state, system)
}

/// What was denied or given up without proof is active again. Other seats than the ones it had make
/// it due.
pub(super) fn reinstate<S: StateMut>(state: &mut S, event: &Reinstated) -> Result<(), StateBroken> {
    let id = &event.computer_id;
    let mut system = (*known_system(state, id)?).clone();
    unhold(state, &system)?;
    consume(state, &event.organization, &event.product, &event.taken)?;
    let gave = state
        .get::<GivenBackRow>(&id.0)?
        .map_or_else(Vec::new, |row| row.seats.clone());
    let is_other = !event.taken.is_empty() && event.seats != gave;
    system.seats.clone_from(&event.seats);
    // A trial or an emergency that ended meanwhile does not come back.
    system.passing.running = system
        .passing
        .running
        .filter(|running| running.until >= event.on);
    system.state = SystemState::Active;
    state.remove::<GivenBackRow>(&id.0)?;
    state.remove::<SuspicionRow>(&id.0)?;
    if is_other {
        due::mark(state, &system, event.on)?;
    }
    put_system(state, system.clone())?;
    // What was assigned or renewed while it was away passed it by.
    let until = subscription::licensed_until(state, &event.organization, &event.product)?;
    let until = until.filter(|_| system.is_licensed(Model::PooledSubscription));
    until.map_or(Ok(()), |until| {
        due::mark_behind(state, &system, until, event.on)
    })
}

pub(super) fn suspect<S: StateMut>(state: &mut S, event: &Suspected) -> Result<(), StateBroken> {
    let before = state.get::<SuspicionRow>(&event.computer_id.0)?;
    state.put(SuspicionRow {
        computer_id: event.computer_id,
        organization: event.organization.clone(),
        product: event.product.clone(),
        abuse: before
            .as_ref()
            .map_or(event.abuse, |before| before.abuse.max(event.abuse)),
        requests: before.map_or(0, |before| before.requests).saturating_add(1),
        request: event.request,
        on: event.on,
    })
}

pub(super) fn refuse_code<S: StateMut>(state: &mut S, id: &ComputerId) -> Result<(), StateBroken> {
    let count = state
        .get::<WrongCodesRow>(&id.0)?
        .map_or(0, |row| row.count)
        .saturating_add(1);
    state.put(WrongCodesRow {
        computer_id: *id,
        count,
    })
}

/// Notes the counter of a confirmation.
pub(super) fn see<S: StateMut>(
    state: &mut S,
    id: &ComputerId,
    counter: u64,
) -> Result<(), StateBroken> {
    let seen = state.get::<SeenRow>(&id.0)?.map_or(0, |row| row.counter);
    if counter > seen {
        state.put(SeenRow {
            computer_id: *id,
            counter,
        })
    } else {
        Ok(())
    }
}
