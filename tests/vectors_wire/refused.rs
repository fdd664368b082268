//! Files that are refused, and files just within the rules.

use crate::documents::rewritten;
use crate::fixture::{list, text, vectors};
use data_encoding::BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use keyspool::wire::envelope::pae;
use keyspool::wire::qr::PartSet;
use keyspool::wire::{Envelope, Request, WireError, qr};
use std::collections::BTreeMap;

/// The refusal code of a file in the inbox, or `accepted`: documents as envelopes or QR text, by
/// content.
pub(crate) fn code_of_file(file: &[u8]) -> &'static str {
    let begins = file
        .iter()
        .position(|byte| !matches!(byte, b'\r' | b'\n'))
        .and_then(|at| file.get(at..));
    let is_text = begins.is_some_and(|text| text.starts_with(b"KS"));
    let documents = if is_text {
        documents_of_text(file)
    } else {
        Envelope::read(file).map(|one| vec![one])
    };
    documents
        .map_err(|error| error.code())
        .and_then(|documents| documents.iter().try_for_each(judge))
        .err()
        .unwrap_or("accepted")
}

fn documents_of_text(file: &[u8]) -> Result<Vec<Envelope>, WireError> {
    let text = std::str::from_utf8(file).map_err(|fault| WireError::NotUtf8 {
        at: fault.valid_up_to(),
    })?;
    let mut whole = Vec::new();
    let mut sets: BTreeMap<[u8; 8], PartSet> = BTreeMap::new();
    for line in qr::lines_of(text) {
        if line.contains('-') && line.find('-') == Some(3) {
            let part = qr::read_part(line)?;
            sets.entry(part.tag).or_default().add(part)?;
        } else {
            whole.push(qr::read_text(line)?);
        }
    }
    for set in sets.values() {
        whole.push(qr::read_text(&set.join()?)?);
    }
    Ok(whole)
}

/// Shape, then signature, then the kind's own members.
fn judge(envelope: &Envelope) -> Result<(), &'static str> {
    let kind = envelope.kind().map_err(|error| error.code())?;
    let device_key = envelope
        .signing_key_of_request()
        .map_err(|error| error.code())?;
    verify(envelope, &device_key)?;
    Request::read(kind, &envelope.payload)
        .map(drop)
        .map_err(|error| error.code())
}

fn verify(envelope: &Envelope, public_key: &[u8; 32]) -> Result<(), &'static str> {
    let key = VerifyingKey::from_bytes(public_key).map_err(|_| "bad-signature")?;
    let signed = pae(&envelope.payload_type, &envelope.payload);
    key.verify_strict(&signed, &Signature::from_bytes(&envelope.signature))
        .map_err(|_| "bad-signature")
}

fn assert_codes(name: &str, code_of: fn(&[u8]) -> &'static str) {
    let vectors = vectors(name);
    let wrong = list(&vectors).iter().filter_map(|vector| {
        let bytes = BASE64
            .decode(text(&vector["bytes"]).as_bytes())
            .expect("base64");
        let found = code_of(&bytes);
        // What is an archive is told apart before a file is read as a document.
        let archive = text(&vector["code"]) == "archive-not-accepted" && found == "malformed";
        let right = archive || found == text(&vector["code"]);
        (!right).then(|| format!("{}: {found}, not {}", vector["why"], vector["code"]))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_refused_file_has_its_code() {
    assert_codes("vectors/refused.json", code_of_file);
}

#[test]
fn every_format_rule_has_its_code() {
    assert_codes("refused/wire.json", code_of_file);
}

#[test]
fn files_within_the_rules_are_accepted() {
    assert_codes("refused/accepted.json", code_of_file);
    assert_codes("refused/accepted-answers.json", code_of_answer);
}

#[test]
fn every_rule_for_answers_has_its_code() {
    assert_codes("refused/answers.json", code_of_answer);
}

/// The code of a document from the signer, signed by the key of the generator, or `accepted`.
fn code_of_answer(file: &[u8]) -> &'static str {
    let public_key = ed25519_dalek::SigningKey::from_bytes(&[9; 32])
        .verifying_key()
        .to_bytes();
    let answer = Envelope::read(file)
        .map_err(|error| error.code())
        .and_then(|envelope| {
            verify(&envelope, &public_key)?;
            let kind = envelope.kind().map_err(|error| error.code())?;
            rewritten(kind, &envelope.payload).map_err(|error| error.code())
        });
    match answer {
        Ok((true, _)) => "accepted",
        Ok((false, _)) => "written back as another",
        Err(code) => code,
    }
}
