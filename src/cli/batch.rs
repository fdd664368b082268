//! What the operator sees of a batch.

use super::console::{CliError, Exit};
use super::desk::Desk;
use super::entropy;
use super::progress::with_progress;
use crate::licence::Identifier;
use crate::ops::Signer;
use crate::ops::process::{BatchResult, Completed, Options, process as answer};
use crate::scan::Scanner;
use crate::spool::{InboxPath, Spool};
use crate::wire::response::ManifestEntry;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

/// What is to be answered.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) organization: Option<Identifier>,
    pub(super) settle: Duration,
    pub(super) only: Option<BTreeSet<InboxPath>>,
}

/// Answers a batch, and shows it.
///
/// # Errors
/// [`CliError`].
pub(super) fn batch(
    desk: &Desk<'_>,
    signer: &Signer,
    spool: &Spool,
    scanner: &Scanner,
    wanted: Wanted,
) -> Result<Exit, CliError> {
    let Wanted {
        organization,
        settle,
        only,
    } = wanted;
    let options = Options {
        only,
        organization,
        ..options(scanner, settle)?
    };
    let report = with_progress(desk, |progress| {
        Ok(answer(signer, spool, &options, progress)?)
    })?;
    tell(desk, &report)?;
    if desk.console.json {
        give_document(desk, &report, &[])?;
    } else {
        desk.console.give(
            &json!(null),
            &summary(&report, &options.clock.day().to_string()),
        )?;
    }
    Ok(if report.tells_of_refusals() {
        Exit::SomeRefused
    } else {
        Exit::Done
    })
}

/// Options for everything in the inbox, by the machine's clock, vouching for nobody.
pub(super) fn options(scanner: &Scanner, settle: Duration) -> Result<Options<'_>, CliError> {
    Ok(Options {
        only: None,
        clock: entropy::clock()?,
        organization: None,
        trust_folders: false,
        settle,
        now: &entropy::now,
        wait: Some(&std::thread::sleep),
        fresh: &entropy::ulid,
        scanner,
    })
}

/// Writes the JSON document. It holds the lines of the manifest as they are, since there may be
/// very many; `more` is what a command adds beside them.
///
/// # Errors
/// [`CliError::Output`]; [`CliError::Ops`] where the manifest cannot be read back.
pub(super) fn give_document(
    desk: &Desk<'_>,
    report: &BatchResult,
    more: &[(&str, &serde_json::Value)],
) -> Result<(), CliError> {
    let point = &report.point;
    let checkpoint = json!({"origin": point.origin, "size": point.size, "head": point.head});
    let before = format!(
        "{{\"batch\":{},\"checkpoint\":{checkpoint},\"entries\":[",
        json!(report.batch)
    );
    let after: String = more
        .iter()
        .map(|(name, value)| format!(",{}:{value}", json!(name)))
        .collect();
    let mut lines = report.lines()?;
    desk.console.give_raw(|out| {
        out.write_all(before.as_bytes())?;
        lines.try_fold("", |comma, line| {
            write!(out, "{comma}{}", line?).map(|()| ",")
        })?;
        write!(out, "]{after}}}")
    })
}

pub(super) fn tell_completed(desk: &Desk<'_>, batches: &[Completed]) {
    for Completed {
        batch,
        folder,
        count,
        refused,
    } in batches
    {
        let mut line = format!(
            "completed batch {batch}, which an earlier run had left: {count} document(s), \
                outbox/{folder}"
        );
        if *refused > 0 {
            line.push_str(&format!(
                "; {refused} refused, each with its reason in rejected/{folder}"
            ));
        }
        desk.console.say(&line);
    }
}

/// What stays in the inbox, and what was refused, in the manifest's order.
///
/// # Errors
/// [`CliError::Ops`] where the manifest cannot be read back.
pub(super) fn tell(desk: &Desk<'_>, report: &BatchResult) -> Result<(), CliError> {
    tell_completed(desk, &report.completed);
    for left in &report.left {
        desk.console.say(&format!(
            "left in the inbox: {}: {}",
            left.file, left.reason
        ));
    }
    if !report.has_refusals() || desk.console.quiet {
        return Ok(());
    }
    for entry in report.entries()? {
        let ManifestEntry {
            file,
            refusal: Some(refusal),
            ..
        } = entry?
        else {
            continue;
        };
        desk.console.say(&format!(
            "refused: {file}: {}: {}",
            refusal.code, refusal.message
        ));
        desk.console.say(&format!("  hint: {}", refusal.remedy));
    }
    Ok(())
}

/// New systems first, by organization; then what came of the files; then the refusals by code.
pub(super) fn summary(report: &BatchResult, date: &str) -> Vec<String> {
    let Some(batch) = report.batch else {
        return vec!["nothing to answer".to_owned()];
    };
    let mut lines = vec![format!("batch {batch}: {} document(s)", report.count)];
    for (organization, ids) in &report.summary.new_systems {
        lines.push(format!("new systems of {organization}: {}", ids.len()));
        lines.extend(ids.iter().map(|id| format!("  {id}")));
    }
    for (organization, outcomes) in &report.summary.outcomes {
        let counts = outcomes
            .iter()
            .map(|(outcome, count)| format!("{count} {outcome}"))
            .collect::<Vec<_>>()
            .join(", ");
        let whose = if organization.is_empty() {
            "unreadable files"
        } else {
            organization
        };
        lines.push(format!("{whose}: {counts}"));
    }
    for (code, count) in &report.summary.refusals {
        lines.push(format!("refused as {code}: {count}"));
    }
    lines.push(format!("answers lie in outbox/{date}-{batch}"));
    if report.has_refusals() {
        lines.push(format!(
            "refused files, each with its reason beside it, lie in rejected/{date}-{batch}"
        ));
    }
    lines
}
