//! `process` and `activation approve`: what the operator sees of a batch.

use super::console::{CliError, Exit};
use super::run::Desk;
use super::{entropy, parse};
use crate::ops::process::{BatchResult, Completed, Options, Progress, process as answer};
use crate::ops::{self, Access, Signer};
use crate::policy::order::approval::Approval;
use crate::policy::record::wallet;
use crate::scan::Scanner;
use crate::spool::{InboxPath, Spool};
use crate::wire::response::ManifestEntry;
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// `process`.
///
/// # Errors
/// [`CliError`].
pub(super) fn process(
    desk: &Desk<'_>,
    organization: Option<&str>,
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
    let wanted = Wanted {
        organization,
        settle: Duration::from_secs(settle),
        only: None,
    };
    batch(desk, &signer, &spool, &scanner, wanted)
}

/// What is to be answered.
#[derive(Default)]
struct Wanted {
    organization: Option<crate::licence::Identifier>,
    settle: Duration,
    only: Option<BTreeSet<InboxPath>>,
}

fn batch(
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

/// By the machine's clock, for everything in the inbox, vouching for nobody.
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

/// Shows how far a batch is, on a terminal.
pub(super) fn with_progress<T>(
    desk: &Desk<'_>,
    work: impl FnOnce(&Progress<'_>) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let shows = std::io::stderr().is_terminal() && !desk.console.quiet;
    let since = Instant::now();
    let step = |done: usize, all: usize| {
        if shows {
            // Blanks cover what the line before had more.
            let end = if done >= all { "\n" } else { "" };
            drop(write!(
                std::io::stderr(),
                "\r{}    {end}",
                so_far(done, all, since.elapsed())
            ));
        }
    };
    work(&Progress {
        say: &|line| desk.console.say(line),
        step: &step,
        alive: &|| {},
    })
}

/// Counts, and the time that the rest takes if it goes on like this.
fn so_far(done: usize, all: usize, elapsed: Duration) -> String {
    let counts = format!("{done} of {all} answered");
    let left = all.saturating_sub(done) as u128;
    let Some(seconds) = (elapsed.as_millis() * left / 1_000)
        .checked_div(done as u128)
        .filter(|_| left > 0)
    else {
        return counts;
    };
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{counts}, about {seconds} s left"),
        (0, minutes, seconds) => format!("{counts}, about {minutes} min {seconds} s left"),
        (hours, minutes, _) => format!("{counts}, about {hours} h {minutes} min left"),
    }
}

/// The JSON document; the lines of the manifest stand in it as they are, since there may be very
/// many. What a command adds stands beside them.
///
/// # Errors
/// [`CliError::Output`]; [`CliError::Ops`] where the manifest cannot be read back.
pub(super) fn give_document(
    desk: &Desk<'_>,
    report: &BatchResult,
    more: &[(&str, &serde_json::Value)],
) -> Result<(), CliError> {
    let checkpoint = json!({"origin": report.point.origin, "size": report.point.size,
        "head": report.point.head});
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

/// `activation approve`.
///
/// # Errors
/// [`CliError`].
pub(super) fn approve(
    desk: &Desk<'_>,
    computer_id: &str,
    reason: &str,
    yes: bool,
) -> Result<Exit, CliError> {
    let id = parse::computer_id(computer_id)?;
    let spool = desk.spool()?;
    let scanner = Scanner::start();
    let signer = desk.open(Access::Changing)?;
    // The file that waits may belong to a batch that was cut off.
    tell_completed(
        desk,
        &ops::process::complete(&signer, &spool, &Progress::UNTOLD)?,
    );
    let session = ops::Session::begin(&signer, entropy::clock()?)?;
    match ops::approve::plan(&session, &id, reason)? {
        Approval::Request { event, waiting } => {
            let line = format!(
                "approve the device {id} of {} for {}, which needs {} and was refused as {}",
                waiting.organization, waiting.product, waiting.need, waiting.code
            );
            desk.console.confirm(&[line], yes)?;
            let files = ops::approve::take_back(session, &spool, &event, &waiting)?;
            batch(
                desk,
                &signer,
                &spool,
                &scanner,
                Wanted {
                    only: Some(files),
                    ..Wanted::default()
                },
            )
        }
        Approval::Seats(event) => {
            let returned = match &event {
                crate::policy::record::event::Event::SeatsReleased { returned, .. } => {
                    wallet::counts(returned).unwrap_or_default()
                }
                _ => crate::licence::Counts::new(),
            };
            desk.console.confirm(
                &[format!(
                    "give the held seats of {id} back to its organization: {returned}"
                )],
                yes,
            )?;
            ops::order::carry_out(session, &event)?;
            desk.console.give(
                &json!({"returned": returned}),
                &[format!("back in the wallet: {returned}")],
            )?;
            Ok(Exit::Done)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_tells_counts_and_the_time_that_is_left() {
        let told = |done, all, seconds| so_far(done, all, Duration::from_secs(seconds));
        assert_eq!(told(500, 2_000, 1), "500 of 2000 answered, about 3 s left");
        assert_eq!(told(1, 101, 1), "1 of 101 answered, about 1 min 40 s left");
        assert_eq!(
            told(512, 100_000, 60),
            "512 of 100000 answered, about 3 h 14 min left"
        );
        assert_eq!(
            (told(0, 9, 1), told(9, 9, 1)),
            ("0 of 9 answered".to_owned(), "9 of 9 answered".to_owned())
        );
    }
}
