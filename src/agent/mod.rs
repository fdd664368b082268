//! Tier 7: the device's command-line tool, `keyspool-device`: the worked example of the SDK, and a
//! tool for devices that run Linux.
//!
//! Clock, randomness, files and the terminal enter here. One file a command; the others hold what
//! several of them use.

mod arguments;
mod bundle;
mod clock;
mod confirm;
mod deactivate;
mod describe;
mod durable;
pub mod error;
mod file_store;
mod hardware;
mod incoming;
mod init;
mod inspect;
mod install;
mod outgoing;
mod output;
mod session;
mod status;

pub use arguments::Arguments;
pub use error::AgentError;

use arguments::Command;
use clap::Parser;
use clap::error::ErrorKind;
use output::Output;
use session::Session;
use std::ffi::OsString;

/// Exit code of wrong usage.
const WRONG_USAGE: u8 = 2;

/// Does what the arguments ask, the program's own name first, and gives the exit code: 0 done, 1
/// failed, 2 wrong usage.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    match Arguments::try_parse_from(&arguments) {
        Ok(parsed) => obey(parsed),
        Err(error) => {
            let json = arguments.iter().any(|argument| argument == "--json");
            explain_usage(&error, json)
        }
    }
}

fn obey(arguments: Arguments) -> u8 {
    let output = Output {
        json: arguments.json,
        quiet: arguments.quiet,
    };
    let session = Session {
        state: arguments.state,
        components: arguments.components,
        output,
    };
    let done = match arguments.command {
        Command::Init(init) => init::run(&session, init),
        Command::Describe(describe) => describe::run(&session, describe),
        Command::Install(install) => install::run(&session, &install),
        Command::Confirm(confirm) => confirm::run(&session, &confirm),
        Command::Status => status::run(&session),
        Command::Deactivate(deactivate) => deactivate::run(&session, &deactivate),
        Command::Inspect(inspect) => inspect::run(&session, &inspect),
    };
    match done {
        Ok(()) => 0,
        Err(error) => {
            output.failure(error.code(), &error.to_string(), error.hint().as_deref());
            error.exit_code()
        }
    }
}

/// Help goes to stdout and is no failure; all else that the parser says is wrong usage.
fn explain_usage(error: &clap::Error, json: bool) -> u8 {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return u8::from(error.print().is_err());
    }
    // The parser repeats what it was given: without its colours, and escaped like all else.
    let text = error.to_string();
    if json {
        let message = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        Output { json, quiet: true }.failure(
            "usage",
            message,
            Some(crate::words::device::en::talk::SEE_HELP),
        );
    } else {
        text.lines()
            .for_each(|line| Output { json, quiet: false }.talk(line));
    }
    WRONG_USAGE
}
