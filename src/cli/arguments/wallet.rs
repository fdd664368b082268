//! `wallet`.

use clap::Subcommand;

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
        #[arg(long, value_name = "TEXT", value_parser = crate::cli::parse::reason)]
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
