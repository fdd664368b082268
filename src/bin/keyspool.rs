//! The signer: harden, parse, run, exit.

mod roles;

use keyspool::cli::{Arguments, CliError, Console, Exit, ExitCode as Ended, run, usage};
use keyspool::harden;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

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
    let console = Console {
        json: arguments.global.json,
        quiet: arguments.global.quiet,
    };
    if !hardened.has(harden::Measure::NotDumpable) || !hardened.has(harden::Measure::NoNetwork) {
        eprintln!(
            "error: this process could not give up its memory dumps and the network\nhint: \
                {hardened}"
        );
        return ended(Ended::NotSigning);
    }
    // A limit on the size of files is an error to be told, and no end without a word.
    drop(signal_hook::flag::register(
        signal_hook::consts::SIGXFSZ,
        Arc::default(),
    ));
    match run_to_its_end(&arguments) {
        Ok(exit) => ended(exit.into()),
        // Whoever reads the output has seen enough.
        Err(error) if error.is_broken_pipe() => ended(Ended::Failed),
        Err(error) => {
            console.fail(&error);
            ended(Ended::from(&error))
        }
    }
}

fn ended(code: Ended) -> ExitCode {
    ExitCode::from(code.number())
}

/// Whatever panics is told like any other error: nothing of this process is used after it.
fn run_to_its_end(arguments: &Arguments) -> Result<Exit, CliError> {
    let first = Arc::new(OnceLock::new());
    let noted = first.clone();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(String::new, |place| {
            let name = place.file().rsplit('/').next().unwrap_or_default();
            format!(" ({name}, line {})", place.line())
        });
        let said = panic.payload().downcast_ref::<&str>().copied();
        let said = said.or_else(|| panic.payload().downcast_ref::<String>().map(String::as_str));
        let _ = noted.set(format!("{}{place}", said.unwrap_or("for no stated reason")));
    }));
    let done = catch_unwind(AssertUnwindSafe(|| run(arguments)));
    done.unwrap_or_else(|_| Err(CliError::Stopped(first.get().cloned().unwrap_or_default())))
}
