//! Steps 1 and 2 of the main job: take what is settled out of the inbox and verify it, on all cores, without the ledger.

use super::judge::{Held, Judged, judge, judge_qr, malformed, place_of, unfit_wire};
use super::{Options, Progress};
use crate::licence::{Digest, Moment};
use crate::ops::crash;
use crate::ops::error::OpsError;
use crate::ops::parallel;
use crate::policy::batch::Place;
use crate::seal::Verified;
use crate::spool::{InboxPath, ListOptions, Listed, ListedKind, Spool, TakeError, Taken, WorkFile, escape_path, is_settling};
use crate::wire::qr::PartSet;
use crate::wire::request::Request;
use std::collections::BTreeMap;
use std::time::SystemTime;

/// Bytes of files whose requests are kept in memory between verifying and deciding; beyond it they are read again.
const MAX_HELD_BYTES: u64 = 24 * 1024 * 1024;

/// What came out of the inbox.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// Files in `work/`, in byte order of their inbox paths.
    pub(super) files: Vec<File>,
    /// What they hold.
    pub(super) documents: Vec<Document>,
    /// What stays in the inbox, and why.
    pub(super) left: Vec<Left>,
    /// Parts of QR texts that wait for the rest; their files stay in `work/` until the ledger knows since when.
    pub(super) waiting: Vec<WaitingSet>,
}

/// A file in `work/`.
#[derive(Debug)]
pub(super) struct File {
    pub(super) work: WorkFile,
    pub(super) digest: Digest,
    /// When it came, as far as its time stamps tell.
    pub(super) arrived: Option<SystemTime>,
    /// How many documents it holds, or takes part in.
    pub(super) places: u32,
}

/// A document of one file, or of several where they hold its parts.
#[derive(Debug)]
pub(super) struct Document {
    /// Its files, as indices, each with the document's place in it from 1.
    pub(super) files: Vec<(usize, u32)>,
    pub(super) content: Content,
}

/// What is known of a document.
#[derive(Debug)]
pub(super) enum Content {
    /// A verified request in memory.
    Request(Box<Verified<Request>>),
    /// A verified request that is to be read again: its order and its file are known.
    OnDisk(Place),
    /// Refused already.
    Refused(Box<super::judge::Unfit>),
}

/// Parts that are not all there.
#[derive(Debug)]
pub(super) struct WaitingSet {
    pub(super) tag: String,
    pub(super) have: Vec<u8>,
    pub(super) count: u8,
    pub(super) files: Vec<usize>,
}

impl WaitingSet {
    /// The numbers of the parts that are missing.
    pub(super) fn missing(&self) -> String {
        let missing: Vec<String> = (1..=self.count).filter(|i| !self.have.contains(i)).map(|i| i.to_string()).collect();
        missing.join(", ")
    }
}

/// What stays in the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Its path, as people can read it.
    pub file: String,
    /// Why it stays.
    pub reason: String,
}

/// A taken file, and what it holds.
struct Seen {
    file: File,
    size: u64,
    held: Held,
}

enum Look {
    Seen(Box<Seen>),
    Left(Left),
    Gone,
    /// Put back into the inbox, since more of it may come.
    Later(InboxPath),
}

/// Takes and verifies everything that is settled; waits the settle time out once for what is not, then judges it.
pub(super) fn take(spool: &Spool, batch: &str, options: &Options<'_>, progress: &Progress<'_>) -> Result<Intake, OpsError> {
    let listed = spool.list(&ListOptions::default())?;
    let mut intake = Intake::default();
    let (seen, later) = look_at(spool, batch, &listed, options, true, &mut intake.left)?;
    let mut seen = seen;
    if !later.is_empty() {
        (progress.say)(&format!("waiting {} s for {} file(s) that may not be whole yet", options.settle.as_secs(), later.len()));
        (options.wait)(options.settle);
        let again: Vec<Listed> = spool.list(&ListOptions::default())?.into_iter().filter(|l| later.contains(&l.path)).collect();
        seen.extend(look_at(spool, batch, &again, options, false, &mut intake.left)?.0);
    }
    seen.sort_by(|a, b| a.file.work.inbox_path.cmp(&b.file.work.inbox_path));
    gather(seen, &mut intake);
    Ok(intake)
}

fn look_at(
    spool: &Spool,
    batch: &str,
    listed: &[Listed],
    options: &Options<'_>,
    first: bool,
    left: &mut Vec<Left>,
) -> Result<(Vec<Seen>, Vec<InboxPath>), OpsError> {
    let (mut seen, mut later) = (Vec::new(), Vec::new());
    let looks = parallel::map(listed, |listed| look(spool, batch, listed, options, first))?;
    for look in looks {
        match look {
            Look::Seen(one) => seen.push(*one),
            Look::Left(one) => left.push(one),
            Look::Later(path) => later.push(path),
            Look::Gone => {}
        }
    }
    Ok((seen, later))
}

fn look(spool: &Spool, batch: &str, listed: &Listed, options: &Options<'_>, first: bool) -> Result<Look, OpsError> {
    if let ListedKind::Skipped(reason) = listed.kind {
        return Ok(Look::Left(Left { file: escape_path(&listed.path), reason: reason.to_string() }));
    }
    let taken = match spool.take(batch, listed) {
        Ok(taken) => taken,
        Err(TakeError::Gone { .. }) => return Ok(Look::Gone),
        Err(TakeError::Unsettled { path }) if first => return Ok(Look::Later(path)),
        Err(TakeError::Spool(error)) => return Err(error.into()),
        Err(error) => return Ok(Look::Left(Left { file: escape_path(&listed.path), reason: error.to_string() })),
    };
    crash::point("file-taken");
    let held = judge(&taken);
    if first && held.may_grow() && is_settling(taken.modified, (options.now)(), options.settle) {
        return Ok(Look::Later(spool.put_back(&taken.file)?));
    }
    Ok(Look::Seen(Box::new(Seen { file: file_of(&taken, listed), size: taken.size, held })))
}

/// A file's arrival is the later of its time stamps; when it was written is told by clocks of sticks, when it got here by ours.
fn file_of(taken: &Taken, listed: &Listed) -> File {
    File { work: taken.file.clone(), digest: taken.digest, arrived: listed.changed.max(taken.modified), places: 0 }
}

/// Puts documents and parts together.
fn gather(seen: Vec<Seen>, intake: &mut Intake) {
    let mut held_bytes = 0;
    let mut sets: BTreeMap<[u8; 8], (PartSet, Vec<usize>)> = BTreeMap::new();
    for one in seen {
        let index = intake.files.len();
        intake.files.push(one.file);
        held_bytes += one.size;
        for judged in one.held.documents {
            let content = kept(judged, held_bytes <= MAX_HELD_BYTES);
            add_document(intake, &[index], content);
        }
        for part in one.held.parts {
            let (set, members) = sets.entry(part.tag).or_default();
            // A set that two different parts made void says so when it is joined.
            drop(set.add(part));
            members.push(index);
        }
    }
    for (tag, (set, members)) in sets {
        gather_set(intake, &tag, &set, &members);
    }
}

fn gather_set(intake: &mut Intake, tag: &[u8; 8], set: &PartSet, members: &[usize]) {
    let mut files = members.to_vec();
    files.sort_unstable();
    files.dedup();
    match set.join() {
        Ok(text) => add_document(intake, &files, kept(judge_qr(&text), true)),
        Err(crate::wire::WireError::PartsMissing { missing, count }) => {
            let have = (1..=count).filter(|index| !missing.contains(index)).collect();
            intake.waiting.push(WaitingSet { tag: String::from_utf8_lossy(tag).into_owned(), have, count, files });
        }
        Err(error) => {
            let unfit = Box::new(unfit_wire(&error));
            for file in files {
                add_document(intake, &[file], Content::Refused(unfit.clone()));
            }
        }
    }
}

/// Refuses a set of parts of which the rest did not come.
pub(super) fn refuse_parts(intake: &mut Intake, set: &WaitingSet) {
    let Judged::Refused(unfit) = super::judge::refused(
        crate::policy::RefusalCode::PartsMissing,
        format!("Of {} parts of a QR code, part {} did not come within 24 hours.", set.count, set.missing()),
        "Bring all parts of the QR code in one go.",
    ) else {
        return;
    };
    for file in &set.files {
        add_document(intake, &[*file], Content::Refused(unfit.clone()));
    }
}

fn add_document(intake: &mut Intake, files: &[usize], content: Content) {
    let mut places = Vec::with_capacity(files.len());
    for file in files {
        if let Some(file_row) = intake.files.get_mut(*file) {
            file_row.places += 1;
            places.push((*file, file_row.places));
        }
    }
    intake.documents.push(Document { files: places, content });
}

fn kept(judged: Judged, in_memory: bool) -> Content {
    match judged {
        Judged::Request(request) if in_memory => Content::Request(request),
        Judged::Request(request) => Content::OnDisk(place_of(&request)),
        Judged::Refused(unfit) => Content::Refused(unfit),
    }
}

/// A request that was not kept in memory, read and verified again. Its bytes must be those that were judged.
pub(super) fn read_again(spool: &Spool, file: &File, place: &Place) -> Result<Judged, OpsError> {
    let taken = spool.read_again(&file.work).map_err(|error| match error {
        TakeError::Spool(error) => error.into(),
        error => OpsError::Unreadable { what: error.to_string() },
    })?;
    if taken.digest != file.digest {
        return Ok(malformed(format!("{} changed while it was answered", escape_path(&file.work.inbox_path))));
    }
    let same = |judged: &Judged| matches!(judged, Judged::Request(request) if place_of(request) == *place);
    let gone = || OpsError::Unreadable { what: format!("{} changed while it was answered", escape_path(&file.work.inbox_path)) };
    judge(&taken).documents.into_iter().find(same).ok_or_else(gone)
}

/// The moment of a time stamp, but not later than now: clocks of sticks are wrong.
pub(super) fn not_after(arrived: Option<SystemTime>, now: Moment) -> Moment {
    let seconds = arrived.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok()).map(|since| since.as_secs());
    let moment = seconds.and_then(|seconds| i64::try_from(seconds).ok()).and_then(|seconds| Moment::from_unix(seconds).ok());
    moment.map_or(now, |moment| moment.min(now))
}
