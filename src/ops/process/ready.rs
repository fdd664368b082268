//! Before step 3 of the main job: what one transaction needs is read, while an earlier one is
//! decided.

use super::intake::{Content, Document, File, read_again};
use super::judge::Judged;
use crate::licence::Ulid;
use crate::ops::defect::Defect;
use crate::ops::error::OpsError;
use crate::ops::parallel;
use crate::ops::session::RowsAhead;
use crate::ops::signer::Signer;
use crate::spool::Spool;

/// Documents that one transaction is to decide: what they hold, and the rows that deciding them
/// needs, as they stood.
pub(super) struct Ready {
    /// In the order in which they are to be decided; their contents were taken out of them.
    pub(super) documents: Vec<(Document, Known)>,
    pub(super) rows: RowsAhead,
}

impl Ready {
    /// Of some documents of a batch, by their indices in order. They are taken out of it: memory is
    /// given back as the batch goes on.
    pub(super) fn make(
        signer: &Signer,
        spool: &Spool,
        batch: Ulid,
        files: &[File],
        documents: &mut [Document],
        indices: &[usize],
    ) -> Result<Self, OpsError> {
        let documents = take_documents(spool, batch.as_str(), files, documents, indices)?;
        let requests = documents
            .iter()
            .filter_map(|(_, (judged, _))| match judged {
                Judged::Request(request) => Some(&**request),
                Judged::Refused(_) => None,
            });
        let rows = RowsAhead::read(signer, &requests.collect::<Vec<_>>())?;
        Ok(Self { documents, rows })
    }
}

/// A judged document, and the size of the history that its device has seen.
pub(super) type Known = (Judged, Option<u64>);

/// What was not kept in memory is read and verified again.
fn take_documents(
    spool: &Spool,
    batch: &str,
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
            let file = document
                .files
                .first()
                .and_then(|(file, _)| files.get(*file))
                .ok_or_else(lost)?;
            read_again(spool, batch, file, place).map(Some)
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
                (Content::Refused(unfit), _) => (Judged::Refused(unfit), None),
                (Content::OnDisk(_, witness), again) => {
                    (again.ok_or_else(lost)?, witness.map(|point| point.size))
                }
            };
            Ok((document, known))
        });
    known.collect()
}
