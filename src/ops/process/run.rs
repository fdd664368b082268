//! The main job, step by step.

use super::batch::Batch;
use super::chunk::Chunk;
use super::deliver::{Delivered, Group};
use super::intake::take;
use super::options::{Options, Progress};
use super::publish::finish;
use super::ready::Ready;
use super::recover::{complete, put_back_uncommitted};
use super::result::BatchResult;
use super::sequence::{sequence_of, transactions};
use super::stage::sign_and_write;
use super::taken::Intake;
use super::waiting::settle_waiting_parts;
use super::witness::check_witnesses;
use crate::ops::clock::check_clock;
use crate::ops::crash;
use crate::ops::error::OpsError;
use crate::ops::parallel;
use crate::ops::session::{Changes, Session};
use crate::ops::signer::Signer;
use crate::spool::Spool;

/// Transactions whose documents and rows were read and wait to be decided.
const READY_WAITING: usize = 1;

/// Answers what is in the inbox, once.
///
/// # Errors
/// [`OpsError`]; what was committed by then is published by the next run, everything else is in the
/// inbox.
pub fn process(
    signer: &Signer,
    spool: &Spool,
    options: &Options<'_>,
    progress: &Progress<'_>,
) -> Result<BatchResult, OpsError> {
    // 0. Complete what an earlier run left.
    let completed = complete(signer, spool, progress)?;
    check_clock(&signer.ledger.read()?, options.clock)?;
    let batch = Batch {
        signer,
        spool,
        id: (options.fresh)()?,
        clock: options.clock,
        progress,
    };
    // 1. Take, 2. verify.
    let mut intake = take(&batch, options)?;
    crash::point("after-take");
    // 3. Decide, 4. commit, 5. sign and render, 6. publish, 7. mark.
    let answered = answer(&batch, options, &mut intake);
    if answered.is_err() {
        // Nothing that was not committed may stay in work/. The next start puts back what cannot
        // be put back now. The first error says what is wrong: those that follow say less.
        drop(put_back_uncommitted(&batch));
    }
    let result = BatchResult::of(&batch, answered?, completed)?;
    let left = intake.left;
    Ok(BatchResult { left, ..result })
}

/// Steps 3 to 7, for what was taken.
fn answer(
    batch: &Batch<'_>,
    options: &Options<'_>,
    intake: &mut Intake,
) -> Result<Delivered, OpsError> {
    check_witnesses(batch.signer, intake)?;
    settle_waiting_parts(batch, intake)?;
    if intake.documents.is_empty() {
        Session::begin(batch.signer, batch.clock)?.commit_if_changed()?;
        batch.spool.tidy()?;
        return Ok(Delivered::default());
    }
    let sequence = sequence_of(&intake.documents);
    let mut record = batch.record();
    let publisher = batch.publisher()?;
    let mut delivered = Delivered::default();
    let mut transactions = transactions(&sequence);
    let (files, documents) = (&intake.files, &mut intake.documents);
    let make = || {
        transactions
            .next()
            .map(|some| Ready::make(batch, files, documents, some))
    };
    parallel::made_ahead(READY_WAITING, make, |ready| {
        let mut changes = Changes::default();
        let decide = || -> Result<Option<Group>, OpsError> {
            let Some(ready) = ready() else {
                return Ok(None);
            };
            // 3. Decide, 4. commit.
            let mut chunk = Chunk::of_requests(batch, options)?;
            let records = chunk.decide_all(files, ready?, &mut changes)?;
            let done = chunk.commit(&mut record, records)?;
            changes.add(done.transaction, done.changed);
            Group::of(batch.signer, done.records, done.answers).map(Some)
        };
        // 5. Sign and render, 6. write.
        sign_and_write(batch, &publisher, decide, &mut delivered, sequence.len())
    })?;
    // Nothing of the intake is needed any more: its memory is the manifest's.
    (intake.documents, intake.files) = (Vec::new(), Vec::new());
    // 6. Publish, 7. mark.
    finish(batch, &publisher, &record, &mut delivered)?;
    Ok(delivered)
}
