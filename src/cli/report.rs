//! `report`: who owns, uses and owes what.

use super::arguments::{Report, ReportFormat};
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, parse};
use crate::ops::{Access, OpsError};
use crate::policy::report::figures::Report as Figures;
use crate::render::report;
use std::io::Write;
use std::path::Path;

/// `report`.
///
/// # Errors
/// [`CliError`]; [`CliError::Usage`] where `--json` meets another format.
pub(super) fn run(desk: &Desk<'_>, command: &Report) -> Result<Exit, CliError> {
    let format = match command.format {
        Some(format) if desk.console.json && format != ReportFormat::Json => {
            return Err(CliError::usage(
                "--json with another --format",
                "name one format",
            ));
        }
        Some(format) => format,
        None if desk.console.json => ReportFormat::Json,
        None => ReportFormat::Text,
    };
    let organization = command
        .organization
        .as_deref()
        .map(|id| parse::identifier("organization", id))
        .transpose()?;
    let signer = desk.open(Access::Reading)?;
    let figures = crate::ops::report::report(&signer, entropy::clock()?, organization.as_ref())?;
    drop(signer);
    let bytes = rendered(&figures, format)?;
    let Some(path) = &command.out else {
        let mut out = std::io::stdout().lock();
        out.write_all(&bytes)
            .and_then(|()| out.flush())
            .map_err(CliError::Output)?;
        return Ok(Exit::Done);
    };
    write_whole(path, &bytes).map_err(|source| OpsError::Io {
        path: path.clone(),
        source,
    })?;
    desk.console.say(&format!(
        "wrote the report of {} to {}",
        figures.day,
        path.display()
    ));
    Ok(Exit::Done)
}

/// Writes a file whole or not at all; what is no file, such as a pipe, is written to as it is.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return std::fs::write(path, bytes);
    }
    let mut name = path
        .file_name()
        .ok_or(std::io::ErrorKind::InvalidInput)?
        .to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = std::fs::File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written
        .and_then(|()| std::fs::rename(&part, path))
        .inspect_err(|_| drop(std::fs::remove_file(&part)))
}

fn rendered(figures: &Figures, format: ReportFormat) -> Result<Vec<u8>, CliError> {
    let bytes = match format {
        ReportFormat::Text => report::text(figures)
            .iter()
            .flat_map(|line| [line.as_str(), "\n"])
            .collect::<String>()
            .into_bytes(),
        ReportFormat::Json => {
            format!("{}\n", report::json(figures).map_err(OpsError::from)?).into_bytes()
        }
        ReportFormat::Csv => report::csv(figures).map_err(OpsError::from)?,
        ReportFormat::Html => report::html(figures).into_bytes(),
    };
    Ok(bytes)
}
