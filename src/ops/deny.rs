//! `activation deny` and `activation undeny`.

use super::error::OpsError;
use super::order::because;
use super::session::Session;
use crate::licence::ComputerId;
use crate::policy::order::deny;
use crate::policy::record::event::Event;

/// What denying would do; nothing is changed yet.
///
/// # Errors
/// [`OpsError::Refused`] with the codes of [`deny::deny`].
pub fn plan(
    session: &Session<'_>,
    id: &ComputerId,
    return_seat: bool,
    reason: &str,
) -> Result<Event, OpsError> {
    Ok(deny::deny(
        &session.state(),
        id,
        return_seat,
        because(session, reason),
    )?)
}

/// What taking a denial back would do.
///
/// # Errors
/// [`OpsError::Refused`] with the codes of [`deny::undeny`].
pub fn plan_undeny(
    session: &Session<'_>,
    id: &ComputerId,
    reason: &str,
) -> Result<Event, OpsError> {
    Ok(deny::undeny(
        &session.state(),
        id,
        because(session, reason),
    )?)
}
