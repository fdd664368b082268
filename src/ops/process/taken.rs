//! What was taken out of the inbox: files, and the documents in them.

use super::batch::Batch;
use super::refusal::Refusal;
use crate::licence::Digest;
use crate::ops::error::OpsError;
use crate::policy::batch::Place;
use crate::seal::Verified;
use crate::spool::{InboxPath, WorkFile, escape_path};
use crate::wire::qr::Part;
use crate::wire::request::Request;
use crate::wire::response::HistoryPoint;

/// What came out of the inbox.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// Files in `work/`, sorted by the bytes of their inbox paths.
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
    pub(super) fn work(&self, batch: &Batch<'_>) -> Result<WorkFile, OpsError> {
        let digest = Some(self.digest);
        Ok(batch
            .spool
            .work_file(batch.id.as_str(), &self.path, digest)?)
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

impl Document {
    /// Its first file.
    pub(super) fn first_file<'f>(&self, files: &'f [File]) -> Option<&'f File> {
        files.get(self.files.first()?.0)
    }
}

/// What is known of a document.
#[derive(Debug)]
pub(super) enum Content {
    /// A verified request in memory, and what its device has seen of the history.
    Request(Box<Verified<Request>>, Option<Box<HistoryPoint>>),
    /// A verified request that is to be read again: its place in the sequence is known.
    OnDisk(Place, Option<Box<HistoryPoint>>),
    /// Refused already.
    Refused(Box<Refusal>),
}

/// A taken file, and what it holds.
pub(super) struct Seen {
    pub(super) file: File,
    pub(super) documents: Vec<Content>,
    pub(super) parts: Vec<Part>,
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
    pub(super) fn missing(&self) -> Vec<u8> {
        (1..=self.count)
            .filter(|i| !self.have.contains(i))
            .collect()
    }
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
    /// A writer: the next look may judge it, once the writer has let go of it.
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

    pub(super) fn unfinished(path: &InboxPath, waits_for: WaitsFor) -> Self {
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

impl Intake {
    /// Adds a document of some files, by their indices.
    pub(super) fn add(&mut self, files: &[usize], content: Content) {
        let mut places = Vec::with_capacity(files.len());
        for file in files {
            if let Some(file_row) = self.files.get_mut(*file) {
                file_row.places += 1;
                places.push((*file, file_row.places));
            }
        }
        self.documents.push(Document {
            files: places,
            content: Some(content),
        });
    }
}
