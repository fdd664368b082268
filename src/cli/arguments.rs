//! What can be typed: commands, options, their help.

mod activation;
mod catalogue;
mod clock;
mod global;
mod hardware;
mod history;
mod key;
mod report;
mod subscription;
mod system;
mod wallet;

pub use activation::{Activation, Emergency, Issue, Order, Release};
pub use catalogue::Catalogue;
use clap::{Parser, Subcommand};
pub use clock::Clock;
pub use global::Global;
pub use hardware::Hardware;
pub use history::{History, List};
pub use key::Key;
pub use report::{Report, ReportFormat};
use std::path::PathBuf;
pub use subscription::Subscription;
pub use system::System;
pub use wallet::Wallet;

/// Air-gapped licence signer: requests in by USB stick or QR code, signed activations out.
#[derive(Debug, Parser)]
#[command(
    name = "keyspool",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done; 1 failed, nothing half-done; 2 wrong usage; 3 done, some \
        requests refused; 4 the vault did not open; 5 the signer refuses to sign.\nThe passphrase \
        is read from --passphrase-file, else from the systemd credential keyspool-passphrase, else \
        asked for at the terminal."
)]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a vault with its keys, and the spool; prints the root public key that devices pin
    #[command(
        after_help = "JSON: {\"root_public_key\",\"key_id\"}: base64, and the id of that key."
    )]
    Init {
        /// Name of whoever holds this passphrase; it stands in every history entry
        #[arg(long, default_value = "operator", value_name = "NAME")]
        operator: String,
    },
    /// Answer what is in the inbox, once: documents, text files with QR text, and pictures and
    /// photographs (PNG, JPEG) of QR codes
    #[command(
        after_help = "JSON: {\"batch\",\"checkpoint\":{\"origin\",\"size\",\"head\"},\
            \"entries\":[{\"file\",\"digest\",\"request\",\"outcome\",\"outputs\":[{\"path\",\
            \"sha256\"}],\"refusal\":{\"code\",\"message\",\"remedy\"}}]}; batch is null where \
            there was nothing to answer.\nExit code 3 where something was refused: it stands in \
            rejected/ with the reason beside it."
    )]
    Process {
        /// Vouch for everything in the inbox as requests of this organization
        #[arg(long, value_name = "ORG")]
        organization: Option<String>,
        /// Seconds that a file which may not be whole must have been left alone
        #[arg(long, default_value_t = 2, value_name = "SECONDS")]
        settle: u64,
    },
    /// Answer what comes into the inbox, until SIGTERM or SIGINT
    #[command(after_help = "One line a batch on standard error; with --json it is \
            {\"at\",\"batch\",\"documents\",\"outcomes\":{ORG:{OUTCOME:count}},\
            \"refusals\":{CODE:count},\"new_systems\":{ORG:[COMPUTER_ID]},\"left\",\
            \"completed\":[BATCH]}; batch is null where only an earlier one was completed. What \
            stays in the inbox is told once, with its reason: {\"at\",\"file\",\"left\"}. Whatever \
            else it says is {\"said\"}.\nThe ledger is held for a batch at a time: other commands \
            work beside it.\nUnder systemd (Type=notify) it says when it is ready and, with \
            WatchdogSec, that it is alive.")]
    Watch {
        /// Seconds between two looks at the inbox where no event comes
        #[arg(
            long,
            default_value_t = 30,
            value_name = "SECONDS",
            value_parser = clap::value_parser!(u64).range(1..=86_400)
        )]
        rescan: u64,
        /// Seconds that a file which may not be whole must have been left alone
        #[arg(
            long,
            default_value_t = 2,
            value_name = "SECONDS",
            value_parser = clap::value_parser!(u64).range(0..=3_600)
        )]
        settle: u64,
    },
    /// Answer the requests on a stick, and write the answers to it
    #[command(
        after_help = "It reads the folder requests/ of the medium, or else its top level: files \
            there, and folders named like organizations. It writes answers/<date>-<batch>/ with \
            the bundles, receipts and pictures that the medium lacks, refusals beneath refused/, \
            and the manifest; the outbox keeps all of it. Nothing else on the medium is touched. \
            Once everything is synced and reads back, it says that the medium may be \
            removed.\nJSON: as of process, and \
            \"medium\":{\"written\":[PATH],\"held\",\"replaced\"}: paths in answers/, answers that \
            the medium holds already, answers that a later one replaces.\nExit code 1 where the \
            medium fails: before anything was answered, or with all answers in the outbox, run it \
            again then; also where it failed at single files, with the others answered: the \
            document has \"error\" beside \"entries\" then."
    )]
    Exchange {
        /// Where the stick is mounted
        #[arg(value_name = "DIR")]
        medium: PathBuf,
        /// Vouch for everything on it as requests of this organization
        #[arg(long, value_name = "ORG")]
        organization: Option<String>,
        /// Vouch for its folders that are named like organizations: you know who made them
        #[arg(long)]
        trust_folders: bool,
        /// Seconds that a file which may not be whole must have been left alone
        #[arg(
            long,
            default_value_t = 2,
            value_name = "SECONDS",
            value_parser = clap::value_parser!(u64).range(0..=3_600)
        )]
        settle: u64,
    },
    /// Organizations, products and their settings
    #[command(subcommand)]
    Catalogue(Catalogue),
    /// Licence keys
    #[command(subcommand)]
    Key(Key),
    /// Redeemed licences not in use
    #[command(subcommand)]
    Wallet(Wallet),
    /// Subscriptions of pooled products, and licences assigned to their periods
    #[command(subcommand)]
    Subscription(Subscription),
    /// Manufacturing records and expansions
    #[command(subcommand)]
    Hardware(Hardware),
    /// Installed systems
    #[command(subcommand)]
    System(System),
    /// Activations by an operator's hand
    #[command(subcommand)]
    Activation(Activation),
    /// Issue new activations for all systems that are due, in one batch; shows old and new dates
    /// first
    #[command(after_help = "JSON: as of process, and \
            \"systems\":[{\"computer_id\",\"organization\",\"product\",\"before\",\"after\",\
            \"taken\",\"computer_key\"}]; before and after are {\"sequence\",\"licences\",\
            \"valid_from\",\"valid_until\",\"grace_until\"}, before is null where there was none, \
            taken is what left the wallet, computer_key has the lines that can be typed.")]
    Refresh {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Every change, who made it, when, why
    #[command(subcommand)]
    History(History),
    /// Who owns, uses and owes what: what needs doing, every product of every organization, texts
    /// for customers
    #[command(after_help = report::AFTER)]
    Report(Report),
    /// The signer's clock
    #[command(subcommand)]
    Clock(Clock),
    /// Explain a document, bundle, QR text, picture of QR codes or code, checked as far as it can
    /// be
    #[command(
        after_help = "JSON: {\"kind\",\"title\",\"facts\",\"checks\",\"parts\"}.\nExit code 1 \
            where a check is bad."
    )]
    Inspect {
        /// A file, a code or a QR text; `-` reads standard input
        what: String,
        /// Do not open the vault, also where the passphrase is at hand: check only what can be
        /// checked without it
        #[arg(long)]
        without_vault: bool,
    },
    /// Write a shell's completions
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write the manual page
    Man,
}
