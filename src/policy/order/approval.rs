//! Approving a waiting request, or giving held seats back (LICENSING sections 8 and 13).

use crate::licence::{ComputerId, Day};
use crate::policy::record::event::Event;
use crate::policy::record::request::WaitingRow;
use crate::policy::record::seat::Seat;
use crate::policy::record::state::State;
use crate::policy::record::system::{SystemRow, SystemState};
use crate::policy::record::wallet;
use crate::policy::refusal::{Stop, SystemRefusal};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// The effect of an operator's approval.
#[derive(Debug, Clone, PartialEq)]
pub enum Approval {
    /// The waiting request of the device is judged anew, as approved.
    Request {
        /// The event to record first.
        event: Event,
        /// The waiting request, and where its file lies.
        waiting: Rc<WaitingRow>,
    },
    /// The held seats of the device go back into the wallet.
    Seats(Event),
}

/// Approves the waiting request of a device, or gives back its held seats.
///
/// # Errors
/// [`SystemRefusal::NothingWaits`] where the device has neither.
pub fn approve<S: State>(
    state: &S,
    id: &ComputerId,
    reason: String,
    today: Day,
) -> Result<Approval, Stop> {
    if let Some(system) = state.get::<SystemRow>(&id.0)?
        && matches!(system.state, SystemState::GivenUp { held: true, .. })
    {
        return Ok(Approval::Seats(release_seats(&system, reason, today)));
    }
    let Some(waiting) = state.get::<WaitingRow>(&id.0)? else {
        return Err(SystemRefusal::NothingWaits { computer_id: *id }.into());
    };
    let event = Event::Approved {
        computer_id: *id,
        organization: waiting.organization.clone(),
        product: waiting.product.clone(),
        request: waiting.document,
        reason,
    };
    Ok(Approval::Request { event, waiting })
}

pub(crate) fn release_seats(system: &SystemRow, reason: String, today: Day) -> Event {
    let (running, ended): (Vec<Seat>, Vec<Seat>) = system
        .seats
        .iter()
        .cloned()
        .partition(|seat| seat.term.end() >= today);
    Event::SeatsReleased {
        computer_id: system.computer_id,
        organization: system.organization.clone(),
        product: system.product.clone(),
        returned: wallet::lots_of_seats(&running),
        ended,
        reason,
        on: today,
    }
}
