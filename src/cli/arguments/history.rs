//! `history`.

use crate::policy::record::event::Event;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use std::path::PathBuf;

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
    pub organization: Option<String>,
    /// Only what concerns this system, also where it is only mentioned, or as one of a
    /// subscription's
    #[arg(long, value_name = "COMPUTER_ID")]
    pub system: Option<String>,
    /// Only what concerns this licence key, or the key of this id of 16 hex digits; `-` reads it
    /// from standard input
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Only what this operator did
    #[arg(long, value_name = "NAME")]
    pub operator: Option<String>,
    /// Only from this day on, for example 2026-11-22
    #[arg(long, value_name = "DAY")]
    pub since: Option<String>,
    /// Only to this day, itself included
    #[arg(long, value_name = "DAY")]
    pub until: Option<String>,
    /// Only events of this name, as a line or the JSON shows it, and grants that did the same for a
    /// request
    #[arg(
        long,
        value_name = "NAME",
        hide_possible_values = true,
        value_parser = PossibleValuesParser::new(Event::NAMES)
    )]
    pub event: Option<String>,
    /// Also the days that began, which only JSON shows else
    #[arg(long)]
    pub all: bool,
    /// Only the newest so many of them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub newest: Option<u32>,
}
