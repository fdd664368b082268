//! `subscription`.

use clap::Subcommand;

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
