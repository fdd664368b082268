//! What follows from a device's secret and from licence keys.

use crate::fixture::{base64, hex, identifier, list, secret, text, vectors};
use keyspool::licence::{ComputerId, Identifier, LicenceKey, LineKind, code};
use keyspool::seal::Generation;
use keyspool::seal::generation::{fingerprint_value, from_verification_code};
use keyspool::seal::redeem::{licence_key_id, redeem_proof, verify_proof};

#[test]
fn generations_are_those_of_the_vectors() {
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
                code::write_line(generation.verification_code(), LineKind::VerificationCode),
                text(entry, "verification_code")
            );
        }
    }
}

#[test]
fn a_verification_code_names_its_computer_id() {
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
fn fingerprints_are_those_of_the_vectors() {
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
