//! `clock`.

use clap::Subcommand;

/// `clock`.
#[derive(Debug, Subcommand)]
pub enum Clock {
    /// Accept a clock that the signer does not believe; does nothing where nothing needs accepting
    #[command(after_help = "JSON: {\"accepted\"}.")]
    Accept {
        /// Why it is right
        #[arg(long, value_name = "TEXT", value_parser = crate::cli::parse::reason)]
        reason: String,
    },
}
