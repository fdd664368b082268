//! What the ledger keeps beside the state that the history replays: answers whole, checkpoints,
//! batches under delivery.

use super::damage::Damage;
use super::defect::Defect;
use super::error::OpsError;
use crate::ledger::{Reader, Shape, TableSpec, Transaction, Value};
use crate::licence::{ComputerId, Digest, Identifier, KeyId, Moment, Ulid};
use crate::wire::response::manifest::Outcome;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The clock at the newest change: row 0.
pub const CLOCK: TableSpec = TableSpec::new("clock", Shape::Numbered);
/// The checkpoint payload of each transaction, by the size of the history.
pub const CHECKPOINTS: TableSpec = TableSpec::new("checkpoint", Shape::Numbered);
/// Trust-list envelopes as JSON, by version: a repeated answer carries the list that it came with.
pub const TRUST_LISTS: TableSpec = TableSpec::new("trust-list", Shape::Numbered);
/// Answers whole, by their number, as the state's [`CounterRow`] counts them.
///
/// [`CounterRow`]: crate::policy::record::counter::CounterRow
pub const ANSWERS: TableSpec = TableSpec::new("answer", Shape::Numbered);
/// Batches that are committed but not delivered, by their ULID.
pub const OPEN_BATCHES: TableSpec = TableSpec::new("open-batch", Shape::Keyed);
/// What each transaction of an open batch decided: a list a batch.
pub const DELIVERIES: TableSpec = TableSpec::new("delivery", Shape::Listed);
/// Since when the parts of a QR text wait, by their tag.
pub const WAITING_PARTS: TableSpec = TableSpec::new("waiting-parts", Shape::Keyed);

/// What the clock said at the newest change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRecord {
    /// Not pushed ahead by a newer entry, so that an accepted clock counts from then on.
    pub clock: Moment,
}

/// A payload to sign, and the key that signs it, now and whenever it is needed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The exact payload.
    pub payload: String,
    /// The signing key.
    pub key_id: KeyId,
}

/// An answer whole: everything from which its files are made, the same bytes for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRecord {
    /// Document id of the request.
    pub request: Digest,
    /// Whether it is an activation or a receipt.
    pub form: AnswerForm,
    /// The exact payload of the document.
    pub payload: String,
    /// Document id of the answer.
    pub document: Digest,
    /// The signing key.
    pub key_id: KeyId,
    /// Version of the trust list in the bundle.
    pub trust_list: u64,
    /// Whether the bundle holds the trust list as a picture.
    pub trust_list_picture: bool,
    /// Size of the history at its transaction: names its checkpoint.
    pub checkpoint: u64,
    /// Folder in the outbox.
    pub organization: String,
    /// File name without its ending.
    pub stem: String,
    /// What `README.txt` says beside the activation, for an activation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readme: Option<ReadmeRecord>,
    /// The product's licence types in their declared sequence, where the bundle holds a Computer
    /// Key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub computer_key_types: Vec<Identifier>,
    /// The time of the answer, which is that of the bundle's entries.
    pub issued_at: Moment,
}

/// What `README.txt` says beside the activation. With it the text can be made again, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadmeRecord {
    /// Version of the text, [`crate::words::readme::VERSION`] at the time of the answer.
    pub version: u8,
    /// The customer's name at that time.
    pub organization: String,
    /// The product's name at that time.
    pub product: String,
    /// Where the organization bought or asked at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswerForm {
    /// A bundle with its pictures.
    Activation,
    /// A receipt.
    Receipt,
}

/// A batch under delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRecord {
    /// Its ULID.
    pub batch: Ulid,
    /// The day in the names of its folders, and the time of its manifest.
    pub now: Moment,
    /// The signing key of its manifest.
    pub key_id: KeyId,
    /// Transactions committed so far.
    pub transactions: u64,
    /// Size of the history after the newest of them.
    pub size: u64,
    /// Its head then.
    pub head: Digest,
}

/// What was decided about one document of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// The file's path in the inbox: its bytes in hex, since a path may be no text.
    pub path: String,
    /// The same for people, as manifests and refusals name it.
    pub file: String,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// The document's place among the file's, from 1.
    pub place: u32,
    /// How many documents the file holds.
    pub places: u32,
    /// Document id, where it could be read.
    pub request: Option<Digest>,
    /// What came of it.
    pub outcome: Outcome,
    /// Number of the [`AnswerRecord`] that says what is sent back, where there is one.
    pub answer: Option<u64>,
    /// The refusal, exactly where it was refused.
    pub refusal: Option<Signed>,
    /// The device, where its signature held.
    pub computer_id: Option<ComputerId>,
    /// The organization, where the signature held.
    pub organization: Option<String>,
    /// Whether the system was new to the signer.
    pub is_new_system: bool,
    /// Whether an operator's order took the place of a file: path and file are its text, digest is
    /// that of it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub by_hand: bool,
}

/// Since when parts wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingPartsRecord {
    /// Which are there.
    pub have: Vec<u8>,
    /// How many there are.
    pub count: u8,
    /// Since when the newest waits.
    pub since: Moment,
}

/// The record of a number in a numbered table.
///
/// # Errors
/// [`OpsError::Ledger`], [`OpsError::Damaged`] where it is no such record.
pub fn read_json<T: DeserializeOwned>(
    reader: &impl Reader,
    table: TableSpec,
    number: u64,
) -> Result<Option<T>, OpsError> {
    reader
        .numbered_get(table, number)?
        .map(|value| parsed(table, &value))
        .transpose()
}

/// The record of a key in a keyed table.
///
/// # Errors
/// As [`read_json`].
pub fn find_json<T: DeserializeOwned>(
    reader: &impl Reader,
    table: TableSpec,
    key: &[u8],
) -> Result<Option<T>, OpsError> {
    reader
        .get(table, key)?
        .map(|value| parsed(table, &value))
        .transpose()
}

/// Reads a record of a table.
///
/// # Errors
/// [`OpsError::Damaged`] where it is no such record.
pub fn parsed<T: DeserializeOwned>(table: TableSpec, value: &[u8]) -> Result<T, OpsError> {
    let table = table.name;
    Ok(serde_json::from_slice(value).map_err(|fault| Damage::Record { table, fault })?)
}

/// A record as it is kept.
///
/// # Errors
/// [`OpsError::Defect`].
pub fn written<T: Serialize>(table: TableSpec, record: &T) -> Result<Value, OpsError> {
    let mut bytes = Vec::with_capacity(1024);
    let table = table.name;
    serde_json::to_writer(&mut bytes, record).map_err(|fault| Defect::Record { table, fault })?;
    Ok(Value::new(bytes))
}

/// Puts a record into a numbered table.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn put_json<T: Serialize>(
    transaction: &mut Transaction<'_>,
    table: TableSpec,
    number: u64,
    record: &T,
) -> Result<(), OpsError> {
    Ok(transaction.numbered_put(table, number, &written(table, record)?)?)
}
