//! `process` and `activation approve`: what the operator sees of a batch.

use super::console::{CliError, Exit};
use super::run::Desk;
use super::{entropy, parse};
use crate::ops::process::{Options, Progress, Report, process as answer};
use crate::ops::{self, Access, Signer};
use crate::policy::orders::Approval;
use crate::policy::wallet;
use crate::spool::{InboxPath, Spool};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// `process`.
///
/// # Errors
/// [`CliError`].
pub(super) fn process(desk: &Desk<'_>, organization: Option<&str>, settle: u64) -> Result<Exit, CliError> {
    let organization = organization.map(|id| parse::identifier("organization", id)).transpose()?;
    let spool = desk.spool()?;
    let signer = desk.open(Access::Changing)?;
    if let Some(id) = &organization {
        ops::approve::check_organization(&signer, entropy::clock()?, id)?;
    }
    batch(desk, &signer, &spool, organization, settle, None)
}

fn batch(
    desk: &Desk<'_>,
    signer: &Signer,
    spool: &Spool,
    organization: Option<crate::licence::Identifier>,
    settle: u64,
    only: Option<BTreeSet<InboxPath>>,
) -> Result<Exit, CliError> {
    let options = Options {
        only,
        clock: entropy::clock()?,
        organization,
        settle: Duration::from_secs(settle),
        now: &entropy::now,
        wait: &std::thread::sleep,
        fresh: &entropy::ulid,
    };
    let shows = std::io::stderr().is_terminal() && !desk.console.quiet;
    let step = |done: usize, all: usize| {
        if shows {
            let end = if done >= all { "\n" } else { "" };
            drop(write!(std::io::stderr(), "\r{done} of {all} answered{end}"));
        }
    };
    let progress = Progress { say: &|line| desk.console.say(line), step: &step };
    let report = answer(signer, spool, &options, &progress)?;
    tell(desk, &report);
    if desk.console.json {
        give_document(desk, &report, None)?;
    } else {
        desk.console.give(&json!(null), &summary(&report, &options.clock.day().to_string()))?;
    }
    Ok(if report.refusals.is_empty() { Exit::Done } else { Exit::SomeRefused })
}

/// The JSON document; the lines of the manifest stand in it as they are, since there may be very many.
/// `systems` stands beside them where an operator's orders were carried out.
///
/// # Errors
/// [`CliError::Output`]; [`CliError::Ops`] where the manifest cannot be read back.
pub(super) fn give_document(desk: &Desk<'_>, report: &Report, systems: Option<&serde_json::Value>) -> Result<(), CliError> {
    let checkpoint = json!({"origin": report.point.origin, "size": report.point.size, "head": report.point.head});
    let before = format!("{{\"batch\":{},\"checkpoint\":{checkpoint},\"entries\":[", json!(report.batch));
    let after = systems.map_or_else(|| "]}".to_owned(), |systems| format!("],\"systems\":{systems}}}"));
    let mut lines = report.lines()?;
    desk.console.give_raw(|out| {
        out.write_all(before.as_bytes())?;
        lines.try_fold("", |comma, line| write!(out, "{comma}{}", line?).map(|()| ","))?;
        out.write_all(after.as_bytes())
    })
}

pub(super) fn tell_completed(desk: &Desk<'_>, batches: &[crate::licence::Ulid]) {
    for batch in batches {
        desk.console.say(&format!("completed batch {batch}, which an earlier run had left"));
    }
}

fn tell(desk: &Desk<'_>, report: &Report) {
    tell_completed(desk, &report.completed);
    for left in &report.left {
        desk.console.say(&format!("left in the inbox: {}: {}", left.file, left.reason));
    }
    for (file, refusal) in &report.refusals {
        desk.console.say(&format!("refused: {file}: {}: {}", refusal.code, refusal.message));
        desk.console.say(&format!("  hint: {}", refusal.remedy));
    }
}

/// New systems first, by organization; then what came of the files; then the refusals by code.
fn summary(report: &Report, date: &str) -> Vec<String> {
    let Some(batch) = report.batch else { return vec!["nothing to answer".to_owned()] };
    let mut lines = vec![format!("batch {batch}: {} document(s)", report.count)];
    for (organization, ids) in &report.summary.new_systems {
        lines.push(format!("new systems of {organization}: {}", ids.len()));
        lines.extend(ids.iter().map(|id| format!("  {id}")));
    }
    for (organization, outcomes) in &report.summary.outcomes {
        let counts = outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect::<Vec<_>>().join(", ");
        let whose = if organization.is_empty() { "unreadable files" } else { organization };
        lines.push(format!("{whose}: {counts}"));
    }
    for (code, count) in &report.summary.refusals {
        lines.push(format!("refused as {code}: {count}"));
    }
    lines.push(format!("answers lie in outbox/{date}-{batch}"));
    if !report.refusals.is_empty() {
        lines.push(format!("refused files, each with its reason beside it, lie in rejected/{date}-{batch}"));
    }
    lines
}

/// `activation approve`.
///
/// # Errors
/// [`CliError`].
pub(super) fn approve(desk: &Desk<'_>, computer_id: &str, reason: &str, yes: bool) -> Result<Exit, CliError> {
    let id = parse::computer_id(computer_id)?;
    let spool = desk.spool()?;
    let signer = desk.open(Access::Changing)?;
    // The file that waits may belong to a batch that was cut off.
    tell_completed(desk, &ops::process::complete(&signer, &spool)?);
    let session = ops::approve::begin(&signer, entropy::clock()?)?;
    match ops::approve::plan(&session, &id, reason)? {
        Approval::Request { event, waiting } => {
            let line = format!(
                "approve the device {id} of {} for {}, which needs {} and was refused as {}",
                waiting.organization, waiting.product, waiting.need, waiting.code
            );
            desk.console.confirm(&[line], yes)?;
            let files = ops::approve::take_back(session, &spool, &event, &waiting)?;
            batch(desk, &signer, &spool, None, 0, Some(files))
        }
        Approval::Seats(event) => {
            let returned = match &event {
                crate::policy::Event::SeatsReleased { returned, .. } => wallet::counts(returned).unwrap_or_default(),
                _ => crate::licence::Counts::new(),
            };
            desk.console.confirm(&[format!("give the held seats of {id} back to its organization: {returned}")], yes)?;
            ops::approve::release_seats(session, &event)?;
            desk.console.give(&json!({"returned": returned}), &[format!("back in the wallet: {returned}")])?;
            Ok(Exit::Done)
        }
    }
}
