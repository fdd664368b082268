//! A device in memory.

use crate::signer::{checkpoint, list_by, root, signed, signer, trust_list};
use keyspool::device::{
    Clock, Components, Description, Device, DeviceError, Refusal, Setup, Status, Store,
};
use keyspool::licence::{Counts, Day, Identifier, Moment, Plan, Ulid, Validity};
use keyspool::seal::computer_key::Owner;
use keyspool::seal::{DeviceSecret, computer_key};
use keyspool::wire::Envelope;
use keyspool::wire::computer_key::ComputerKey;
use keyspool::wire::request::Wanted;
use keyspool::wire::response::Activation;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use zeroize::Zeroizing;

pub(crate) const TODAY: &str = "2026-11-22T06:00:00Z";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FlashBroken;

impl std::fmt::Display for FlashBroken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the flash is broken")
    }
}

#[derive(Clone, Default)]
pub(crate) struct Flash {
    pub(crate) blob: Rc<RefCell<Option<Vec<u8>>>>,
    pub(crate) broken: Rc<Cell<bool>>,
}

impl Store for Flash {
    type Error = FlashBroken;
    fn load(&mut self) -> Result<Option<Vec<u8>>, FlashBroken> {
        Ok(self.blob.borrow().clone())
    }
    fn save(&mut self, blob: &[u8]) -> Result<(), FlashBroken> {
        if self.broken.get() {
            return Err(FlashBroken);
        }
        *self.blob.borrow_mut() = Some(blob.to_vec());
        Ok(())
    }
}

#[derive(Clone)]
pub(crate) struct Watch(pub(crate) Rc<Cell<Moment>>);

impl Clock for Watch {
    fn now(&self) -> Moment {
        self.0.get()
    }
}

pub(crate) struct Bench {
    pub(crate) device: Device<Flash, Watch>,
    pub(crate) flash: Flash,
    pub(crate) watch: Watch,
}

pub(crate) type Result<T, E = DeviceError<FlashBroken>> = std::result::Result<T, E>;

pub(crate) fn id(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

pub(crate) fn moment(text: &str) -> Moment {
    Moment::read(text).unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    Day::read(text).unwrap()
}

pub(crate) fn components(reads: &[(&str, &str)]) -> Components {
    reads
        .iter()
        .map(|(name, raw)| (id(name), raw.as_bytes().to_vec()))
        .collect()
}

pub(crate) fn hardware() -> Components {
    components(&[
        ("board", "B0"),
        ("mac", "02:00:00:00:00:00"),
        ("disk", "D0"),
    ])
}

pub(crate) fn need() -> Counts {
    [(id("core"), 16), (id("universal"), 4)]
        .into_iter()
        .collect()
}

pub(crate) fn setup() -> Setup {
    Setup {
        organization: id("acme"),
        product: id("vms"),
        computer_name: "nvr-lobby-01 東".into(),
        root: root().public(),
    }
}

pub(crate) fn secret(seed: u8) -> DeviceSecret {
    DeviceSecret::from_bytes(Zeroizing::new([seed; 32]))
}

impl Bench {
    pub(crate) fn new() -> Self {
        let (flash, watch) = (Flash::default(), Watch(Rc::new(Cell::new(moment(TODAY)))));
        let device = Device::create(flash.clone(), watch.clone(), secret(7), setup()).unwrap();
        Self {
            device,
            flash,
            watch,
        }
    }

    pub(crate) fn installed() -> Self {
        let mut bench = Self::new();
        bench.install(&bench.bundle(1)).unwrap();
        bench
    }

    pub(crate) fn restart(&mut self) {
        self.device = Device::open(self.flash.clone(), self.watch.clone()).unwrap();
    }

    pub(crate) fn blob(&self) -> Vec<u8> {
        self.flash.blob.borrow().clone().unwrap()
    }

    pub(crate) fn describe(&mut self) -> Result<Envelope> {
        self.device.describe(Description::new(
            Wanted::Activate,
            "5.8.2",
            need(),
            hardware(),
        ))
    }

    pub(crate) fn install(
        &mut self,
        documents: &[Envelope],
    ) -> Result<keyspool::device::Installed> {
        self.device.install(documents, &hardware())
    }

    pub(crate) fn refusal(&mut self, documents: &[Envelope]) -> Refusal {
        refusal(self.install(documents))
    }

    pub(crate) fn status(&self) -> Status {
        self.device.status(&hardware())
    }

    pub(crate) fn activation(&self, sequence: u16) -> Activation {
        let end = Some(day("2027-11-21"));
        Activation {
            activation_id: Ulid::new(1_795_330_800_000, [3; 10]),
            sequence,
            organization: id("acme"),
            product: id("vms"),
            computer_id: self.device.computer_id(),
            computer_name: "nvr-lobby-01 東".into(),
            request: None,
            fingerprint: Some((keyspool::device::fingerprint_of(&id("vms"), &hardware()), 2)),
            plan: Plan::Subscription,
            licences: need(),
            validity: Validity {
                valid_from: day("2026-11-22"),
                valid_until: end,
                grace_until: Some(day("2027-12-21")),
            },
            notify_days: vec![30, 14, 7],
            issued_at: moment(TODAY),
            trust_list: 1,
            extensions: None,
        }
    }

    pub(crate) fn bundle(&self, sequence: u16) -> Vec<Envelope> {
        vec![
            signed(&self.activation(sequence)),
            list_by(&root(), &trust_list(1)),
            checkpoint(u64::from(sequence)),
        ]
    }

    pub(crate) fn computer_key(&self, sequence: u16, key_index: u8) -> ComputerKey {
        let validity = self.activation(1).validity;
        ComputerKey {
            key_index,
            plan: Plan::Emergency,
            validity,
            sequence,
            licences: vec![(0, 16), (1, 4)],
        }
    }

    pub(crate) fn typed(&self, sequence: u16) -> String {
        self.lines(&self.computer_key(sequence, 0))
    }

    pub(crate) fn lines(&self, key: &ComputerKey) -> String {
        let (organization, product) = (id("acme"), id("vms"));
        let owner = Owner {
            organization: &organization,
            product: &product,
            computer_id: self.device.computer_id(),
        };
        computer_key::sign(&signer(), key, &owner)
            .unwrap()
            .join("\n")
    }
}

pub(crate) fn licence_types() -> Vec<Identifier> {
    vec![id("core"), id("universal")]
}

pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T>) -> Refusal {
    match result {
        Err(DeviceError::Refused(refused)) => refused.reason,
        other => panic!("not refused: {other:?}"),
    }
}
