//! `activation release` and `activation cancel`.

use super::error::OpsError;
use super::order::{because, carry_out};
use super::session::Session;
use crate::licence::ComputerId;
use crate::licence::code::LINE_BYTES;
use crate::policy::order::release;
use crate::policy::order::release::Typed;
use crate::policy::record::event::Event;
use crate::policy::refusal::Refused;

/// What a typed code would do; nothing is changed yet.
///
/// # Errors
/// [`OpsError::Refused`] with the codes of [`release::by_code`].
pub fn plan_by_code(
    session: &Session<'_>,
    id: &ComputerId,
    code: &[u8; LINE_BYTES],
    reason: &str,
) -> Result<Typed, OpsError> {
    Ok(release::by_code(
        &session.state(),
        id,
        code,
        because(session, reason),
    )?)
}

/// Records a wrong code, which counts; gives the refusal as the error that it is.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn count_wrong_code(
    session: Session<'_>,
    event: &Event,
    refused: Refused,
) -> Result<OpsError, OpsError> {
    carry_out(session, event)?;
    Ok(OpsError::Refused(refused))
}

/// What a release without proof would do.
///
/// # Errors
/// [`OpsError::Refused`] with the codes of [`release::without_proof`].
pub fn plan_without_proof(
    session: &Session<'_>,
    id: &ComputerId,
    reason: &str,
) -> Result<Event, OpsError> {
    Ok(release::without_proof(
        &session.state(),
        id,
        because(session, reason),
    )?)
}

/// What cancelling would do.
///
/// # Errors
/// [`OpsError::Refused`] with the codes of [`release::cancel`].
pub fn plan_cancel(
    session: &Session<'_>,
    id: &ComputerId,
    reason: &str,
) -> Result<Event, OpsError> {
    Ok(release::cancel(
        &session.state(),
        id,
        because(session, reason),
    )?)
}
