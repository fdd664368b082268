//! What a batch did.

use super::batch::Batch;
use super::deliver::{Delivered, Summary};
use super::recover::Completed;
use super::taken::Left;
use crate::licence::Ulid;
use crate::ops::error::OpsError;
use crate::wire::response::{HistoryPoint, ManifestEntry};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;

/// What a batch did.
#[derive(Debug)]
pub struct BatchResult {
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

impl BatchResult {
    /// Of a batch that left nothing in the inbox.
    pub(super) fn of(
        batch: &Batch<'_>,
        delivered: Delivered,
        completed: Vec<Completed>,
    ) -> Result<Self, OpsError> {
        Ok(Self {
            batch: (delivered.count > 0).then_some(batch.id),
            point: batch.history_point()?,
            manifest: delivered.manifest,
            count: delivered.count,
            summary: delivered.summary,
            left: Vec::new(),
            completed,
        })
    }

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
