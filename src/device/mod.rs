//! Tier 3: the SDK that a product's firmware carries. No std, no I/O, no log; no input makes it
//! panic.
//!
//! A device brings two things: a [`Store`] that keeps one blob durably and atomically, and a
//! [`Clock`], which may be wrong. Its randomness is needed once, for the 32 bytes of the secret.
//! From then on:
//!
//! | to | call | and then |
//! | --- | --- | --- |
//! | ask for an activation | [`Device::describe`] | carry the envelope to the signer |
//! | take the answer | [`Device::install`], [`Device::install_computer_key`] | read the status |
//! | prove that it arrived | [`Device::confirm`] | carry it back with the next errand |
//! | know what may be used | [`Device::status`] | ask [`Status::usable`], [`Held::notice`] |
//! | give it up | [`Device::deactivate`] | carry it back, or read its code over the phone |
//!
//! Each change is saved before anything relies on it. Where the store fails, the device is as it
//! was before the call and gives nothing out.
//!
//! # Example
//!
//! A device with its state in memory asks for an activation and installs the answer.
//!
//! ```
//! use keyspool::device::{
//!     Clock, Components, Description, Device, Setup, Store, Witness, documents_of_text,
//!     moment_of_unix,
//! };
//! use keyspool::licence::{Counts, Identifier, Moment};
//! use keyspool::seal::{DeviceSecret, PublicKey};
//! use keyspool::wire::{qr, request::Wanted};
//! use zeroize::Zeroizing;
//! # use keyspool::licence::{Day, Plan, Ulid, Validity};
//! # use keyspool::seal::{SigningKey, open_request};
//! # use keyspool::wire::{Envelope, Kind, request::RequestBody, response::*};
//! # // The signer, played with keys of its own: it grants what is needed until the end of 2027.
//! # fn answer(request: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
//! #     let request = open_request(request)?;
//! #     let RequestBody::SystemDescription(description) = &request.body else { panic!() };
//! #     let key = |seed| SigningKey::from_seed(Zeroizing::new([seed; 32]));
//! #     let (root, signer) = (key(1), key(2));
//! #     let issued_at = Moment::read("2026-11-22T06:00:00Z")?;
//! #     let end = Some(Day::read("2027-12-31")?);
//! #     let list = TrustList {
//! #         version: 1, issued_at, root: root.public().bytes(), succession: vec![],
//! #         first_root: root.public().bytes(),
//! #         keys: vec![TrustedKey {
//! #             key_id: signer.key_id(), public_key: signer.public().bytes(),
//! #             products: Products::All, not_before: None, not_after: None,
//! #             status: KeyStatus::Active,
//! #         }],
//! #     };
//! #     let activation = Activation {
//! #         activation_id: Ulid::new(0, [0; 10]), sequence: 1,
//! #         organization: request.organization.clone(), product: request.product.clone(),
//! #         computer_id: request.computer_id, request: Some(request.document_id()),
//! #         computer_name: description.computer_name.clone(), plan: Plan::Subscription,
//! #         fingerprint: Some((description.fingerprint.clone(), 1)),
//! #         licences: description.need.clone(),
//! #         validity: Validity {
//! #             valid_from: issued_at.day(), valid_until: end, grace_until: end,
//! #         },
//! #         notify_days: vec![30, 14, 7], issued_at, trust_list: 1, extensions: None,
//! #     };
//! #     let list = root.sign(Kind::TrustList, list.to_payload());
//! #     let activation = signer.sign(Kind::Activation, activation.to_payload());
//! #     let mut codes = qr::parts_of(&qr::text_of(&list)?)?;
//! #     codes.extend(qr::parts_of(&qr::text_of(&activation)?)?);
//! #     Ok(codes.join("\n"))
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
//! let description = Description::new(Wanted::Activate, "5.8.2", need.clone(), components.clone());
//! let request = device.describe(description)?;
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
pub mod refusal;
pub mod request;
mod state;
pub mod status;
pub mod store;
pub mod system;
pub mod text;

pub use blob::StateError;
pub use clock::{Clock, moment_of_unix};
pub use deactivated::Deactivated;
pub use entitlement::Entitlement;
pub use error::DeviceError;
pub use fingerprint::{Components, FingerprintMatch, fingerprint_of};
pub use install::Installed;
pub use refusal::{NotInstalled, Reception, Refusal};
pub use request::{Description, MAX_KEPT_DEACTIVATIONS, Witness};
pub use status::{ClockSetBack, Held, Notice, Status};
pub use store::Store;
pub use system::{Device, Setup};
pub use text::documents_of_text;
