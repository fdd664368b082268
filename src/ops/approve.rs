//! `activation approve`: an operator's word for a device that waits, or for seats that are held.

use super::crash;
use super::error::OpsError;
use super::session::Session;
use super::signer::Signer;
use crate::licence::{ComputerId, Digest, Moment};
use crate::policy::orders::{Approval, approve};
use crate::policy::state::WaitingRow;
use crate::spool::{ListOptions, ListedKind, MAX_FILE_BYTES, Spool};
use crate::wire::sha256;

/// What an approval would do; nothing is changed yet.
///
/// # Errors
/// [`OpsError::Refused`] with `not-needed` where nothing waits.
pub fn plan(session: &Session<'_>, id: &ComputerId, reason: &str) -> Result<Approval, OpsError> {
    Ok(approve(&session.state(), id, reason.to_owned(), session.today())?)
}

/// Gives held seats back.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn release_seats(mut session: Session<'_>, event: &crate::policy::Event) -> Result<(), OpsError> {
    session.record(event)?;
    session.commit()?;
    Ok(())
}

/// Records the approval of a waiting request, and takes its file from `rejected/` back into the inbox, where it is judged anew.
/// A file that lies there already, since an approval before this one was cut off, stays.
///
/// # Errors
/// [`OpsError::WaitingFileGone`] before anything is recorded; [`OpsError::Ledger`], [`OpsError::Spool`].
pub fn take_back(
    mut session: Session<'_>,
    spool: &Spool,
    event: &crate::policy::Event,
    waiting: &WaitingRow,
) -> Result<(), OpsError> {
    let found = spool.find_rejected(&waiting.on.to_string(), waiting.batch.as_str(), waiting.digest)?;
    if found.is_none() && !is_in_inbox(spool, waiting.digest)? {
        let folder = spool.root().join("rejected").join(format!("{}-{}", waiting.on, waiting.batch));
        return Err(OpsError::WaitingFileGone { file: waiting.file.clone(), folder });
    }
    session.record(event)?;
    session.commit()?;
    crash::point("approved");
    if let Some(found) = found {
        spool.take_back(&found, &format!("approved-{}", waiting.computer_id))?;
    }
    Ok(())
}

/// Whether a file of this digest lies in the inbox. What cannot be read is not the one.
fn is_in_inbox(spool: &Spool, digest: Digest) -> Result<bool, OpsError> {
    let inbox = spool.root().join("inbox");
    let listed = spool.list(&ListOptions::default())?;
    let files = listed.iter().filter(|file| file.kind == ListedKind::Regular && file.size <= MAX_FILE_BYTES as u64);
    let mut contents = files.filter_map(|file| std::fs::read(inbox.join(file.path.as_path())).ok());
    Ok(contents.any(|bytes| sha256(&[&bytes]) == digest))
}

/// Plans an approval by the clock, for a caller that asks before it goes on.
///
/// # Errors
/// As [`Session::begin`].
pub fn begin(signer: &Signer, clock: Moment) -> Result<Session<'_>, OpsError> {
    Session::begin(signer, clock)
}

/// Whether the catalogue has this organization, for which an operator wants to vouch.
///
/// # Errors
/// [`OpsError::Refused`] with `unknown-organization`.
pub fn check_organization(signer: &Signer, clock: Moment, id: &crate::licence::Identifier) -> Result<(), OpsError> {
    let today = super::today::Today::of(signer, clock)?;
    crate::policy::orders::organization(&today.state(), id)?;
    Ok(())
}
