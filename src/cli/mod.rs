//! Tier 7: the command line. Arguments in, data on stdout, talk on stderr, an exit code. Decides
//! nothing.

mod activation;
pub mod arguments;
pub mod console;
mod discretion;
pub mod entropy;
mod exchange;
pub mod exit;
mod hardware;
mod history;
mod inspect;
mod issue;
mod listing;
pub mod no_file;
mod parse;
mod passphrase;
mod process;
mod redeem;
mod report;
mod run;
mod subscription;
pub mod usage;
mod watch;

pub use arguments::Arguments;
pub use console::{CliError, Console, Exit};
pub use exit::ExitCode;
pub use run::run;
