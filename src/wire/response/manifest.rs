//! Manifests: what became of a batch, and the lines of `manifest.jsonl` (PROTOCOL section 5.5).

use super::checkpoint::HistoryPoint;
use super::refusal::read_code;
use crate::licence::{Digest, Moment, Ulid};
use crate::wire::error::WireError;
use crate::wire::field::Field;
use crate::wire::json::{self, Object};
use crate::wire::members::Members;
use crate::wire::text::ObjectText;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize};

/// What became of a batch (section 5.5); its lines stand in `manifest.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The batch's ULID.
    pub batch: Ulid,
    /// By the signer's clock.
    pub issued_at: Moment,
    /// Lines of `manifest.jsonl`.
    pub count: u64,
    /// SHA-256 of `manifest.jsonl`.
    pub entries_sha256: Digest,
    /// The history after the batch.
    pub checkpoint: HistoryPoint,
}

/// One line of `manifest.jsonl`: what became of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManifestEntry {
    /// The file's path in the inbox, `/` between folders.
    pub file: String,
    /// SHA-256 of the file's bytes.
    pub digest: Digest,
    /// Document id, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Digest>,
    /// What became of it.
    pub outcome: Outcome,
    /// Files under the batch's folder of the outbox; empty for refusals.
    pub outputs: Vec<Output>,
    /// Why it was refused; none for any other outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalReason>,
}

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// A first activation.
    Activated,
    /// One more term.
    Extended,
    /// The same entitlement again.
    Refreshed,
    /// A receipt.
    Deactivated,
    /// A confirmation was noted.
    Confirmed,
    /// Refused.
    Refused,
    /// The recorded answer again.
    Repeated,
}

/// A file that a batch published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Relative to the batch's folder of the outbox, `/` between folders.
    pub path: String,
    /// SHA-256 of the file's bytes.
    pub sha256: Digest,
}

/// Why a document was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusalReason {
    /// Lower-case words joined by `-`.
    pub code: String,
    /// One sentence that a technician understands.
    pub message: String,
    /// One sentence: what to do next.
    pub remedy: String,
}

impl Manifest {
    /// Reads the payload of a manifest whose signature holds.
    ///
    /// # Errors
    /// [`WireError`] with the first broken rule.
    pub fn read(payload: &[u8]) -> Result<Self, WireError> {
        let mut members = Members::of(json::read_object(payload).map_err(WireError::in_payload)?);
        let manifest = Self {
            batch: members.required("batch", Field::ulid)?,
            issued_at: members.required("issued_at", Field::moment)?,
            count: members.required("count", Field::number)?,
            entries_sha256: members.required("entries_sha256", Field::hex)?,
            checkpoint: members.required("checkpoint", |field| {
                HistoryPoint::take(&mut Members::within(field)?)
            })?,
        };
        members.ignore_the_rest()?;
        Ok(manifest)
    }

    /// The payload: compact JSON, members in the sequence of section 5.5.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let mut out = ObjectText::new();
        out.text("batch", &self.batch)
            .text("issued_at", &self.issued_at)
            .number("count", self.count);
        out.text("entries_sha256", &self.entries_sha256);
        out.object("checkpoint", |checkpoint| self.checkpoint.write(checkpoint));
        out.into_payload()
    }
}

impl Outcome {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Activated,
        Self::Extended,
        Self::Refreshed,
        Self::Deactivated,
        Self::Confirmed,
        Self::Refused,
        Self::Repeated,
    ];

    /// The word that manifests use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Activated => "activated",
            Self::Extended => "extended",
            Self::Refreshed => "refreshed",
            Self::Deactivated => "deactivated",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Repeated => "repeated",
        }
    }
}

impl ManifestEntry {
    /// The line, compact, without its line feed.
    #[must_use]
    pub fn to_line(&self) -> String {
        // Serialising strings, arrays and objects into memory cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a line without its line feed. Members that this program does not know are ignored.
    ///
    /// # Errors
    /// [`WireError`] with the first broken rule.
    pub fn read_line(line: &[u8]) -> Result<Self, WireError> {
        Self::from_object(json::read_object(line)?)
    }

    fn from_object(object: Object) -> Result<Self, WireError> {
        let mut members = Members::of(object);
        Ok(Self {
            file: members.required("file", Field::string)?,
            digest: members.required("digest", Field::hex)?,
            request: members.optional("request", Field::hex)?,
            outcome: members.required("outcome", |field| {
                field.word(&Outcome::ALL, Outcome::as_str)
            })?,
            outputs: members
                .required("outputs", |field| field.list(0, usize::MAX, Output::read))?,
            refusal: members.optional("refusal", RefusalReason::read)?,
        })
    }
}

impl<'de> Deserialize<'de> for ManifestEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_object(Object::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Output {
    fn read(field: Field) -> Result<Self, WireError> {
        let mut members = Members::within(field)?;
        let path = members.required("path", Field::string)?;
        Ok(Self {
            path,
            sha256: members.required("sha256", Field::hex)?,
        })
    }
}

impl RefusalReason {
    fn read(field: Field) -> Result<Self, WireError> {
        let mut members = Members::within(field)?;
        let code = members.required("code", read_code)?;
        let message = members.required("message", Field::string)?;
        Ok(Self {
            code,
            message,
            remedy: members.required("remedy", Field::string)?,
        })
    }
}
