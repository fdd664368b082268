//! `activation reinstate`.

use super::error::OpsError;
use super::order::because;
use super::session::Session;
use crate::licence::ComputerId;
use crate::policy::order::reinstate;
use crate::policy::record::event::Event;

/// What reinstating would do; nothing is changed yet.
///
/// # Errors
/// [`OpsError::Refused`] with the codes of [`reinstate::reinstate`].
pub fn plan(session: &Session<'_>, id: &ComputerId, reason: &str) -> Result<Event, OpsError> {
    Ok(reinstate::reinstate(
        &session.state(),
        id,
        because(session, reason),
    )?)
}
