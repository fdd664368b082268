//! Confirmations: proof that an activation arrived (PROTOCOL section 4.3, LICENSING section 7).

use crate::licence::{Counts, Day};
use crate::policy::admit::asked::Asked;
use crate::policy::model::device::seats;
use crate::policy::model::grant::Grant;
use crate::policy::model::need;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::event::Event;
use crate::policy::record::seat::Seat;
use crate::policy::record::system::{StatedNeed, SystemRow, SystemState};
use crate::policy::record::wallet;
use crate::policy::refusal::{Stop, SystemRefusal};
use crate::wire::request::InstalledActivation;
use alloc::vec::Vec;

/// Whether an installed activation is one that this system got.
pub(crate) fn is_own(system: &SystemRow, installed: InstalledActivation) -> bool {
    let issued = &system.activation;
    installed.id.is_none_or(|id| id == issued.id)
        && (1..=issued.sequence).contains(&installed.sequence)
}

pub(crate) fn unknown_activation(installed: InstalledActivation) -> SystemRefusal {
    SystemRefusal::NotItsActivation {
        sequence: installed.sequence,
    }
}

/// What stays and what goes back once a sequence is confirmed.
pub(crate) struct Settled {
    pub(crate) stated: Vec<StatedNeed>,
    pub(crate) seats: Vec<Seat>,
    pub(crate) surplus: Vec<Seat>,
}

/// Surplus returns with its own end; ended surplus is gone.
pub(crate) fn settle(system: &SystemRow, sequence: u16, model: Model, today: Day) -> Settled {
    let stated = need::confirm_need(&system.stated, sequence);
    let counted: Counts = SystemRow {
        stated: stated.clone(),
        ..system.clone()
    }
    .counted_need();
    if model != Model::DeviceSubscription {
        return Settled {
            stated,
            seats: system.seats.clone(),
            surplus: Vec::new(),
        };
    }
    let (seats, mut surplus) = seats::divide(&system.seats, &counted);
    surplus.retain(|seat| seat.term.end() >= today);
    Settled {
        stated,
        seats,
        surplus,
    }
}

pub(crate) fn decide(asked: &Asked<'_>, installed: InstalledActivation) -> Result<Grant, Stop> {
    let system = asked
        .system
        .as_ref()
        .filter(|system| is_own(system, installed));
    let system = system.ok_or_else(|| unknown_activation(installed))?;
    let settled = match system.state {
        SystemState::Active => settle(
            system,
            installed.sequence,
            asked.settings().model,
            asked.context().today,
        ),
        _ => Settled {
            stated: system.stated.clone(),
            seats: system.seats.clone(),
            surplus: Vec::new(),
        },
    };
    let event = Event::Confirmed {
        request: asked.document,
        computer_id: system.computer_id,
        organization: system.organization.clone(),
        product: system.product.clone(),
        sequence: installed.sequence,
        counter: asked.counter,
        stated: settled.stated,
        seats: settled.seats,
        returned: wallet::lots_of_seats(&settled.surplus),
        source: asked.context().source.clone(),
        on: asked.context().today,
    };
    Ok(Grant {
        event,
        answer: None,
    })
}
