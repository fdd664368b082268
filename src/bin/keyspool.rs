//! The signer: harden, parse, run, exit.

use clap::Parser;
use keyspool::cli::{Arguments, Console, Exit, run};
use keyspool::harden;
use std::process::ExitCode;

fn main() -> ExitCode {
    let hardened = harden::begin();
    let arguments = Arguments::parse();
    let console = Console { json: arguments.global.json, quiet: arguments.global.quiet };
    if !hardened.achieved(harden::Measure::NotDumpable) || !hardened.achieved(harden::Measure::NoNetwork) {
        eprintln!("error: this process could not give up its memory dumps and the network\nhint: {hardened}");
        return ExitCode::from(5);
    }
    match run(&arguments) {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::SomeRefused) => ExitCode::from(3),
        Ok(Exit::Bad) => ExitCode::FAILURE,
        // Whoever reads the output has seen enough.
        Err(error) if error.is_broken_pipe() => ExitCode::FAILURE,
        Err(error) => {
            console.fail(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
