//! Systems that are given up, denied, reinstated or suspected (LICENSING section 13).

use crate::licence::ComputerId;
use crate::policy::apply::answer::{answered, count_answer};
use crate::policy::apply::catalogue::known_product;
use crate::policy::apply::stock::{change_wallet, consume, expire_later, give_back, tally};
use crate::policy::apply::system::{change_hardware, known_system, put_system, remember_day};
use crate::policy::apply::{due, subscription};
use crate::policy::model::device::seats;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::event::given_up::{
    Deactivated, Denied, Reinstated, Released, Suspected,
};
use crate::policy::record::given_up::{GivenBackRow, SuspicionRow, WrongCodesRow};
use crate::policy::record::request::WaitingRow;
use crate::policy::record::seat::Seat;
use crate::policy::record::state::{State, StateBroken, StateMut};
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::wire::response::Destination;
use alloc::vec::Vec;

pub(crate) fn deactivate<S: StateMut>(
    state: &mut S,
    event: &Deactivated,
) -> Result<(), StateBroken> {
    let known = known_system(state, &event.computer_id)?;
    if let SystemState::GivenUp {
        how: GivenUp::Proven,
        on,
        destination,
        held,
        ..
    } = known.state
    {
        // Its code was typed before, and what it had went then.
        let document = Some(event.request);
        let system = SystemRow {
            state: SystemState::GivenUp {
                how: GivenUp::Proven,
                on,
                document,
                destination,
                held,
            },
            ..(*known).clone()
        };
        let answer = Some(count_answer(state)?);
        answered(state, &event.request, &system, answer, true)?;
        return put_system(state, system);
    }
    let given_up = SystemState::GivenUp {
        how: GivenUp::Proven,
        on: event.on,
        document: Some(event.request),
        destination: event.destination,
        held: event.held,
    };
    let system = give_up(state, &event.computer_id, given_up, &event.returned)?;
    let answer = Some(count_answer(state)?);
    answered(state, &event.request, &system, answer, true)?;
    put_system(state, system)
}

pub(crate) fn release_held<S: StateMut>(
    state: &mut S,
    id: &ComputerId,
    returned: &[Lot],
    ended: &[Seat],
) -> Result<(), StateBroken> {
    let mut system = (*known_system(state, id)?).clone();
    let back = wallet::counts(returned)?;
    let gone = wallet::counts(&wallet::lots_of_seats(ended))?;
    tally(state, &system.product, |t| {
        t.held = t.held.minus(&back)?.minus(&gone)?;
        t.stored = t.stored.plus(&back)?;
        t.consumed = t.consumed.plus(&gone)?;
        Ok(())
    })?;
    change_wallet(state, &system.organization, &system.product, |held| {
        wallet::add(held, returned)
    })?;
    expire_later(state, &system.organization, &system.product, returned)?;
    system.seats.clear();
    if let SystemState::GivenUp { held, .. } = &mut system.state {
        *held = false;
    }
    put_system(state, system)
}

pub(crate) fn release<S: StateMut>(state: &mut S, event: &Released) -> Result<(), StateBroken> {
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

/// The seats of a system that went into these lots.
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

/// The system as it is once it is given up; its seats are in the wallet, held, or consumed. The
/// caller writes the row.
pub(crate) fn give_up<S: StateMut>(
    state: &mut S,
    id: &ComputerId,
    given_up: SystemState,
    returned: &[Lot],
) -> Result<SystemRow, StateBroken> {
    let mut system = (*known_system(state, id)?).clone();
    let SystemState::GivenUp { how, on, held, .. } = given_up else {
        return Err(StateBroken::Row(alloc::format!(
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
    // A release is a seat given back (LICENSING section 1). Proof of what had ended or passed on
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

/// Holds seats of a system.
fn hold<S: StateMut>(state: &mut S, system: &SystemRow, seats: &[Seat]) -> Result<(), StateBroken> {
    let held = seats::counts(seats)?;
    tally(state, &system.product, |t| {
        t.consumed = t.consumed.minus(&held)?;
        t.held = t.held.plus(&held)?;
        Ok(())
    })
}

/// Ends the holding of the seats of a denied system.
fn unhold<S: StateMut>(state: &mut S, system: &SystemRow) -> Result<(), StateBroken> {
    match system.state {
        SystemState::Denied { .. } => consume_held(state, system, &system.seats),
        _ => Ok(()),
    }
}

/// Ends the holding of seats: they are consumed, or serve again.
pub(crate) fn consume_held<S: StateMut>(
    state: &mut S,
    system: &SystemRow,
    seats: &[Seat],
) -> Result<(), StateBroken> {
    let held = seats::counts(seats)?;
    tally(state, &system.product, |t| {
        t.held = t.held.minus(&held)?;
        t.consumed = t.consumed.plus(&held)?;
        Ok(())
    })
}

pub(crate) fn deny<S: StateMut>(state: &mut S, event: &Denied) -> Result<(), StateBroken> {
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

/// Makes a system active again that was denied or given up without proof. It becomes due where it
/// gets other seats than it had.
pub(crate) fn reinstate<S: StateMut>(state: &mut S, event: &Reinstated) -> Result<(), StateBroken> {
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
    system.temporary.running = system
        .temporary
        .running
        .filter(|running| running.until >= event.on);
    system.state = SystemState::Active;
    state.remove::<GivenBackRow>(&id.0)?;
    state.remove::<SuspicionRow>(&id.0)?;
    if is_other {
        due::mark(state, &system, event.on)?;
    }
    put_system(state, system.clone())?;
    // It did not learn of what was assigned or renewed meanwhile.
    let until = subscription::licensed_until(state, &event.organization, &event.product)?;
    let until = until.filter(|_| system.is_licensed(Model::PooledSubscription));
    until.map_or(Ok(()), |until| {
        due::mark_behind(state, &system, until, event.on)
    })
}

pub(crate) fn suspect<S: StateMut>(state: &mut S, event: &Suspected) -> Result<(), StateBroken> {
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

pub(crate) fn refuse_code<S: StateMut>(state: &mut S, id: &ComputerId) -> Result<(), StateBroken> {
    let count = state
        .get::<WrongCodesRow>(&id.0)?
        .map_or(0, |row| row.count)
        .saturating_add(1);
    state.put(WrongCodesRow {
        computer_id: *id,
        count,
    })
}
