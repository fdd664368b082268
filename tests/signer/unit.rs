//! A device, played by the SDK with its state in memory.

use crate::bench::{START, entries_of_zip, moment};
use keyspool::device::{Clock, Components, Description, Device, Setup, Store, Witness};
use keyspool::licence::{Counts, Identifier, LicenceKey, Moment};
use keyspool::seal::{DeviceSecret, Generation, PublicKey};
use keyspool::wire::qr::text_of;
use keyspool::wire::request::{Reason, Wanted};
use keyspool::wire::{Envelope, Kind, sha256};
use serde_json::Value;
use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use zeroize::Zeroizing;

#[derive(Clone, Default)]
pub(crate) struct Memory(Rc<RefCell<Option<Vec<u8>>>>);

impl Store for Memory {
    type Error = Infallible;

    fn load(&mut self) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.borrow().clone())
    }

    fn save(&mut self, blob: &[u8]) -> Result<(), Infallible> {
        self.0.replace(Some(blob.to_vec()));
        Ok(())
    }
}

pub(crate) struct Morning;

impl Clock for Morning {
    fn now(&self) -> Moment {
        moment(START)
    }
}

pub(crate) struct Unit {
    device: Device<Memory, Morning>,
    memory: Memory,
    name: String,
    pub(crate) components: Components,
    pub(crate) serial: Option<String>,
}

pub(crate) fn identifier(text: &str) -> Identifier {
    Identifier::new(text).expect("an identifier of the test")
}

pub(crate) fn counts(pairs: &[(&str, u64)]) -> Counts {
    pairs
        .iter()
        .map(|(id, count)| (identifier(id), *count))
        .collect()
}

pub(crate) fn one_seat() -> Counts {
    counts(&[("seat", 1)])
}

/// What the hardware of this name reads.
pub(crate) fn components(hardware: &str) -> Components {
    ["board", "disk", "mac"]
        .map(|part| {
            (
                identifier(part),
                format!("{part} of {hardware}").into_bytes(),
            )
        })
        .into_iter()
        .collect()
}

fn secret(name: &str) -> DeviceSecret {
    DeviceSecret::from_bytes(Zeroizing::new(
        sha256(&[b"a secret of the tests", name.as_bytes()]).0,
    ))
}

impl Unit {
    pub(crate) fn with_root(name: &str, product: &str, organization: &str, root: [u8; 32]) -> Self {
        let setup = Setup {
            organization: identifier(organization),
            product: identifier(product),
            computer_name: name.into(),
            root: PublicKey::from_bytes(&root).expect("a key"),
        };
        let memory = Memory::default();
        let device =
            Device::create(memory.clone(), Morning, secret(name), setup).expect("a device");
        Self {
            device,
            memory,
            name: name.to_owned(),
            components: components(name),
            serial: None,
        }
    }

    pub(crate) fn from_blob(name: &str, _product: &str, blob: Vec<u8>) -> Self {
        let memory = Memory(Rc::new(RefCell::new(Some(blob))));
        let device = Device::open(memory.clone(), Morning).expect("a device");
        Self {
            device,
            memory,
            name: name.to_owned(),
            components: components(name),
            serial: None,
        }
    }

    pub(crate) fn blob(&self) -> Vec<u8> {
        self.memory.0.borrow().clone().expect("a saved state")
    }

    /// The same device as it is now: one that was put back, or cloned.
    pub(crate) fn twin(&self) -> Self {
        Self {
            components: self.components.clone(),
            ..Self::from_blob(&self.name, "", self.blob())
        }
    }

    /// On the hardware of another.
    pub(crate) fn on(mut self, hardware: &str) -> Self {
        self.components = components(hardware);
        self
    }

    pub(crate) fn computer_id(&self) -> String {
        self.device.computer_id().to_string()
    }

    pub(crate) fn ask(&mut self, wanted: Wanted, need: Counts, keys: &[&LicenceKey]) -> Envelope {
        let redeem = keys
            .iter()
            .map(|key| LicenceKey::from_bytes(*key.bytes()))
            .collect();
        let description = Description::new(wanted, "1.0", need, self.components.clone());
        self.device
            .describe(Description {
                redeem,
                serial: self.serial.clone(),
                ..description
            })
            .expect("a request")
    }

    /// Asks for one seat.
    pub(crate) fn activate(&mut self) -> Envelope {
        self.ask(Wanted::Activate, one_seat(), &[])
    }

    pub(crate) fn activate_with(&mut self, key: &LicenceKey) -> Envelope {
        self.ask(Wanted::Activate, one_seat(), &[key])
    }

    /// Installs a bundle, as a device does.
    pub(crate) fn install(&mut self, bundle: &[u8]) {
        let entries = entries_of_zip(bundle);
        let names = ["activation.json", "trust-list.json", "checkpoint.json"];
        let documents = names.map(|name| Envelope::read(&entries[name]).expect("a document"));
        self.device
            .install(&documents, &self.components)
            .expect("installed");
    }

    pub(crate) fn confirm(&mut self) -> Envelope {
        self.device.confirm(Witness::Quote).expect("a confirmation")
    }

    pub(crate) fn deactivate(&mut self) -> Envelope {
        self.deactivate_for(Reason::Moved)
    }

    pub(crate) fn deactivate_for(&mut self, reason: Reason) -> Envelope {
        self.device
            .deactivate(reason, Witness::Quote)
            .expect("a deactivation")
            .envelope
    }

    /// The Deactivation Verification Code of the last deactivation.
    pub(crate) fn verification_code(&self) -> String {
        self.device
            .deactivations()
            .last()
            .expect("a deactivation")
            .verification_line()
    }

    /// A request changed by hand, and signed by the device's key of the first generation.
    pub(crate) fn forge(&self, request: &Envelope, change: impl FnOnce(&mut Value)) -> Envelope {
        let mut payload: Value = serde_json::from_slice(&request.payload).expect("a payload");
        change(&mut payload);
        let generation = Generation::derive(&secret(&self.name), self.device.product(), 1);
        let kind: Kind = request.kind().expect("a kind");
        generation
            .signing_key()
            .sign(kind, serde_json::to_vec(&payload).expect("JSON"))
    }
}

pub(crate) fn qr(request: &Envelope) -> String {
    text_of(request).expect("QR text")
}

/// The parts of a QR text, cut into as many as a test wants.
pub(crate) fn parts(text: &str, count: usize) -> Vec<String> {
    let tag: String = sha256(&[text.as_bytes()]).to_string()[..8].to_uppercase();
    let mut cuts: Vec<usize> = (0..=count).map(|i| i * text.len() / count).collect();
    for cut in 1..count {
        // No part begins or ends with a space.
        while text[cuts[cut] - 1..=cuts[cut]].contains(' ') {
            cuts[cut] += 1;
        }
    }
    let numbered = cuts.windows(2).enumerate();
    numbered
        .map(|(i, cut)| format!("KS1-{}-{count}-{tag}:{}", i + 1, &text[cut[0]..cut[1]]))
        .collect()
}
