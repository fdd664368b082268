//! `keyspool-device`: the device's side of Keyspool. See `keyspool::agent`.

mod roles;

use keyspool::harden::{self, Measure};
use std::process::ExitCode;

/// What every Linux grants. The others depend on the machine: its limits, its processor.
const INSISTED: [Measure; 2] = [Measure::NotDumpable, Measure::NoCoreFile];

fn main() -> ExitCode {
    let achieved = harden::begin();
    if let Some(code) = roles::play() {
        return code;
    }
    if let Some(measure) = INSISTED.into_iter().find(|measure| !achieved.has(*measure)) {
        eprintln!(
            "error: this machine does not grant that {}\n{achieved}",
            measure.statement()
        );
        return ExitCode::FAILURE;
    }
    ExitCode::from(keyspool::agent::run(std::env::args_os()))
}
