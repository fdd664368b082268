//! The vectors of the protocol that concern bytes: codes, documents, QR text, Computer Keys,
//! history, refusals.

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, VerifyingKey};
use keyspool::licence::code::{self, LineError};
use keyspool::licence::{ComputerId, Counts, Digest, Identifier, LineKind, Plan};
use keyspool::wire::computer_key::ComputerKey;
use keyspool::wire::envelope::pae;
use keyspool::wire::qr::{self, PartSet};
use keyspool::wire::response::{
    Activation, Checkpoint, Manifest, Receipt, RefusalNotice, TrustList,
};
use keyspool::wire::{Envelope, Kind, Request, WireError, hash, history};
use serde_json::Value;
use std::collections::BTreeMap;

fn vectors(name: &str) -> Value {
    let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the fixture is in the repository");
    serde_json::from_str(&text).expect("the fixture is JSON")
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("an array in the fixture")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string in the fixture")
}

fn bytes_of<const N: usize>(base64: &Value) -> [u8; N] {
    BASE64
        .decode(text(base64).as_bytes())
        .expect("base64")
        .try_into()
        .expect("of the right length")
}

fn identifier(value: &Value) -> Identifier {
    Identifier::new(text(value)).expect("an identifier in the fixture")
}

/// Every document of `documents.json`: requests, then answers.
fn documents() -> Vec<Value> {
    let vectors = vectors("vectors/documents.json");
    list(&vectors["requests"])
        .iter()
        .chain(list(&vectors["answers"]))
        .cloned()
        .collect()
}

fn envelope(document: &Value) -> Envelope {
    Envelope::read(document["envelope"].to_string().as_bytes()).expect("an envelope of the fixture")
}

#[test]
fn lines_are_written_and_read_as_the_vectors_say() {
    for vector in list(&vectors("vectors/codes.json")["lines"]) {
        let bytes = HEXLOWER
            .decode(text(&vector["bytes"]).as_bytes())
            .expect("hex")
            .try_into()
            .expect("15 bytes");
        let number =
            u8::try_from(vector["kind"].as_u64().expect("a number")).expect("a small number");
        let kind = LineKind::from_number(number).expect("a kind");
        assert_eq!(code::write_line(&bytes, kind), text(&vector["line"]));
        assert_eq!(code::read_line(text(&vector["line"]), kind), Ok(bytes));
    }
}

#[test]
fn wrong_codes_say_what_failed_and_which_kind_would_fit() {
    for vector in list(&vectors("vectors/codes.json")["refused_as_computer_id"]) {
        let error = ComputerId::read(text(&vector["text"])).expect_err("a wrong code");
        let (word, fits) = match error {
            LineError::Length { .. } => ("length", None),
            LineError::Alphabet { .. } => ("alphabet", None),
            LineError::Check { fits, .. } => ("check", fits.map(|kind| u64::from(kind.number()))),
        };
        assert_eq!(word, text(&vector["error"]), "{vector}");
        if let Some(kind) = vector["fits_kind"].as_u64() {
            assert_eq!(fits, Some(kind), "{vector}");
        }
    }
}

#[test]
fn codes_are_read_as_people_type_them() {
    for vector in list(&vectors("vectors/codes.json")["read_as_computer_id"]) {
        assert_eq!(
            ComputerId::read(text(&vector["text"])).map(|id| id.to_string()),
            Ok(text(&vector["line"]).into())
        );
    }
}

#[test]
fn computer_ids_and_key_ids_follow_from_device_keys() {
    for generation in list(&vectors("vectors/devices.json"))
        .iter()
        .flat_map(|device| list(&device["generations"]))
    {
        let device_key = bytes_of::<32>(&generation["device_key"]);
        assert_eq!(
            hash::computer_id(&device_key).to_string(),
            text(&generation["computer_id"])
        );
        assert_eq!(
            hash::key_id(&device_key).to_string(),
            text(&generation["key_id"])
        );
    }
}

#[test]
fn signed_bytes_and_document_ids_are_those_of_the_vectors() {
    for document in documents()
        .iter()
        .filter(|document| document.get("pae_hex").is_some())
    {
        let envelope = envelope(document);
        assert_eq!(
            HEXLOWER.encode(&pae(&envelope.payload_type, &envelope.payload)),
            text(&document["pae_hex"])
        );
        assert_eq!(
            envelope.document_id().to_string(),
            text(&document["document_id"])
        );
    }
}

#[test]
fn envelopes_are_written_as_they_were_read() {
    for document in documents() {
        let envelope = envelope(&document);
        assert_eq!(Envelope::read(&envelope.to_json()), Ok(envelope.clone()));
        let written: Value = serde_json::from_slice(&envelope.to_json()).expect("JSON");
        assert_eq!(written, document["envelope"]);
    }
}

#[test]
fn qr_text_and_its_parts_read_back_as_the_envelope() {
    for document in documents()
        .iter()
        .filter(|document| document.get("qr_text").is_some())
    {
        let qr_text = text(&document["qr_text"]);
        assert_eq!(qr::read_text(qr_text), Ok(envelope(document)));
        let mut set = PartSet::new();
        for part in list(&document["qr_parts"]).iter().rev() {
            set.add(qr::read_part(text(part)).expect("a part"))
                .expect("a part of the set");
        }
        assert_eq!(set.join().as_deref(), Ok(qr_text));
    }
}

#[test]
fn qr_text_that_we_write_is_the_same_document() {
    for document in documents()
        .iter()
        .filter(|document| document.get("qr_text").is_some())
    {
        let envelope = envelope(document);
        let written = qr::text_of(&envelope).expect("a kind that travels as QR");
        assert_eq!(qr::read_text(&written), Ok(envelope));
    }
}

#[test]
fn requests_are_read_and_written_back() {
    for document in list(&vectors("vectors/documents.json")["requests"]) {
        let envelope = envelope(document);
        let kind = envelope.kind().expect("a known kind");
        let request = Request::read(kind, &envelope.payload).expect("a request of the fixture");
        assert_eq!(request.kind(), kind);
        assert_eq!(envelope.signing_key_of_request(), Ok(request.device_key));
        assert_eq!(
            Request::read(kind, &request.to_payload()),
            Ok(request.clone())
        );
        if kind != Kind::SystemDescription {
            // A fingerprint's components are kept sorted: only there may the order differ from the
            // vector's.
            assert_eq!(request.to_payload(), envelope.payload);
        }
    }
}

/// Reads an answer, writes it, reads it again; says whether the two readings agree, and gives what
/// was written.
fn rewritten(kind: Kind, payload: &[u8]) -> Result<(bool, Vec<u8>), WireError> {
    macro_rules! rewrite {
        ($type:ty) => {{
            let document = <$type>::read(payload)?;
            let written = document.to_payload();
            (<$type>::read(&written)? == document, written)
        }};
    }
    Ok(match kind {
        Kind::Activation => rewrite!(Activation),
        Kind::Receipt => rewrite!(Receipt),
        Kind::Refusal => rewrite!(RefusalNotice),
        Kind::TrustList => rewrite!(TrustList),
        Kind::Manifest => rewrite!(Manifest),
        Kind::Checkpoint => rewrite!(Checkpoint),
        request => {
            let document = Request::read(request, payload)?;
            let written = document.to_payload();
            (Request::read(request, &written)? == document, written)
        }
    })
}

#[test]
fn answers_are_read_and_written_back() {
    for document in list(&vectors("vectors/documents.json")["answers"]) {
        let envelope = envelope(document);
        let kind = envelope.kind().expect("a known kind");
        let (same, written) = rewritten(kind, &envelope.payload).expect("an answer of the fixture");
        assert!(same, "{kind}");
        if !matches!(kind, Kind::Activation | Kind::TrustList) {
            assert_eq!(written, envelope.payload, "{kind}");
        }
    }
}

#[test]
fn the_activation_of_the_vectors_says_what_it_says() {
    let vectors = vectors("vectors/documents.json");
    let activation =
        Activation::read(&envelope(&vectors["answers"][0]).payload).expect("an activation");
    assert_eq!(activation.sequence, 3);
    assert_eq!(activation.plan, Plan::Subscription);
    assert_eq!(activation.licences.to_string(), "16 core, 4 universal");
    assert_eq!(
        activation
            .fingerprint
            .as_ref()
            .map(|(parts, min)| (parts.len(), *min)),
        Some((3, 2))
    );
    assert_eq!(activation.notify_days, [30, 14, 7]);
}

#[test]
fn computer_keys_are_those_of_the_vectors() {
    let vector = vectors("vectors/computer-key.json");
    let lines: Vec<&str> = list(&vector["lines"]).iter().map(text).collect();
    let (key, signature) = ComputerKey::read_lines(&lines).expect("a Computer Key");
    assert_eq!(key.to_lines(&signature).expect("values that fit"), lines);
    assert_eq!(key.plan.as_str(), text(&vector["means"]["plan"]));
    assert_eq!(
        key.validity.valid_from.to_string(),
        text(&vector["means"]["valid_from"])
    );
    assert_eq!(
        key.validity
            .valid_until
            .map(|day| day.to_string())
            .as_deref(),
        vector["means"]["valid_until"].as_str()
    );
    assert_eq!(
        key.validity
            .grace_until
            .map(|day| day.to_string())
            .as_deref(),
        vector["means"]["grace_until"].as_str()
    );
    assert_eq!(u64::from(key.sequence), vector["means"]["sequence"]);
    assert_eq!(key.licences, [(0, 16), (1, 4)]);
    let computer_id =
        ComputerId::from_canonical(text(&vector["computer_id"])).expect("a Computer ID");
    let signed = key.signed_bytes(
        &identifier(&vector["organization"]),
        &identifier(&vector["product"]),
        &computer_id,
    );
    let public_key =
        VerifyingKey::from_bytes(&bytes_of(&vector["public_key"])).expect("a public key");
    let verified = public_key.verify_strict(
        &signed.expect("values that fit"),
        &Signature::from_bytes(&signature),
    );
    assert!(verified.is_ok(), "{verified:?}");
}

#[test]
fn heads_of_the_history_are_those_of_the_vectors() {
    let vector = vectors("vectors/history.json");
    let mut heads = vec![history::first_head()];
    for entry in list(&vector["entries"]) {
        let next = history::next_head(&heads[heads.len() - 1], text(entry).as_bytes());
        heads.push(next);
    }
    let expected: Vec<Digest> = list(&vector["heads"])
        .iter()
        .map(|head| Digest::read(text(head)).expect("a head"))
        .collect();
    assert_eq!(heads, expected);
}

/// The refusal code of a file in the inbox, or `accepted`: documents as envelopes or QR text, by
/// content.
fn code_of_file(file: &[u8]) -> &'static str {
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
    let mut sets = BTreeMap::new();
    for line in qr::lines_of(text) {
        if line.contains('-') && line.find('-') == Some(3) {
            let part = qr::read_part(line)?;
            sets.entry(part.tag)
                .or_insert_with(PartSet::new)
                .add(part)?;
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
fn every_refused_file_has_the_code_of_the_vectors() {
    assert_codes("vectors/refused.json", code_of_file);
}

#[test]
fn every_format_rule_refuses_with_its_code() {
    assert_codes("refused/wire.json", code_of_file);
}

#[test]
fn what_is_just_within_the_rules_is_accepted() {
    assert_codes("refused/accepted.json", code_of_file);
    assert_codes("refused/accepted-answers.json", code_of_answer);
}

#[test]
fn every_rule_for_answers_refuses_with_its_code() {
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

/// A small generator of pseudo-random numbers (splitmix64): the same mutations in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from(
            (mixed ^ (mixed >> 31)) % u64::try_from(limit.max(1)).expect("a small limit"),
        )
        .expect("below the limit")
    }

    /// One to three bytes flipped, cut, repeated or inserted.
    fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                1 => bytes.truncate(at),
                2 => bytes.insert(at, b"{}[]\",:\\0 -n\0\xff\x80"[self.below(15)]),
                3 if !bytes.is_empty() => drop(bytes.remove(at)),
                _ => bytes.extend_from_within(at..(at + self.below(40)).min(bytes.len())),
            }
        }
        bytes
    }
}

#[test]
fn no_mutated_document_makes_a_reader_panic() {
    let mut numbers = Numbers(20_261_122);
    for document in documents() {
        let envelope = envelope(&document);
        let kind = envelope.kind().expect("a known kind");
        for _ in 0..400 {
            let _ = code_of_file(&numbers.mutate(&envelope.to_json()));
            let _ = rewritten(kind, &numbers.mutate(&envelope.payload));
        }
    }
}

#[test]
fn no_mutated_qr_text_makes_a_reader_panic() {
    let mut numbers = Numbers(2);
    for document in documents()
        .iter()
        .filter(|document| document.get("qr_text").is_some())
    {
        let parts: Vec<&str> = list(&document["qr_parts"]).iter().map(text).collect();
        for _ in 0..400 {
            let _ = code_of_file(&numbers.mutate(text(&document["qr_text"]).as_bytes()));
            let _ = code_of_file(&numbers.mutate(parts.join("\n").as_bytes()));
        }
    }
}

#[test]
fn no_mutated_computer_key_makes_a_reader_panic() {
    let mut numbers = Numbers(3);
    let vector = vectors("vectors/computer-key.json");
    let lines: Vec<&str> = list(&vector["lines"]).iter().map(text).collect();
    for _ in 0..4_000 {
        let mutated = numbers.mutate(lines.join("\n").as_bytes());
        let _ = ComputerKey::read_text(&String::from_utf8_lossy(&mutated));
    }
}

#[test]
fn a_file_still_being_copied_is_told_from_a_wrong_one() {
    for document in documents() {
        let file = envelope(&document).to_json();
        for end in 0..file.len() {
            let cut = Envelope::read(&file[..end]).expect_err("a cut file");
            assert!(cut.ends_early(), "{end}: {cut}");
        }
        if let Some(qr_text) = document.get("qr_text").map(text) {
            // Two characters of a cut group of three read as a wrong byte, after which anything may
            // follow.
            for end in (1..qr_text.len()).filter(|end| *end < 4 || (end - 4) % 3 != 2) {
                let cut = qr::read_text(&qr_text[..end]).expect_err("a cut text");
                assert!(cut.ends_early(), "{end}: {cut}");
            }
        }
    }
    let wrong = Envelope::read(b"{\"payloadType\":}").expect_err("a wrong file");
    assert!(!wrong.ends_early());
}

#[test]
fn counts_of_zero_mean_the_same_as_none() {
    let vectors = vectors("vectors/documents.json");
    let payload = envelope(&vectors["answers"][0]).payload;
    let spelled = String::from_utf8(payload)
        .expect("UTF-8")
        .replace("\"core\":16", "\"core\":0");
    let expected: Counts = [(Identifier::new("universal").expect("an identifier"), 4)]
        .into_iter()
        .collect();
    assert_eq!(
        Activation::read(spelled.as_bytes()).map(|activation| activation.licences),
        Ok(expected)
    );
}
