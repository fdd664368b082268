//! Grants, confirmations and recoveries.

use crate::licence::{ComputerId, Day};
use crate::policy::apply::answer::{answered, count_answer};
use crate::policy::apply::catalogue::mark_in_use;
use crate::policy::apply::stock::{consume, give_back, redeem};
use crate::policy::apply::system::{
    bind_hardware, change_hardware, known_system, put_system, remember_day,
};
use crate::policy::apply::{answer, due, hardware, subscription, temporary};
use crate::policy::record::event::Event;
use crate::policy::record::event::granted::Granted;
use crate::policy::record::request::WaitingRow;
use crate::policy::record::state::{StateBroken, StateMut};
use crate::policy::record::system::{GivenUp, SystemState};
use crate::wire::response::Destination;

pub(crate) fn confirm<S: StateMut>(state: &mut S, event: &Event) -> Result<(), StateBroken> {
    let Event::Confirmed {
        request,
        computer_id,
        sequence,
        counter,
        stated,
        seats,
        returned,
        ..
    } = event
    else {
        return Ok(());
    };
    let mut system = (*known_system(state, computer_id)?).clone();
    system.activation.confirmed = system.activation.confirmed.max(Some(*sequence));
    system.stated.clone_from(stated);
    system.seats.clone_from(seats);
    give_back(state, &system.organization, &system.product, returned)?;
    answered(state, request, &system, None, false)?;
    answer::see(state, computer_id, *counter)?;
    put_system(state, system)
}

pub(crate) fn grant<S: StateMut>(state: &mut S, granted: &Granted) -> Result<(), StateBroken> {
    let system = &granted.system;
    mark_in_use(state, &system.product)?;
    for redemption in &granted.redeemed {
        redeem(
            state,
            &redemption.key,
            &system.organization,
            &redemption.lots,
            granted.on,
        )?;
    }
    // The same request may take again what a confirmed smaller need gave back.
    give_back(
        state,
        &system.organization,
        &system.product,
        &granted.returned,
    )?;
    consume(state, &system.organization, &system.product, &granted.taken)?;
    if let Some(started) = granted.started {
        subscription::start(
            state,
            &system.organization,
            &system.product,
            started,
            granted.on,
        )?;
    }
    for assignment in &granted.assignments {
        subscription::assign(state, &system.organization, &system.product, assignment)?;
    }
    if let Some(old) = &granted.recovered_from {
        recover(state, old, granted.on)?;
    }
    bind_hardware(state, system)?;
    temporary::begin_trial(state, system)?;
    hardware::claim(state, system)?;
    let answer = Some(count_answer(state)?);
    answered(state, &granted.request, system, answer, false)?;
    state.remove::<WaitingRow>(&system.computer_id.0)?;
    due::settle(state, &system.computer_id)?;
    put_system(state, system.clone())
}

pub(crate) fn recover<S: StateMut>(
    state: &mut S,
    old: &ComputerId,
    on: Day,
) -> Result<(), StateBroken> {
    let mut system = (*known_system(state, old)?).clone();
    system.seats.clear();
    system.temporary.running = None;
    system.state = SystemState::GivenUp {
        how: GivenUp::Recovered,
        on,
        document: None,
        destination: Destination::None,
        held: false,
    };
    change_hardware(state, system.hardware, |row| {
        remember_day(&mut row.recoveries, on)
    })?;
    put_system(state, system)
}
