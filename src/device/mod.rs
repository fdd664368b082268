//! Tier 3: the SDK that a product's firmware carries. No std, no I/O, no log; it does not panic on
//! what it is given.
//!
//! A device brings two things: a [`Store`] that keeps one blob durably and atomically, and a
//! [`Clock`], which may be wrong. Its randomness is needed once, for the 32 bytes of the secret.
//! From then on:
//!
//! | to | call | and then |
//! | --- | --- | --- |
//! | ask for an activation | [`Device::describe`] | carry the envelope to the signer, as a file or a QR code |
//! | take the answer | [`Device::install`], [`Device::install_computer_key`] | every rule of PROTOCOL section 5.1 was held against it |
//! | prove that it arrived | [`Device::confirm`] | carry it back with the next errand |
//! | know what may be used | [`Device::status`] | [`Status::usable`], [`Held::notice`], [`Status::clock_set_back`] |
//! | give it up | [`Device::deactivate`] | carry it back, or read its verification code over the phone |
//!
//! What changes is saved before it is relied on: where the store fails, the device is as it was
//! before the call, and nothing was given out.
//!
//! # Example
//!
//! A device with its state in memory asks for an activation and installs the answer.
//!
//! ```
//! use keyspool::device::{Clock, Components, Description, Device, Setup, Store, Witness, documents_of_text, moment_of_unix};
//! use keyspool::licence::{Counts, Identifier, Moment};
//! use keyspool::seal::{DeviceSecret, PublicKey};
//! use keyspool::wire::{qr, request::Wanted};
//! use zeroize::Zeroizing;
//! # use keyspool::licence::{Day, Plan, Ulid, Validity};
//! # use keyspool::seal::{SigningKey, open_request};
//! # use keyspool::wire::{Envelope, Kind, response::*};
//! # // The signer, played with keys of its own: it grants what is needed until the end of 2027.
//! # fn answer(request: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
//! #     let request = open_request(request)?;
//! #     let keyspool::wire::request::RequestBody::SystemDescription(description) = &request.body else { panic!() };
//! #     let key = |seed| SigningKey::from_seed(Zeroizing::new([seed; 32]));
//! #     let (root, signer) = (key(1), key(2));
//! #     let issued_at = Moment::read("2026-11-22T06:00:00Z")?;
//! #     let end = Some(Day::read("2027-12-31")?);
//! #     let list = TrustList {
//! #         version: 1, issued_at, root: root.public().bytes(), succession: vec![], first_root: root.public().bytes(),
//! #         keys: vec![TrustedKey {
//! #             key_id: signer.key_id(), public_key: signer.public().bytes(), products: Products::All,
//! #             not_before: None, not_after: None, status: KeyStatus::Active,
//! #         }],
//! #     };
//! #     let activation = Activation {
//! #         activation_id: Ulid::new(0, [0; 10]), sequence: 1, organization: request.organization.clone(),
//! #         product: request.product.clone(), computer_id: request.computer_id,
//! #         computer_name: description.computer_name.clone(), request: Some(request.document_id()),
//! #         fingerprint: Some((description.fingerprint.clone(), 1)), plan: Plan::Subscription,
//! #         licences: description.need.clone(),
//! #         validity: Validity { valid_from: issued_at.day(), valid_until: end, grace_until: end },
//! #         notify_days: vec![30, 14, 7], issued_at, trust_list: 1, extensions: None,
//! #     };
//! #     let list = root.sign(Kind::TrustList, list.to_payload());
//! #     let activation = signer.sign(Kind::Activation, activation.to_payload());
//! #     let lines = |envelope: &Envelope| Ok::<_, qr::QrError>(qr::parts_of(&qr::text_of(envelope)?)?.join("\n"));
//! #     Ok([lines(&list)?, lines(&activation)?].join("\n"))
//! # }
//!
//! struct Memory(Option<Vec<u8>>);
//! impl Store for Memory {
//!     type Error = core::convert::Infallible;
//!     fn load(&mut self) -> Result<Option<Vec<u8>>, Self::Error> {
//!         Ok(self.0.clone())
//!     }
//!     fn save(&mut self, blob: &[u8]) -> Result<(), Self::Error> {
//!         self.0 = Some(blob.to_vec());
//!         Ok(())
//!     }
//! }
//! struct Noon;
//! impl Clock for Noon {
//!     fn now(&self) -> Moment {
//!         moment_of_unix(1_795_348_800)
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let root_of_the_signer = SigningKey::from_seed(Zeroizing::new([1; 32])).public().bytes();
//! // Once, in the factory: 32 random bytes, and the root public key that the signer printed.
//! let secret = DeviceSecret::from_bytes(Zeroizing::new([7; 32]));
//! let setup = Setup {
//!     organization: Identifier::new("acme")?,
//!     product: Identifier::new("vms")?,
//!     computer_name: "nvr-lobby-01".into(),
//!     root: PublicKey::from_bytes(&root_of_the_signer)?,
//! };
//! let mut device = Device::create(Memory(None), Noon, secret, setup)?;
//!
//! // In the field: what is needed, and what the hardware reads.
//! let need: Counts = [(Identifier::new("core")?, 16)].into_iter().collect();
//! let components = Components::from([(Identifier::new("board")?, b"SN-0001".to_vec())]);
//! let request = device.describe(Description::new(Wanted::Activate, "5.8.2", need.clone(), components.clone()))?;
//! let file: Vec<u8> = request.to_json();
//! assert_eq!(device.status(&components).usable(), None);
//!
//! // The signer's answer comes back, here as the text of QR codes.
//! # let scanned = answer(&file)?;
//! device.install(&documents_of_text(&scanned)?, &components)?;
//! assert_eq!(device.status(&components).usable(), Some(&need));
//!
//! // And the signer learns that it arrived.
//! let confirmation = device.confirm(Witness::LeaveOut)?;
//! let codes: Vec<String> = qr::parts_of(&qr::text_of(&confirmation)?)?;
//! # assert_eq!(codes.len(), 1);
//! # Ok(())
//! # }
//! ```

pub mod blob;
pub mod clock;
pub mod deactivated;
pub mod entitlement;
pub mod error;
pub mod fingerprint;
pub mod install;
pub mod request;
mod state;
pub mod status;
pub mod store;
pub mod text;

pub use blob::StateError;
pub use clock::{Clock, moment_of_unix};
pub use deactivated::Deactivated;
pub use entitlement::Entitlement;
pub use error::DeviceError;
pub use fingerprint::{Components, FingerprintMatch, fingerprint_of};
pub use install::{Installed, NotInstalled, Outcome, Refusal};
pub use request::{Description, MAX_KEPT_DEACTIVATIONS, Witness};
pub use status::{ClockSetBack, Held, Notice, Status};
pub use store::Store;
pub use text::documents_of_text;

use crate::licence::identifier::check_text;
use crate::licence::{ComputerId, Identifier, Moment};
use crate::seal::{DeviceSecret, Generation, PublicKey, TrustStore};
use crate::wire::envelope::Envelope;
use crate::wire::request::InstalledActivation;
use alloc::string::String;
use alloc::vec::Vec;
use state::{Installation, State};
use zeroize::Zeroizing;

/// Longest computer name, in characters (PROTOCOL section 4.1).
const MAX_NAME_CHARACTERS: usize = 128;

/// What a system is told when it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The customer.
    pub organization: Identifier,
    /// The product that this system is an installation of.
    pub product: Identifier,
    /// What people call the device, 1 to 128 characters.
    pub computer_name: String,
    /// The signer's root public key, which the device pins.
    pub root: PublicKey,
}

/// One system: an installation of one product on this device. A second product is another system
/// with another store.
pub struct Device<S: Store, C: Clock> {
    store: S,
    clock: C,
    secret: DeviceSecret,
    present: Generation,
    state: State,
}

impl<S: Store, C: Clock> Device<S, C> {
    /// Makes a system with a secret of 32 bytes from the caller's randomness, and saves it.
    ///
    /// # Errors
    /// [`DeviceError::Exists`] where the store holds a system, [`DeviceError::Name`],
    /// [`DeviceError::Store`].
    pub fn create(
        mut store: S,
        clock: C,
        secret: DeviceSecret,
        setup: Setup,
    ) -> Result<Self, DeviceError<S::Error>> {
        check_text(&setup.computer_name, MAX_NAME_CHARACTERS).map_err(DeviceError::Name)?;
        if store
            .load()
            .map_err(DeviceError::Store)?
            .map(Zeroizing::new)
            .is_some()
        {
            return Err(DeviceError::Exists);
        }
        let present = Generation::derive(&secret, &setup.product, 1);
        let state = State::new(setup);
        let mut device = Self {
            store,
            clock,
            secret,
            present,
            state: state.clone(),
        };
        device.commit(state)?;
        Ok(device)
    }

    /// Opens the system that a store holds.
    ///
    /// # Errors
    /// [`DeviceError::NoState`], [`DeviceError::State`] where the blob cannot be read,
    /// [`DeviceError::Store`].
    pub fn open(mut store: S, clock: C) -> Result<Self, DeviceError<S::Error>> {
        let blob = store
            .load()
            .map_err(DeviceError::Store)?
            .map(Zeroizing::new)
            .ok_or(DeviceError::NoState)?;
        let (secret, state) = blob::read(&blob)?;
        let present = Generation::derive(&secret, &state.product, state.generation);
        Ok(Self {
            store,
            clock,
            secret,
            present,
            state,
        })
    }

    /// The present Computer ID.
    #[must_use]
    pub fn computer_id(&self) -> ComputerId {
        self.present.computer_id()
    }

    /// The present device key, public half.
    #[must_use]
    pub fn device_key(&self) -> PublicKey {
        self.present.signing_key().public()
    }

    /// The customer.
    #[must_use]
    pub fn organization(&self) -> &Identifier {
        &self.state.organization
    }

    /// The product.
    #[must_use]
    pub fn product(&self) -> &Identifier {
        &self.state.product
    }

    /// What people call the device.
    #[must_use]
    pub fn computer_name(&self) -> &str {
        &self.state.computer_name
    }

    /// Whom the device trusts: the pinned root and the newest trust list. It verifies receipts and
    /// refusals too.
    #[must_use]
    pub fn trust(&self) -> &TrustStore {
        &self.state.trust
    }

    /// The checkpoint of the newest bundle installed, which requests quote as witness.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Envelope> {
        self.state.checkpoint.as_ref()
    }

    /// The activation that is installed.
    #[must_use]
    pub fn installed_activation(&self) -> Option<InstalledActivation> {
        self.state
            .installed
            .as_ref()
            .map(Installation::installed_activation)
    }

    /// The time that counts: the clock's, but never before the newest activation was issued.
    #[must_use]
    pub fn now(&self) -> Moment {
        let shown = self.clock.now();
        self.state
            .clock_floor
            .map_or(shown, |floor| floor.max(shown))
    }

    /// Saves a state, and only then takes it over.
    fn commit(&mut self, next: State) -> Result<(), DeviceError<S::Error>> {
        self.store
            .save(&blob::write(&self.secret, &next))
            .map_err(DeviceError::Store)?;
        self.state = next;
        Ok(())
    }
}

impl State {
    fn new(setup: Setup) -> Self {
        Self {
            organization: setup.organization,
            product: setup.product,
            computer_name: setup.computer_name,
            generation: 1,
            counter: 0,
            trust: TrustStore::new(setup.root.bytes()),
            trust_list: None,
            installed: None,
            sequence: 0,
            clock_floor: None,
            checkpoint: None,
            deactivations: Vec::new(),
        }
    }
}
