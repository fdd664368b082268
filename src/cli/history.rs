//! `history`: every change, who made it, when, why.

use super::arguments::{History, List};
use super::console::{CliError, Console, Exit};
use super::desk::Desk;
use super::{entropy, parse};
use crate::licence::ComputerId;
use crate::ops::history::{Filter, Found, each, find, verify};
use crate::ops::{Access, OpsError, Signer};
use crate::policy::record::event::Event;
use crate::policy::record::event::search::Wanted;
use line::line;
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

mod line;

/// Carries a command out.
///
/// # Errors
/// [`CliError`].
pub(super) fn history(desk: &Desk<'_>, command: &History) -> Result<Exit, CliError> {
    match command {
        History::Export if !desk.console.json => export(&desk.open(Access::Reading)?)?,
        History::Export => list(desk, &Filter::default())?,
        History::List(wanted) => list(desk, &filter(wanted, desk.console.json)?)?,
        History::Verify { checkpoint } => {
            let signer = desk.open(Access::Reading)?;
            let read = |path: &PathBuf| {
                std::fs::read(path).map_err(|source| OpsError::Io {
                    path: path.clone(),
                    source,
                })
            };
            let verified = verify(
                &signer,
                checkpoint.as_ref().map(read).transpose()?.as_deref(),
            )?;
            let line = format!(
                "the history verifies: {} entries, head {}",
                verified.size, verified.head
            );
            desk.console.give(&json!(verified), &[line])?;
        }
    }
    Ok(Exit::Done)
}

/// What of the history is asked for.
fn filter(list: &List, json: bool) -> Result<Filter, CliError> {
    let day = |text: &Option<String>| text.as_deref().map(parse::day).transpose();
    let (since, until) = (day(&list.since)?, day(&list.until)?);
    if let Some((first, last)) = since.zip(until).filter(|(first, last)| first > last) {
        return Err(CliError::usage(
            format!("--since {first} is later than --until {last}"),
            "exchange the days",
        ));
    }
    let organization = list
        .organization
        .as_deref()
        .map(|id| parse::identifier("organization", id))
        .transpose()?;
    let wanted = Wanted {
        organization,
        system: list.system.as_deref().map(parse::computer_id).transpose()?,
        key: list.key.as_deref().map(parse::key_id).transpose()?,
        event: Event::NAMES
            .iter()
            .copied()
            .find(|name| list.event.as_deref() == Some(*name)),
    };
    let newest = list
        .newest
        .map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    let without_days = !json && !list.all && list.event.is_none();
    Ok(Filter {
        wanted,
        operator: list.operator.clone(),
        since,
        until,
        newest,
        without_days,
    })
}

/// Entry by entry as it is read: the history may be long.
fn list(desk: &Desk<'_>, filter: &Filter) -> Result<(), CliError> {
    let signer = desk.open(Access::Reading)?;
    let mut out = Output {
        console: desk.console,
        out: BufWriter::new(std::io::stdout().lock()),
        shown: 0,
        failed: None,
    };
    let count = find(&signer, entropy::clock()?, filter, |found| {
        out.entry(found, filter.wanted.system);
        Ok(())
    })?;
    out.end()?;
    if count == 0 {
        desk.console.say("the history has no such entry");
    }
    Ok(())
}

/// What is written out, and the first failure to write: the reader may go away.
struct Output<W: Write> {
    console: Console,
    out: W,
    shown: u64,
    failed: Option<std::io::Error>,
}

impl<W: Write> Output<W> {
    fn entry(&mut self, found: &Found<'_>, system: Option<ComputerId>) {
        let before: &[u8] = if self.shown == 0 {
            b"{\"entries\":["
        } else {
            b","
        };
        let line = if self.console.json {
            [before, found.bytes].concat()
        } else {
            [line(found, system).as_bytes(), b"\n"].concat()
        };
        self.shown += 1;
        self.write(&line);
    }

    fn end(mut self) -> Result<(), CliError> {
        if self.console.json {
            self.write(if self.shown == 0 {
                b"{\"entries\":[]}\n"
            } else {
                b"]}\n"
            });
        }
        self.failed
            .or(self.out.flush().err())
            .map_or(Ok(()), |error| Err(CliError::Output(error)))
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.out.write_all(bytes).err();
        }
    }
}

/// The history as auditors hash it: entry n is line n.
fn export(signer: &Signer) -> Result<(), CliError> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut failed = None;
    each(signer, |bytes| {
        failed = failed
            .take()
            .or(out.write_all(&[bytes, b"\n"].concat()).err());
        Ok(())
    })?;
    failed
        .or(out.flush().err())
        .map_or(Ok(()), |error| Err(CliError::Output(error)))
}
