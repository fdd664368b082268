//! What a system may use, in one form for documents and for Computer Keys (PROTOCOL sections 5.1
//! and 6.5).

use super::refusal::Refusal;
use crate::licence::{Counts, Identifier, Plan, Validity};
use crate::wire::computer_key::ComputerKey;
use crate::wire::request::{Fingerprint, InstalledActivation};
use crate::wire::response::Activation;
use alloc::string::String;
use alloc::vec::Vec;

/// The days of notice for a Computer Key, which carries none (PROTOCOL section 6.5).
const TYPED_NOTICES: [u16; 3] = [30, 14, 7];

/// What a system may use, whether it came as a document or as a Computer Key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// The activation; its id is unknown after a Computer Key.
    pub activation: InstalledActivation,
    /// The grounds.
    pub plan: Plan,
    /// Licence type to count.
    pub licences: Counts,
    /// First day, last day, last day of use.
    pub validity: Validity,
    /// Days before the last day at which to tell the user, strictly falling.
    pub notify_days: Vec<u16>,
    /// The fingerprint, and how many components must still agree; none after a Computer Key.
    pub fingerprint: Option<(Fingerprint, u8)>,
    /// Vendor data of the product's catalogue entry: a JSON object as text.
    pub extensions: Option<String>,
}

impl Entitlement {
    /// What an activation document grants.
    pub(super) fn of_activation(activation: &Activation) -> Self {
        Self {
            activation: InstalledActivation {
                id: Some(activation.activation_id),
                sequence: activation.sequence,
            },
            plan: activation.plan,
            licences: activation.licences.clone(),
            validity: activation.validity,
            notify_days: activation.notify_days.clone(),
            fingerprint: activation.fingerprint.clone(),
            extensions: activation.extensions.clone(),
        }
    }

    /// What a Computer Key grants. `licence_types` is the product's declared sequence, which names
    /// the types.
    ///
    /// # Errors
    /// [`Refusal::LicenceType`] where it names a type that the sequence does not have.
    pub(super) fn of_computer_key(
        key: &ComputerKey,
        licence_types: &[Identifier],
    ) -> Result<Self, Refusal> {
        let mut licences = Counts::new();
        for (index, count) in &key.licences {
            let licence_type = licence_types
                .get(usize::from(*index))
                .ok_or(Refusal::LicenceType { index: *index })?;
            licences.set(licence_type.clone(), u64::from(*count));
        }
        Ok(Self {
            activation: InstalledActivation {
                id: None,
                sequence: key.sequence,
            },
            plan: key.plan,
            licences,
            validity: key.validity,
            notify_days: TYPED_NOTICES.to_vec(),
            fingerprint: None,
            extensions: None,
        })
    }
}
