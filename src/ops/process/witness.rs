//! Checkpoints that devices carry back: a vault that was rolled back shows by them (PROTOCOL section 9).

use super::intake::{Content, Document, Intake};
use crate::ledger::Reader;
use crate::ops::error::OpsError;
use crate::ops::signer::Signer;
use crate::seal::Verified;
use crate::spool::escape_path;
use crate::vault::Vault;
use crate::wire::Envelope;
use crate::wire::request::Request;
use crate::wire::response::Checkpoint;

/// Every witness of this signer must be in the history, before anything is decided: else the signer stops.
///
/// A made-up witness counts for nothing: only one that the signer's own keys signed, for the present history.
pub(super) fn check_witnesses(signer: &Signer, intake: &Intake) -> Result<(), OpsError> {
    let snapshot = signer.ledger.read()?;
    for document in &intake.documents {
        let Content::Request(request) = &document.content else { continue };
        check_witness(signer, &snapshot, request, || file_of(intake, document))?;
    }
    Ok(())
}

fn file_of(intake: &Intake, document: &Document) -> String {
    let file = document.files.first().and_then(|(file, _)| intake.files.get(*file));
    file.map_or_else(String::new, |file| escape_path(&file.work.inbox_path))
}

pub(super) fn check_witness(
    signer: &Signer,
    reader: &impl Reader,
    request: &Request,
    file: impl FnOnce() -> String,
) -> Result<Option<u64>, OpsError> {
    let Some(witness) = own_witness(&signer.vault, request).filter(|w| w.point.origin == reader.origin()) else {
        return Ok(None);
    };
    if reader.head_at(witness.point.size)? == Some(witness.point.head) {
        return Ok(Some(witness.point.size));
    }
    Err(OpsError::RolledBack { file: file(), size: witness.point.size })
}

fn own_witness(vault: &Vault, request: &Request) -> Option<Checkpoint> {
    let envelope = Envelope::read(request.witness.as_deref()?).ok()?;
    vault.trust_store().verify_document::<Checkpoint>(&envelope, |checkpoint| checkpoint.issued_at).ok().map(Verified::into_inner)
}
