//! What operators order about one system, and the clock's acceptance. An order is planned first,
//! which changes nothing, and carried out once the operator agrees.

use super::clock::check_clock;
use super::error::OpsError;
use super::session::Session;
use super::signer::Signer;
use crate::licence::code::LINE_BYTES;
use crate::licence::{ComputerId, Counts, Moment};
use crate::policy::order::expansions::{Assigned, assign};
use crate::policy::order::release::{Because, Typed};
use crate::policy::order::{deny, reinstate, release};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::event::Event;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::State;
use crate::policy::record::state::key_of;
use crate::policy::record::system::SystemRow;
use crate::policy::refusal::Refused;
use std::rc::Rc;

/// Why, when and as which entry an order stands in the history.
fn because(session: &Session<'_>, reason: &str) -> Because {
    Because {
        reason: reason.to_owned(),
        entry: session.next_entry(),
        today: session.today(),
    }
}

/// A system as it stands. It runs on its activation until its dates, whatever is ordered now.
///
/// # Errors
/// [`OpsError::Broken`].
pub fn standing(session: &Session<'_>, id: &ComputerId) -> Result<Option<Rc<SystemRow>>, OpsError> {
    Ok(session.state().get::<SystemRow>(&id.0)?)
}

/// The serial of a system of the `hardware` model; another system may have it once this one is
/// given up.
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

/// Records a planned order, and commits it.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn carry_out(mut session: Session<'_>, event: &Event) -> Result<(), OpsError> {
    session.record(event)?;
    session.commit()?;
    Ok(())
}

/// What denying would do.
///
/// # Errors
/// [`OpsError::Refused`] with the codes of [`deny::deny`].
pub fn plan_deny(
    session: &Session<'_>,
    id: &ComputerId,
    return_seat: bool,
    reason: &str,
) -> Result<Event, OpsError> {
    let because = because(session, reason);
    Ok(deny::deny(&session.state(), id, return_seat, because)?)
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
    let because = because(session, reason);
    Ok(deny::undeny(&session.state(), id, because)?)
}

/// What reinstating would do.
///
/// # Errors
/// [`OpsError::Refused`] with the codes of [`reinstate::reinstate`].
pub fn plan_reinstate(
    session: &Session<'_>,
    id: &ComputerId,
    reason: &str,
) -> Result<Event, OpsError> {
    let because = because(session, reason);
    Ok(reinstate::reinstate(&session.state(), id, because)?)
}

/// What a release by a typed code would do.
///
/// # Errors
/// [`OpsError::Refused`] with the codes of [`release::by_code`].
pub fn plan_release_by_code(
    session: &Session<'_>,
    id: &ComputerId,
    code: &[u8; LINE_BYTES],
    reason: &str,
) -> Result<Typed, OpsError> {
    let because = because(session, reason);
    Ok(release::by_code(&session.state(), id, code, because)?)
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
pub fn plan_release_without_proof(
    session: &Session<'_>,
    id: &ComputerId,
    reason: &str,
) -> Result<Event, OpsError> {
    let because = because(session, reason);
    Ok(release::without_proof(&session.state(), id, because)?)
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
    let because = because(session, reason);
    Ok(release::cancel(&session.state(), id, because)?)
}

/// What assigning expansions would do.
///
/// # Errors
/// [`OpsError::Refused`].
pub fn plan_assign(
    session: &Session<'_>,
    id: &ComputerId,
    wanted: &Counts,
) -> Result<Assigned, OpsError> {
    Ok(assign(&session.state(), id, wanted, session.today())?)
}

/// Accepts what the clock says. Does nothing, and gives `false`, where nothing needs accepting.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn accept_clock(signer: &Signer, clock: Moment, reason: &str) -> Result<bool, OpsError> {
    let newest = match check_clock(&signer.ledger.read()?, clock) {
        Ok(()) => return Ok(false),
        Err(OpsError::ClockBack { newest, .. } | OpsError::ClockAhead { newest, .. }) => newest,
        Err(other) => return Err(other),
    };
    let mut session = Session::begin_unchecked(signer, clock)?;
    session.record(&Event::ClockAccepted {
        newest,
        clock,
        reason: reason.to_owned(),
    })?;
    session.brought_to_today()?.commit()?;
    Ok(true)
}
