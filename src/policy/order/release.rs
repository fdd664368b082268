//! Releases by an operator's order: by the code that the device shows, without proof, or because
//! the activation never arrived (LICENSING section 13).

use crate::licence::code::LINE_BYTES;
use crate::licence::{ComputerId, Day};
use crate::policy::admit::known;
use crate::policy::admit::known::system;
use crate::policy::model::deactivation::{holds_hardware, must_hold, returnable};
use crate::policy::record::event::Event;
use crate::policy::record::event::given_up::{CodeRefused, Released};
use crate::policy::record::given_up::WrongCodesRow;
use crate::policy::record::seat::Seat;
use crate::policy::record::state::State;
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::policy::record::wallet;
use crate::policy::refusal::{GivenUpRefusal, Refused, Stop, SystemRefusal};
use crate::seal::generation;
use crate::wire::response::Destination;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Wrong codes for one Computer ID, after which no further one is looked at.
pub const MAX_WRONG_CODES: u32 = 10;

/// An order's reason, day and place in the history.
#[derive(Debug, Clone)]
pub struct Because {
    /// The operator's reason.
    pub reason: String,
    /// The number that the entry will have.
    pub entry: u64,
    /// The day.
    pub today: Day,
}

/// What becomes of a typed code.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// The code is the device's: the system is given up.
    Accepted(Event),
    /// The code is wrong. The event is recorded all the same, since wrong codes are counted.
    Wrong(Event, Refused),
}

/// Releases a system by its Deactivation Verification Code. This is a proven release, as by file:
/// it counts for the limit, and the seat is held beyond it.
///
/// # Errors
/// [`SystemRefusal::Unknown`], [`GivenUpRefusal::Proven`],
/// [`SystemRefusal::Locked`].
pub fn by_code<S: State>(
    state: &S,
    id: &ComputerId,
    code: &[u8; LINE_BYTES],
    because: Because,
) -> Result<Typed, Stop> {
    let system = system(state, id)?;
    if matches!(
        system.state,
        SystemState::GivenUp {
            how: GivenUp::Proven,
            ..
        }
    ) {
        return Err(GivenUpRefusal::Proven { computer_id: *id }.into());
    }
    let wrong = state
        .get::<WrongCodesRow>(&id.0)?
        .map_or(0, |row| row.count);
    if wrong >= MAX_WRONG_CODES {
        return Err(SystemRefusal::Locked {
            computer_id: *id,
            count: wrong,
        }
        .into());
    }
    if generation::from_verification_code(code).1 != *id {
        return Ok(wrong_code(&system, wrong + 1, because.today));
    }
    let settings = known::product(state, &system.product)?;
    let hold = must_hold(state, &system, &settings.settings, because.today)?;
    let seats = returnable(&system, settings.settings.model, because.today);
    let mut event = released(&system, GivenUp::Proven, &seats, hold, because);
    if let Event::Released(released) = &mut event {
        // A serial and expansions are held as seats are.
        released.held |= hold && holds_hardware(&system, settings.settings.model);
    }
    Ok(Typed::Accepted(event))
}

fn wrong_code(system: &SystemRow, count: u32, today: Day) -> Typed {
    let id = system.computer_id;
    let event = Event::CodeRefused(Box::new(CodeRefused {
        computer_id: id,
        organization: system.organization.clone(),
        product: system.product.clone(),
        on: today,
    }));
    let refusal = SystemRefusal::WrongCode {
        computer_id: id,
        count,
        allowed: MAX_WRONG_CODES,
    };
    Typed::Wrong(event, refusal.into())
}

/// Releases a system without proof. Past the activation's last day of use it needs none, and is not
/// counted as unproven.
///
/// # Errors
/// [`SystemRefusal::Unknown`]; a [`GivenUpRefusal`] where it is given up or denied already.
pub fn without_proof<S: State>(
    state: &S,
    id: &ComputerId,
    because: Because,
) -> Result<Event, Stop> {
    let system = system(state, id)?;
    check_active(&system)?;
    let settings = known::product(state, &system.product)?;
    let seats = returnable(&system, settings.settings.model, because.today);
    let is_over = system
        .activation
        .validity
        .grace_until
        .is_some_and(|last| last < because.today);
    let how = if is_over {
        GivenUp::Ended
    } else {
        GivenUp::Unproven
    };
    Ok(released(&system, how, &seats, false, because))
}

/// Cancels an activation that never arrived, as a release without proof.
///
/// # Errors
/// [`GivenUpRefusal::Confirmed`] where the device has confirmed it; as [`without_proof`].
pub fn cancel<S: State>(state: &S, id: &ComputerId, because: Because) -> Result<Event, Stop> {
    let found = system(state, id)?;
    check_active(&found)?;
    if let Some(sequence) = found.activation.confirmed {
        return Err(GivenUpRefusal::Confirmed { sequence }.into());
    }
    without_proof(state, id, because)
}

fn check_active(system: &SystemRow) -> Result<(), GivenUpRefusal> {
    let computer_id = system.computer_id;
    match &system.state {
        SystemState::Active => Ok(()),
        SystemState::GivenUp {
            how: GivenUp::Proven,
            ..
        } => Err(GivenUpRefusal::Proven { computer_id }),
        SystemState::GivenUp { on, .. } => Err(GivenUpRefusal::GivenUpAlready {
            computer_id,
            on: *on,
        }),
        SystemState::Denied { on, .. } => Err(GivenUpRefusal::DeniedNotReleased {
            computer_id,
            on: *on,
        }),
    }
}

fn released(
    system: &SystemRow,
    how: GivenUp,
    seats: &[Seat],
    hold: bool,
    because: Because,
) -> Event {
    let returned = if hold {
        Vec::new()
    } else {
        wallet::lots_of_seats(seats)
    };
    Event::Released(Box::new(Released {
        computer_id: system.computer_id,
        organization: system.organization.clone(),
        product: system.product.clone(),
        activation_id: system.activation.id,
        sequence: system.activation.sequence,
        how,
        destination: if returned.is_empty() {
            Destination::None
        } else {
            Destination::Wallet
        },
        returned,
        held: hold && !seats.is_empty(),
        entry: because.entry,
        reason: because.reason,
        on: because.today,
    }))
}
