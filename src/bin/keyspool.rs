//! The signer: harden, parse, run, exit.

mod roles;

use keyspool::cli::{Console, Exit, run, usage};
use keyspool::harden;
use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let hardened = harden::begin();
    harden::share_heaps();
    if let Some(code) = roles::play() {
        return code;
    }
    let typed: Vec<OsString> = std::env::args_os().collect();
    let arguments = match usage::read(&typed) {
        Ok(arguments) => arguments,
        Err(code) => return ExitCode::from(code),
    };
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
