//! Taking a release without proof back: the seat comes back if one is free (LICENSING section 13).

use crate::licence::{ComputerId, Day};
use crate::policy::admit::known::system;
use crate::policy::admit::{known, serial};
use crate::policy::model::device::seats;
use crate::policy::model::drawing;
use crate::policy::model::drawing::Drawing;
use crate::policy::order::release::Because;
use crate::policy::record::event::Event;
use crate::policy::record::event::given_up::Reinstated;
use crate::policy::record::given_up::GivenBackRow;
use crate::policy::record::seat::Seat;
use crate::policy::record::state::State;
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::{GivenUpRefusal, Stop};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Takes a release without proof back: the Computer ID is valid again.
///
/// # Errors
/// [`GivenUpRefusal::NotGivenUp`]; [`GivenUpRefusal::Proven`], which cannot be taken back;
/// [`GivenUpRefusal::Recovered`]; [`GivenUpRefusal::Denied`]; an unknown system; a serial that
/// serves another system now.
pub fn reinstate<S: State>(state: &S, id: &ComputerId, because: Because) -> Result<Event, Stop> {
    let found = system(state, id)?;
    match &found.state {
        SystemState::GivenUp {
            how: GivenUp::Unproven | GivenUp::Ended,
            ..
        } => Ok(Event::Reinstated(Box::new(reinstated(
            state, &found, because,
        )?))),
        SystemState::GivenUp {
            how: GivenUp::Proven,
            ..
        } => Err(GivenUpRefusal::Proven { computer_id: *id }.into()),
        SystemState::GivenUp {
            how: GivenUp::Recovered,
            ..
        } => Err(GivenUpRefusal::Recovered { computer_id: *id }.into()),
        SystemState::Active => Err(GivenUpRefusal::NotGivenUp { computer_id: *id }.into()),
        SystemState::Denied { on, .. } => Err(GivenUpRefusal::Denied {
            computer_id: *id,
            on: *on,
        }
        .into()),
    }
}

/// A system as it was, with the seats that it can have.
pub(crate) fn reinstated<S: State>(
    state: &S,
    system: &SystemRow,
    because: Because,
) -> Result<Reinstated, Stop> {
    serial::check_still_free(state, system)?;
    let lasts = |seat: &&Seat| !seat.is_over(system.grace_days, because.today);
    let held: Vec<Seat> = system.seats.iter().filter(lasts).cloned().collect();
    let (taken, seats) = if system.seats.is_empty() {
        take(state, system, because.today)?
    } else {
        (Vec::new(), held)
    };
    Ok(Reinstated {
        computer_id: system.computer_id,
        organization: system.organization.clone(),
        product: system.product.clone(),
        taken,
        seats,
        reason: because.reason,
        on: because.today,
    })
}

/// The seats that it gave back, where they still lie in the wallet; else as many others; else none.
fn take<S: State>(
    state: &S,
    system: &SystemRow,
    today: Day,
) -> Result<(Vec<Lot>, Vec<Seat>), Stop> {
    let given = state
        .get::<GivenBackRow>(&system.computer_id.0)?
        .map_or_else(Vec::new, |row| row.seats.clone());
    let product = known::product(state, &system.product)?;
    let lots = wallet::lots(state, &system.organization, &system.product)?;
    let own = wallet::lots_of_seats(&given);
    let mut rest = lots.clone();
    if own.iter().all(|lot| lot.store_until >= today) && wallet::remove(&mut rest, &own).is_ok() {
        return Ok((own, given));
    }
    let lots = drawing::sequenced_by_code(state, lots)?;
    let notice = product.settings.largest_notice();
    let drawing = Drawing {
        own: &[],
        wallet: true,
        returned: true,
        notice,
        today,
    };
    let Ok(taken) = drawing::take(&lots, &seats::counts(&given)?, &drawing) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let seats = seats::tidy(seats::seats_of_lots(&taken, &product.settings, today));
    Ok((taken, seats::held_for(&seats, &system.need)))
}
