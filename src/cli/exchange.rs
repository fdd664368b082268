//! `exchange`: what the operator sees of a stick.

use super::batch;
use super::console::{CliError, Console, Exit};
use super::desk::Desk;
use super::progress::with_progress;
use super::{entropy, parse};
use crate::ops::exchange::{Exchanged, exchange as run};
use crate::ops::{self, Access};
use crate::scan::Scanner;
use serde_json::json;
use std::path::Path;
use std::time::Duration;

/// `exchange`.
///
/// # Errors
/// [`CliError`].
pub(super) fn exchange(
    desk: &Desk<'_>,
    medium: &Path,
    organization: Option<&str>,
    trust_folders: bool,
    settle: u64,
) -> Result<Exit, CliError> {
    let organization = organization
        .map(|id| parse::identifier("organization", id))
        .transpose()?;
    let spool = desk.spool()?;
    let scanner = Scanner::start();
    let signer = desk.open(Access::Changing)?;
    if let Some(id) = &organization {
        ops::approve::check_organization(&signer, entropy::clock()?, id)?;
    }
    let options = ops::process::Options {
        organization,
        trust_folders,
        ..batch::options(&scanner, Duration::from_secs(settle))?
    };
    let exchanged = with_progress(desk, |progress| {
        Ok(run(&signer, &spool, medium, &options, progress)?)
    })?;
    tell(desk, &exchanged)?;
    let Exchanged {
        result,
        written,
        held,
        replaced,
        ..
    } = &exchanged;
    let beside = json!({"written": written, "held": held, "replaced": replaced});
    if desk.console.json {
        let error = fault(&exchanged)
            .map(|(message, hint)| json!({"code": "medium", "message": message, "hint": hint}));
        let error = error.iter().map(|error| ("error", error));
        batch::give_document(
            desk,
            result,
            &error.chain([("medium", &beside)]).collect::<Vec<_>>(),
        )?;
    } else {
        let mut lines = batch::summary(result, &options.clock.day().to_string());
        lines.push(format!(
            "written to the medium: {} file(s); it held {held} already; replaced by later answers: \
                {replaced}",
            written.len()
        ));
        desk.console.give(&json!(null), &lines)?;
    }
    desk.console
        .say(&format!("{} may be removed", medium.display()));
    if let Some((message, hint)) = fault(&exchanged) {
        Console::tell_failed(&message, hint);
        return Ok(Exit::Bad);
    }
    Ok(if result.tells_of_refusals() {
        Exit::SomeRefused
    } else {
        Exit::Done
    })
}

/// What failed though the rest was answered, and what to do.
fn fault(exchanged: &Exchanged) -> Option<(String, &'static str)> {
    let message = format!(
        "{} file(s) of the medium could not be read, for a fault of it or of this machine",
        exchanged.faults
    );
    (exchanged.faults > 0).then_some((
        message,
        "run the same command again; copy what still cannot be read onto another medium",
    ))
}

fn tell(desk: &Desk<'_>, exchanged: &Exchanged) -> Result<(), CliError> {
    batch::tell(desk, &exchanged.result)?;
    for left in &exchanged.not_read {
        desk.console.say(&format!(
            "left on the medium: {}: {}",
            left.file, left.reason
        ));
    }
    Ok(())
}
