//! The hardware's fingerprint: what components read, and how far it still agrees (PROTOCOL sections
//! 4.1 and 5.1).

use crate::licence::Identifier;
use crate::seal::generation::fingerprint_value;
use crate::wire::request::Fingerprint;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// What each component of the hardware reads, raw: a board's serial number, a MAC address. It never
/// leaves the device.
pub type Components = BTreeMap<Identifier, Vec<u8>>;

/// How far the hardware agrees with the fingerprint of an activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerprintMatch {
    /// Components that agree.
    pub agree: usize,
    /// Components that must agree.
    pub needed: u8,
    /// The components of the activation that are missing or read something else.
    pub changed: Vec<Identifier>,
}

impl FingerprintMatch {
    pub(super) fn of(known: &Fingerprint, present: &Fingerprint, needed: u8) -> Self {
        let changed = known
            .iter()
            .filter(|(component, value)| present.get(*component) != Some(value));
        let changed: Vec<Identifier> = changed.map(|(component, _)| component.clone()).collect();
        Self {
            agree: known.len() - changed.len(),
            needed,
            changed,
        }
    }

    /// Whether as many components agree as must.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.agree >= usize::from(self.needed)
    }
}

/// The pseudonyms of what the components read.
#[must_use]
pub fn fingerprint_of(product: &Identifier, components: &Components) -> Fingerprint {
    components
        .iter()
        .map(|(component, raw)| {
            (
                component.clone(),
                fingerprint_value(product, component, raw),
            )
        })
        .collect()
}
