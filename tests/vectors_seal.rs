//! The vectors of an independent implementation, held against signing and verifying.
#![allow(clippy::unwrap_used)]

use keyspool::device::documents_of_text;
use keyspool::licence::{ComputerId, Identifier, LicenceKey, LineKind, code};
use keyspool::seal::computer_key::{self, ComputerKeyRefused, Owner};
use keyspool::seal::generation::{fingerprint_value, from_verification_code};
use keyspool::seal::redeem::{licence_key_id, redeem_proof, verify_proof};
use keyspool::seal::{
    Acceptance, DeviceSecret, Generation, PublicKey, TrustStore, VerifyError, open_request,
    verify_request, verify_signed,
};
use keyspool::wire::envelope::{Envelope, pae};
use keyspool::wire::request::RequestBody;
use keyspool::wire::response::{Activation, Checkpoint, Receipt, RefusalNotice};
use serde_json::Value;
use zeroize::Zeroizing;

fn vectors(name: &str) -> Value {
    fixture(&format!("vectors/{name}"))
}

fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap()
}

fn identifier(value: &Value, member: &str) -> Identifier {
    Identifier::new(text(value, member)).unwrap()
}

fn base64<const N: usize>(text: &str) -> [u8; N] {
    data_encoding::BASE64
        .decode(text.as_bytes())
        .unwrap()
        .try_into()
        .unwrap()
}

fn hex<const N: usize>(text: &str) -> [u8; N] {
    data_encoding::HEXLOWER
        .decode(text.as_bytes())
        .unwrap()
        .try_into()
        .unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn envelope(entry: &Value) -> Envelope {
    Envelope::read(
        serde_json::to_string(&entry["envelope"])
            .unwrap()
            .as_bytes(),
    )
    .unwrap()
}

fn secret(device: &Value) -> DeviceSecret {
    DeviceSecret::from_bytes(Zeroizing::new(hex(text(device, "device_secret"))))
}

fn answers_of(kind: &str) -> Vec<Envelope> {
    let all: Vec<Envelope> = list(&vectors("documents")["answers"])
        .iter()
        .map(envelope)
        .collect();
    all.into_iter()
        .filter(|envelope| envelope.kind().unwrap().word() == kind)
        .collect()
}

fn trust_of_the_vectors() -> TrustStore {
    let first_root = base64(text(&vectors("documents"), "root"));
    match TrustStore::new(first_root)
        .accept(&answers_of("trust-list")[0])
        .unwrap()
    {
        Acceptance::Newer(store) => store,
        Acceptance::Unchanged => panic!("the first list is newer than none"),
    }
}

#[test]
fn every_generation_has_the_keys_and_codes_of_the_vectors() {
    for device in list(&vectors("devices")) {
        let product = identifier(device, "product");
        for entry in list(&device["generations"]) {
            let number = u32::try_from(entry["generation"].as_u64().unwrap()).unwrap();
            let generation = Generation::derive(&secret(device), &product, number);
            assert_eq!(*generation.verification_code(), hex::<15>(text(entry, "r")));
            assert_eq!(
                generation.signing_key().public().bytes(),
                base64::<32>(text(entry, "device_key"))
            );
            assert_eq!(
                generation.signing_key().key_id().to_string(),
                text(entry, "key_id")
            );
            assert_eq!(
                generation.computer_id().to_string(),
                text(entry, "computer_id")
            );
            assert_eq!(
                *generation.verification_line(),
                text(entry, "verification_code")
            );
        }
    }
}

#[test]
fn the_signer_knows_a_computer_id_by_its_verification_code() {
    for device in list(&vectors("devices")) {
        for entry in list(&device["generations"]) {
            let code =
                code::read_line(text(entry, "verification_code"), LineKind::VerificationCode)
                    .unwrap();
            let (key, computer_id) = from_verification_code(&code);
            assert_eq!(key.bytes(), base64::<32>(text(entry, "device_key")));
            assert_eq!(
                computer_id,
                ComputerId::from_canonical(text(entry, "computer_id")).unwrap()
            );
        }
    }
}

#[test]
fn fingerprints_are_the_pseudonyms_of_the_vectors() {
    for device in list(&vectors("devices")) {
        let fingerprint = &device["fingerprint"];
        for (component, raw) in fingerprint["raw"].as_object().unwrap() {
            let name = Identifier::new(component).unwrap();
            let value = fingerprint_value(
                &identifier(fingerprint, "product"),
                &name,
                raw.as_str().unwrap().as_bytes(),
            );
            assert_eq!(value.to_string(), text(&fingerprint["value"], component));
        }
    }
}

#[test]
fn redeem_proofs_are_those_of_the_vectors() {
    let vector = vectors("redeem");
    let key = LicenceKey::read(text(&vector, "licence_key")).unwrap();
    let organization = identifier(&vector, "organization");
    let device_key = base64(text(&vector, "device_key"));
    let counter = vector["counter"].as_u64().unwrap();
    let proof = base64(text(&vector, "proof"));
    assert_eq!(licence_key_id(&key).to_string(), text(&vector, "id"));
    assert_eq!(
        redeem_proof(&key, &organization, &device_key, counter),
        proof
    );
    assert!(verify_proof(
        &key,
        &organization,
        &device_key,
        counter,
        &proof
    ));
}

#[test]
fn requests_of_the_vectors_verify_and_signing_again_gives_the_same_bytes() {
    let device = &vectors("devices")[0];
    let generation = Generation::derive(&secret(device), &identifier(device, "product"), 1);
    for entry in list(&vectors("documents")["requests"]) {
        let envelope = envelope(entry);
        let request = verify_request(&envelope).unwrap();
        assert_eq!(
            request.document_id().to_string(),
            text(entry, "document_id")
        );
        assert_eq!(request.computer_id, generation.computer_id());
        let signed = pae(&envelope.payload_type, &envelope.payload);
        assert_eq!(
            data_encoding::HEXLOWER.encode(&signed),
            text(entry, "pae_hex")
        );
        assert_eq!(
            generation
                .signing_key()
                .sign(envelope.kind().unwrap(), envelope.payload.clone()),
            envelope
        );
    }
}

#[test]
fn the_request_of_the_vectors_proves_that_its_device_knows_the_licence_key() {
    let request = verify_request(&envelope(&vectors("documents")["requests"][0]))
        .unwrap()
        .into_inner();
    let key = LicenceKey::read(text(&vectors("redeem"), "licence_key")).unwrap();
    let RequestBody::SystemDescription(description) = request.body else {
        panic!("the first request is a system description");
    };
    let redeem = &description.redeem[0];
    assert_eq!(redeem.id, licence_key_id(&key));
    assert!(verify_proof(
        &key,
        &request.organization,
        &request.device_key,
        request.counter,
        &redeem.proof
    ));
}

#[test]
fn answers_of_the_vectors_verify_with_the_signing_key() {
    let key = PublicKey::from_bytes(&base64(text(&vectors("documents"), "signing_key"))).unwrap();
    let one = |kind| answers_of(kind).remove(0);
    assert_eq!(
        verify_signed::<Activation>(&one("activation"), &key)
            .unwrap()
            .sequence,
        3
    );
    assert_eq!(
        verify_signed::<Receipt>(&one("receipt"), &key)
            .unwrap()
            .sequence,
        3
    );
    assert_eq!(
        verify_signed::<RefusalNotice>(&one("refusal"), &key)
            .unwrap()
            .code,
        "bad-signature"
    );
    assert_eq!(
        verify_signed::<Checkpoint>(&one("checkpoint"), &key)
            .unwrap()
            .point
            .size,
        3
    );
}

#[test]
fn the_trust_lists_of_the_vectors_lead_from_the_first_root_to_the_second() {
    let store = trust_of_the_vectors();
    assert_eq!(
        *store.pinned_root(),
        base64::<32>(text(&vectors("documents"), "root"))
    );
    let Acceptance::Newer(store) = store.accept(&answers_of("trust-list")[1]).unwrap() else {
        panic!("the second list is newer than the first");
    };
    assert_eq!(
        *store.pinned_root(),
        base64::<32>(text(&vectors("documents"), "second_root"))
    );
    assert_eq!(
        store
            .verify_activation(&answers_of("activation")[0])
            .unwrap()
            .sequence,
        3
    );
}

#[test]
fn every_refused_file_of_the_vectors_is_refused_with_its_code() {
    let entries = vectors("refused");
    // That a file is an archive is told by the intake, before a document is looked for.
    let documents = list(&entries)
        .iter()
        .filter(|entry| text(entry, "code") != "archive-not-accepted");
    for entry in documents {
        let file = data_encoding::BASE64
            .decode(text(entry, "bytes").as_bytes())
            .unwrap();
        let refused = open_request(&file).unwrap_err();
        assert_eq!(
            refused.error.code(),
            text(entry, "code"),
            "{}: {}",
            text(entry, "why"),
            refused.error
        );
    }
}

#[test]
fn every_format_rule_of_requests_refuses_with_its_code_and_nothing_else_does() {
    for entry in [fixture("refused/wire"), fixture("refused/accepted")]
        .iter()
        .flat_map(list)
    {
        let file = data_encoding::BASE64
            .decode(text(entry, "bytes").as_bytes())
            .unwrap();
        assert_eq!(
            code_of_file(&file),
            text(entry, "code"),
            "{}",
            text(entry, "why")
        );
    }
}

/// What comes of a file: QR text, where it begins as that does, else one document.
fn code_of_file(file: &[u8]) -> &'static str {
    match std::str::from_utf8(file) {
        Ok(codes) if codes.trim_start().starts_with("KS") => code_of_qr_text(codes),
        _ => open_request(file).map_or_else(|refused| refused.error.code(), |_| "accepted"),
    }
}

fn code_of_qr_text(codes: &str) -> &'static str {
    let documents = documents_of_text(codes).map_err(VerifyError::from);
    let judged = documents.and_then(|documents| {
        documents
            .iter()
            .try_for_each(|one| verify_request(one).map(drop))
    });
    judged.map_or_else(|error| error.code(), |()| "accepted")
}

#[test]
fn facts_of_a_refused_request_are_told_only_where_its_signature_held() {
    let entries = vectors("refused");
    let refused = |why: &str| {
        let entry = list(&entries)
            .iter()
            .find(|entry| text(entry, "why") == why)
            .unwrap();
        open_request(
            &data_encoding::BASE64
                .decode(text(entry, "bytes").as_bytes())
                .unwrap(),
        )
        .unwrap_err()
    };
    let signed = refused("empty need");
    assert_eq!(
        signed
            .facts
            .and_then(|facts| facts.organization)
            .map(|id| id.to_string()),
        Some("acme".into())
    );
    assert!(signed.document.is_some());
    let altered = refused("altered signature");
    assert_eq!(
        (altered.facts, altered.error),
        (None, VerifyError::BadSignature)
    );
    assert!(altered.document.is_some());
    let partly = refused("missing organization")
        .facts
        .expect("what could be read");
    assert_eq!(
        (partly.organization, partly.product.map(|id| id.to_string())),
        (None, Some("vms".into()))
    );
    assert_eq!(refused("cut short").document, None);
}

#[test]
fn the_computer_key_of_the_vectors_verifies_for_its_owner_only() {
    let vector = vectors("computer-key");
    let (organization, product) = (
        identifier(&vector, "organization"),
        identifier(&vector, "product"),
    );
    let computer_id = ComputerId::from_canonical(text(&vector, "computer_id")).unwrap();
    let owner = Owner {
        organization: &organization,
        product: &product,
        computer_id,
    };
    let lines: Vec<&str> = list(&vector["lines"])
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    let key = computer_key::verify(&lines.join("\n"), &owner, &trust_of_the_vectors()).unwrap();
    let means = &vector["means"];
    assert_eq!(key.plan.as_str(), text(means, "plan"));
    assert_eq!(
        key.validity.valid_from.to_string(),
        text(means, "valid_from")
    );
    assert_eq!(
        key.validity.valid_until.unwrap().to_string(),
        text(means, "valid_until")
    );
    assert_eq!(
        key.validity.grace_until.unwrap().to_string(),
        text(means, "grace_until")
    );
    assert_eq!(u64::from(key.sequence), means["sequence"].as_u64().unwrap());
    assert_eq!(
        serde_json::to_value(&key.licences).unwrap(),
        means["licences_by_index"]
    );
    let other = Owner {
        computer_id: ComputerId([7; 15]),
        ..owner
    };
    let refused = computer_key::verify(&lines.join("\n"), &other, &trust_of_the_vectors());
    assert_eq!(refused, Err(ComputerKeyRefused::BadSignature));
}
