//! `key`.

use clap::Subcommand;

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
        #[arg(long, value_name = "TEXT", value_parser = crate::cli::parse::reason)]
        reason: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}
