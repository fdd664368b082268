//! What every order of an operator about one system has in common.

use super::error::OpsError;
use super::session::Session;
use crate::licence::ComputerId;
use crate::policy::order::release::Because;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::event::Event;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::State;
use crate::policy::record::state::key_of;
use crate::policy::record::system::SystemRow;
use std::rc::Rc;

/// Why, when and as which entry an order stands in the history.
#[must_use]
pub fn because(session: &Session<'_>, reason: &str) -> Because {
    Because {
        reason: reason.to_owned(),
        entry: session.next_entry(),
        today: session.today(),
    }
}

/// A system as it stands: its activation is what it runs on until its dates, whatever is ordered
/// now.
///
/// # Errors
/// [`OpsError::Broken`].
pub fn standing(session: &Session<'_>, id: &ComputerId) -> Result<Option<Rc<SystemRow>>, OpsError> {
    Ok(session.state().get::<SystemRow>(&id.0)?)
}

/// The serial of a system of the `hardware` model, which others may have once it gives it up.
///
/// # Errors
/// [`OpsError::Broken`].
pub fn serial(session: &Session<'_>, id: &ComputerId) -> Result<Option<String>, OpsError> {
    let Some(system) = standing(session, id)? else {
        return Ok(None);
    };
    let product = session
        .state()
        .get::<ProductRow>(&key_of(&[system.product.as_str()]))?;
    let is_hardware = product.is_some_and(|row| row.settings.model == Model::Hardware);
    Ok(system.serial.clone().filter(|_| is_hardware))
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
