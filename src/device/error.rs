//! Why a device does not do what it is asked.

use super::blob::StateError;
use super::refusal::NotInstalled;
use crate::licence::identifier::TextError;
use crate::wire::error::WireError;
use alloc::boxed::Box;

/// Why a device did not do what it was asked. It is then as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError<E> {
    /// The store's own error.
    #[error("{0}")]
    Store(E),
    /// The store holds a state already; making a new one would lose its secret.
    #[error("this store already holds a device")]
    Exists,
    /// The store holds no state.
    #[error("this store holds no device yet")]
    NoState,
    /// The stored state cannot be read.
    #[error("the stored state cannot be read: {0}")]
    State(StateError),
    /// The name is no text of 1 to 128 characters.
    #[error("the computer name: {0}")]
    Name(TextError),
    /// What was asked for makes no well-formed request.
    #[error("no request can be written: {0}")]
    Request(WireError),
    /// There is no activation to confirm or to give up.
    #[error("no activation is installed")]
    NothingInstalled,
    /// The counter of requests, or the number of the generation, is at its end.
    #[error("the device has used up its {0}")]
    UsedUp(&'static str),
    /// The documents were not installed.
    #[error("{0}")]
    Refused(Box<NotInstalled>),
}

impl<E> From<StateError> for DeviceError<E> {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}
