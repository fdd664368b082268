//! Denying lost and cloned devices, and taking that back (LICENSING section 13).

use crate::licence::ComputerId;
use crate::policy::admit::known;
use crate::policy::admit::known::system;
use crate::policy::model::deactivation::returnable;
use crate::policy::order::reinstate;
use crate::policy::order::release::Because;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::event::Event;
use crate::policy::record::event::given_up::Denied;
use crate::policy::record::seat::Seat;
use crate::policy::record::state::State;
use crate::policy::record::system::SystemState;
use crate::policy::record::wallet;
use crate::policy::refusal::{GivenUpRefusal, Stop};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Denies a system: its seats are held, or go back into the wallet. Its held seats may be returned
/// later.
///
/// # Errors
/// [`GivenUpRefusal::GivenUpAlready`]; [`GivenUpRefusal::DeniedAlready`]; an unknown system.
pub fn deny<S: State>(
    state: &S,
    id: &ComputerId,
    return_seat: bool,
    because: Because,
) -> Result<Event, Stop> {
    let found = system(state, id)?;
    let model = known::product(state, &found.product)?.settings.model;
    let holds = !found.seats.is_empty() || model == Model::Hardware;
    match &found.state {
        SystemState::Active => {}
        SystemState::Denied {
            returned: false, ..
        } if return_seat && holds => {}
        SystemState::Denied { on, .. } => {
            return Err(GivenUpRefusal::DeniedAlready {
                computer_id: *id,
                on: *on,
            }
            .into());
        }
        SystemState::GivenUp { on, .. } => {
            return Err(GivenUpRefusal::GivenUpAlready {
                computer_id: *id,
                on: *on,
            }
            .into());
        }
    }
    let running = returnable(&found, model, because.today);
    let (seats, returned): (Vec<Seat>, Vec<Seat>) = if return_seat {
        (Vec::new(), running)
    } else {
        (found.seats.clone(), Vec::new())
    };
    Ok(Event::Denied(Box::new(Denied {
        computer_id: *id,
        organization: found.organization.clone(),
        product: found.product.clone(),
        seats,
        returned: wallet::lots_of_seats(&returned),
        return_seat,
        entry: because.entry,
        reason: because.reason,
        on: because.today,
    })))
}

/// Takes a denial back. Held seats serve again as long as they last; seats that went into the
/// wallet come back if they are free.
///
/// # Errors
/// [`GivenUpRefusal::NotDenied`]; an unknown system; a serial that serves another system now.
pub fn undeny<S: State>(state: &S, id: &ComputerId, because: Because) -> Result<Event, Stop> {
    let found = system(state, id)?;
    if !matches!(found.state, SystemState::Denied { .. }) {
        return Err(GivenUpRefusal::NotDenied { computer_id: *id }.into());
    }
    Ok(Event::Undenied(Box::new(reinstate::reinstated(
        state, &found, because,
    )?)))
}
