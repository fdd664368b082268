//! The other roles of both programs: the child processes that read pictures.

use keyspool::harden::{self, Confinement};
use keyspool::scan::{self, Role};
use std::process::ExitCode;

/// Plays the role that the arguments name; none where the process is the program itself.
pub(crate) fn play() -> Option<ExitCode> {
    let role = Role::of(std::env::args_os())?;
    Some(ExitCode::from(scan::serve(role, confine)))
}

fn confine(role: Role) -> Result<(), String> {
    let confinement = match role {
        Role::Supervisor => Confinement::Watching,
        Role::Worker => Confinement::Computing {
            memory: scan::MEMORY_LIMIT,
            seconds: scan::TIME_LIMIT.as_secs(),
        },
    };
    harden::confine(confinement).map_err(|error| error.to_string())
}
