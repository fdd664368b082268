//! One system: an installation of one product on this device.

use super::blob;
use super::clock::Clock;
use super::error::DeviceError;
use super::state::{Installation, State};
use super::store::Store;
use crate::licence::identifier::{MAX_NAME_CHARACTERS, check_text};
use crate::licence::{ComputerId, Identifier, Moment};
use crate::seal::{DeviceSecret, Generation, PublicKey, TrustStore};
use crate::wire::envelope::Envelope;
use crate::wire::request::InstalledActivation;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

/// What a new system needs to know.
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
    pub(super) clock: C,
    pub(super) secret: DeviceSecret,
    pub(super) present: Generation,
    pub(super) state: State,
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
        let clock = self.clock.now();
        self.state
            .clock_floor
            .map_or(clock, |floor| floor.max(clock))
    }

    /// Saves a state, and only then takes it over.
    pub(super) fn commit(&mut self, next: State) -> Result<(), DeviceError<S::Error>> {
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
