//! `activation approve`: an operator's word for a device that waits, or for seats that are held.

use super::crash;
use super::error::OpsError;
use super::session::Session;
use super::signer::Signer;
use crate::licence::{ComputerId, Digest, Moment};
use crate::policy::order::approval::{Approval, approve};
use crate::policy::record::event::Event;
use crate::policy::record::request::WaitingRow;
use crate::spool::{InboxPath, ListOptions, ListedKind, MAX_FILE_BYTES, Spool, folders};
use crate::wire::response::RefusalNotice;
use crate::wire::{Envelope, sha256};
use std::collections::BTreeSet;

/// What an approval would do; nothing is changed yet.
///
/// # Errors
/// [`OpsError::Refused`] with `not-needed` where nothing waits.
pub fn plan(session: &Session<'_>, id: &ComputerId, reason: &str) -> Result<Approval, OpsError> {
    Ok(approve(
        &session.state(),
        id,
        reason.to_owned(),
        session.today(),
    )?)
}

/// Records the approval of a waiting request, and takes its files from `rejected/` back into the
/// inbox, where they are judged anew. A request in parts has several files. A file that an earlier,
/// cut-off approval took back stays there. Gives the paths of all.
///
/// # Errors
/// [`OpsError::WaitingFileGone`] before anything is recorded; [`OpsError::Ledger`],
/// [`OpsError::Spool`].
pub fn take_back(
    mut session: Session<'_>,
    spool: &Spool,
    event: &Event,
    waiting: &WaitingRow,
) -> Result<BTreeSet<InboxPath>, OpsError> {
    let (date, batch) = (waiting.on.to_string(), waiting.batch.to_string());
    let (mut rejected, mut paths) = (Vec::new(), BTreeSet::new());
    for digest in digests_of(spool, &date, &batch, waiting)? {
        match spool.find_rejected(&date, &batch, digest)? {
            Some(found) => rejected.push(found),
            None => paths.extend(find_in_inbox(spool, digest)?),
        }
    }
    if rejected.is_empty() && paths.is_empty() {
        let folder = spool
            .root()
            .join(folders::REJECTED)
            .join(format!("{date}-{batch}"));
        return Err(OpsError::WaitingFileGone {
            file: waiting.file.clone(),
            folder,
        });
    }
    session.record(event)?;
    session.commit()?;
    crash::point("approved");
    for found in rejected {
        paths.insert(spool.take_back(&found, &format!("approved-{}", waiting.computer_id))?);
    }
    Ok(paths)
}

/// Digests of the request's files: each has a refusal of it in the batch's folder.
fn digests_of(
    spool: &Spool,
    date: &str,
    batch: &str,
    waiting: &WaitingRow,
) -> Result<BTreeSet<Digest>, OpsError> {
    let mut digests = BTreeSet::from([waiting.digest]);
    for path in spool.rejected_files(date, batch)? {
        if path.to_string_lossy().contains(".refusal")
            && path
                .extension()
                .is_some_and(|extension| extension == "json")
        {
            let notice = std::fs::read(&path)
                .ok()
                .and_then(|bytes| Envelope::read(&bytes).ok());
            let notice = notice.and_then(|envelope| RefusalNotice::read(&envelope.payload).ok());
            digests.extend(
                notice
                    .filter(|notice| notice.request == Some(waiting.document))
                    .map(|notice| notice.digest),
            );
        }
    }
    Ok(digests)
}

/// The file of a digest in the inbox. What cannot be read is not the one.
fn find_in_inbox(spool: &Spool, digest: Digest) -> Result<Option<InboxPath>, OpsError> {
    let inbox = spool.root().join(folders::INBOX);
    let listed = spool.list(&ListOptions::default())?;
    let is_it = |path: &InboxPath| {
        std::fs::read(inbox.join(path.as_path())).is_ok_and(|bytes| sha256(&[&bytes]) == digest)
    };
    let mut files = listed
        .into_iter()
        .filter(|file| file.kind == ListedKind::Regular && file.size <= MAX_FILE_BYTES as u64);
    Ok(files.find(|file| is_it(&file.path)).map(|file| file.path))
}

/// Whether the catalogue has this organization, for which an operator wants to vouch.
///
/// # Errors
/// [`OpsError::Refused`] with `unknown-organization`.
pub fn check_organization(
    signer: &Signer,
    clock: Moment,
    id: &crate::licence::Identifier,
) -> Result<(), OpsError> {
    let today = super::today::Today::of(signer, clock)?;
    crate::policy::admit::known::organization(&today.state(), id)?;
    Ok(())
}
