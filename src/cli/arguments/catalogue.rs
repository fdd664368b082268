//! `catalogue`.

use clap::Subcommand;
use std::path::PathBuf;

/// `catalogue`.
#[derive(Debug, Subcommand)]
pub enum Catalogue {
    /// Apply a catalogue file as a whole; shows the difference first
    #[command(
        after_help = "README.md, section \"Catalogue settings\", has every setting with its \
            default, its range and what it does; `catalogue show` prints those in force.\n\
            JSON: {\"changes\":[\"...\"]}; empty where nothing changed."
    )]
    Apply {
        /// JSON: {"organizations":[...],"products":[...]}
        file: PathBuf,
        /// Withdraw organizations and products that the file drops
        #[arg(long)]
        withdraw: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Show the catalogue in force, every setting with its value
    #[command(
        after_help = "JSON: {\"organizations\":[...],\"products\":[{\"settings\",\"withdrawn\"}]}."
    )]
    Show,
}
