//! Damage: what was committed and cannot be read as it was committed.

use crate::ledger::entry::EntryError;
use crate::licence::{ComputerId, Digest, Identifier, KeyId, Ulid};
use crate::policy::record::state::StateBroken;
use crate::wire::error::WireError;

/// A record that is missing from the ledger, or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// A record is not the JSON of its kind.
    #[error("a record of the table {table} cannot be read: {fault}")]
    Record {
        /// The table.
        table: &'static str,
        /// The first fault.
        fault: serde_json::Error,
    },
    /// A recorded refusal cannot be read.
    #[error("the refusal of {file} cannot be read: {fault}")]
    Refusal {
        /// The refused file, escaped.
        file: String,
        /// The first broken rule.
        fault: WireError,
    },
    /// A recorded path is none of the inbox.
    #[error("the path of {file} is no path of the inbox")]
    Path {
        /// The file, escaped.
        file: String,
    },
    /// An answer is missing.
    #[error("the answer to {request} is missing")]
    NoAnswer {
        /// The request.
        request: Digest,
    },
    /// A recorded answer cannot be read.
    #[error("the answer to {request} cannot be read: {fault}")]
    Answer {
        /// The request.
        request: Digest,
        /// The first broken rule.
        fault: WireError,
    },
    /// An activation was recorded without what its README tells.
    #[error("the answer to {request} is recorded without its README")]
    NoReadme {
        /// The request.
        request: Digest,
    },
    /// What was recorded as a Computer Key goes into none.
    #[error("the activation of {computer_id} does not go into the Computer Key recorded for it")]
    ComputerKey {
        /// The device.
        computer_id: ComputerId,
    },
    /// A checkpoint is missing.
    #[error("the checkpoint of entry {size} is missing")]
    NoCheckpoint {
        /// Size of its history, in entries.
        size: u64,
    },
    /// A product that other rows name is missing.
    #[error("the product {id} is missing")]
    NoProduct {
        /// The product.
        id: Identifier,
    },
    /// A part of an open batch is missing.
    #[error("transaction {number} of the batch {batch} is missing")]
    NoTransaction {
        /// The batch.
        batch: Ulid,
        /// The transaction, from 0.
        number: u64,
    },
    /// A version of the trust list is missing.
    #[error("version {version} of the trust list is missing")]
    NoTrustList {
        /// The version.
        version: u64,
    },
    /// A recorded trust list cannot be read.
    #[error("version {version} of the trust list cannot be read: {fault}")]
    TrustList {
        /// The version.
        version: u64,
        /// The first broken rule.
        fault: WireError,
    },
    /// The vault does not hold a key that answers were recorded for.
    #[error("it names the signing key {id}, which the vault does not hold")]
    NoSigningKey {
        /// The key.
        id: KeyId,
    },
    /// An entry of the history is missing.
    #[error("entry {number} of the history is missing")]
    NoEntry {
        /// The entry, from 1.
        number: u64,
    },
}

/// The first place where the history is not what the ledger says.
#[derive(Debug, thiserror::Error)]
pub enum HistoryFault {
    /// An entry cannot be read.
    #[error("entry {number}: {fault}")]
    Entry {
        /// The entry.
        number: u64,
        /// The first fault.
        fault: EntryError,
    },
    /// An entry states another number than its own.
    #[error("entry {number}: it calls itself {found}")]
    Number {
        /// The entry.
        number: u64,
        /// The number that it states.
        found: u64,
    },
    /// Only the first entry begins a history, and with this ledger's origin.
    #[error("entry {number}: the history does not begin with this ledger's origin")]
    Origin {
        /// The entry.
        number: u64,
    },
    /// An event does not fit the state before it.
    #[error("entry {number}: {fault}")]
    Event {
        /// The entry.
        number: u64,
        /// What does not fit.
        fault: StateBroken,
    },
    /// The answer that an entry names is not recorded.
    #[error("entry {number}: the answer to {request} is not recorded")]
    NoAnswer {
        /// The entry.
        number: u64,
        /// The request.
        request: Digest,
    },
    /// The answer that is recorded is not the one that an entry names.
    #[error("entry {number}: the answer to {request} is another")]
    OtherAnswer {
        /// The entry.
        number: u64,
        /// The request.
        request: Digest,
    },
    /// A row is not what replaying the history gives.
    #[error("a row of the table {table} is not what the history says")]
    Row {
        /// The table.
        table: &'static str,
    },
    /// A table has another number of rows than replaying the history gives.
    #[error("the table {table} has {found} rows, the history says {replayed}")]
    Rows {
        /// The table.
        table: &'static str,
        /// Rows in the ledger.
        found: u64,
        /// Rows after replaying.
        replayed: u64,
    },
    /// Another number of answers is recorded than the history names.
    #[error("{found} answers are recorded, the history says {given}")]
    Answers {
        /// Answers in the ledger.
        found: u64,
        /// Answers that the history names.
        given: u64,
    },
    /// A checkpoint of this signer is not in its history.
    #[error(
        "the checkpoint of entry {size} is not in this history: the vault was rolled back, or a \
            copy of it signs elsewhere"
    )]
    Checkpoint {
        /// Size of the checkpoint's history, in entries.
        size: u64,
    },
}
