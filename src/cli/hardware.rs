//! `hardware import` and `hardware assign`.

use super::console::{CliError, Exit};
use super::run::Desk;
use super::{entropy, parse};
use crate::ops::{self, Access, Session};
use clap::Subcommand;
use serde_json::json;
use std::path::{Path, PathBuf};

/// `hardware`.
#[derive(Debug, Subcommand)]
pub enum Hardware {
    /// Import manufacturing records; importing them again changes nothing
    #[command(
        after_help = "The file is CSV with a header: serial,product, optionally organization and \
            computer_id, and a column for each licence type; an empty cell is 0. A Computer ID \
            belongs to one serial number: a line that names that of another is refused.\nJSON: \
            {\"imported\",\"unchanged\",\"refused\":[{\"line\",\"column\",\"code\",\
            \"message\"}]}.\nExit code 3 where some lines were refused; the others are imported."
    )]
    Import {
        /// serial,product,organization,computer_id,TYPE...
        file: PathBuf,
    },
    /// Assign expansions from the organization's wallet to a system
    #[command(
        after_help = "JSON: {\"computer_id\",\"organization\",\"product\",\"assigned\",\
            \"licences\"}: licences is what its hardware holds then."
    )]
    Assign {
        /// Its Computer ID
        computer_id: String,
        /// What, for example universal=4
        #[arg(required = true, value_delimiter = ',', value_name = "TYPE=N")]
        licences: Vec<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

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
    desk.console
        .confirm(&[super::activation::before(&session, &id)?, line], yes)?;
    session.record(&assigned.event)?;
    session.commit()?;
    let document = json!({"computer_id": id, "organization": organization, "product": product,
        "assigned": wanted, "licences": holds});
    desk.console.give(
        &document,
        &[format!(
            "the hardware of {id} holds {holds}; its next activation states it"
        )],
    )?;
    Ok(Exit::Done)
}
