//! Step 6 of the main job: what was committed is written, group after group, where nobody looks.

use super::batch::Batch;
use super::lines::Lines;
use super::recorded::{Answers, recorded_answers};
use super::render::{OutputFile, Shared, files, sign};
use crate::licence::Digest;
use crate::ops::crash;
use crate::ops::damage::Damage;
use crate::ops::error::OpsError;
use crate::ops::parallel;
use crate::ops::records::{AnswerRecord, DeliveryRecord, Signed};
use crate::ops::signer::Signer;
use crate::spool::{InboxPath, Outlet, Publisher};
use crate::wire::response::{ManifestEntry, Outcome, Output, RefusalNotice, RefusalReason};
use crate::wire::{Kind, sha256};
use crate::words::notice;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::PathBuf;

/// What a batch delivered so far.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    /// Lines of `manifest.jsonl`, until it is published.
    pub(super) lines: Lines,
    /// `manifest.jsonl`, once it is published.
    pub(super) manifest: Option<PathBuf>,
    /// How many lines it has.
    pub(super) count: usize,
    /// Counts for people.
    pub(super) summary: Summary,
    /// Files by inbox path: digest, and whether any document of it was refused.
    pub(super) files: BTreeMap<InboxPath, (Digest, bool)>,
}

/// Counts of a batch, by organization and by refusal.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Computer IDs of systems that were new to the signer, by organization.
    pub new_systems: BTreeMap<String, Vec<String>>,
    /// Outcomes by organization; the empty name stands for files whose organization is unknown.
    pub outcomes: BTreeMap<String, BTreeMap<&'static str, usize>>,
    /// Refusals by code.
    pub refusals: BTreeMap<String, usize>,
}

/// What one transaction decided, ready to be signed and written.
pub(super) struct Group {
    records: Vec<DeliveryRecord>,
    /// Sorted by their requests.
    answers: Vec<AnswerRecord>,
    shared: Shared,
}

/// The files of some answers, by document id of their requests.
pub(super) type Outputs = HashMap<Digest, Vec<Output>>;

impl Group {
    /// From committed records; answers that are not fresh are read from the ledger.
    pub(super) fn of(
        signer: &Signer,
        records: Vec<DeliveryRecord>,
        fresh: Answers,
    ) -> Result<Self, OpsError> {
        let snapshot = signer.ledger.read()?;
        let recorded = recorded_answers(&snapshot, &records, &fresh)?;
        let mut answers: Vec<AnswerRecord> =
            recorded.into_values().chain(fresh.into_values()).collect();
        answers.sort_unstable_by_key(|answer| answer.request);
        let shared = Shared::of(signer, &snapshot, &answers)?;
        Ok(Self {
            records,
            answers,
            shared,
        })
    }

    /// The answer to a request.
    pub(super) fn answer(&self, request: &Digest) -> Option<&AnswerRecord> {
        let place = self
            .answers
            .binary_search_by_key(request, |answer| answer.request)
            .ok()?;
        self.answers.get(place)
    }

    /// How much there is to do: its answers, or its refusals where those are more.
    pub(super) fn size(&self) -> usize {
        self.answers.len().max(self.records.len())
    }

    /// Signs and renders some of its answers, by their places, and writes them where nobody looks.
    /// Places without an answer are left out.
    pub(super) fn stage(
        &self,
        signer: &Signer,
        publisher: &Publisher<'_>,
        places: Range<usize>,
    ) -> Result<Outputs, OpsError> {
        let answers = self.answers.iter().take(places.end).skip(places.start);
        answers
            .map(|answer| {
                Ok((
                    answer.request,
                    publish_answer(signer, publisher, answer, &self.shared)?,
                ))
            })
            .collect()
    }

    /// Writes its refusals and the lines of the manifest, once all its answers were staged.
    pub(super) fn deliver(
        &self,
        batch: &Batch<'_>,
        publisher: &Publisher<'_>,
        outputs: &Outputs,
        delivered: &mut Delivered,
    ) -> Result<(), OpsError> {
        self.records
            .iter()
            .try_for_each(|record| deliver_record(batch, publisher, record, outputs, delivered))
    }
}

/// Writes what one transaction decided: when this returns, it is on disk, and not yet published.
pub(super) fn deliver(
    batch: &Batch<'_>,
    publisher: &Publisher<'_>,
    group: &Group,
    delivered: &mut Delivered,
) -> Result<(), OpsError> {
    let places: Vec<usize> = (0..group.size()).collect();
    let outputs = parallel::map(&places, |place| {
        group.stage(batch.signer, publisher, *place..place + 1)
    })?;
    group.deliver(
        batch,
        publisher,
        &outputs.into_iter().flatten().collect(),
        delivered,
    )?;
    sync(publisher)
}

/// What was staged so far is on disk when this returns.
pub(super) fn sync(publisher: &Publisher<'_>) -> Result<(), OpsError> {
    publisher.sync_staged()?;
    crash::point("after-flush");
    Ok(())
}

fn publish_answer(
    signer: &Signer,
    publisher: &Publisher<'_>,
    answer: &AnswerRecord,
    shared: &Shared,
) -> Result<Vec<Output>, OpsError> {
    let mut outputs = Vec::new();
    for OutputFile { path, bytes } in files(&signer.vault, answer, shared)? {
        publisher.stage(Outlet::Outbox, &path, &bytes)?;
        crash::point("after-stage");
        outputs.push(Output {
            path,
            sha256: sha256(&[&bytes]),
        });
    }
    Ok(outputs)
}

fn deliver_record(
    batch: &Batch<'_>,
    publisher: &Publisher<'_>,
    record: &DeliveryRecord,
    outputs: &Outputs,
    delivered: &mut Delivered,
) -> Result<(), OpsError> {
    let path = inbox_path(record)?;
    let mut entry = ManifestEntry {
        file: record.file.clone(),
        digest: record.digest,
        request: record.request.filter(|_| !record.by_hand),
        outcome: record.outcome,
        outputs: Vec::new(),
        refusal: None,
    };
    if let Some(signed) = &record.refusal {
        let notice = RefusalNotice::read(signed.payload.as_bytes());
        let notice = notice.map_err(|fault| Damage::Refusal {
            file: record.file.clone(),
            fault,
        })?;
        publish_refusal(batch, publisher, record, signed, &notice)?;
        *delivered
            .summary
            .refusals
            .entry(notice.code.clone())
            .or_default() += 1;
        entry.refusal = Some(RefusalReason {
            code: notice.code,
            message: notice.message,
            remedy: notice.remedy,
        });
    } else if let Some(request) = record.request.filter(|_| record.answer.is_some()) {
        entry.outputs = outputs.get(&request).cloned().unwrap_or_default();
    }
    delivered.count(record);
    if !record.by_hand {
        let file = delivered
            .files
            .entry(path.clone())
            .or_insert((record.digest, false));
        file.1 |= record.outcome == Outcome::Refused;
    }
    delivered.count += 1;
    let line = delivered
        .lines
        .push(batch.spool, path, record.place, entry.to_line());
    line.map_err(|source| OpsError::Io {
        path: batch.spool.root().into(),
        source,
    })
}

fn inbox_path(record: &DeliveryRecord) -> Result<InboxPath, OpsError> {
    let lost = || {
        OpsError::from(Damage::Path {
            file: record.file.clone(),
        })
    };
    let bytes = data_encoding::HEXLOWER
        .decode(record.path.as_bytes())
        .map_err(|_| lost())?;
    InboxPath::new(bytes).map_err(|_| lost())
}

fn publish_refusal(
    batch: &Batch<'_>,
    publisher: &Publisher<'_>,
    record: &DeliveryRecord,
    signed: &Signed,
    notice: &RefusalNotice,
) -> Result<(), OpsError> {
    let spool = batch.spool;
    let (date, id) = publisher.folder();
    let work = spool.work_file(id, &inbox_path(record)?, Some(record.digest))?;
    if work.work_path.symlink_metadata().is_err() {
        // An earlier run moved the file on, and a file moves on only once its refusals are on disk.
        return Ok(());
    }
    let beside = spool.rejected_name(date, id, &work)?;
    let envelope = sign(&batch.signer.vault, Kind::Refusal, signed)?;
    let number = if record.places > 1 {
        record.place as usize
    } else {
        1
    };
    publisher.stage(
        Outlet::Rejected,
        beside.refusal_json(number),
        &envelope.to_json(),
    )?;
    publisher.stage(
        Outlet::Rejected,
        beside.refusal_txt(number),
        notice::text(notice).as_bytes(),
    )?;
    Ok(())
}

impl Delivered {
    fn count(&mut self, record: &DeliveryRecord) {
        let organization = record.organization.clone().unwrap_or_default();
        if record.is_new_system {
            let id = record
                .computer_id
                .map_or_else(String::new, |id| id.to_string());
            self.summary
                .new_systems
                .entry(organization.clone())
                .or_default()
                .push(id);
        }
        let outcomes = self.summary.outcomes.entry(organization).or_default();
        *outcomes.entry(record.outcome.as_str()).or_default() += 1;
    }

    /// Forgets the files that are not to be moved on, by path in hex and digest.
    pub(super) fn keep_files(&mut self, is_kept: impl Fn(String, Digest) -> bool) {
        self.files.retain(|path, (digest, _)| {
            is_kept(data_encoding::HEXLOWER.encode(path.as_bytes()), *digest)
        });
    }
}
