//! `history`: every change, who made it, when, why.

use super::console::{CliError, Console, Exit};
use super::run::Desk;
use super::{entropy, parse};
use crate::ledger::Entry;
use crate::ops::history::{Filter, each, find, verify};
use crate::ops::{Access, OpsError, Signer};
use crate::policy::Event;
use crate::policy::event::about::{About, Why};
use crate::policy::event::search::Wanted;
use crate::policy::state::{IssuedActivation, Lot};
use crate::policy::wallet;
use crate::render::escape::for_terminal;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// `history`.
#[derive(Debug, Subcommand)]
pub enum History {
    /// List the entries: who did what, when, for whom, why
    #[command(
        after_help = "Options narrow the list together: an entry must meet each of them. Days are those of UTC.\nA line has six columns, two spaces apart: number, time, operator, event, for whom (organization, product, system, licence key), why.\nJSON: {\"entries\":[{\"number\",\"at\",\"operator\",\"event\",...}]}, each as history export has it."
    )]
    List(List),
    /// Compute the chain anew, replay every entry, and compare every row with it
    #[command(after_help = "JSON: {\"size\",\"head\",\"ok\"}. Exit code 5 where it does not verify.")]
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
    /// Only what concerns this system, also where it is only mentioned, or as one of a subscription's
    #[arg(long, value_name = "COMPUTER_ID")]
    system: Option<String>,
    /// Only what concerns this licence key, or the key of this id of 16 hex digits; `-` reads it from standard input
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
    /// Only events of this name, as a line or the JSON shows it
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = PossibleValuesParser::new(Event::NAMES))]
    event: Option<String>,
    /// Only the newest so many of them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    newest: Option<u32>,
}

impl List {
    fn filter(&self) -> Result<Filter, CliError> {
        let day = |text: &Option<String>| text.as_deref().map(parse::day).transpose();
        let (since, until) = (day(&self.since)?, day(&self.until)?);
        if let Some((first, last)) = since.zip(until).filter(|(first, last)| first > last) {
            return Err(CliError::usage(format!("--since {first} is later than --until {last}"), "exchange the days"));
        }
        let organization = self.organization.as_deref().map(|id| parse::identifier("organization", id)).transpose()?;
        let wanted = Wanted {
            organization,
            system: self.system.as_deref().map(parse::computer_id).transpose()?,
            key: self.key.as_deref().map(parse::key_id).transpose()?,
            event: Event::NAMES.iter().copied().find(|name| self.event.as_deref() == Some(*name)),
        };
        let newest = self.newest.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        Ok(Filter { wanted, operator: self.operator.clone(), since, until, newest })
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
        History::List(wanted) => list(desk, &wanted.filter()?)?,
        History::Verify { checkpoint } => {
            let signer = desk.open(Access::Reading)?;
            let read = |path: &PathBuf| std::fs::read(path).map_err(|source| OpsError::Io { path: path.clone(), source });
            let verified = verify(&signer, checkpoint.as_ref().map(read).transpose()?.as_deref())?;
            let line = format!("the history verifies: {} entries, head {}", verified.size, verified.head);
            desk.console.give(&json!(verified), &[line])?;
        }
    }
    Ok(Exit::Done)
}

/// Entry by entry as it is read: the history may be long.
fn list(desk: &Desk<'_>, filter: &Filter) -> Result<(), CliError> {
    let signer = desk.open(Access::Reading)?;
    let mut out = Output { console: desk.console, out: BufWriter::new(std::io::stdout().lock()), shown: 0, failed: None };
    let count = find(&signer, entropy::clock()?, filter, |entry, bytes| {
        out.entry(entry, bytes);
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
    fn entry(&mut self, entry: &Entry, bytes: &[u8]) {
        let before: &[u8] = if self.shown == 0 { b"{\"entries\":[" } else { b"," };
        let line = if self.console.json { [before, bytes].concat() } else { [line(entry).as_bytes(), b"\n"].concat() };
        self.shown += 1;
        self.write(&line);
    }

    fn end(mut self) -> Result<(), CliError> {
        if self.console.json {
            self.write(if self.shown == 0 { b"{\"entries\":[]}\n" } else { b"]}\n" });
        }
        self.failed.or(self.out.flush().err()).map_or(Ok(()), |error| Err(CliError::Output(error)))
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
        failed = failed.take().or(out.write_all(&[bytes, b"\n"].concat()).err());
        Ok(())
    })?;
    failed.or(out.flush().err()).map_or(Ok(()), |error| Err(CliError::Output(error)))
}

/// `    12  2026-11-22T05:00:00Z  mara  granted: activated  acme vms DK4KN-…  file lobby.json`.
fn line(entry: &Entry) -> String {
    let about = entry.event.about();
    let detail = detail(&entry.event);
    let what = if detail.is_empty() { entry.event.name().to_owned() } else { format!("{}: {detail}", entry.event.name()) };
    let line = format!("{:>6}  {}  {}  {what}  {}  {}", entry.number, entry.at, entry.operator, whom(&about), why(&about.why));
    for_terminal(&line)
}

fn whom(about: &About<'_>) -> String {
    let one = |all: Vec<String>, many: &str| {
        let distinct: BTreeSet<&String> = all.iter().collect();
        match distinct.len() {
            0 => None,
            1 => all.first().cloned(),
            count => Some(format!("{count} {many}")),
        }
    };
    let mut systems: Vec<String> = about.systems.iter().map(ToString::to_string).collect();
    // The first is the one that it is about; the others are only mentioned.
    let others = systems.split_off(systems.len().min(1));
    let words = [
        one(about.organizations.iter().map(ToString::to_string).collect(), "organizations"),
        one(about.products.iter().map(ToString::to_string).collect(), "products"),
        systems.pop(),
        mentioned(&others),
        one(about.keys.iter().map(|key| format!("key {key}")).collect(), "keys"),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}

/// Systems beside the one that it is about: by name while they are few.
fn mentioned(systems: &[String]) -> Option<String> {
    match systems.len() {
        0 => None,
        1..=3 => Some(format!("and {}", systems.join(" "))),
        count => Some(format!("and {count} systems")),
    }
}

fn why(why: &Why<'_>) -> String {
    match why {
        Why::Command => "by command".to_owned(),
        Why::Reason(reason) => format!("because: {reason}"),
        Why::File(source) => format!("file {}", source.file),
        Why::Order(text) => format!("order: {text}"),
        Why::Stated(reason, source) => format!("because: {reason}, file {}", source.file),
        Why::Day => "the day came".to_owned(),
        Why::Found => "found".to_owned(),
    }
}

/// What an event says beside its name and whom it concerns.
fn detail(event: &Event) -> String {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let lots = |lots: &[Lot]| wallet::counts(lots).map_or_else(|_| String::new(), |all| all.to_string());
    match event {
        Event::KeysMinted { licences, keys, .. } => format!("{} each worth {licences}", keys.len()),
        Event::KeyRedeemed { lots: all, .. } | Event::KeyUnredeemed { lots: all, .. } | Event::LotsExpired { lots: all, .. } => {
            lots(all)
        }
        Event::Granted(granted) | Event::Issued(granted) => {
            format!("{}, {}", word(json!(granted.outcome)), stated(&granted.system.activation))
        }
        Event::EmergencyGranted(granted) => stated(&granted.system.activation),
        Event::Deactivated(given) => returned(&given.returned, given.held),
        Event::Released(given) => format!("{}, {}", word(json!(given.how)), returned(&given.returned, given.held)),
        Event::Confirmed { sequence, .. } => format!("sequence {sequence}"),
        Event::Refused(refused) => refused.code.to_string(),
        Event::Suspected(suspected) => suspected.abuse.as_str().to_owned(),
        Event::LicencesAssigned { assignment, .. } => format!("{} to period {}", lots(&assignment.taken), assignment.period),
        Event::PeriodBegan { period, licensed, .. } => {
            format!("period {period}, {}", if *licensed { "licensed" } else { "not licensed" })
        }
        Event::PassingEnded { plan, .. } => plan.to_string(),
        Event::ExpansionsAssigned { taken, .. } => lots(taken),
        Event::RecordsImported { records, .. } => format!("{} record(s)", records.len()),
        Event::DayBegan { day } => day.to_string(),
        Event::UnlocksFailed { count, .. } => format!("{count} time(s)"),
        Event::PartsWaiting { have, count, .. } => format!("{} of {count}", have.len()),
        Event::Began { .. }
        | Event::CatalogueApplied { .. }
        | Event::KeyVoided { .. }
        | Event::Approved { .. }
        | Event::SeatsReleased { .. }
        | Event::CodeRefused(_)
        | Event::Denied(_)
        | Event::Undenied(_)
        | Event::Reinstated(_)
        | Event::SeatsEnded { .. }
        | Event::SeatsRenewed { .. }
        | Event::SubscriptionStarted { .. }
        | Event::ClockAccepted { .. } => String::new(),
    }
}

fn stated(activation: &IssuedActivation) -> String {
    let until = activation.validity.valid_until.map_or_else(|| "for good".to_owned(), |day| format!("until {day}"));
    format!("{} {until}", activation.licences)
}

fn returned(lots: &[Lot], held: bool) -> String {
    if held {
        return "seats held".to_owned();
    }
    let counts = wallet::counts(lots).unwrap_or_default();
    if counts.is_empty() { "nothing returned".to_owned() } else { format!("{counts} returned") }
}
