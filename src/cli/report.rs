//! `report`: who owns, uses and owes what.

use super::arguments::{Report, ReportFormat};
use super::console::{CliError, Exit};
use super::run::Desk;
use super::{entropy, parse};
use crate::ops::{Access, OpsError};
use crate::policy::report::Report as Figures;
use crate::render::report;
use std::io::Write;

/// `report`.
///
/// # Errors
/// [`CliError`]; [`CliError::Usage`] where `--json` meets another format.
pub(super) fn run(desk: &Desk<'_>, command: &Report) -> Result<Exit, CliError> {
    let format = match command.format {
        Some(format) if desk.console.json && format != ReportFormat::Json => {
            return Err(CliError::usage("--json with another --format", "name one format"));
        }
        Some(format) => format,
        None if desk.console.json => ReportFormat::Json,
        None => ReportFormat::Text,
    };
    let organization = command.organization.as_deref().map(|id| parse::identifier("organization", id)).transpose()?;
    let signer = desk.open(Access::Reading)?;
    let figures = crate::ops::report::report(&signer, entropy::clock()?, organization.as_ref())?;
    drop(signer);
    let bytes = rendered(&figures, format)?;
    let Some(path) = &command.out else {
        let mut out = std::io::stdout().lock();
        out.write_all(&bytes).and_then(|()| out.flush()).map_err(CliError::Output)?;
        return Ok(Exit::Done);
    };
    std::fs::write(path, &bytes).map_err(|source| OpsError::Io { path: path.clone(), source })?;
    desk.console.say(&format!("wrote the report of {} to {}", figures.day, path.display()));
    Ok(Exit::Done)
}

fn rendered(figures: &Figures, format: ReportFormat) -> Result<Vec<u8>, CliError> {
    let bytes = match format {
        ReportFormat::Text => {
            report::text(figures).iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>().into_bytes()
        }
        ReportFormat::Json => format!("{}\n", report::json(figures).map_err(OpsError::from)?).into_bytes(),
        ReportFormat::Csv => report::csv(figures).map_err(OpsError::from)?,
        ReportFormat::Html => report::html(figures).into_bytes(),
    };
    Ok(bytes)
}
