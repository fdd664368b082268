//! What a device says to the signer: describe, confirm, deactivate (PROTOCOL section 4).
//!
//! The steps are always the same: make the request, read it back, store its counter, sign it, give
//! it out. So no two requests of one device key carry the same counter.

use super::clock::Clock;
use super::deactivated::Deactivated;
use super::error::DeviceError;
use super::fingerprint::{Components, fingerprint_of};
use super::state::State;
use super::store::Store;
use super::system::Device;
use crate::licence::{Counts, LicenceKey};
use crate::seal::Generation;
use crate::seal::redeem::{licence_key_id, redeem_proof};
use crate::wire::Kind;
use crate::wire::envelope::Envelope;
use crate::wire::json::MAX_NUMBER;
use crate::wire::request::{
    Deactivation, Reason, Redeem, Request, RequestBody, SystemDescription, Wanted,
};
use alloc::string::String;
use alloc::vec::Vec;

/// Most finished deactivations that are kept, more than a device ever has on the way. The limit
/// bounds the store.
pub const MAX_KEPT_DEACTIVATIONS: usize = 16;

/// Whether a request quotes the newest checkpoint, some 500 bytes. Files should; a QR code may
/// leave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// Quote it, where there is one.
    Quote,
    /// Leave it out, for a smaller picture.
    LeaveOut,
}

/// What a system says of itself (PROTOCOL section 4.1).
pub struct Description {
    /// What is wanted.
    pub request: Wanted,
    /// The software's version, 1 to 64 characters.
    pub product_version: String,
    /// 1 to 64 licence types, each 1 to 1,000,000: the present need.
    pub need: Counts,
    /// What the fingerprint's components read, 1 to 16. Only pseudonyms of it leave the device.
    pub components: Components,
    /// Up to 64 licence keys to redeem first. Only proofs of them leave the device.
    pub redeem: Vec<LicenceKey>,
    /// The hardware's serial number, 1 to 64 characters.
    pub serial: Option<String>,
    /// Vendor data: a JSON object as text, at most 16 members and 4 KiB.
    pub extensions: Option<String>,
    /// Whether to quote the newest checkpoint.
    pub witness: Witness,
}

impl Description {
    /// A description for a file, without licence keys, serial number and vendor data.
    #[must_use]
    pub fn new(
        request: Wanted,
        product_version: &str,
        need: Counts,
        components: Components,
    ) -> Self {
        Self {
            request,
            product_version: product_version.into(),
            need,
            components,
            redeem: Vec::new(),
            serial: None,
            extensions: None,
            witness: Witness::Quote,
        }
    }
}

/// A request that reads back, not yet signed.
struct Draft {
    kind: Kind,
    payload: Vec<u8>,
    counter: u64,
}

impl<S: Store, C: Clock> Device<S, C> {
    /// Writes a system description.
    ///
    /// # Errors
    /// [`DeviceError::Request`] where a part of it is out of its limits, [`DeviceError::UsedUp`],
    /// [`DeviceError::Store`].
    pub fn describe(
        &mut self,
        description: Description,
    ) -> Result<Envelope, DeviceError<S::Error>> {
        let counter = self.next_counter()?;
        let device_key = self.present.signing_key().public().bytes();
        let redeem = description.redeem.iter().map(|key| Redeem {
            id: licence_key_id(key),
            proof: redeem_proof(key, &self.state.organization, &device_key, counter),
        });
        let body = RequestBody::SystemDescription(SystemDescription {
            request: description.request,
            product_version: description.product_version,
            computer_name: self.state.computer_name.clone(),
            fingerprint: fingerprint_of(&self.state.product, &description.components),
            need: description.need,
            redeem: redeem.collect(),
            serial: description.serial,
            activation: self.installed_activation(),
        });
        let draft = self.draft(counter, body, description.witness, description.extensions)?;
        self.give_out(draft)
    }

    /// Writes a confirmation: proof that the installed activation arrived.
    ///
    /// # Errors
    /// [`DeviceError::NothingInstalled`], [`DeviceError::UsedUp`], [`DeviceError::Store`].
    pub fn confirm(&mut self, witness: Witness) -> Result<Envelope, DeviceError<S::Error>> {
        let installed = self
            .installed_activation()
            .ok_or(DeviceError::NothingInstalled)?;
        let draft = self.draft(
            self.next_counter()?,
            RequestBody::Confirmation(installed),
            witness,
            None,
        )?;
        self.give_out(draft)
    }

    /// Gives the installed activation up, for good.
    ///
    /// The next generation and the finished deactivation are stored first. When this returns, or
    /// the power fails after that, the device has another key and another Computer ID, and nothing
    /// issued for the old one can be accepted any more.
    ///
    /// # Errors
    /// [`DeviceError::NothingInstalled`], [`DeviceError::UsedUp`], [`DeviceError::Store`]; nothing
    /// was revealed then.
    pub fn deactivate(
        &mut self,
        reason: Reason,
        witness: Witness,
    ) -> Result<Deactivated, DeviceError<S::Error>> {
        let activation = self
            .installed_activation()
            .ok_or(DeviceError::NothingInstalled)?;
        let generation = self
            .state
            .generation
            .checked_add(1)
            .ok_or(DeviceError::UsedUp("generations"))?;
        let verification_code = *self.present.verification_code();
        let body = RequestBody::Deactivation(Deactivation {
            activation,
            verification_code,
            reason,
        });
        let draft = self.draft(self.next_counter()?, body, witness, None)?;
        let mut next = self.state.clone();
        next.counter = draft.counter;
        let envelope = self.present.signing_key().sign(draft.kind, draft.payload);
        let done = Deactivated {
            envelope,
            computer_id: self.computer_id(),
            verification_code,
        };
        next.give_up(generation, done.clone());
        self.commit(next)?;
        self.present = Generation::derive(&self.secret, &self.state.product, generation);
        Ok(done)
    }

    /// The finished deactivations, oldest first, at most [`MAX_KEPT_DEACTIVATIONS`]: each can be
    /// written again byte for byte.
    #[must_use]
    pub fn deactivations(&self) -> &[Deactivated] {
        &self.state.deactivations
    }

    fn next_counter(&self) -> Result<u64, DeviceError<S::Error>> {
        let next = self
            .state
            .counter
            .checked_add(1)
            .filter(|counter| *counter <= MAX_NUMBER);
        next.ok_or(DeviceError::UsedUp("request counter"))
    }

    /// Makes a request and reads it back: the signer can read whatever is stored and given out.
    fn draft(
        &self,
        counter: u64,
        body: RequestBody,
        witness: Witness,
        extensions: Option<String>,
    ) -> Result<Draft, DeviceError<S::Error>> {
        let quoted = self
            .state
            .checkpoint
            .as_ref()
            .filter(|_| witness == Witness::Quote);
        let request = Request {
            organization: self.state.organization.clone(),
            product: self.state.product.clone(),
            computer_id: self.computer_id(),
            device_key: self.present.signing_key().public().bytes(),
            counter,
            created_at: self.now(),
            witness: quoted.map(Envelope::to_json),
            extensions,
            body,
        };
        let (kind, payload) = (request.kind(), request.to_payload());
        Request::read(kind, &payload).map_err(DeviceError::Request)?;
        Ok(Draft {
            kind,
            payload,
            counter,
        })
    }

    fn give_out(&mut self, draft: Draft) -> Result<Envelope, DeviceError<S::Error>> {
        let mut next = self.state.clone();
        next.counter = draft.counter;
        self.commit(next)?;
        Ok(self.present.signing_key().sign(draft.kind, draft.payload))
    }
}

impl State {
    /// Moves to a generation that has nothing installed. The clock's floor stays, for that time has
    /// passed.
    fn give_up(&mut self, generation: u32, done: Deactivated) {
        self.generation = generation;
        self.installed = None;
        self.sequence = 0;
        self.deactivations.push(done);
        let surplus = self
            .deactivations
            .len()
            .saturating_sub(MAX_KEPT_DEACTIVATIONS);
        self.deactivations.drain(..surplus);
    }
}
