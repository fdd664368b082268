//! What a child process gives up after [`super::begin`]: everything that its work does not need.

use super::achieved::HardenError;
use super::refused::refused;
use super::{filter, sys};
use rustix::process::{Resource, Rlimit, setrlimit};

/// How much a child process keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confinement {
    /// What it needs to start and watch others; of its open descriptors the standard streams only.
    Watching,
    /// Memory, processor time and the standard streams: no file, no socket, no process, no thread,
    /// no signal to others.
    Computing {
        /// Bytes of address space.
        memory: u64,
        /// Seconds of processor time.
        seconds: u64,
    },
}

/// Gives up for good what the confinement does not keep. No part of it is optional.
///
/// Called after [`super::begin`], before any thread is started, any descriptor opened and any byte
/// read.
///
/// # Errors
/// [`HardenError`]: the process must not go on.
pub fn confine(confinement: Confinement) -> Result<(), HardenError> {
    sys::close_all_but_streams()?;
    let Confinement::Computing { memory, seconds } = confinement else {
        return Ok(());
    };
    for (name, resource, most) in [
        ("setrlimit RLIMIT_AS", Resource::As, memory),
        ("setrlimit RLIMIT_DATA", Resource::Data, memory),
        ("setrlimit RLIMIT_CPU", Resource::Cpu, seconds),
        ("setrlimit RLIMIT_FSIZE", Resource::Fsize, 0),
        ("setrlimit RLIMIT_NOFILE", Resource::Nofile, 3),
    ] {
        setrlimit(
            resource,
            Rlimit {
                current: Some(most),
                maximum: Some(most),
            },
        )
        .map_err(refused(name))?;
    }
    filter::program_of_computing().and_then(|program| filter::apply(&program))
}
