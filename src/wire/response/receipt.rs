//! Receipts: what came of a deactivation (PROTOCOL section 5.2).

use crate::licence::{ComputerId, Counts, Digest, Identifier, Moment, Ulid};
use crate::wire::error::WireError;
use crate::wire::field::Field;
use crate::wire::json::{self, MAX_NUMBER};
use crate::wire::members::Members;
use crate::wire::request::write_counts;
use crate::wire::text::ObjectText;
use alloc::vec::Vec;

/// What came of a deactivation (section 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The activation given up.
    pub activation_id: Ulid,
    /// Its newest sequence.
    pub sequence: u16,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// The retired Computer ID.
    pub computer_id: ComputerId,
    /// Document id of the deactivation.
    pub request: Digest,
    /// What went back.
    pub licences: Counts,
    /// Where it went.
    pub destination: Destination,
    /// By the signer's clock.
    pub issued_at: Moment,
}

/// Where the licences of a deactivated system went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Destination {
    /// Into the organization's wallet.
    Wallet,
    /// Held until an operator approves.
    Held,
    /// Nowhere: nothing went back.
    None,
}

impl Destination {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Wallet, Self::Held, Self::None];

    /// The word that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::Held => "held",
            Self::None => "none",
        }
    }
}

impl Receipt {
    /// Reads the payload of a receipt whose signature holds.
    ///
    /// # Errors
    /// [`WireError`] with the first broken rule.
    pub fn read(payload: &[u8]) -> Result<Self, WireError> {
        let mut members = Members::of(json::read_object(payload).map_err(WireError::in_payload)?);
        let receipt = Self {
            activation_id: members.required("activation_id", Field::ulid)?,
            sequence: members.required("sequence", Field::sequence)?,
            organization: members.required("organization", Field::identifier)?,
            product: members.required("product", Field::identifier)?,
            computer_id: members.required("computer_id", Field::computer_id)?,
            request: members.required("request", Field::hex)?,
            licences: members.required("licences", |field| {
                field.counts((0, usize::MAX), (0, MAX_NUMBER))
            })?,
            destination: members.required("destination", |field| {
                field.word(&Destination::ALL, Destination::as_str)
            })?,
            issued_at: members.required("issued_at", Field::moment)?,
        };
        members.ignore_the_rest()?;
        Ok(receipt)
    }

    /// The payload: compact JSON, members in the sequence of section 5.2.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let mut out = ObjectText::new();
        out.text("activation_id", &self.activation_id)
            .number("sequence", u64::from(self.sequence));
        out.text("organization", &self.organization)
            .text("product", &self.product);
        out.text("computer_id", &self.computer_id)
            .text("request", &self.request);
        write_counts("licences", &self.licences, &mut out);
        out.text("destination", &self.destination.as_str())
            .text("issued_at", &self.issued_at);
        out.into_payload()
    }
}
