//! The main job, in order: take, verify, decide, commit, sign and render, publish, mark (DESIGN of
//! the main job).
//!
//! A crash between any two steps loses nothing and doubles nothing: what was committed is published
//! from the ledger, byte for byte, and what was not committed goes back to the inbox.

mod answers;
pub mod by_hand;
mod decide;
mod deliver;
mod intake;
mod judge;
mod lines;
mod pictures;
mod ready;
mod recover;
mod render;
mod typed;
mod waiting;
mod witness;

use super::crash;
use super::defect::Defect;
use super::error::OpsError;
use super::parallel;
use super::records::BatchRecord;
use super::session::{Changes, Session, check_clock};
use super::signer::Signer;
use crate::ledger::Reader;
use crate::licence::{Identifier, Moment, Ulid};
use crate::policy::batch;
use crate::scan::Scanner;
use crate::spool::{InboxPath, Publisher, Spool};
use crate::wire::response::{HistoryPoint, ManifestEntry};
use std::collections::{BTreeSet, VecDeque};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use deliver::{Delivered, Summary};
use deliver::{Group, Outputs};
pub use intake::{Left, WaitsFor};
use ready::Ready;
pub use recover::Completed;

/// Documents that one transaction of the ledger decides: group commit, and a checkpoint each. The
/// first is small, so that signing can begin beside deciding; each later one is twice as large as
/// the one before, up to the largest.
const FIRST_COMMIT: usize = 128;
const LARGEST_COMMIT: usize = 512;

/// Transactions whose documents and rows were read and wait to be decided.
const READY_WAITING: usize = 1;

/// Answers that a thread signs and writes at a time.
const ANSWERS_PER_UNIT: usize = 16;

/// Units that are under way from a transaction to the manifest's lines: those of two of the largest
/// transactions, so that one is signed and written while what another decided is delivered.
const UNITS_UNDER_WAY: usize = 2 * LARGEST_COMMIT / ANSWERS_PER_UNIT;

/// Some answers of what one transaction decided. Refusals are cut up like answers, so that the
/// number of units bounds the memory of both.
struct Unit {
    group: Arc<Group>,
    places: Range<usize>,
    is_last: bool,
}

impl Unit {
    /// All of a group, in order; at least one.
    fn all(group: Group) -> VecDeque<Self> {
        let group = Arc::new(group);
        let count = group.size();
        let firsts = (0..count.max(1)).step_by(ANSWERS_PER_UNIT);
        let unit = |first| {
            let end = count.min(first + ANSWERS_PER_UNIT);
            Self {
                group: group.clone(),
                places: first..end,
                is_last: end == count,
            }
        };
        firsts.map(unit).collect()
    }
}

/// What a batch is told.
pub struct Options<'a> {
    /// The signer's clock, read once for the batch.
    pub clock: Moment,
    /// Only these files of the inbox; all where none are named.
    pub only: Option<BTreeSet<InboxPath>>,
    /// The operator vouches for everything of this organization.
    pub organization: Option<Identifier>,
    /// The operator vouches for the folders of a medium that are named like organizations.
    pub trust_folders: bool,
    /// How long a file must have been left alone that may not be whole.
    pub settle: Duration,
    /// The clock that file times are compared with.
    pub now: &'a (dyn Fn() -> SystemTime + Sync),
    /// Waits the settle time out, once; without it, what may not be whole yet stays in the inbox.
    pub wait: Option<&'a (dyn Fn(Duration) + Sync)>,
    /// A fresh ULID.
    pub fresh: &'a (dyn Fn() -> Result<Ulid, OpsError> + Sync),
    /// What reads pictures.
    pub scanner: &'a Scanner,
}

/// Whom a batch tells how far it is.
pub struct Progress<'a> {
    /// One line for people.
    pub say: &'a (dyn Fn(&str) + Sync),
    /// Documents answered so far, and all.
    pub step: &'a (dyn Fn(usize, usize) + Sync),
    /// Called whenever a file was looked at or moved on, or a group of answers published, by
    /// whichever thread did it: never by one that waits.
    pub alive: &'a (dyn Fn() + Sync),
}

impl Progress<'static> {
    /// Nobody is told.
    pub const UNTOLD: Self = Self {
        say: &|_| {},
        step: &|_, _| {},
        alive: &|| {},
    };
}

/// What a batch did.
#[derive(Debug)]
pub struct Report {
    /// Its ULID; none where there was nothing to answer.
    pub batch: Option<Ulid>,
    /// The history after it.
    pub point: HistoryPoint,
    /// The published `manifest.jsonl`: a line a document; none where there was nothing to answer.
    pub manifest: Option<PathBuf>,
    /// Lines in it.
    pub count: usize,
    /// Counts by organization and by refusal.
    pub summary: Summary,
    /// What stays in the inbox, and why.
    pub left: Vec<Left>,
    /// Batches of an earlier run that were completed first.
    pub completed: Vec<Completed>,
}

impl Report {
    /// The lines of the manifest, read from where it was published: there may be very many.
    ///
    /// # Errors
    /// [`OpsError::Io`].
    pub fn lines(&self) -> Result<impl Iterator<Item = io::Result<String>>, OpsError> {
        let open = |path: &PathBuf| {
            File::open(path).map_err(|source| OpsError::Io {
                path: path.clone(),
                source,
            })
        };
        let manifest = self.manifest.as_ref().map(open).transpose()?;
        Ok(manifest
            .into_iter()
            .flat_map(|file| BufReader::new(file).lines()))
    }

    /// Whether anything was refused, also by an earlier run whose batch was completed.
    #[must_use]
    pub fn tells_of_refusals(&self) -> bool {
        self.has_refusals() || self.completed.iter().any(|completed| completed.refused > 0)
    }

    /// Whether anything of this batch was refused.
    #[must_use]
    pub fn has_refusals(&self) -> bool {
        !self.summary.refusals.is_empty()
    }

    /// The lines of the manifest, understood, one after the other.
    ///
    /// # Errors
    /// [`OpsError::Io`]; each [`OpsError::ManifestChanged`] where somebody changed it meanwhile.
    pub fn entries(
        &self,
    ) -> Result<impl Iterator<Item = Result<ManifestEntry, OpsError>>, OpsError> {
        let path = self.manifest.clone().unwrap_or_default();
        let read = move |(line, text): (usize, io::Result<String>)| {
            let text = text.map_err(|source| OpsError::Io {
                path: path.clone(),
                source,
            })?;
            ManifestEntry::read_line(text.as_bytes()).map_err(|fault| OpsError::ManifestChanged {
                path: path.clone(),
                line,
                fault,
            })
        };
        Ok((1..).zip(self.lines()?).map(read))
    }
}

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
) -> Result<Report, OpsError> {
    let completed = recover::complete_open_batches(signer, spool, progress)?;
    check_clock(&signer.ledger.read()?, options.clock)?;
    let id = (options.fresh)()?;
    // 1. Take, 2. verify.
    let mut intake = intake::take(signer, spool, id.as_str(), options, progress)?;
    crash::point("after-take");
    let answered = answer(signer, spool, options, progress, id, &mut intake);
    if answered.is_err() {
        // Nothing that was not committed may stay in work/; what was committed is told from it at
        // the next start, which also puts back what cannot be put back now. The first error says
        // what is wrong: those that follow from it say less.
        drop(recover::put_back_uncommitted(signer, spool, id));
    }
    let delivered = answered?;
    let point = history_point(signer)?;
    Ok(Report {
        batch: (delivered.count > 0).then_some(id),
        point,
        manifest: delivered.manifest,
        count: delivered.count,
        summary: delivered.summary,
        left: intake.left,
        completed,
    })
}

/// Completes what an earlier run left: committed answers are published, everything else goes back
/// to the inbox.
///
/// # Errors
/// [`OpsError`]; the next run completes the rest.
pub fn complete(
    signer: &Signer,
    spool: &Spool,
    progress: &Progress<'_>,
) -> Result<Vec<Completed>, OpsError> {
    recover::complete_open_batches(signer, spool, progress)
}

fn answer(
    signer: &Signer,
    spool: &Spool,
    options: &Options<'_>,
    progress: &Progress<'_>,
    id: Ulid,
    intake: &mut intake::Intake,
) -> Result<Delivered, OpsError> {
    witness::check_witnesses(signer, intake)?;
    waiting::settle_waiting_parts(signer, spool, id.as_str(), options, intake)?;
    if intake.documents.is_empty() {
        Session::begin(signer, options.clock)?.commit_if_changed()?;
        spool.tidy()?;
        return Ok(Delivered::default());
    }
    let order = order_of(intake);
    let mut batch = BatchRecord::new(signer, id, options.clock);
    let publisher = spool.publisher(&batch.date(), id.as_str())?;
    let mut delivered = Delivered::default();
    let mut transactions = transactions(&order);
    let (files, documents) = (&intake.files, &mut intake.documents);
    let make = || {
        transactions
            .next()
            .map(|some| Ready::make(signer, spool, id, files, documents, some))
    };
    parallel::made_ahead(READY_WAITING, make, |ready| {
        let mut changes = Changes::default();
        // 3. Decide, 4. commit.
        let decide = || -> Result<Option<Group>, OpsError> {
            let Some(ready) = ready() else {
                return Ok(None);
            };
            let (chunk, records) =
                decide::decide_some(signer, options, files, ready?, &mut changes, id)?;
            let done = chunk.commit(&mut batch, records)?;
            changes.add(done.transaction, done.changed);
            Group::of(signer, done.records, done.answers).map(Some)
        };
        sign_and_write(
            signer,
            spool,
            &publisher,
            decide,
            &mut delivered,
            order.len(),
            progress,
        )
    })?;
    // Nothing of the intake is needed any more: its memory is the manifest's.
    (intake.documents, intake.files) = (Vec::new(), Vec::new());
    finish(signer, spool, &publisher, &batch, &mut delivered, progress)?;
    Ok(delivered)
}

/// Steps 5 and 6: signs, renders and writes what `decide` gives, group after group, while it
/// decides the next, and while the disk takes what was written.
fn sign_and_write(
    signer: &Signer,
    spool: &Spool,
    publisher: &Publisher<'_>,
    mut decide: impl FnMut() -> Result<Option<Group>, OpsError>,
    delivered: &mut Delivered,
    count: usize,
    progress: &Progress<'_>,
) -> Result<(), OpsError> {
    let mut undone = VecDeque::new();
    let next = || -> Result<Option<Unit>, OpsError> {
        if undone.is_empty() {
            undone = decide()?.map(Unit::all).unwrap_or_default();
        }
        Ok(undone.pop_front())
    };
    let stage = |unit: Unit| {
        Ok((
            unit.group.stage(signer, publisher, unit.places.clone())?,
            unit,
        ))
    };
    let mut outputs = Outputs::new();
    parallel::with_aside(
        || deliver::sync(publisher),
        |ask_for_sync| {
            let take = |(staged, unit): (Outputs, Unit)| {
                (progress.alive)();
                outputs.extend(staged);
                if !unit.is_last {
                    return Ok(());
                }
                unit.group.deliver(
                    signer,
                    spool,
                    publisher,
                    &std::mem::take(&mut outputs),
                    delivered,
                )?;
                (progress.step)(delivered.count, count);
                if ask_for_sync() {
                    Ok(())
                } else {
                    Err(Defect::SyncEnded.into())
                }
            };
            parallel::pipeline(UNITS_UNDER_WAY, next, stage, take)
        },
    )
}

/// The parts of an order that one transaction each decides.
fn transactions(order: &[usize]) -> impl Iterator<Item = &[usize]> {
    let (mut rest, mut size) = (order, FIRST_COMMIT);
    std::iter::from_fn(move || {
        let (part, after) = rest.split_at(size.min(rest.len()));
        (rest, size) = (after, LARGEST_COMMIT.min(2 * size));
        (!part.is_empty()).then_some(part)
    })
}

/// Publishes the manifest, moves the files on, and marks the batch delivered.
fn finish(
    signer: &Signer,
    spool: &Spool,
    publisher: &Publisher<'_>,
    batch: &BatchRecord,
    delivered: &mut Delivered,
    progress: &Progress<'_>,
) -> Result<(), OpsError> {
    deliver::publish_manifest(signer, publisher, batch, delivered)?;
    deliver::move_files(spool, batch, delivered, progress)?;
    // 7. Mark.
    recover::mark_delivered(signer, batch)
}

/// The order of LICENSING section 7; what is refused already comes last, in the order of the files.
fn order_of(intake: &intake::Intake) -> Vec<usize> {
    let mut requests = Vec::new();
    let mut places = Vec::new();
    let mut refused = Vec::new();
    for (index, document) in intake.documents.iter().enumerate() {
        match &document.content {
            Some(intake::Content::Request(request, _)) => {
                requests.push(index);
                places.push(judge::place_of(request));
            }
            Some(intake::Content::OnDisk(place, _)) => {
                requests.push(index);
                places.push(*place);
            }
            Some(intake::Content::Refused(_)) | None => refused.push(index),
        }
    }
    batch::sequence(&places)
        .into_iter()
        .filter_map(|i| requests.get(i).copied())
        .chain(refused)
        .collect()
}

fn history_point(signer: &Signer) -> Result<HistoryPoint, OpsError> {
    let snapshot = signer.ledger.read()?;
    Ok(HistoryPoint {
        origin: snapshot.origin(),
        size: snapshot.size(),
        head: snapshot.head(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transactions_grow_to_the_largest_and_leave_nothing_out() {
        for count in [0, 1, 127, 128, 129, 384, 5_000] {
            let order: Vec<usize> = (0..count).rev().collect();
            let parts: Vec<&[usize]> = transactions(&order).collect();
            assert_eq!(parts.concat(), order);
            let sizes: Vec<usize> = parts.iter().map(|part| part.len()).collect();
            let wanted: Vec<usize> = [128, 256]
                .into_iter()
                .chain(std::iter::repeat(512))
                .take(sizes.len())
                .collect();
            assert!(
                sizes
                    .iter()
                    .zip(&wanted)
                    .rev()
                    .skip(1)
                    .all(|(found, wanted)| found == wanted),
                "{sizes:?}"
            );
            assert!(
                sizes.last() <= wanted.last() && !sizes.contains(&0),
                "{sizes:?}"
            );
        }
    }
}
