//! Before step 3 of the main job: what the next transaction needs is read ahead.

use super::batch::Batch;
use super::held::Judged;
use super::judge::judge;
use super::sequence::place_of;
use super::taken::{Content, Document, File};
use crate::ops::defect::Defect;
use crate::ops::error::OpsError;
use crate::ops::parallel;
use crate::ops::session::RowsAhead;
use crate::policy::batch::Place;
use crate::policy::refusal::FileRefusal;
use crate::spool::{TakeError, escape_path};

/// The documents of one transaction, with the rows that deciding them needs.
pub(super) struct Ready {
    /// In sequence; their contents were taken out of them.
    pub(super) documents: Vec<(Document, Known)>,
    pub(super) rows: RowsAhead,
}

impl Ready {
    /// Reads ahead for some documents of a batch, by their indices in sequence. They are taken out
    /// of the batch, so that its memory shrinks as it goes on.
    pub(super) fn make(
        batch: &Batch<'_>,
        files: &[File],
        documents: &mut [Document],
        indices: &[usize],
    ) -> Result<Self, OpsError> {
        let documents = take_documents(batch, files, documents, indices)?;
        let requests = documents
            .iter()
            .filter_map(|(_, (judged, _))| match judged {
                Judged::Request(request) => Some(&**request),
                Judged::Refused(_) => None,
            });
        let rows = RowsAhead::read(batch.signer, &requests.collect::<Vec<_>>())?;
        Ok(Self { documents, rows })
    }
}

/// A judged document, and the size of the history that its device has seen.
pub(super) type Known = (Judged, Option<u64>);

/// Takes documents out of the batch; what was not kept in memory is read and verified again.
fn take_documents(
    batch: &Batch<'_>,
    files: &[File],
    documents: &mut [Document],
    indices: &[usize],
) -> Result<Vec<(Document, Known)>, OpsError> {
    let lost = || OpsError::from(Defect::DocumentTaken);
    let take = |index: &usize| {
        let mut document = std::mem::take(documents.get_mut(*index).ok_or_else(lost)?);
        let content = document.content.take().ok_or_else(lost)?;
        Ok::<_, OpsError>((document, content))
    };
    let taken = indices.iter().map(take).collect::<Result<Vec<_>, _>>()?;
    let again = parallel::map(&taken, |(document, content)| match content {
        Content::OnDisk(place, _) => {
            let file = document.first_file(files).ok_or_else(lost)?;
            read_again(batch, file, place).map(Some)
        }
        _ => Ok::<_, OpsError>(None),
    })?;
    let known = taken
        .into_iter()
        .zip(again)
        .map(|((document, content), again)| {
            let known = match (content, again) {
                (Content::Request(request, witness), _) => {
                    (Judged::Request(request), witness.map(|point| point.size))
                }
                (Content::Refused(refusal), _) => (Judged::Refused(refusal), None),
                (Content::OnDisk(_, witness), again) => {
                    (again.ok_or_else(lost)?, witness.map(|point| point.size))
                }
            };
            Ok((document, known))
        });
    known.collect()
}

/// Reads and verifies a request again. Its bytes must be those that were judged.
fn read_again(batch: &Batch<'_>, file: &File, place: &Place) -> Result<Judged, OpsError> {
    let taken = batch
        .spool
        .read_again(&file.work(batch)?)
        .map_err(|error| match error {
            TakeError::Spool(error) => error.into(),
            error => OpsError::RequestUnread(error),
        })?;
    if taken.digest != file.digest {
        let file = escape_path(&file.path);
        return Ok(Judged::refused(FileRefusal::Changed { file }));
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
