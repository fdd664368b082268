//! `clock accept`: an operator's word for a clock that the signer does not believe.

use super::error::OpsError;
use super::session::{Session, check_clock};
use super::signer::Signer;
use crate::licence::Moment;
use crate::policy::record::event::Event;

/// Accepts what the clock says. Does nothing, and gives `false`, where nothing needs accepting.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn accept(signer: &Signer, clock: Moment, reason: &str) -> Result<bool, OpsError> {
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
