//! Requests of devices, the same each time: everything comes from the seed and the device's number.

use keyspool::device::{Clock, Components, Description, Device, Setup, Store};
use keyspool::licence::{Counts, Identifier, Moment};
use keyspool::seal::{DeviceSecret, SigningKey};
use keyspool::wire::request::Wanted;
use keyspool::wire::sha256;
use std::convert::Infallible;
use zeroize::Zeroizing;

use crate::Fail;

/// Enters every secret and every component.
const SEED: &str = "keyspool/bench/2026-11-22";
/// Organizations among which the devices are shared out.
pub(crate) const ORGANIZATIONS: usize = 20;
/// What all devices have installed.
pub(crate) const PRODUCT: &str = "recorder";
/// The licence type that each asks one of.
pub(crate) const LICENCE_TYPE: &str = "channel";

/// A store that keeps nothing: these devices write one request.
struct Nowhere;

impl Store for Nowhere {
    type Error = Infallible;

    fn load(&mut self) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(None)
    }

    fn save(&mut self, _blob: &[u8]) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A device's clock that stands still.
struct Morning;

impl Clock for Morning {
    fn now(&self) -> Moment {
        Moment::read("2026-11-22T08:00:00Z").expect("a time of the driver")
    }
}

/// A request and where it lies in the inbox.
pub(crate) struct Dropped {
    /// `<organization>/unit-0000001.json`, or deeper.
    pub(crate) path: String,
    /// The file's bytes.
    pub(crate) bytes: Vec<u8>,
}

/// The organization of a number below [`ORGANIZATIONS`].
pub(crate) fn organization(number: usize) -> String {
    format!("org-{:02}", number % ORGANIZATIONS)
}

fn identifier(text: &str) -> Result<Identifier, Fail> {
    Ok(Identifier::new(text)?)
}

/// Bytes that look random and are the same every time.
fn drawn(what: &str, number: usize) -> [u8; 32] {
    sha256(&[
        SEED.as_bytes(),
        what.as_bytes(),
        &(number as u64).to_be_bytes(),
    ])
    .0
}

/// The first request of device `number`, in folders of this depth: one licence out of the
/// organization's wallet.
pub(crate) fn request(number: usize, depth: usize) -> Result<Dropped, Fail> {
    let root = SigningKey::from_seed(Zeroizing::new(drawn("root", 0))).public();
    let organization = organization(number);
    let setup = Setup {
        organization: identifier(&organization)?,
        product: identifier(PRODUCT)?,
        computer_name: format!("Recorder {number:07} in the hall"),
        root,
    };
    let secret = DeviceSecret::from_bytes(Zeroizing::new(drawn("secret", number)));
    let mut device = Device::create(Nowhere, Morning, secret, setup)?;
    let mut components = Components::default();
    for name in ["board", "disk", "mac"] {
        components.insert(identifier(name)?, drawn(name, number).to_vec());
    }
    let need: Counts = [(identifier(LICENCE_TYPE)?, 1)].into_iter().collect();
    let envelope = device.describe(Description::new(
        Wanted::Activate,
        "5.8.2",
        need,
        components,
    ))?;
    let folders: String = (0..depth)
        .map(|level| format!("level-{level}-{}/", number >> (4 * level + 4) & 7))
        .collect();
    Ok(Dropped {
        path: format!("{organization}/{folders}unit-{number:07}.json"),
        bytes: envelope.to_json(),
    })
}
