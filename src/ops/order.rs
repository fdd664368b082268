//! What every order of an operator about one system has in common.

use super::error::OpsError;
use super::session::Session;
use crate::licence::ComputerId;
use crate::policy::release_order::Because;
use crate::policy::state::{IssuedActivation, SystemRow};
use crate::policy::{Event, State};

/// Why, when and as which entry an order stands in the history.
#[must_use]
pub fn because(session: &Session<'_>, reason: &str) -> Because {
    Because { reason: reason.to_owned(), entry: session.next_entry(), today: session.today() }
}

/// The newest activation of a system: what it runs on until its dates, whatever is ordered now.
///
/// # Errors
/// [`OpsError::Broken`].
pub fn standing(session: &Session<'_>, id: &ComputerId) -> Result<Option<IssuedActivation>, OpsError> {
    Ok(session.state().get::<SystemRow>(&id.0)?.map(|system| system.activation.clone()))
}

/// Records an order that was looked at, and commits it.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn carry_out(mut session: Session<'_>, event: &Event) -> Result<(), OpsError> {
    session.record(event)?;
    session.commit()?;
    Ok(())
}
