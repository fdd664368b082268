//! What one system knows: changed on a copy, saved, and only then taken over.

use super::deactivated::Deactivated;
use super::entitlement::Entitlement;
use crate::licence::{Identifier, KeyId, Moment};
use crate::seal::TrustStore;
use crate::wire::envelope::Envelope;
use crate::wire::request::InstalledActivation;
use crate::wire::response::Activation;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// What one system knows, except its secret.
#[derive(Clone)]
pub(super) struct State {
    pub(super) organization: Identifier,
    pub(super) product: Identifier,
    pub(super) computer_name: String,
    /// g of section 6.2.
    pub(super) generation: u32,
    /// The counter of the newest request.
    pub(super) counter: u64,
    pub(super) trust: TrustStore,
    pub(super) trust_list: Option<Envelope>,
    pub(super) installed: Option<Installation>,
    /// The highest sequence installed for the present Computer ID; 0 for none.
    pub(super) sequence: u16,
    /// The floor of the clock: when the newest activation was issued.
    pub(super) clock_floor: Option<Moment>,
    /// The checkpoint of the newest bundle installed: the witness.
    pub(super) checkpoint: Option<Envelope>,
    /// Finished deactivations, oldest first.
    pub(super) deactivations: Vec<Deactivated>,
}

/// What is installed, as it came.
#[derive(Clone)]
pub(super) enum Installation {
    /// An activation document.
    Document {
        envelope: Envelope,
        activation: Box<Activation>,
    },
    /// A Computer Key, with the names of its licence types and the key that signed it.
    Typed {
        lines: String,
        licence_types: Vec<Identifier>,
        key_id: KeyId,
        entitlement: Box<Entitlement>,
    },
}

impl Installation {
    pub(super) fn entitlement(&self) -> Entitlement {
        match self {
            Self::Document { activation, .. } => Entitlement::of_activation(activation),
            Self::Typed { entitlement, .. } => Entitlement::clone(entitlement),
        }
    }

    pub(super) fn key_id(&self) -> KeyId {
        match self {
            Self::Document { envelope, .. } => envelope.key_id,
            Self::Typed { key_id, .. } => *key_id,
        }
    }

    pub(super) fn installed_activation(&self) -> InstalledActivation {
        self.entitlement().activation
    }
}
