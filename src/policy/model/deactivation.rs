//! Deactivations: releases that the device has proven (LICENSING sections 11 and 13).

use crate::licence::Day;
use crate::policy::admit::asked::Asked;
use crate::policy::model::confirmation::{is_own, unknown_activation};
use crate::policy::model::grant::{Answer, Grant};
use crate::policy::record::catalogue::settings::{Model, ProductSettings};
use crate::policy::record::event::Event;
use crate::policy::record::event::given_up::Deactivated;
use crate::policy::record::seat::Seat;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::{GivenUp, HardwareRow, SystemRow, SystemState};
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::{Stop, SystemRefusal};
use crate::seal::generation;
use crate::wire::Kind;
use crate::wire::request::{Deactivation, Reason};
use crate::wire::response::{Destination, Receipt};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

pub(crate) fn decide<S: State>(
    state: &S,
    asked: &Asked<'_>,
    deactivation: &Deactivation,
) -> Result<Grant, Stop> {
    let system = asked
        .system
        .as_ref()
        .filter(|system| is_own(system, deactivation.activation));
    let system = system.ok_or_else(|| unknown_activation(deactivation.activation))?;
    check_code(asked, deactivation)?;
    if let SystemState::GivenUp {
        how: GivenUp::Proven,
        held,
        ..
    } = system.state
    {
        return after_its_code(asked, system, deactivation, held);
    }
    let hold = must_hold(state, system, asked.settings(), asked.context().today)?;
    let seats = returnable(system, asked.settings().model, asked.context().today);
    let held = hold && (!seats.is_empty() || holds_hardware(system, asked.settings().model));
    let returned = if hold {
        Vec::new()
    } else {
        wallet::lots_of_seats(&seats)
    };
    let destination = if returned.is_empty() {
        Destination::None
    } else {
        Destination::Wallet
    };
    deactivated(asked, system, deactivation, (returned, destination, held))
}

/// The deactivation of a device whose code was typed before. It gets its receipt only: its licences
/// went when the code was typed.
fn after_its_code(
    asked: &Asked<'_>,
    system: &SystemRow,
    deactivation: &Deactivation,
    held: bool,
) -> Result<Grant, Stop> {
    deactivated(
        asked,
        system,
        deactivation,
        (Vec::new(), Destination::None, held),
    )
}

fn deactivated(
    asked: &Asked<'_>,
    system: &SystemRow,
    deactivation: &Deactivation,
    (returned, destination, held): (Vec<Lot>, Destination, bool),
) -> Result<Grant, Stop> {
    let answer = receipt(asked, system, &returned, destination)?;
    let event = Event::Deactivated(Box::new(Deactivated {
        request: asked.document,
        computer_id: system.computer_id,
        organization: system.organization.clone(),
        product: system.product.clone(),
        activation_id: system.activation.id,
        sequence: system.activation.sequence,
        reason: reason_word(deactivation.reason).to_string(),
        destination,
        returned,
        held,
        answer: answer.document_id(),
        source: asked.context().source.clone(),
        on: asked.context().today,
    }));
    Ok(Grant {
        event,
        answer: Some(answer),
    })
}

fn reason_word(reason: Reason) -> &'static str {
    match reason {
        Reason::Moved => "moved",
        Reason::Retired => "retired",
        Reason::Replaced => "replaced",
        Reason::Other => "other",
    }
}

fn check_code(asked: &Asked<'_>, deactivation: &Deactivation) -> Result<(), SystemRefusal> {
    let (key, computer_id) = generation::from_verification_code(&deactivation.verification_code);
    if Some(key.bytes()) == asked.device_key && computer_id == asked.computer_id {
        return Ok(());
    }
    Err(SystemRefusal::OtherCode {})
}

/// Seats that have not ended; a system that was given up without proof has none left.
pub(crate) fn returnable(system: &SystemRow, model: Model, today: Day) -> Vec<Seat> {
    if model != Model::DeviceSubscription || matches!(system.state, SystemState::GivenUp { .. }) {
        return Vec::new();
    }
    system
        .seats
        .iter()
        .filter(|seat| seat.term.end() >= today)
        .cloned()
        .collect()
}

/// Whether a system holds a serial and expansions that another may have once it is given up.
pub(crate) fn holds_hardware(system: &SystemRow, model: Model) -> bool {
    model == Model::Hardware
        && !system.temporary.only
        && !matches!(system.state, SystemState::GivenUp { .. })
}

/// Whether an operator decides about the seats: without self-service, over the release limit, or
/// for a denied device.
pub(crate) fn must_hold<S: State>(
    state: &S,
    system: &SystemRow,
    settings: &ProductSettings,
    today: Day,
) -> Result<bool, StateBroken> {
    let releases = state
        .get::<HardwareRow>(&system.hardware.to_be_bytes())?
        .map_or_else(Vec::new, |row| row.releases.clone());
    let limit = settings.release_limit;
    let within = releases
        .iter()
        .filter(|day| day.in_window(limit.days, today))
        .count();
    let over = within >= usize::try_from(limit.count).unwrap_or(usize::MAX);
    Ok(over
        || !settings.self_service_deactivation
        || matches!(system.state, SystemState::Denied { .. }))
}

fn receipt(
    asked: &Asked<'_>,
    system: &SystemRow,
    returned: &[Lot],
    destination: Destination,
) -> Result<Answer, Stop> {
    let receipt = Receipt {
        activation_id: system.activation.id,
        sequence: system.activation.sequence,
        organization: system.organization.clone(),
        product: system.product.clone(),
        computer_id: system.computer_id,
        request: asked.document,
        licences: wallet::counts(returned)?,
        destination,
        issued_at: asked.context().now,
    };
    Ok(Answer {
        kind: Kind::Receipt,
        payload: receipt.to_payload(),
    })
}
