//! A look at each file of the inbox: taken, judged, and put back where more of it may come.

use super::batch::Batch;
use super::gather::kept;
use super::held::Held;
use super::judge::judge;
use super::options::Options;
use super::pictures::{is_to_be_read, judge_picture};
use super::taken::{File, Left, Seen, WaitsFor};
use crate::harden::is_open_for_writing;
use crate::ops::crash;
use crate::ops::error::OpsError;
use crate::ops::parallel;
use crate::spool::{
    InboxPath, ListOptions, Listed, ListedKind, TakeError, Taken, Writing, is_settling,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// Bytes of files whose requests are kept in memory between verifying and deciding; beyond it they
/// are read again.
const MAX_HELD_BYTES: u64 = 12 * 1024 * 1024;

/// Files that are looked at together: what was seen of them is in memory at once.
const FILES_TOGETHER: usize = 8_192;

/// What every look needs.
pub(super) struct Looking<'a> {
    batch: &'a Batch<'a>,
    options: &'a Options<'a>,
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
    /// Put back into the inbox, since it may grow.
    Later(Later),
}

/// A file that may grow, as it was.
pub(super) struct Later {
    path: InboxPath,
    size: u64,
    modified: Option<SystemTime>,
    waits_for: WaitsFor,
}

/// Files that may grow, by their paths.
pub(super) type LaterFiles = BTreeMap<InboxPath, Later>;

impl Later {
    /// The file as it stays in the inbox.
    pub(super) fn left(&self) -> Left {
        Left::unfinished(&self.path, self.waits_for)
    }
}

impl<'a> Looking<'a> {
    /// Before the first look.
    pub(super) fn new(batch: &'a Batch<'a>, options: &'a Options<'a>) -> Self {
        Self {
            batch,
            options,
            held_bytes: AtomicU64::new(0),
            first: true,
            grown: BTreeSet::new(),
        }
    }
}

impl Looking<'_> {
    /// The second look at files that may not have been whole at the first: a file that has not
    /// grown since is judged as it is.
    pub(super) fn again(
        &mut self,
        later: &LaterFiles,
        left: &mut Vec<Left>,
    ) -> Result<Vec<Seen>, OpsError> {
        self.first = false;
        let mut again = self.batch.spool.list(&ListOptions::default())?;
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

    /// Looks at all listed files: gives what was seen, and the files that may grow.
    pub(super) fn all(
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

    /// Looks at a file; once more where a program let go of it while it lay in `work/`, which is no
    /// event of the inbox.
    fn one(&self, listed: &Listed) -> Result<Look, OpsError> {
        let look = self.look(listed)?;
        (self.batch.progress.alive)();
        let put_back = match &look {
            Look::Later(later) if later.waits_for == WaitsFor::Writer => &later.path,
            _ => return Ok(look),
        };
        match self.batch.spool.let_go(put_back, is_open_for_writing) {
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
        let taken = match self.batch.spool.take(self.batch.id.as_str(), listed) {
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
        if is_to_be_read(&taken) {
            return Ok(Look::Picture(Box::new(taken)));
        }
        self.settle(&taken, judge(&taken))
    }

    /// Reads the codes of a picture. Where that cannot be done now, the picture stays in the inbox.
    fn picture(&self, look: &Look) -> Result<Look, OpsError> {
        let Look::Picture(taken) = look else {
            return Ok(Look::Gone);
        };
        let judged = judge_picture(self.batch.spool, self.options.scanner, taken);
        (self.batch.progress.alive)();
        match judged {
            Ok(held) => self.settle(taken, held),
            Err(reason) => {
                let path = self.batch.spool.put_back(&taken.file)?;
                Ok(Look::Left(Left::new(&path, reason)))
            }
        }
    }

    /// What was judged stands, unless the file may grow.
    fn settle(&self, taken: &Taken, held: Held) -> Result<Look, OpsError> {
        let writing = if held.may_grow() {
            self.batch.spool.writing(taken, is_open_for_writing)
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
        let path = self.batch.spool.put_back(&taken.file)?;
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
        let in_memory = is_to_be_read(taken)
            || self.held_bytes.fetch_add(taken.size, Ordering::Relaxed) < MAX_HELD_BYTES;
        let documents = held
            .documents
            .into_iter()
            .map(|judged| kept(judged, &self.batch.signer.vault, in_memory))
            .collect();
        Seen {
            file,
            documents,
            parts: held.parts,
        }
    }
}
