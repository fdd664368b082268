//! `hardware`.

use clap::Subcommand;
use std::path::PathBuf;

/// `hardware`.
#[derive(Debug, Subcommand)]
pub enum Hardware {
    /// Import manufacturing records; importing them again changes nothing
    #[command(
        after_help = "The file is CSV with a header: serial,product, optionally organization and \
            computer_id, and a column for each licence type; an empty cell is 0. A Computer ID \
            belongs to one serial number: a line that names that of another is refused.\nJSON: \
            {\"imported\",\"unchanged\",\"refused\":[{\"line\",\"column\",\"code\",\
            \"message\"}]}.\nExit code 3 where some lines were refused; the others are imported."
    )]
    Import {
        /// serial,product,organization,computer_id,TYPE...
        file: PathBuf,
    },
    /// Assign expansions from the organization's wallet to a system
    #[command(
        after_help = "JSON: {\"computer_id\",\"organization\",\"product\",\"assigned\",\
            \"licences\"}: licences is what its hardware holds then."
    )]
    Assign {
        /// Its Computer ID
        computer_id: String,
        /// What, for example universal=4
        #[arg(required = true, value_delimiter = ',', value_name = "TYPE=N")]
        licences: Vec<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}
