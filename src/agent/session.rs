//! What every command has: the state's folder, the hardware, and how to speak.

use super::clock::SystemClock;
use super::error::AgentError;
use super::file_store::FileStore;
use super::hardware::{self, Component};
use super::output::Output;
use crate::device::{Components, Device};
use std::path::{Path, PathBuf};

/// The device of this machine.
pub(super) type Here = Device<FileStore, SystemClock>;

/// One run of the tool.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) state: PathBuf,
    pub(super) components: Vec<Component>,
    pub(super) output: Output,
}

impl Session {
    /// Opens the device, and keeps others away from it as long as it is open.
    ///
    /// # Errors
    /// [`AgentError`]: no device there, one that cannot be read, or another process at it.
    pub(super) fn open(&self) -> Result<Here, AgentError> {
        Ok(Device::open(FileStore::open(&self.state)?, SystemClock)?)
    }

    /// What the hardware reads now.
    pub(super) fn components(&self) -> Components {
        hardware::components(Path::new("/"), &self.components)
    }
}
