//! `deactivate`: gives the activation up for good.

use super::arguments::Deactivate;
use super::error::AgentError;
use super::outgoing::Outgoing;
use super::session::{Here, Session};
use crate::device::Deactivated;
use crate::words::device::en;

/// Gives the installed activation up, or writes the newest finished deactivation again where
/// nothing is installed.
///
/// # Errors
/// [`AgentError::NotWritten`] where it is given up, but could not be written; with any other
/// nothing was changed.
pub(super) fn run(session: &Session, deactivate: &Deactivate) -> Result<(), AgentError> {
    deactivate.delivery.check()?;
    let mut device = session.open()?;
    let finished = device.deactivations().last().cloned();
    let done = match finished {
        Some(finished) if deactivate.again || device.installed_activation().is_none() => {
            session
                .output
                .talk(&en::talk::given_up_before(finished.computer_id));
            finished
        }
        None if deactivate.again => return Err(AgentError::NothingToRepeat),
        _ => give_up(session, deactivate, &mut device)?,
    };
    deliver(session, deactivate, &done).map_err(|error| AgentError::NotWritten(Box::new(error)))
}

fn give_up(
    session: &Session,
    deactivate: &Deactivate,
    device: &mut Here,
) -> Result<Deactivated, AgentError> {
    let held = device.status(&session.components()).held;
    let held = held.ok_or(crate::device::DeviceError::NothingInstalled)?;
    let reason = deactivate.reason.ok_or(AgentError::NoReason)?;
    if !deactivate.yes {
        session.output.ask(&en::talk::ask_to_give_up(
            device.computer_name(),
            &held.entitlement.licences,
            device.computer_id(),
        ))?;
    }
    Ok(device.deactivate(reason.into(), deactivate.delivery.witness())?)
}

fn deliver(
    session: &Session,
    deactivate: &Deactivate,
    done: &Deactivated,
) -> Result<(), AgentError> {
    let code = done.verification_line();
    session.output.talk(&en::talk::verification_code(&code));
    let outgoing = Outgoing {
        envelope: &done.envelope,
        computer_id: done.computer_id,
        verification_code: Some(code),
    };
    deactivate.delivery.deliver(session.output, &outgoing)
}
