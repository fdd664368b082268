//! What every order of an operator about one system has in common.

use super::error::OpsError;
use super::session::Session;
use crate::policy::Event;
use crate::policy::release_order::Because;

/// Why, when and as which entry an order stands in the history.
#[must_use]
pub fn because(session: &Session<'_>, reason: &str) -> Because {
    Because { reason: reason.to_owned(), entry: session.next_entry(), today: session.today() }
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
