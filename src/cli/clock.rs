//! `clock`.

use super::arguments::Clock;
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::entropy;
use crate::ops::{self, Access};
use serde_json::json;

/// `clock`.
///
/// # Errors
/// [`CliError`]; nothing is changed then.
pub(super) fn clock(desk: &Desk<'_>, command: &Clock) -> Result<Exit, CliError> {
    let Clock::Accept { reason } = command;
    let signer = desk.open(Access::Changing)?;
    let accepted = ops::order::accept_clock(&signer, entropy::clock()?, reason)?;
    let line = if accepted {
        "the clock is accepted"
    } else {
        "the clock needs no accepting"
    };
    desk.console
        .give(&json!({"accepted": accepted}), &[line.to_owned()])?;
    Ok(Exit::Done)
}
