//! `catalogue`.

use super::arguments::Catalogue;
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, listing};
use crate::ops::{self, Access, OpsError, Session};
use serde_json::json;
use std::io::ErrorKind;

/// `catalogue`.
///
/// # Errors
/// [`CliError`]; nothing is changed then.
pub(super) fn catalogue(desk: &Desk<'_>, command: &Catalogue) -> Result<Exit, CliError> {
    match command {
        Catalogue::Apply {
            file,
            withdraw,
            yes,
        } => {
            let path = file.clone();
            let text = std::fs::read_to_string(file).map_err(|source| match source.kind() {
                ErrorKind::InvalidData => OpsError::NotText { path },
                _ => OpsError::Io { path, source },
            })?;
            let signer = desk.open(Access::Changing)?;
            let session = Session::begin(&signer, entropy::clock()?)?;
            let Some(change) = ops::catalogue::plan(&session, &text, *withdraw)? else {
                desk.console
                    .say("the catalogue is in force already: nothing changed");
                desk.console.give(&json!({"changes": []}), &[])?;
                return Ok(Exit::Done);
            };
            desk.console.confirm(&change.lines, *yes)?;
            ops::catalogue::apply(session, &change)?;
            desk.console.give(
                &json!({"changes": change.lines}),
                &["the catalogue is in force".to_owned()],
            )?;
        }
        Catalogue::Show => {
            let shown = ops::catalogue::show(&desk.open(Access::Reading)?, entropy::clock()?)?;
            desk.console
                .give(&json!(shown), &listing::catalogue(&shown))?;
        }
    }
    Ok(Exit::Done)
}
