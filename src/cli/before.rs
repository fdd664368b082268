//! What a system has before an operator changes it.

use super::console::CliError;
use crate::licence::{ComputerId, Day};
use crate::ops::{Session, order};
use crate::policy::record::system::IssuedActivation;

/// What the device has; it works on by these dates until it learns of the change.
///
/// # Errors
/// [`OpsError::Broken`].
pub(super) fn before(session: &Session<'_>, id: &ComputerId) -> Result<String, CliError> {
    let standing = order::standing(session, id)?;
    let dates = standing.as_ref().map_or_else(
        || "no activation".to_owned(),
        |system| dates(&system.activation),
    );
    let serial = order::serial(session, id)?
        .map_or_else(String::new, |serial| format!("; serial number {serial}"));
    Ok(format!("before: {id} has {dates}{serial}"))
}

/// What an activation states, in one line.
pub(super) fn dates(issued: &IssuedActivation) -> String {
    let end = |day: Option<Day>| {
        day.map_or_else(
            || "the hardware's lifetime".to_owned(),
            |day| day.to_string(),
        )
    };
    let (until, grace) = (
        end(issued.validity.valid_until),
        end(issued.validity.grace_until),
    );
    let last = if until == grace {
        String::new()
    } else {
        format!(", usable until {grace}")
    };
    format!(
        "{}, {} to {until}{last}",
        issued.licences, issued.validity.valid_from
    )
}
