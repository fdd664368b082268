//! Tier 7: the command line. Arguments in, data on stdout, talk on stderr, an exit code. Decides
//! nothing.

mod activation;
mod approve;
pub mod arguments;
mod batch;
mod before;
mod catalogue;
mod clock;
pub mod console;
mod desk;
mod discretion;
pub mod entropy;
mod exchange;
pub mod exit;
mod hardware;
mod history;
mod init;
mod inspect;
mod issue;
mod key;
mod listing;
mod manual;
pub mod no_file;
mod parse;
mod passphrase;
mod process;
mod progress;
mod redeem;
mod report;
mod run;
mod subscription;
mod system;
pub mod usage;
mod wallet;
mod watch;

pub use arguments::Arguments;
pub use console::{CliError, Console, Exit};
pub use exit::ExitCode;
pub use run::run;
