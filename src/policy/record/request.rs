//! Requests: those that wait, those that an operator approved, those that were granted.

use crate::licence::{ComputerId, Counts, Day, Digest, Identifier, Ulid};
use crate::policy::record::code::RefusalCode;
use crate::policy::record::state::row;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// A request that waits for an operator, or for licences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRow {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization that it names.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// The need that it states.
    pub need: Counts,
    /// The refusal because of which it waits.
    pub code: RefusalCode,
    /// The request.
    pub document: Digest,
    /// The file's path in the inbox.
    pub file: String,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// The batch that refused it.
    pub batch: Ulid,
    /// The day.
    pub on: Day,
}

row!(WaitingRow, "waiting", |row| row.computer_id.0.to_vec());

impl WaitingRow {
    /// Days that a refused system's need counts as waiting (LICENSING section 1).
    pub const WAITING_DAYS: u32 = 30;

    /// Whether its need is part of the waiting need: it waits for licences, and was refused within
    /// the last 30 days.
    #[must_use]
    pub fn wants_licences(&self, today: Day) -> bool {
        let is_want = matches!(
            self.code,
            RefusalCode::NotEnoughLicences | RefusalCode::GrowthAllowance
        );
        is_want && self.on.in_window(Self::WAITING_DAYS, today)
    }
}

/// An operator's approval of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRow {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// The request that was looked at.
    pub document: Digest,
}

row!(ApprovalRow, "approval", |row| row.computer_id.0.to_vec());

/// A request that was granted: the same request gets the same answer (LICENSING section 7).
///
/// The ledger keeps the answer itself, under its number; this row names its activation. The row is
/// stored without the names of its members, since every request ever granted has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "(Digest, Ulid, Option<u64>, bool)",
    into = "(Digest, Ulid, Option<u64>, bool)"
)]
pub struct AnsweredRow {
    /// Document id of the request.
    pub document: Digest,
    /// The activation that it is about.
    pub activation_id: Ulid,
    /// Number of the answer, as counted by
    /// [`CounterRow`](crate::policy::record::counter::CounterRow); none where a line in the
    /// manifest is the answer.
    pub answer: Option<u64>,
    /// Whether it holds for ever (a receipt), or as long as the activation.
    pub for_ever: bool,
}

row!(AnsweredRow, "answered", |row| row.document.0.to_vec());

impl From<(Digest, Ulid, Option<u64>, bool)> for AnsweredRow {
    fn from(
        (document, activation_id, answer, for_ever): (Digest, Ulid, Option<u64>, bool),
    ) -> Self {
        Self {
            document,
            activation_id,
            answer,
            for_ever,
        }
    }
}

impl From<AnsweredRow> for (Digest, Ulid, Option<u64>, bool) {
    fn from(row: AnsweredRow) -> Self {
        (row.document, row.activation_id, row.answer, row.for_ever)
    }
}
