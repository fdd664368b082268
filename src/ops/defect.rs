//! Defects: what cannot happen unless this program is wrong.

use crate::ledger::entry::EntryError;
use crate::licence::counts::CountsOverflow;
use crate::licence::{ComputerId, Digest, Identifier};

/// An invariant of this program that does not hold. Nothing was committed then.
#[derive(Debug, thiserror::Error)]
pub enum Defect {
    /// A listed path of a medium is none beneath the inbox.
    #[error("the path {path} of a medium does not fit the inbox")]
    MediumPath {
        /// The path, escaped.
        path: String,
    },
    /// A document of a batch was taken twice, or never listed.
    #[error("a document of the batch was decided twice")]
    DocumentTaken,
    /// A document of a batch lies in no file.
    #[error("a document of the batch lies in no file")]
    DocumentWithoutFile,
    /// A receipt answers no request.
    #[error("a receipt answers no request")]
    ReceiptWithoutRequest,
    /// A receipt is for a system that the state does not hold.
    #[error("a receipt is for the system {computer_id}, which the state does not hold")]
    ReceiptWithoutSystem {
        /// The device.
        computer_id: ComputerId,
    },
    /// An order gave the event of another one.
    #[error("an order gave the event `{found}`, which is another's")]
    Order {
        /// The event's name.
        found: &'static str,
    },
    /// The start of a subscription gave another event.
    #[error("the start of a subscription of {product} gave another event")]
    Start {
        /// The product.
        product: Identifier,
    },
    /// A first period that began does not end.
    #[error("the first period of a subscription of {product} does not end")]
    PeriodWithoutEnd {
        /// The product.
        product: Identifier,
    },
    /// A system holds more licences than can be counted.
    #[error("the licences of a system cannot be counted: {fault}")]
    Counts {
        /// What was counted.
        fault: CountsOverflow,
    },
    /// The trust list or the checkpoint of an answer was not gathered before it was rendered.
    #[error("the answer to {request} is rendered without its trust list or checkpoint")]
    NotGathered {
        /// The request.
        request: Digest,
    },
    /// A record cannot be written as JSON.
    #[error("a record of the table {table} cannot be written: {fault}")]
    Record {
        /// The table.
        table: &'static str,
        /// Why.
        fault: serde_json::Error,
    },
    /// An entry of the history cannot be written.
    #[error("an entry cannot be written: {0}")]
    Entry(EntryError),
    /// The thread that brings answers to the disk ended without an error.
    #[error("the thread that writes answers to the disk has ended without saying why")]
    SyncEnded,
}
