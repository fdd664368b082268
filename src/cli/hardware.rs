//! `hardware import` and `hardware assign`.

use super::arguments::Hardware;
use super::before::before;
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, parse};
use crate::ops::{self, Access, Session};
use serde_json::json;
use std::path::Path;

/// Carries a command out.
///
/// # Errors
/// [`CliError`].
pub(super) fn hardware(desk: &Desk<'_>, command: &Hardware) -> Result<Exit, CliError> {
    match command {
        Hardware::Import { file } => import(desk, file),
        Hardware::Assign {
            computer_id,
            licences,
            yes,
        } => assign(desk, computer_id, licences, *yes),
    }
}

fn import(desk: &Desk<'_>, file: &Path) -> Result<Exit, CliError> {
    let bytes = ops::hardware::read(file)?;
    let signer = desk.open(Access::Changing)?;
    let imported = ops::hardware::import(&signer, entropy::clock()?, &bytes)?;
    let mut lines = vec![format!(
        "{} record(s) imported, {} known already",
        imported.imported, imported.unchanged
    )];
    lines.extend(imported.refused.iter().map(|bad| match &bad.column {
        Some(column) => format!(
            "line {}, column {column}: refused, {}: {}",
            bad.line, bad.code, bad.message
        ),
        None => format!("line {}: refused, {}: {}", bad.line, bad.code, bad.message),
    }));
    desk.console.give(&json!(imported), &lines)?;
    Ok(if imported.refused.is_empty() {
        Exit::Done
    } else {
        Exit::SomeRefused
    })
}

fn assign(
    desk: &Desk<'_>,
    computer_id: &str,
    licences: &[String],
    yes: bool,
) -> Result<Exit, CliError> {
    let id = parse::computer_id(computer_id)?;
    let wanted = parse::licences(licences)?;
    let signer = desk.open(Access::Changing)?;
    let mut session = Session::begin(&signer, entropy::clock()?)?;
    let assigned = ops::order::plan_assign(&session, &id, &wanted)?;
    let (organization, product, holds) = (
        &assigned.organization,
        &assigned.product,
        &assigned.licences,
    );
    let line = format!(
        "{wanted} of {product} leave the wallet of {organization} for {id}, whose hardware then \
            holds {holds}"
    );
    desk.console.confirm(&[before(&session, &id)?, line], yes)?;
    session.record(&assigned.event)?;
    session.commit()?;
    let document = json!({"computer_id": id, "organization": organization, 
        "product": product, "assigned": wanted, "licences": holds});
    desk.console.give(
        &document,
        &[format!(
            "the hardware of {id} holds {holds}; its next activation states it"
        )],
    )?;
    Ok(Exit::Done)
}
