//! Witnesses: what devices have seen of the history (PROTOCOL section 9).

use super::taken::{Content, Document, Intake};
use crate::ledger::Reader;
use crate::ops::error::OpsError;
use crate::ops::signer::Signer;
use crate::spool::escape_path;
use crate::vault::Vault;
use crate::wire::Envelope;
use crate::wire::request::Request;
use crate::wire::response::{Checkpoint, HistoryPoint};

/// Stops the signer before anything is decided if its history lacks what a device has seen of it.
pub(super) fn check_witnesses(signer: &Signer, intake: &Intake) -> Result<(), OpsError> {
    let snapshot = signer.ledger.read()?;
    for document in &intake.documents {
        let Some(Content::Request(_, Some(witness)) | Content::OnDisk(_, Some(witness))) =
            &document.content
        else {
            continue;
        };
        let is_known = witness.origin != snapshot.origin()
            || snapshot.head_at(witness.size)? == Some(witness.head);
        if !is_known {
            return Err(OpsError::RolledBack {
                file: file_of(intake, document),
                size: witness.size,
            });
        }
    }
    Ok(())
}

fn file_of(intake: &Intake, document: &Document) -> String {
    document
        .first_file(&intake.files)
        .map_or_else(String::new, |file| escape_path(&file.path))
}

/// What a device has seen. A witness counts only if one of the signer's own keys signed it.
pub(super) fn own_witness(vault: &Vault, request: &Request) -> Option<HistoryPoint> {
    let envelope = Envelope::read(request.witness.as_deref()?).ok()?;
    let checkpoint = vault
        .trust_store()
        .verify_document::<Checkpoint>(&envelope, |checkpoint| checkpoint.issued_at);
    checkpoint.ok().map(|checkpoint| checkpoint.point)
}
