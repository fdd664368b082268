//! Checkpoints: a signed place in the history (PROTOCOL section 5.5).

use crate::licence::{Digest, Moment, Origin};
use crate::wire::error::WireError;
use crate::wire::field::Field;
use crate::wire::json;
use crate::wire::members::Members;
use crate::wire::text::ObjectText;
use alloc::vec::Vec;

/// A place in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct HistoryPoint {
    /// Random per vault, renewed when a loss is accepted.
    pub origin: Origin,
    /// Entries.
    pub size: u64,
    /// The head after that many entries.
    pub head: Digest,
}

/// A signed place in the history (section 5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The place.
    pub point: HistoryPoint,
    /// By the signer's clock.
    pub issued_at: Moment,
}

impl HistoryPoint {
    pub(super) fn take(members: &mut Members) -> Result<Self, WireError> {
        Ok(Self {
            origin: members.required("origin", Field::hex)?,
            size: members.required("size", Field::number)?,
            head: members.required("head", Field::hex)?,
        })
    }

    pub(super) fn write(&self, out: &mut ObjectText) {
        out.text("origin", &self.origin)
            .number("size", self.size)
            .text("head", &self.head);
    }
}

impl Checkpoint {
    /// Reads the payload of a checkpoint whose signature holds.
    ///
    /// # Errors
    /// [`WireError`] with the first broken rule.
    pub fn read(payload: &[u8]) -> Result<Self, WireError> {
        let mut members = Members::of(json::read_object(payload).map_err(WireError::in_payload)?);
        let point = HistoryPoint::take(&mut members)?;
        let issued_at = members.required("issued_at", Field::moment)?;
        members.ignore_the_rest()?;
        Ok(Self { point, issued_at })
    }

    /// The payload: compact JSON, members in the sequence of section 5.5.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let mut out = ObjectText::new();
        self.point.write(&mut out);
        out.text("issued_at", &self.issued_at);
        out.into_payload()
    }
}
