//! `system`.

use crate::licence::Plan;
use crate::ops::system::STATES;
use clap::Subcommand;
use clap::builder::PossibleValuesParser;

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
        #[arg(
            long,
            value_name = "PLAN",
            value_parser = PossibleValuesParser::new(Plan::ALL.map(Plan::as_str))
        )]
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
