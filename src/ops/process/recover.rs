//! What an earlier run left: committed answers are published again, byte for byte; everything else
//! goes back to the inbox.

use super::batch::Batch;
use super::deliver::{Delivered, Group, deliver};
use super::options::Progress;
use super::publish::{mark_delivered, move_files, publish_manifest};
use super::recorded::Answers;
use crate::ledger::{Reader, RowKey};
use crate::licence::{Digest, Ulid};
use crate::ops::crash;
use crate::ops::damage::Damage;
use crate::ops::error::OpsError;
use crate::ops::records::{BatchRecord, DELIVERIES, DeliveryRecord, OPEN_BATCHES, parsed};
use crate::ops::signer::Signer;
use crate::spool::{Spool, WorkFile};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

/// A batch of an earlier run that was completed by a later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// Its ULID.
    pub batch: Ulid,
    /// The name of its folders in `outbox/` and `rejected/`.
    pub folder: String,
    /// Documents in it.
    pub count: usize,
    /// How many of them were refused.
    pub refused: usize,
}

/// Completes what an earlier run left: every batch that was committed but not delivered is
/// published; what lies in `work/` unanswered goes back to the inbox.
///
/// # Errors
/// [`OpsError`]; the next run completes the rest.
pub fn complete(
    signer: &Signer,
    spool: &Spool,
    progress: &Progress<'_>,
) -> Result<Vec<Completed>, OpsError> {
    let mut completed = Vec::new();
    for record in open_batches(signer)? {
        let batch = Batch {
            signer,
            spool,
            id: record.batch,
            clock: record.now,
            progress,
        };
        completed.push(complete_one(&batch, &record)?);
    }
    put_back_all(spool, |_| true)?;
    Ok(completed)
}

fn open_batches(signer: &Signer) -> Result<Vec<BatchRecord>, OpsError> {
    let mut batches = Vec::new();
    signer
        .ledger
        .read()?
        .iterate(OPEN_BATCHES, |_: RowKey, value: &[u8]| {
            batches.push(parsed::<BatchRecord>(OPEN_BATCHES, value)?);
            Ok::<_, OpsError>(ControlFlow::Continue(()))
        })?;
    batches.sort_by_key(|batch| batch.batch);
    Ok(batches)
}

fn complete_one(batch: &Batch<'_>, record: &BatchRecord) -> Result<Completed, OpsError> {
    let decided = decided(batch.signer, record)?;
    let whole = wholly_decided(&decided);
    put_back_undecided(batch, &whole)?;
    crash::point("undecided-put-back");
    let publisher = batch.publisher()?;
    publisher.sweep()?;
    let mut delivered = Delivered::default();
    for records in decided {
        let group = Group::of(batch.signer, records, Answers::new())?;
        deliver(batch, &publisher, &group, &mut delivered)?;
        (batch.progress.alive)();
    }
    publish_manifest(batch.signer, &publisher, record, &mut delivered)?;
    delivered.keep_files(|path, digest| whole.contains(&(path, digest)));
    move_files(batch, &delivered)?;
    mark_delivered(batch.signer, record)?;
    let refused = delivered.summary.refusals.values().sum();
    Ok(Completed {
        batch: batch.id,
        folder: format!("{}-{}", batch.date(), batch.id),
        count: delivered.count,
        refused,
    })
}

fn decided(signer: &Signer, batch: &BatchRecord) -> Result<Vec<Vec<DeliveryRecord>>, OpsError> {
    let snapshot = signer.ledger.read()?;
    let list = batch.batch.to_string();
    let mut all = Vec::new();
    for number in 0..batch.transactions {
        let value = snapshot.listed_get(DELIVERIES, list.as_bytes(), number)?;
        let batch = batch.batch;
        let value = value.ok_or(Damage::NoTransaction { batch, number })?;
        all.push(parsed(DELIVERIES, &value)?);
    }
    Ok(all)
}

/// Paths, in hex, and digests of the files whose documents were all decided.
fn wholly_decided(decided: &[Vec<DeliveryRecord>]) -> HashSet<(String, Digest)> {
    let mut open: HashMap<(&str, Digest), u32> = HashMap::new();
    for record in decided.iter().flatten() {
        *open
            .entry((record.path.as_str(), record.digest))
            .or_insert(record.places) -= 1;
    }
    open.into_iter()
        .filter(|(_, open)| *open == 0)
        .map(|((path, digest), _)| (path.to_owned(), digest))
        .collect()
}

/// Puts files back that hold an undecided document. Their decided documents are answered again
/// then, with the same bytes.
fn put_back_undecided(
    batch: &Batch<'_>,
    whole: &HashSet<(String, Digest)>,
) -> Result<(), OpsError> {
    put_back_all(batch.spool, |file| {
        if file.batch != batch.id.as_str() {
            return false;
        }
        let path = data_encoding::HEXLOWER.encode(file.inbox_path.as_bytes());
        let digest = batch.spool.read_again(file).ok().map(|taken| taken.digest);
        digest.is_none_or(|digest| !whole.contains(&(path, digest)))
    })
}

/// Puts files of `work/` back into the inbox.
fn put_back_all(spool: &Spool, wanted: impl Fn(&WorkFile) -> bool) -> Result<(), OpsError> {
    for file in spool.leftovers()?.into_iter().filter(wanted) {
        if !spool.discard_unfinished_copy(&file)? {
            spool.put_back(&file)?;
        }
        crash::point("file-put-back");
    }
    Ok(spool.tidy()?)
}

/// Puts back at once what a failed batch took and did not commit.
pub(super) fn put_back_uncommitted(batch: &Batch<'_>) -> Result<(), OpsError> {
    let id = batch.id.as_str();
    let is_open = batch
        .signer
        .ledger
        .read()?
        .get(OPEN_BATCHES, id.as_bytes())?
        .is_some();
    if is_open {
        Ok(())
    } else {
        put_back_all(batch.spool, |file| file.batch == id)
    }
}
