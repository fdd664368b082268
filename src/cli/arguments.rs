//! What can be typed: commands, options, their help.

mod activation;
mod report;

use crate::licence::Plan;
use crate::ops::system::STATES;
pub use activation::{Activation, Emergency, Issue, Order, Release};
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
pub use report::{Report, ReportFormat};
use std::path::PathBuf;

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
        #[arg(long, default_value_t = 30, value_name = "SECONDS",
            value_parser = clap::value_parser!(u64).range(1..=86_400))]
        rescan: u64,
        /// Seconds that a file which may not be whole must have been left alone
        #[arg(long, default_value_t = 2, value_name = "SECONDS",
            value_parser = clap::value_parser!(u64).range(0..=3_600))]
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
        #[arg(long, default_value_t = 2, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=3_600))]
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
    Hardware(super::hardware::Hardware),
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
    History(super::history::History),
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

/// `key`.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make licence keys; the only time that they are shown
    #[command(
        after_help = "Keys are shown once they are on disk. Where that was cut off, `key list` has \
            them by their ids: void them, or \
                            redeem them by id.\nJSON: \
                            {\"keys\":[{\"key\",\"product\",\"licences\"}]}."
    )]
    Mint {
        /// The product
        product: String,
        /// What each key is worth, for example core=16,universal=4
        #[arg(long, required = true, value_delimiter = ',', value_name = "TYPE=N")]
        licences: Vec<String>,
        /// How many keys, up to 10,000
        #[arg(long, default_value_t = 1, value_name = "N")]
        count: usize,
        /// The only organization that may redeem them
        #[arg(long, value_name = "ORG")]
        organization: Option<String>,
    },
    /// List the keys by their ids, never the keys themselves
    #[command(
        after_help = "JSON: {\"keys\":[{\"id\",\"product\",\"licences\",\"organization\",\"state\",\
            \"redeemed_by\",\"minted\"}]}."
    )]
    List,
    /// Declare a key void
    #[command(
        after_help = "JSON: {\"key\",\"out_of_reach\"}: what the key bought and cannot be taken \
            back."
    )]
    Void {
        /// The key, or its id of 16 hex digits; `-` reads it from standard input
        key: String,
        /// Why
        #[arg(long, value_name = "TEXT", value_parser = super::parse::reason)]
        reason: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// `wallet`.
#[derive(Debug, Subcommand)]
pub enum Wallet {
    /// Redeem licence keys into an organization's wallet, each reported
    #[command(
        after_help = "JSON: {\"redeemed\":[{\"id\",\"product\",\"licences\"}],\
            \"refused\":[{\"place\",\"id\",\"code\",\"message\",\"remedy\"}]}; place is the key's \
            among those typed, from 1, and id is null where it could not be read.\nA single key \
            that is refused is an error: {\"error\":{\"code\",\"message\",\"hint\"}}.\nExit code 3 \
            where some keys were refused, 1 where all were, 2 where a single one could not be read."
    )]
    Redeem {
        /// Whose wallet
        organization: String,
        /// The keys; `-` reads them from standard input, one a line
        #[arg(required = true)]
        keys: Vec<String>,
    },
    /// Take a redemption back, while all its licences lie unused
    #[command(after_help = "JSON: {\"key\"}: its id.")]
    Unredeem {
        /// The key, or its id of 16 hex digits; `-` reads it from standard input
        key: String,
        /// Why
        #[arg(long, value_name = "TEXT", value_parser = super::parse::reason)]
        reason: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Show what lies in a wallet
    #[command(
        after_help = "JSON: {\"organization\",\"lots\":[{\"product\",\"type\",\"count\",\
            \"store_until\",\"valid_until\",\"origin\"}]}; origin is the id of the licence key, \
            `returned`, or `credit`."
    )]
    Show {
        /// Whose wallet
        organization: String,
    },
}

/// `subscription`.
#[derive(Debug, Subcommand)]
pub enum Subscription {
    /// Start a subscription today, or join the organization's running one of the same length
    #[command(after_help = "JSON: as of subscription show ORG PRODUCT, afterwards.")]
    Start {
        /// Whose
        organization: String,
        /// Of which product
        product: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Assign licences of the wallet to a period: exactly what is missing, unless counts are named
    #[command(
        after_help = "JSON: as of subscription show ORG PRODUCT, afterwards. Assigned licences \
            never return; where nothing is missing, nothing is assigned."
    )]
    Assign {
        /// Whose
        organization: String,
        /// Of which product
        product: String,
        /// `current`, `next`, or the period's number from 0
        #[arg(long, value_name = "current|next|N")]
        period: String,
        /// How many of each type, for example core=16 universal=4
        #[arg(value_delimiter = ',', value_name = "TYPE=N")]
        licences: Vec<String>,
        /// Allow more than is missing
        #[arg(long)]
        surplus: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Show how an organization stands
    #[command(
        after_help = "JSON: {\"organization\",\"product\",\"status\",\"periods\":[{\"number\",\
            \"first\",\"last\",\"grace_until\",\"assigned\",\"licensed\",\"missing\"}],\"need\",\
            \"waiting\",\"carry_days\"}, without PRODUCT {\"subscriptions\":[...]}.\nstatus is \
            not-started, expires-soon, licensed, started, grace or expired; grace_until is the \
            last day on which the period runs unlicensed, null where it has no grace; licensed is \
            for today."
    )]
    Show {
        /// Whose
        organization: String,
        /// Of which product; all that it has subscribed where none is named
        product: Option<String>,
    },
}

/// `system`.
#[derive(Debug, Subcommand)]
pub enum System {
    /// List the systems
    #[command(
        after_help = "JSON: {\"systems\":[as of system show]}, with --waiting \
            {\"waiting\":[{\"computer_id\",\"organization\",\"product\",\"need\",\"code\",\
            \"document\",\"file\",\"digest\",\"batch\",\"on\"}]}."
    )]
    List {
        /// Requests that wait for an operator or for licences instead
        #[arg(long, conflicts_with_all = ["state", "plan"])]
        waiting: bool,
        /// Only those of this organization
        #[arg(long, value_name = "ORG")]
        organization: Option<String>,
        /// Only those with this product
        #[arg(long, value_name = "PRODUCT")]
        product: Option<String>,
        /// Only those in this state
        #[arg(long, value_name = "STATE", value_parser = PossibleValuesParser::new(STATES))]
        state: Option<String>,
        /// Only those whose newest activation has this plan
        #[arg(long, value_name = "PLAN", value_parser = PossibleValuesParser::new(Plan::ALL.map(Plan::as_str)))]
        plan: Option<String>,
    },
    /// Show one system
    #[command(
        after_help = "JSON: {\"computer_id\",\"organization\",\"product\",\"state\",\"plan\",\
            \"need\",\"activation\":{\"id\",\"sequence\",\"plan\",\"licences\",\"valid_from\",\
            \"valid_until\",\"grace_until\",\"confirmed\"},\"seats\",...}; state is active, ended, \
            deactivated, released, recovered or denied."
    )]
    Show {
        /// Its Computer ID
        computer_id: String,
    },
}

/// `clock`.
#[derive(Debug, Subcommand)]
pub enum Clock {
    /// Accept a clock that the signer does not believe; does nothing where nothing needs accepting
    #[command(after_help = "JSON: {\"accepted\"}.")]
    Accept {
        /// Why it is right
        #[arg(long, value_name = "TEXT", value_parser = super::parse::reason)]
        reason: String,
    },
}
