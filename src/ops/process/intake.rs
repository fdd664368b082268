//! Steps 1 and 2 of the main job: take what is settled out of the inbox and verify it, on all
//! cores, without the ledger.

use super::judge::{Held, Judged, Unfit, judge, judge_qr, place_of, refused};
use super::pictures::{self, judge_picture};
use super::waiting::WaitingSet;
use super::witness::own_witness;
use super::{Options, Progress};
use crate::harden::is_open_for_writing;
use crate::licence::Digest;
use crate::ops::crash;
use crate::ops::error::OpsError;
use crate::ops::parallel;
use crate::ops::signer::Signer;
use crate::policy::batch::Place;
use crate::policy::refusal::FileRefusal;
use crate::seal::Verified;
use crate::spool::{
    InboxPath, ListOptions, Listed, ListedKind, Spool, TakeError, Taken, WorkFile, Writing,
    escape_path, is_settling,
};
use crate::vault::Vault;
use crate::wire::qr::{Part, PartSet};
use crate::wire::request::Request;
use crate::wire::response::HistoryPoint;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// Bytes of files whose requests are kept in memory between verifying and deciding; beyond it they
/// are read again.
const MAX_HELD_BYTES: u64 = 12 * 1024 * 1024;
/// Files that are looked at before what came of them is gathered: their looks are in memory
/// together.
const FILES_TOGETHER: usize = 8_192;

/// What came out of the inbox.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// Files in `work/`, in byte order of their inbox paths.
    pub(super) files: Vec<File>,
    /// What they hold.
    pub(super) documents: Vec<Document>,
    /// What stays in the inbox, and why.
    pub(super) left: Vec<Left>,
    /// Parts of QR texts that wait for the rest; their files stay in `work/` until the ledger knows
    /// since when.
    pub(super) waiting: Vec<WaitingSet>,
}

/// A file in `work/`.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: InboxPath,
    pub(super) digest: Digest,
    /// How many documents it holds, or takes part in.
    pub(super) places: u32,
}

impl File {
    /// The file in `work/`.
    pub(super) fn work(&self, spool: &Spool, batch: &str) -> Result<WorkFile, OpsError> {
        Ok(spool.work_file(batch, &self.path, Some(self.digest))?)
    }
}

/// A document of one file, or of several where they hold its parts.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// Its files, as indices, each with the document's place in it from 1.
    pub(super) files: Vec<(usize, u32)>,
    /// Until it is to be decided.
    pub(super) content: Option<Content>,
}

/// What is known of a document.
#[derive(Debug)]
pub(super) enum Content {
    /// A verified request in memory, and what its device has seen of the history.
    Request(Box<Verified<Request>>, Option<Box<HistoryPoint>>),
    /// A verified request that is to be read again: its order and its file are known.
    OnDisk(Place, Option<Box<HistoryPoint>>),
    /// Refused already.
    Refused(Box<Unfit>),
}

/// What stays in the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Its path, as people can read it.
    pub file: String,
    /// Why it stays.
    pub reason: String,
    /// What it waits for, where it may not be whole yet.
    pub waits_for: Option<WaitsFor>,
}

/// What makes a file whole that may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// Time: the next look, after the settle time, may judge it.
    Settling,
    /// Whoever has it open for writing: the next look, after it was let go of, may judge it.
    Writer,
}

impl Left {
    pub(in crate::ops) fn new(path: &InboxPath, reason: impl ToString) -> Self {
        Self {
            file: escape_path(path),
            reason: reason.to_string(),
            waits_for: None,
        }
    }

    fn unfinished(path: &InboxPath, waits_for: WaitsFor) -> Self {
        let reason = match waits_for {
            WaitsFor::Settling => "it is still being written",
            WaitsFor::Writer => "a program has it open for writing",
        };
        Self {
            waits_for: Some(waits_for),
            ..Self::new(path, reason)
        }
    }
}

/// A taken file, and what it holds.
struct Seen {
    file: File,
    documents: Vec<Content>,
    parts: Vec<Part>,
}

/// What every look needs.
struct Looking<'a> {
    spool: &'a Spool,
    vault: &'a Vault,
    batch: &'a str,
    options: &'a Options<'a>,
    alive: &'a (dyn Fn() + Sync),
    /// Bytes of files whose requests are in memory.
    held_bytes: AtomicU64,
    /// Whether this is the first of two looks.
    first: bool,
    /// Files that changed between the two.
    grown: BTreeSet<InboxPath>,
}

enum Look {
    Seen(Box<Seen>),
    /// A picture, whose codes are to be read.
    Picture(Box<Taken>),
    Left(Left),
    Gone,
    /// Put back into the inbox, since more of it may come.
    Later(Later),
}

/// A file of which more may come, as it was.
struct Later {
    path: InboxPath,
    size: u64,
    modified: Option<SystemTime>,
    waits_for: WaitsFor,
}

/// Files of which more may come, by their paths.
type LaterFiles = BTreeMap<InboxPath, Later>;

/// Takes and verifies everything that is settled; waits the settle time out once for what is not,
/// then judges it.
pub(super) fn take(
    signer: &Signer,
    spool: &Spool,
    batch: &str,
    options: &Options<'_>,
    progress: &Progress<'_>,
) -> Result<Intake, OpsError> {
    let mut looking = Looking {
        spool,
        vault: &signer.vault,
        batch,
        options,
        alive: progress.alive,
        held_bytes: AtomicU64::new(0),
        first: true,
        grown: BTreeSet::new(),
    };
    let mut intake = Intake::default();
    let mut listed = spool.list(&ListOptions::default())?;
    if let Some(only) = &options.only {
        // A folder that cannot be looked into stands for what is wanted of it: it must not go
        // untold.
        let holds_wanted = |listed: &Listed| only.iter().any(|path| path.is_beneath(&listed.path));
        listed.retain(|listed| {
            only.contains(&listed.path)
                || (listed.kind != ListedKind::Regular && holds_wanted(listed))
        });
    }
    let (mut seen, later) = looking.all(&listed, &mut intake.left)?;
    match options.wait {
        Some(wait) if !later.is_empty() => {
            let say = format!(
                "waiting {} s for {} file(s) that may not be whole yet",
                options.settle.as_secs(),
                later.len()
            );
            (progress.say)(&say);
            wait(options.settle);
            seen.extend(looking.again(&later, &mut intake.left)?);
        }
        _ => intake.left.extend(
            later
                .values()
                .map(|one| Left::unfinished(&one.path, one.waits_for)),
        ),
    }
    drop(listed);
    seen.sort_by(|a, b| a.file.path.cmp(&b.file.path));
    gather(seen, &signer.vault, &mut intake);
    Ok(intake)
}

impl Looking<'_> {
    /// The second look at what may not have been whole at the first: what has not grown since is
    /// judged as it is.
    fn again(&mut self, later: &LaterFiles, left: &mut Vec<Left>) -> Result<Vec<Seen>, OpsError> {
        self.first = false;
        let mut again = self.spool.list(&ListOptions::default())?;
        again.retain(|listed| later.contains_key(&listed.path));
        let is_same = |listed: &Listed, then: &Later| {
            (listed.size, listed.modified) == (then.size, then.modified)
        };
        let has_grown = |listed: &&Listed| {
            later
                .get(&listed.path)
                .is_none_or(|then| !is_same(listed, then))
        };
        self.grown = again
            .iter()
            .filter(has_grown)
            .map(|listed| listed.path.clone())
            .collect();
        Ok(self.all(&again, left)?.0)
    }

    fn all(
        &self,
        listed: &[Listed],
        left: &mut Vec<Left>,
    ) -> Result<(Vec<Seen>, LaterFiles), OpsError> {
        let (mut seen, mut later) = (Vec::new(), LaterFiles::new());
        for some in listed.chunks(FILES_TOGETHER) {
            let looks = parallel::map(some, |listed| self.one(listed))?;
            let (pictures, looks): (Vec<Look>, Vec<Look>) = looks
                .into_iter()
                .partition(|look| matches!(look, Look::Picture(_)));
            for look in looks
                .into_iter()
                .chain(parallel::map_each(&pictures, |picture| {
                    self.picture(picture)
                })?)
            {
                match look {
                    Look::Seen(one) => seen.push(*one),
                    Look::Picture(_) | Look::Gone => {}
                    Look::Left(one) => left.push(one),
                    Look::Later(one) => drop(later.insert(one.path.clone(), one)),
                }
            }
        }
        Ok((seen, later))
    }

    /// Looks at a file; once more where it was let go of while it lay in `work/`, since nothing
    /// tells the inbox of that.
    fn one(&self, listed: &Listed) -> Result<Look, OpsError> {
        let look = self.look(listed)?;
        (self.alive)();
        let put_back = match &look {
            Look::Later(later) if later.waits_for == WaitsFor::Writer => &later.path,
            _ => return Ok(look),
        };
        match self.spool.let_go(put_back, is_open_for_writing) {
            Some(listed) => self.look(&listed),
            None => Ok(look),
        }
    }

    fn look(&self, listed: &Listed) -> Result<Look, OpsError> {
        let first = self.first;
        if let ListedKind::Skipped(reason) = listed.kind {
            return Ok(if first {
                Look::Left(Left::new(&listed.path, reason))
            } else {
                Look::Gone
            });
        }
        let taken = match self.spool.take(self.batch, listed) {
            Ok(taken) => taken,
            Err(TakeError::Gone { .. }) => return Ok(Look::Gone),
            Err(TakeError::Unsettled { path }) if first => {
                let waits_for = WaitsFor::Settling;
                return Ok(Look::Later(Later {
                    path,
                    size: listed.size,
                    modified: listed.modified,
                    waits_for,
                }));
            }
            Err(TakeError::Spool(error)) => return Err(error.into()),
            Err(error) => return Ok(Look::Left(Left::new(&listed.path, error))),
        };
        crash::point("file-taken");
        if pictures::is_to_be_read(&taken) {
            return Ok(Look::Picture(Box::new(taken)));
        }
        self.settle(&taken, judge(&taken))
    }

    /// Reads the codes of a picture. Where that cannot be done now, the picture stays in the inbox.
    fn picture(&self, look: &Look) -> Result<Look, OpsError> {
        let Look::Picture(taken) = look else {
            return Ok(Look::Gone);
        };
        let judged = judge_picture(self.spool, self.options.scanner, taken);
        (self.alive)();
        match judged {
            Ok(held) => self.settle(taken, held),
            Err(reason) => {
                let path = self.spool.put_back(&taken.file)?;
                Ok(Look::Left(Left::new(&path, reason)))
            }
        }
    }

    /// What was judged stands, unless more of the file may come.
    fn settle(&self, taken: &Taken, held: Held) -> Result<Look, OpsError> {
        let writing = if held.may_grow() {
            self.spool.writing(taken, is_open_for_writing)
        } else {
            Writing::Nobody
        };
        let may_grow = match writing {
            Writing::Somebody => true,
            // Who writes to its path from now on makes a new file in the inbox.
            Writing::Nobody if held.is_whole() => false,
            Writing::Nobody | Writing::Unknown if self.first => {
                is_settling(taken.modified, (self.options.now)(), self.options.settle)
            }
            Writing::Nobody | Writing::Unknown => self.grown.contains(&taken.file.inbox_path),
        };
        if !may_grow {
            return Ok(Look::Seen(Box::new(self.seen(taken, held))));
        }
        crash::point("not-whole");
        let path = self.spool.put_back(&taken.file)?;
        let waits_for = if writing == Writing::Somebody {
            WaitsFor::Writer
        } else {
            WaitsFor::Settling
        };
        if !self.first {
            return Ok(Look::Left(Left::unfinished(&path, waits_for)));
        }
        Ok(Look::Later(Later {
            path,
            size: taken.size,
            modified: taken.modified,
            waits_for,
        }))
    }

    fn seen(&self, taken: &Taken, held: Held) -> Seen {
        let file = File {
            path: taken.file.inbox_path.clone(),
            digest: taken.digest,
            places: 0,
        };
        // What was read from a picture is small, and takes long to be read again.
        let in_memory = pictures::is_to_be_read(taken)
            || self.held_bytes.fetch_add(taken.size, Ordering::Relaxed) < MAX_HELD_BYTES;
        let documents = held
            .documents
            .into_iter()
            .map(|judged| kept(judged, self.vault, in_memory))
            .collect();
        Seen {
            file,
            documents,
            parts: held.parts,
        }
    }
}

/// Parts of one tag, and the files that they stand in.
type Gathering = (PartSet, Vec<usize>);

/// Puts documents and parts together.
fn gather(seen: Vec<Seen>, vault: &Vault, intake: &mut Intake) {
    let mut sets: BTreeMap<[u8; 8], Gathering> = BTreeMap::new();
    // A list that grows as it is filled has half as much room again as it needs.
    intake.files.reserve_exact(seen.len());
    intake
        .documents
        .reserve_exact(seen.iter().map(|one| one.documents.len()).sum());
    for one in seen {
        let index = intake.files.len();
        intake.files.push(one.file);
        for content in one.documents {
            add_document(intake, &[index], content);
        }
        for part in one.parts {
            let (set, members) = sets.entry(part.tag).or_default();
            // A set that two different parts made void says so when it is joined.
            drop(set.add(part));
            members.push(index);
        }
    }
    for (tag, (set, members)) in sets {
        gather_set(intake, vault, &tag, &set, &members);
    }
}

fn gather_set(intake: &mut Intake, vault: &Vault, tag: &[u8; 8], set: &PartSet, members: &[usize]) {
    let mut files = members.to_vec();
    files.sort_unstable();
    files.dedup();
    match set.join() {
        Ok(text) => add_document(intake, &files, kept(judge_qr(&text), vault, true)),
        Err(crate::wire::WireError::PartsMissing { missing, count }) => {
            let have = (1..=count)
                .filter(|index| !missing.contains(index))
                .collect();
            intake.waiting.push(WaitingSet {
                tag: String::from_utf8_lossy(tag).into_owned(),
                have,
                count,
                files,
            });
        }
        Err(error) => {
            let unfit = Box::new(Unfit::from(FileRefusal::from(error)));
            for file in files {
                add_document(intake, &[file], Content::Refused(unfit.clone()));
            }
        }
    }
}

pub(super) fn add_document(intake: &mut Intake, files: &[usize], content: Content) {
    let mut places = Vec::with_capacity(files.len());
    for file in files {
        if let Some(file_row) = intake.files.get_mut(*file) {
            file_row.places += 1;
            places.push((*file, file_row.places));
        }
    }
    intake.documents.push(Document {
        files: places,
        content: Some(content),
    });
}

fn kept(judged: Judged, vault: &Vault, in_memory: bool) -> Content {
    match judged {
        Judged::Request(request) => {
            let witness = own_witness(vault, &request).map(Box::new);
            if in_memory {
                Content::Request(request, witness)
            } else {
                Content::OnDisk(place_of(&request), witness)
            }
        }
        Judged::Refused(unfit) => Content::Refused(unfit),
    }
}

/// A request that was not kept in memory, read and verified again. Its bytes must be those that
/// were judged.
pub(super) fn read_again(
    spool: &Spool,
    batch: &str,
    file: &File,
    place: &Place,
) -> Result<Judged, OpsError> {
    let taken = spool
        .read_again(&file.work(spool, batch)?)
        .map_err(|error| match error {
            TakeError::Spool(error) => error.into(),
            error => OpsError::RequestUnread(error),
        })?;
    if taken.digest != file.digest {
        let file = escape_path(&file.path);
        return Ok(refused(FileRefusal::Changed { file }));
    }
    let same =
        |judged: &Judged| matches!(judged, Judged::Request(request) if place_of(request) == *place);
    let gone = || OpsError::RequestChanged {
        path: file.path.clone(),
    };
    judge(&taken)
        .documents
        .into_iter()
        .find(same)
        .ok_or_else(gone)
}
