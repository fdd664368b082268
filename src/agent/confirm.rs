//! `confirm`: proves that the activation arrived.

use super::arguments::Confirm;
use super::error::AgentError;
use super::outgoing::Outgoing;
use super::session::Session;

/// Writes a confirmation of the installed activation.
///
/// # Errors
/// [`AgentError`]: nothing is installed, or the confirmation could not be written.
pub(super) fn run(session: &Session, confirm: &Confirm) -> Result<(), AgentError> {
    confirm.delivery.check()?;
    let mut device = session.open()?;
    let envelope = device.confirm(confirm.delivery.witness())?;
    let outgoing = Outgoing {
        envelope: &envelope,
        computer_id: device.computer_id(),
        verification_code: None,
    };
    confirm.delivery.deliver(session.output, &outgoing)
}
