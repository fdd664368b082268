//! Wrong usage, in the voice of every other error, and as JSON where that was asked for.

use super::arguments::Arguments;
use super::console::{CliError, Console};
use super::exit::ExitCode;
use clap::Parser;
use clap::error::ErrorKind;
use std::ffi::OsString;

/// Reads what was typed. Help and version are shown, wrong usage is said; the error is the exit
/// code then.
///
/// # Errors
/// 0 after help and version, 2 after wrong usage.
pub fn read(typed: &[OsString]) -> Result<Arguments, u8> {
    Arguments::try_parse_from(typed).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Where help cannot be written, there is nobody to tell.
            drop(error.print());
            0
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !asks_for_json(typed) => {
            drop(error.print());
            2
        }
        _ => {
            let wrong = wrong_usage(&error);
            Console {
                json: asks_for_json(typed),
                quiet: false,
            }
            .fail(&wrong);
            ExitCode::from(&wrong).number()
        }
    })
}

fn asks_for_json(typed: &[OsString]) -> bool {
    typed
        .iter()
        .take_while(|word| *word != "--")
        .any(|word| word == "--json")
}

fn wrong_usage(error: &clap::Error) -> CliError {
    let said = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "the command is missing".to_owned(),
        _ => error.to_string(),
    };
    let found = said
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ");
    let words: Vec<&str> = found.split_whitespace().collect();
    CliError::usage(
        words.join(" "),
        "see what is allowed with --help after the command",
    )
}
