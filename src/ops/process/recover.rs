//! What an earlier run left: committed answers are published again, byte for byte; everything else
//! goes back to the inbox.

use super::Progress;
use super::answers::Answers;
use super::deliver::{Delivered, Group, deliver, move_files, publish_manifest};
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

/// Completes every batch that was committed but not delivered, then puts back what lies in `work/`
/// unanswered.
pub(super) fn complete_open_batches(
    signer: &Signer,
    spool: &Spool,
    progress: &Progress<'_>,
) -> Result<Vec<Completed>, OpsError> {
    let batches = open_batches(signer)?;
    let completed = batches
        .iter()
        .map(|batch| complete(signer, spool, batch, progress))
        .collect::<Result<_, _>>()?;
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

fn complete(
    signer: &Signer,
    spool: &Spool,
    batch: &BatchRecord,
    progress: &Progress<'_>,
) -> Result<Completed, OpsError> {
    let id = batch.batch.to_string();
    let decided = decided(signer, batch)?;
    let whole = wholly_decided(&decided);
    put_back_undecided(spool, &id, &whole)?;
    crash::point("undecided-put-back");
    let publisher = spool.publisher(&batch.date(), &id)?;
    publisher.sweep()?;
    let mut delivered = Delivered::default();
    for records in decided {
        let group = Group::of(signer, records, Answers::new())?;
        deliver(signer, spool, &publisher, &group, &mut delivered)?;
        (progress.alive)();
    }
    publish_manifest(signer, &publisher, batch, &mut delivered)?;
    delivered.keep_files(|path, digest| whole.contains(&(path, digest)));
    move_files(spool, batch, &delivered, progress)?;
    mark_delivered(signer, batch)?;
    let refused = delivered.summary.refusals.values().sum();
    Ok(Completed {
        batch: batch.batch,
        folder: format!("{}-{id}", batch.date()),
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

/// Paths, in hex, and digests of the files of which every document was decided.
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

/// A file of which not every document was decided goes back: those that were are answered again
/// then, with the same bytes.
fn put_back_undecided(
    spool: &Spool,
    batch: &str,
    whole: &HashSet<(String, Digest)>,
) -> Result<(), OpsError> {
    put_back_all(spool, |file| {
        if file.batch != batch {
            return false;
        }
        let path = data_encoding::HEXLOWER.encode(file.inbox_path.as_bytes());
        let digest = spool.read_again(file).ok().map(|taken| taken.digest);
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

/// After a failure: what this batch took and did not commit goes back at once, so that the operator
/// finds it in the inbox.
pub(super) fn put_back_uncommitted(
    signer: &Signer,
    spool: &Spool,
    id: Ulid,
) -> Result<(), OpsError> {
    let is_open = signer
        .ledger
        .read()?
        .get(OPEN_BATCHES, id.to_string().as_bytes())?
        .is_some();
    if is_open {
        Ok(())
    } else {
        put_back_all(spool, |file| file.batch == id.as_str())
    }
}

/// Takes the batch off the list of open ones, in a transaction of its own.
pub(super) fn mark_delivered(signer: &Signer, batch: &BatchRecord) -> Result<(), OpsError> {
    let id = batch.batch.to_string();
    let mut transaction = signer.ledger.begin()?;
    for number in 0..batch.transactions {
        transaction.listed_delete(DELIVERIES, id.as_bytes(), number)?;
    }
    transaction.delete(OPEN_BATCHES, id.as_bytes())?;
    transaction.commit()?;
    crash::point("after-mark");
    Ok(())
}
