//! `activation`: what an operator does by hand.

use clap::{Args, Subcommand};

/// `activation`.
#[derive(Debug, Subcommand)]
pub enum Activation {
    /// Approve a device that waits, or give back seats that are held
    #[command(
        after_help = "JSON: as of process where a waiting request is judged anew, {\"returned\"} \
            where held seats went back."
    )]
    Approve {
        /// Its Computer ID, as `system list --waiting` shows it
        computer_id: String,
        /// Why
        #[arg(long, default_value = "", value_name = "TEXT")]
        reason: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Issue an activation for a Computer ID, without a request of the device
    #[command(
        after_help = "Organization, product and need may be left out for a system that is \
            known.\nJSON: as of refresh."
    )]
    Issue(Issue),
    /// Help a device for a few days without taking a licence: one that has ended, or one in place
    /// of another
    #[command(
        after_help = "Of a device that the signer has never seen, name what it replaces with \
            --for, or say --organization, --product and --need.\nJSON: as of refresh."
    )]
    Emergency(Emergency),
    /// Extend a system by one more term, by the licences of its organization's wallet
    #[command(after_help = "JSON: as of refresh.")]
    Extend {
        /// Its Computer ID
        computer_id: String,
        /// Refuse where the activation cannot be typed
        #[arg(long)]
        computer_key: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Give a system up: by the code that it shows after it was deactivated, or without proof
    #[command(
        after_help = "Ten wrong codes for one Computer ID lock it; its deactivation as a file is \
            accepted still.\nJSON: {\"computer_id\",\"how\",\"returned\",\"held\"}; how is proven, \
            unproven or ended, held says whether the seats wait for an approval."
    )]
    Release(Release),
    /// Deny a lost or cloned device: its requests are refused, its seats held
    #[command(after_help = "JSON: {\"computer_id\",\"returned\",\"held\"}: counts of seats.")]
    Deny {
        /// Its Computer ID
        computer_id: String,
        /// Give its seats back to the wallet
        #[arg(long)]
        return_seat: bool,
        /// Why
        #[arg(long, value_name = "TEXT", value_parser = crate::cli::parse::reason)]
        reason: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Take a denial back
    #[command(
        after_help = "JSON: {\"computer_id\",\"seats\"}: counts of what it holds afterwards."
    )]
    Undeny(Order),
    /// Take a release without proof back; the seat comes back if one is free
    #[command(after_help = "JSON: as of activation undeny.")]
    Reinstate(Order),
    /// Take an activation back that was never confirmed: a release without proof
    #[command(after_help = "JSON: as of activation release.")]
    Cancel(Order),
}

/// `activation issue`.
#[derive(Debug, Args)]
pub struct Issue {
    /// Its Computer ID
    pub computer_id: String,
    /// Whose it is
    #[arg(long, value_name = "ORG")]
    pub organization: Option<String>,
    /// What is installed on it
    #[arg(long, value_name = "PRODUCT")]
    pub product: Option<String>,
    /// What it needs, for example core=16,universal=4
    #[arg(long, value_delimiter = ',', value_name = "TYPE=N")]
    pub need: Vec<String>,
    /// What people call it, 1 to 128 characters
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Refuse where the activation cannot be typed
    #[arg(long)]
    pub computer_key: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// `activation emergency`.
#[derive(Debug, Args)]
pub struct Emergency {
    /// The Computer ID of the device that is to work
    pub computer_id: String,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = crate::cli::parse::reason)]
    pub reason: String,
    /// A system in the place of which it is to work; may be said several times
    #[arg(long = "for", value_name = "COMPUTER_ID")]
    pub in_place_of: Vec<String>,
    /// Whose it is
    #[arg(long, value_name = "ORG")]
    pub organization: Option<String>,
    /// What is installed on it
    #[arg(long, value_name = "PRODUCT")]
    pub product: Option<String>,
    /// What it needs, for example core=16,universal=4
    #[arg(long, value_delimiter = ',', value_name = "TYPE=N")]
    pub need: Vec<String>,
    /// Refuse where the activation cannot be typed
    #[arg(long)]
    pub computer_key: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// `activation release`.
#[derive(Debug, Args)]
#[group(skip)]
pub struct Release {
    /// Its Computer ID
    pub computer_id: String,
    /// The Deactivation Verification Code; `-` reads it from standard input
    #[arg(
        long,
        value_name = "DVC",
        required_unless_present = "without_proof",
        conflicts_with = "without_proof"
    )]
    pub code: Option<String>,
    /// On your word alone; counted apart
    #[arg(long)]
    pub without_proof: bool,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = crate::cli::parse::reason)]
    pub reason: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// What takes a system and a reason.
#[derive(Debug, Args)]
pub struct Order {
    /// Its Computer ID
    pub computer_id: String,
    /// Why
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub reason: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}
