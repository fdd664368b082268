//! Options of every command.

use clap::Args;
use std::path::PathBuf;

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Folder of the vault
    #[arg(
        help_heading = "Options of every command",
        long,
        global = true,
        env = "KEYSPOOL_VAULT",
        default_value = "/var/lib/keyspool",
        value_name = "DIR"
    )]
    pub vault: PathBuf,
    /// Folder of the spool: inbox, outbox, rejected, archive
    #[arg(
        help_heading = "Options of every command",
        long,
        global = true,
        env = "KEYSPOOL_SPOOL",
        default_value = "/var/spool/keyspool",
        value_name = "DIR"
    )]
    pub spool: PathBuf,
    /// File whose first line is the passphrase
    #[arg(
        help_heading = "Options of every command",
        long,
        global = true,
        env = "KEYSPOOL_PASSPHRASE_FILE",
        value_name = "FILE"
    )]
    pub passphrase_file: Option<PathBuf>,
    /// Print one JSON document on standard output
    #[arg(help_heading = "Options of every command", long, global = true)]
    pub json: bool,
    /// Say nothing but errors on standard error
    #[arg(help_heading = "Options of every command", long, short, global = true)]
    pub quiet: bool,
}
