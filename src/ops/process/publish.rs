//! The end of step 6, and step 7: the manifest is written, one rename publishes the batch, its
//! files move on, and it is marked delivered.

use super::batch::Batch;
use super::deliver::Delivered;
use super::render::sign;
use crate::ledger::Reader;
use crate::ops::crash;
use crate::ops::error::OpsError;
use crate::ops::records::{BatchRecord, DELIVERIES, OPEN_BATCHES, Signed};
use crate::ops::signer::Signer;
use crate::spool::{InboxPath, MANIFEST_FILE, MANIFEST_LINES_FILE, Outlet, Publisher, WorkFile};
use crate::wire::response::{HistoryPoint, Manifest};
use crate::wire::{Kind, sha256};

/// Publishes the manifest, moves the files on, and marks the batch delivered.
pub(super) fn finish(
    batch: &Batch<'_>,
    publisher: &Publisher<'_>,
    record: &BatchRecord,
    delivered: &mut Delivered,
) -> Result<(), OpsError> {
    publish_manifest(batch.signer, publisher, record, delivered)?;
    move_files(batch, delivered)?;
    mark_delivered(batch.signer, record)
}

/// Publishes `manifest.jsonl` and `manifest.json`.
pub(super) fn publish_manifest(
    signer: &Signer,
    publisher: &Publisher<'_>,
    record: &BatchRecord,
    delivered: &mut Delivered,
) -> Result<(), OpsError> {
    let mut lines = std::mem::take(&mut delivered.lines);
    lines.sort();
    let mut entries_sha256 = sha256(&[]);
    publisher.stage_with(Outlet::Outbox, MANIFEST_LINES_FILE, &mut |file| {
        entries_sha256 = lines.write(file)?;
        Ok(())
    })?;
    let manifest = Manifest {
        batch: record.batch,
        issued_at: record.now,
        count: delivered.count as u64,
        entries_sha256,
        checkpoint: point_of(signer, record)?,
    };
    let payload = String::from_utf8_lossy(&manifest.to_payload()).into_owned();
    let envelope = sign(
        &signer.vault,
        Kind::Manifest,
        &Signed {
            payload,
            key_id: record.key_id,
        },
    )?;
    crash::point("manifest-staged");
    publisher.stage(Outlet::Outbox, MANIFEST_FILE, &envelope.to_json())?;
    publisher.flush()?;
    delivered.manifest = Some(publisher.path_of(Outlet::Outbox, MANIFEST_LINES_FILE));
    crash::point("after-manifest");
    Ok(())
}

fn point_of(signer: &Signer, record: &BatchRecord) -> Result<HistoryPoint, OpsError> {
    Ok(HistoryPoint {
        origin: signer.ledger.read()?.origin(),
        size: record.size,
        head: record.head,
    })
}

/// Moves answered files to the archive, and files with a refused document to `rejected/`. Files
/// that an earlier run moved stay.
pub(super) fn move_files(batch: &Batch<'_>, delivered: &Delivered) -> Result<(), OpsError> {
    let (spool, date, id) = (batch.spool, batch.date(), batch.id);
    let is_answered = |path: &InboxPath| {
        (batch.progress.alive)();
        delivered
            .files
            .get(path)
            .is_some_and(|(_, is_refused)| !is_refused)
    };
    let is_moved = spool.archive_whole(&date, id.as_str(), delivered.files.len(), is_answered)?;
    if is_moved {
        crash::point("after-move");
    }
    for (path, (digest, is_refused)) in delivered.files.iter().filter(|_| !is_moved) {
        let work: WorkFile = spool.work_file(id.as_str(), path, Some(*digest))?;
        if *is_refused {
            spool.reject(&date, id.as_str(), &work)?;
        } else {
            spool.archive(&date, id.as_str(), &work)?;
        }
        crash::point("after-move");
        (batch.progress.alive)();
    }
    spool.sync()?;
    spool.tidy()?;
    crash::point("before-mark");
    Ok(())
}

/// Takes the batch off the list of open ones, in a transaction of its own.
pub(super) fn mark_delivered(signer: &Signer, record: &BatchRecord) -> Result<(), OpsError> {
    let id = record.batch.to_string();
    let mut transaction = signer.ledger.begin()?;
    for number in 0..record.transactions {
        transaction.listed_delete(DELIVERIES, id.as_bytes(), number)?;
    }
    transaction.delete(OPEN_BATCHES, id.as_bytes())?;
    transaction.commit()?;
    crash::point("after-mark");
    Ok(())
}
