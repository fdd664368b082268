//! `history`: every change, who made it, when, why.

use super::console::{CliError, Console, Exit};
use super::run::Desk;
use super::{entropy, parse};
use crate::licence::ComputerId;
use crate::ops::history::{Filter, Found, each, find, verify};
use crate::ops::{Access, OpsError, Signer};
use crate::policy::record::event::Event;
use crate::policy::record::event::search::Wanted;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use line::line;
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

mod line;

/// `history`.
#[derive(Debug, Subcommand)]
pub enum History {
    /// List the entries: who did what, when, for whom, why
    #[command(
        after_help = "Options narrow the list together: an entry must meet each of them. Days are \
            those of UTC.\nA line has six columns, two spaces apart: number, time, operator, \
            event, for whom (organization, product, system, licence key), why. What came about by \
            itself says on which day, where it was written down later.\nLines leave out day_began \
            unless --all or --event day_began asks for it; JSON has every entry.\nA request may \
            redeem keys, start a subscription and assign licences: --event key_redeemed, \
            subscription_started and licences_assigned show its grant, too.\nJSON: \
            {\"entries\":[{\"number\",\"at\",\"operator\",\"event\",...}]}, each as history export \
            has it."
    )]
    List(List),
    /// Compute the chain anew, replay every entry, and compare every row with it
    #[command(
        after_help = "JSON: {\"size\",\"head\",\"ok\"}. Exit code 5 where it does not verify."
    )]
    Verify {
        /// A signed checkpoint that must lie in the history
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
    },
    /// Write every entry, one JSON object a line, as auditors hash them
    #[command(after_help = "With --json as of history list.")]
    Export,
}

/// `history list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only what concerns this organization
    #[arg(long, value_name = "ORG")]
    organization: Option<String>,
    /// Only what concerns this system, also where it is only mentioned, or as one of a
    /// subscription's
    #[arg(long, value_name = "COMPUTER_ID")]
    system: Option<String>,
    /// Only what concerns this licence key, or the key of this id of 16 hex digits; `-` reads it
    /// from standard input
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Only what this operator did
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Only from this day on, for example 2026-11-22
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Only to this day, itself included
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Only events of this name, as a line or the JSON shows it, and grants that did the same for a
    /// request
    #[arg(long, value_name = "NAME", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(Event::NAMES))]
    event: Option<String>,
    /// Also the days that began, which only JSON shows else
    #[arg(long)]
    all: bool,
    /// Only the newest so many of them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    newest: Option<u32>,
}

impl List {
    fn filter(&self, json: bool) -> Result<Filter, CliError> {
        let day = |text: &Option<String>| text.as_deref().map(parse::day).transpose();
        let (since, until) = (day(&self.since)?, day(&self.until)?);
        if let Some((first, last)) = since.zip(until).filter(|(first, last)| first > last) {
            return Err(CliError::usage(
                format!("--since {first} is later than --until {last}"),
                "exchange the days",
            ));
        }
        let organization = self
            .organization
            .as_deref()
            .map(|id| parse::identifier("organization", id))
            .transpose()?;
        let wanted = Wanted {
            organization,
            system: self.system.as_deref().map(parse::computer_id).transpose()?,
            key: self.key.as_deref().map(parse::key_id).transpose()?,
            event: Event::NAMES
                .iter()
                .copied()
                .find(|name| self.event.as_deref() == Some(*name)),
        };
        let newest = self
            .newest
            .map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        let without_days = !json && !self.all && self.event.is_none();
        Ok(Filter {
            wanted,
            operator: self.operator.clone(),
            since,
            until,
            newest,
            without_days,
        })
    }
}

/// Carries a command out.
///
/// # Errors
/// [`CliError`].
pub(super) fn history(desk: &Desk<'_>, command: &History) -> Result<Exit, CliError> {
    match command {
        History::Export if !desk.console.json => export(&desk.open(Access::Reading)?)?,
        History::Export => list(desk, &Filter::default())?,
        History::List(wanted) => list(desk, &wanted.filter(desk.console.json)?)?,
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

/// What is written out, and the first fault of it: whoever reads may go away.
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
