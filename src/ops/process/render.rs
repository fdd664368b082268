//! Step 5 of the main job: from committed answers to signed files, the same bytes each time.

use super::recorded::{checkpoints, kind_of};
use crate::ledger::Reader;
use crate::ops::damage::Damage;
use crate::ops::defect::Defect;
use crate::ops::error::OpsError;
use crate::ops::records::{AnswerForm, AnswerRecord, Signed, TRUST_LISTS, read_json};
use crate::ops::signer::Signer;
use crate::render::bundle::{BundleContent, file_stem, zip};
use crate::render::picture::Picture;
use crate::vault::Vault;
use crate::wire::qr::{Deflater, parts_of};
use crate::wire::response::{Activation, TrustList};
use crate::wire::{Envelope, Kind};
use crate::words::readme::{self, ReadmeFacts};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What several answers share: signed and drawn once.
pub(super) struct Shared {
    /// Trust lists by version.
    trust_lists: BTreeMap<u64, SharedList>,
    /// Checkpoint envelopes as JSON, by size of the history.
    checkpoints: BTreeMap<u64, Vec<u8>>,
}

/// A trust list as bundles hold it.
struct SharedList {
    /// Its envelope as JSON.
    json: Vec<u8>,
    /// Its QR codes.
    png: Vec<u8>,
    /// What it says.
    list: TrustList,
}

/// A file of the outbox, relative to the batch's folder.
pub(super) struct OutputFile {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl Shared {
    pub(super) fn of(
        signer: &Signer,
        reader: &impl Reader,
        answers: &[AnswerRecord],
    ) -> Result<Self, OpsError> {
        let bundles: Vec<&AnswerRecord> = answers
            .iter()
            .filter(|answer| answer.form == AnswerForm::Activation)
            .collect();
        let mut trust_lists = BTreeMap::new();
        for version in bundles.iter().map(|answer| answer.trust_list) {
            if let Entry::Vacant(entry) = trust_lists.entry(version) {
                entry.insert(trust_list(reader, version)?);
            }
        }
        let mut signed = BTreeMap::new();
        for (size, checkpoint) in checkpoints(reader, &bundles)? {
            signed.insert(
                size,
                sign(&signer.vault, Kind::Checkpoint, &checkpoint)?.to_json(),
            );
        }
        Ok(Self {
            trust_lists,
            checkpoints: signed,
        })
    }
}

fn trust_list(reader: &impl Reader, version: u64) -> Result<SharedList, OpsError> {
    let unreadable = |fault| Damage::TrustList { version, fault };
    let text: Option<String> = read_json(reader, TRUST_LISTS, version)?;
    let text = text.ok_or(Damage::NoTrustList { version })?;
    let envelope = Envelope::read(text.as_bytes()).map_err(unreadable)?;
    let png = Picture::of(&qr_parts(&envelope)?)?.png()?;
    let list = TrustList::read(&envelope.payload).map_err(unreadable)?;
    Ok(SharedList {
        json: text.into_bytes(),
        png,
        list,
    })
}

/// The QR codes of a document; a text that is too long for them has none.
pub(super) fn qr_parts(envelope: &Envelope) -> Result<Vec<String>, OpsError> {
    thread_local!(static DEFLATER: RefCell<Box<Deflater>> = RefCell::default());
    let text = DEFLATER.with_borrow_mut(|deflater| deflater.text_of(envelope))?;
    Ok(parts_of(&text)?)
}

/// Signs a recorded payload with the key that it was committed for, and verifies the signature
/// before it leaves.
pub(super) fn sign(vault: &Vault, kind: Kind, signed: &Signed) -> Result<Envelope, OpsError> {
    let key = vault.signing_key_by_id(&signed.key_id);
    let key = key.ok_or(Damage::NoSigningKey { id: signed.key_id })?;
    let envelope = key.sign(kind, signed.payload.clone().into_bytes());
    crate::seal::verify_with(&envelope, kind, &key.public()).map_err(OpsError::OwnSignature)?;
    Ok(envelope)
}

/// The files of an answer, the same bytes each time.
pub(super) fn files(
    vault: &Vault,
    answer: &AnswerRecord,
    shared: &Shared,
) -> Result<Vec<OutputFile>, OpsError> {
    let signed = Signed {
        payload: answer.payload.clone(),
        key_id: answer.key_id,
    };
    let envelope = sign(vault, kind_of(answer.form), &signed)?;
    if envelope.document_id() != answer.document {
        let request = answer.request;
        return Err(OpsError::OtherAnswer { request });
    }
    let path = |ending: &str| format!("{}/{}.{ending}", answer.organization, answer.stem);
    if answer.form == AnswerForm::Receipt {
        return Ok(vec![OutputFile {
            path: path("receipt.json"),
            bytes: envelope.to_json(),
        }]);
    }
    let parts = qr_parts(&envelope)?;
    let picture = Picture::of(&parts)?;
    let png = picture.png()?;
    let drawn = Drawn {
        envelope: &envelope,
        parts: parts.len(),
        png: &png,
    };
    let bundle = zip(&bundle_of(vault, answer, &drawn, shared)?)?;
    Ok(vec![
        OutputFile {
            path: path("zip"),
            bytes: bundle,
        },
        OutputFile {
            path: path("png"),
            bytes: png,
        },
        OutputFile {
            path: path("svg"),
            bytes: picture.svg().into_bytes(),
        },
    ])
}

/// A signed activation and its picture.
struct Drawn<'a> {
    envelope: &'a Envelope,
    /// QR codes in the picture.
    parts: usize,
    png: &'a [u8],
}

fn bundle_of(
    vault: &Vault,
    answer: &AnswerRecord,
    drawn: &Drawn<'_>,
    shared: &Shared,
) -> Result<BundleContent, OpsError> {
    let request = answer.request;
    let trust_list = shared
        .trust_lists
        .get(&answer.trust_list)
        .ok_or(Defect::NotGathered { request })?;
    let checkpoint = shared
        .checkpoints
        .get(&answer.checkpoint)
        .ok_or(Defect::NotGathered { request })?;
    let activation = Activation::read(&drawn.envelope.payload)
        .map_err(|fault| Damage::Answer { request, fault })?;
    let types = &answer.computer_key_types;
    let computer_key = match types.is_empty() {
        true => None,
        false => Some(super::computer_key::text(
            vault,
            &activation,
            types,
            &trust_list.list,
            answer.key_id,
        )?),
    };
    Ok(BundleContent {
        activation: drawn.envelope.to_json(),
        trust_list: trust_list.json.clone(),
        checkpoint: checkpoint.clone(),
        qr_png: drawn.png.to_vec(),
        readme: readme_of(answer, activation, drawn.parts)?,
        computer_key,
        trust_list_png: answer.trust_list_picture.then(|| trust_list.png.clone()),
        issued_at: answer.issued_at,
    })
}

/// `README.txt` as it was committed.
fn readme_of(
    answer: &AnswerRecord,
    activation: Activation,
    qr_parts: usize,
) -> Result<String, OpsError> {
    let request = answer.request;
    let record = answer.readme.as_ref();
    let record = record.ok_or(Damage::NoReadme { request })?;
    if record.version != readme::VERSION {
        return Err(OpsError::ReadmeVersion {
            request,
            found: record.version,
            known: readme::VERSION,
        });
    }
    let file_stem = file_stem(
        &activation.computer_name,
        &activation.activation_id,
        activation.sequence,
    );
    Ok(readme::text(&ReadmeFacts {
        computer_name: activation.computer_name,
        computer_id: activation.computer_id,
        organization: record.organization.clone(),
        product: record.product.clone(),
        plan: activation.plan,
        licences: activation.licences,
        validity: activation.validity,
        file_stem,
        qr_parts,
        has_computer_key: !answer.computer_key_types.is_empty(),
        has_trust_list_picture: answer.trust_list_picture,
        contact: record.contact.clone(),
    }))
}
