//! `init`: makes a device.

use super::arguments::Init;
use super::clock::SystemClock;
use super::error::{AgentError, escaped};
use super::file_store::FileStore;
use super::session::Session;
use crate::device::{Device, Setup};
use crate::seal::DeviceSecret;
use crate::words::device::en;
use serde::Serialize;
use zeroize::Zeroizing;

#[derive(Serialize)]
struct Made {
    computer_id: String,
    organization: String,
    product: String,
    name: String,
    state: String,
}

/// Makes the state's folder and the device in it, and prints its Computer ID.
///
/// # Errors
/// [`AgentError`]; a device that is there already stays as it is.
pub(super) fn run(session: &Session, init: Init) -> Result<(), AgentError> {
    let mut secret = Zeroizing::new([0; 32]);
    getrandom::fill(secret.as_mut_slice()).map_err(AgentError::Randomness)?;
    let store = FileStore::create(&session.state)?;
    let setup = Setup {
        organization: init.organization,
        product: init.product,
        computer_name: init.name,
        root: init.root,
    };
    let device = Device::create(store, SystemClock, DeviceSecret::from_bytes(secret), setup)?;
    let made = Made {
        computer_id: device.computer_id().to_string(),
        organization: device.organization().to_string(),
        product: device.product().to_string(),
        name: device.computer_name().to_owned(),
        state: escaped(&session.state),
    };
    session
        .output
        .lines(&[en::talk::computer_id(&made.computer_id)])?;
    session.output.talk(&en::talk::made(
        &made.organization,
        &made.product,
        &made.state,
    ));
    session.output.json(&made)
}
