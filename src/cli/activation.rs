//! `activation`: what an operator does by hand about one system.

use super::arguments::{Activation, Order, Release};
use super::before::before;
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{approve, entropy, issue, parse};
use crate::licence::counts::CountsOverflow;
use crate::licence::{ComputerId, Counts};
use crate::ops::defect::Defect;
use crate::ops::{Access, OpsError, Session, order};
use crate::policy::model::device::seats;
use crate::policy::order::release::Typed;
use crate::policy::record::event::Event;
use crate::policy::record::event::given_up::Released;
use crate::policy::record::seat::Seat;
use crate::policy::record::system::GivenUp;
use crate::policy::record::wallet;
use serde_json::json;

/// `activation`.
///
/// # Errors
/// [`CliError`].
pub(super) fn activation(desk: &Desk<'_>, command: &Activation) -> Result<Exit, CliError> {
    match command {
        Activation::Approve {
            computer_id,
            reason,
            yes,
        } => approve::approve(desk, computer_id, reason, *yes),
        Activation::Issue(wanted) => issue::issue(desk, wanted),
        Activation::Emergency(wanted) => issue::emergency(desk, wanted),
        Activation::Extend {
            computer_id,
            computer_key,
            yes,
        } => issue::extend(desk, computer_id, *computer_key, *yes),
        Activation::Release(wanted) => release(desk, wanted),
        Activation::Deny {
            computer_id,
            return_seat,
            reason,
            yes,
        } => deny(desk, computer_id, *return_seat, reason, *yes),
        Activation::Undeny(wanted) => {
            reinstated(desk, wanted, order::plan_undeny, "take the denial back of")
        }
        Activation::Reinstate(wanted) => {
            reinstated(desk, wanted, order::plan_reinstate, "reinstate")
        }
        Activation::Cancel(wanted) => cancel(desk, wanted),
    }
}

fn release(desk: &Desk<'_>, wanted: &Release) -> Result<Exit, CliError> {
    let id = parse::computer_id(&wanted.computer_id)?;
    let code = wanted
        .code
        .as_deref()
        .map(parse::verification_code)
        .transpose()?;
    let signer = desk.open(Access::Changing)?;
    let session = Session::begin(&signer, entropy::clock()?)?;
    let event = match code {
        None => order::plan_release_without_proof(&session, &id, &wanted.reason)?,
        Some(code) => match order::plan_release_by_code(&session, &id, &code, &wanted.reason)? {
            Typed::Accepted(event) => event,
            Typed::Wrong(event, refusal) => {
                return Err(order::count_wrong_code(session, &event, refusal)?.into());
            }
        },
    };
    give_up(desk, session, &event, wanted.yes)
}

fn cancel(desk: &Desk<'_>, wanted: &Order) -> Result<Exit, CliError> {
    let id = parse::computer_id(&wanted.computer_id)?;
    let signer = desk.open(Access::Changing)?;
    let session = Session::begin(&signer, entropy::clock()?)?;
    let event = order::plan_cancel(&session, &id, &wanted.reason)?;
    give_up(desk, session, &event, wanted.yes)
}

fn give_up(
    desk: &Desk<'_>,
    session: Session<'_>,
    event: &Event,
    yes: bool,
) -> Result<Exit, CliError> {
    let Event::Released(released) = event else {
        return Err(unexpected(event));
    };
    let returned = wallet::counts(&released.returned).map_err(uncounted)?;
    let serial = if released.held {
        "is held too"
    } else {
        "may serve another device"
    };
    let where_to =
        seats_go(released, &returned) + &serial_goes(&session, &released.computer_id, serial)?;
    let how = match released.how {
        GivenUp::Proven => "by its code",
        GivenUp::Ended => "past its last day of use",
        GivenUp::Unproven | GivenUp::Recovered => "without proof",
    };
    let id = released.computer_id;
    let line = format!(
        "give up {id} of {} {how}, for good; {where_to}",
        released.organization
    );
    desk.console.confirm(&[before(&session, &id)?, line], yes)?;
    order::carry_out(session, event)?;
    let document = json!({
        "computer_id": id, "how": released.how, "returned": returned, "held": released.held
    });
    desk.console
        .give(&document, &[format!("{id} is given up; {where_to}")])?;
    Ok(Exit::Done)
}

fn seats_go(released: &Released, returned: &Counts) -> String {
    if released.held {
        return "its seats are held until an operator approves".to_owned();
    }
    if returned.is_empty() {
        "no seat goes back".to_owned()
    } else {
        format!("{returned} back to the wallet")
    }
}

fn deny(
    desk: &Desk<'_>,
    computer_id: &str,
    return_seat: bool,
    reason: &str,
    yes: bool,
) -> Result<Exit, CliError> {
    let id = parse::computer_id(computer_id)?;
    let signer = desk.open(Access::Changing)?;
    let session = Session::begin(&signer, entropy::clock()?)?;
    let event = order::plan_deny(&session, &id, return_seat, reason)?;
    let Event::Denied(denied) = &event else {
        return Err(unexpected(&event));
    };
    let returned = wallet::counts(&denied.returned).map_err(uncounted)?;
    let held = counts(&denied.seats)?;
    let serial = if return_seat {
        "may serve another device"
    } else {
        "is held"
    };
    let line = format!(
        "deny {id} of {}: its requests are refused; held: {}; back to the wallet: {}{}",
        denied.organization,
        or_nothing(&held),
        or_nothing(&returned),
        serial_goes(&session, &id, serial)?
    );
    desk.console.confirm(&[before(&session, &id)?, line], yes)?;
    order::carry_out(session, &event)?;
    let document = json!({"computer_id": id, "returned": returned, "held": held});
    desk.console.give(&document, &[format!("{id} is denied")])?;
    Ok(Exit::Done)
}

/// What gives a system its seats back.
type Plan = fn(&Session<'_>, &ComputerId, &str) -> Result<Event, OpsError>;

fn reinstated(desk: &Desk<'_>, wanted: &Order, plan: Plan, verb: &str) -> Result<Exit, CliError> {
    let id = parse::computer_id(&wanted.computer_id)?;
    let signer = desk.open(Access::Changing)?;
    let session = Session::begin(&signer, entropy::clock()?)?;
    let event = plan(&session, &id, &wanted.reason)?;
    let (Event::Undenied(reinstated) | Event::Reinstated(reinstated)) = &event else {
        return Err(unexpected(&event));
    };
    let seats = counts(&reinstated.seats)?;
    let serial = serial_goes(&session, &id, "serves it again")?;
    let line = format!(
        "{verb} {id} of {}; it holds afterwards: {}{serial}",
        reinstated.organization,
        or_nothing(&seats)
    );
    desk.console
        .confirm(&[before(&session, &id)?, line], wanted.yes)?;
    order::carry_out(session, &event)?;
    let line = format!("{id} may speak again; it holds: {}", or_nothing(&seats));
    desk.console
        .give(&json!({"computer_id": id, "seats": seats}), &[line])?;
    Ok(Exit::Done)
}

/// What becomes of a serial with its expansions, where the system has one.
fn serial_goes(session: &Session<'_>, id: &ComputerId, how: &str) -> Result<String, CliError> {
    Ok(
        order::serial(session, id)?.map_or_else(String::new, |serial| {
            format!("; the serial number {serial} with its expansions {how}")
        }),
    )
}

fn counts(seats: &[Seat]) -> Result<Counts, CliError> {
    seats::counts(seats).map_err(uncounted)
}

fn or_nothing(counts: &Counts) -> String {
    if counts.is_empty() {
        "nothing".to_owned()
    } else {
        counts.to_string()
    }
}

/// An order gives an event of its own kind; any other is a fault of this program.
fn unexpected(event: &Event) -> CliError {
    let found = event.name();
    OpsError::from(Defect::Order { found }).into()
}

fn uncounted(fault: CountsOverflow) -> CliError {
    OpsError::from(Defect::Counts { fault }).into()
}
