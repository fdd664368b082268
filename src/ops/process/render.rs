//! Step 5 of the main job: from committed answers to signed files, the same bytes each time.

use super::decide::Answers;
use super::recorded::{checkpoints, kind_of};
use crate::ledger::Reader;
use crate::ops::error::OpsError;
use crate::ops::records::{AnswerForm, AnswerRecord, Signed, TRUST_LISTS, read_json};
use crate::ops::signer::Signer;
use crate::render::bundle::{BundleContent, zip};
use crate::render::picture::Picture;
use crate::vault::Vault;
use crate::wire::qr::{parts_of, text_of};
use crate::wire::{Envelope, Kind};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What several answers share: signed and drawn once.
pub(super) struct Shared {
    /// Trust-list envelopes as JSON, by version, with their picture.
    trust_lists: BTreeMap<u64, (Vec<u8>, Vec<u8>)>,
    /// Checkpoint envelopes as JSON, by size of the history.
    checkpoints: BTreeMap<u64, Vec<u8>>,
}

/// A file of the outbox, relative to the batch's folder.
pub(super) struct OutputFile {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl Shared {
    pub(super) fn of(signer: &Signer, reader: &impl Reader, answers: &Answers) -> Result<Self, OpsError> {
        let bundles: Vec<&AnswerRecord> = answers.values().filter(|answer| answer.form == AnswerForm::Activation).collect();
        let mut trust_lists = BTreeMap::new();
        for version in bundles.iter().map(|answer| answer.trust_list) {
            if let Entry::Vacant(entry) = trust_lists.entry(version) {
                entry.insert(trust_list(reader, version)?);
            }
        }
        let mut signed = BTreeMap::new();
        for (size, checkpoint) in checkpoints(reader, &bundles)? {
            signed.insert(size, sign(&signer.vault, Kind::Checkpoint, &checkpoint)?.to_json());
        }
        Ok(Self { trust_lists, checkpoints: signed })
    }
}

fn trust_list(reader: &impl Reader, version: u64) -> Result<(Vec<u8>, Vec<u8>), OpsError> {
    let lost = || OpsError::Lost(format!("version {version} of the trust list"));
    let text: String = read_json(reader, TRUST_LISTS, version)?.ok_or_else(lost)?;
    let envelope = Envelope::read(text.as_bytes()).map_err(|_| lost())?;
    let png = Picture::of(&qr_parts(&envelope)?)?.png()?;
    Ok((text.into_bytes(), png))
}

/// The QR codes of a document; a text that is too long for them has none.
pub(super) fn qr_parts(envelope: &Envelope) -> Result<Vec<String>, OpsError> {
    let unfit = |error: &dyn std::fmt::Display| OpsError::OwnSignature(error.to_string());
    let text = text_of(envelope).map_err(|error| unfit(&error))?;
    parts_of(&text).map_err(|error| unfit(&error))
}

/// Signs a recorded payload with the key that it was committed for, and verifies the signature before it leaves.
pub(super) fn sign(vault: &Vault, kind: Kind, signed: &Signed) -> Result<Envelope, OpsError> {
    let key = vault.signing_key_by_id(&signed.key_id);
    let key = key.ok_or_else(|| OpsError::Lost(format!("the signing key {}", signed.key_id)))?;
    let envelope = key.sign(kind, signed.payload.clone().into_bytes());
    crate::seal::verify_with(&envelope, kind, &key.public()).map_err(|error| OpsError::OwnSignature(error.to_string()))?;
    Ok(envelope)
}

/// The files of an answer, the same bytes each time.
pub(super) fn files(vault: &Vault, answer: &AnswerRecord, shared: &Shared) -> Result<Vec<OutputFile>, OpsError> {
    let signed = Signed { payload: answer.payload.clone(), key_id: answer.key_id };
    let envelope = sign(vault, kind_of(answer.form), &signed)?;
    if envelope.document_id() != answer.document {
        return Err(OpsError::OwnSignature(format!("the answer to {} is not the one that was recorded", answer.request)));
    }
    let path = |ending: &str| format!("{}/{}.{ending}", answer.organization, answer.stem);
    if answer.form == AnswerForm::Receipt {
        return Ok(vec![OutputFile { path: path("receipt.json"), bytes: envelope.to_json() }]);
    }
    let picture = Picture::of(&qr_parts(&envelope)?)?;
    let png = picture.png()?;
    let bundle = zip(&bundle_of(answer, &envelope, png.clone(), shared)?)?;
    Ok(vec![
        OutputFile { path: path("zip"), bytes: bundle },
        OutputFile { path: path("png"), bytes: png },
        OutputFile { path: path("svg"), bytes: picture.svg().into_bytes() },
    ])
}

fn bundle_of(answer: &AnswerRecord, envelope: &Envelope, png: Vec<u8>, shared: &Shared) -> Result<BundleContent, OpsError> {
    let lost = |what: &str| OpsError::Lost(format!("{what} of the answer to {}", answer.request));
    let (trust_list, trust_list_png) = shared.trust_lists.get(&answer.trust_list).ok_or_else(|| lost("the trust list"))?;
    let checkpoint = shared.checkpoints.get(&answer.checkpoint).ok_or_else(|| lost("the checkpoint"))?;
    Ok(BundleContent {
        activation: envelope.to_json(),
        trust_list: trust_list.clone(),
        checkpoint: checkpoint.clone(),
        qr_png: png,
        readme: answer.readme.clone(),
        computer_key: None,
        trust_list_png: answer.trust_list_picture.then(|| trust_list_png.clone()),
        issued_at: answer.issued_at,
    })
}
