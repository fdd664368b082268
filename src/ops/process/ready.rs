//! Before step 3 of the main job: what one transaction needs is read, while an earlier one is decided.

use super::intake::{Content, Intake, read_again};
use super::judge::Judged;
use crate::licence::Ulid;
use crate::ops::error::OpsError;
use crate::ops::parallel;
use crate::ops::session::RowsAhead;
use crate::ops::signer::Signer;
use crate::policy::ahead;
use crate::spool::Spool;

/// Documents that one transaction is to decide: what they hold, and the rows that deciding them needs, as they stood.
pub(super) struct Ready<'a> {
    pub(super) indices: &'a [usize],
    pub(super) contents: Vec<Known>,
    pub(super) rows: RowsAhead,
}

impl<'a> Ready<'a> {
    /// Of some documents of a batch, in the order in which they are to be decided. Their contents are taken out.
    pub(super) fn make(
        signer: &Signer,
        spool: &Spool,
        batch: Ulid,
        intake: &Intake,
        contents: &mut [Option<Content>],
        indices: &'a [usize],
    ) -> Result<Self, OpsError> {
        let contents = take_contents(spool, batch.as_str(), intake, contents, indices)?;
        let requests = contents.iter().filter_map(|(judged, _)| match judged {
            Judged::Request(request) => Some(request),
            Judged::Refused(_) => None,
        });
        let rows = RowsAhead::read(signer, requests.flat_map(|request| ahead::rows_of(request)).collect())?;
        Ok(Self { indices, contents, rows })
    }
}

/// A judged document, and the size of the history that its device has seen.
pub(super) type Known = (Judged, Option<u64>);

/// The contents leave the intake: memory is given back as the batch goes on. What was not kept in memory is read and verified again.
fn take_contents(
    spool: &Spool,
    batch: &str,
    intake: &Intake,
    contents: &mut [Option<Content>],
    indices: &[usize],
) -> Result<Vec<Known>, OpsError> {
    let lost = || OpsError::Lost("a document of this batch".into());
    let mut taken = Vec::with_capacity(indices.len());
    for index in indices {
        let content = contents.get_mut(*index).and_then(Option::take).ok_or_else(lost)?;
        let document = intake.documents.get(*index).ok_or_else(lost)?;
        taken.push((document.files.first().map(|(file, _)| *file), content));
    }
    let again = parallel::map(&taken, |(file, content)| match content {
        Content::OnDisk(place, _) => {
            let file = file.and_then(|file| intake.files.get(file)).ok_or_else(lost)?;
            read_again(spool, batch, file, place).map(Some)
        }
        _ => Ok::<_, OpsError>(None),
    })?;
    let known = taken.into_iter().zip(again).map(|((_, content), again)| match (content, again) {
        (Content::Request(request, witness), _) => Ok((Judged::Request(request), witness.map(|point| point.size))),
        (Content::Refused(unfit), _) => Ok((Judged::Refused(unfit), None)),
        (Content::OnDisk(_, witness), again) => Ok((again.ok_or_else(lost)?, witness.map(|point| point.size))),
    });
    known.collect()
}
