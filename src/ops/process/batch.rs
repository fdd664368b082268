//! A batch under way.

use super::options::Progress;
use crate::ledger::Reader;
use crate::licence::{Moment, Ulid};
use crate::ops::error::OpsError;
use crate::ops::records::BatchRecord;
use crate::ops::signer::Signer;
use crate::spool::{Publisher, Spool};
use crate::wire::history::first_head;
use crate::wire::response::HistoryPoint;

/// What every step of a batch needs.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    pub(super) signer: &'a Signer,
    pub(super) spool: &'a Spool,
    pub(super) id: Ulid,
    /// The signer's clock, read once for the batch.
    pub(super) clock: Moment,
    pub(super) progress: &'a Progress<'a>,
}

impl<'a> Batch<'a> {
    /// The day in the names of its folders.
    pub(super) fn date(&self) -> String {
        self.clock.day().to_string()
    }

    /// What writes its folders.
    pub(super) fn publisher(&self) -> Result<Publisher<'a>, OpsError> {
        Ok(self.spool.publisher(&self.date(), self.id.as_str())?)
    }

    /// The history as it is committed.
    pub(super) fn history_point(&self) -> Result<HistoryPoint, OpsError> {
        let snapshot = self.signer.ledger.read()?;
        Ok(HistoryPoint {
            origin: snapshot.origin(),
            size: snapshot.size(),
            head: snapshot.head(),
        })
    }

    /// Its record before the first transaction.
    pub(super) fn record(&self) -> BatchRecord {
        BatchRecord {
            batch: self.id,
            now: self.clock,
            key_id: self.signer.vault.signing_key().key_id(),
            transactions: 0,
            size: 0,
            head: first_head(),
        }
    }
}
