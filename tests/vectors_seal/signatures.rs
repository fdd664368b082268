//! Signatures of requests, answers, trust lists and Computer Keys.

use crate::fixture::{
    answers_of, base64, envelope, identifier, list, secret, text, trust_of_the_vectors, vectors,
};
use keyspool::licence::{ComputerId, LicenceKey};
use keyspool::seal::computer_key::{ComputerKeyRefused, Owner};
use keyspool::seal::redeem::{licence_key_id, verify_proof};
use keyspool::seal::{
    Acceptance, Generation, PublicKey, computer_key, verify_request, verify_signed,
};
use keyspool::wire::envelope::pae;
use keyspool::wire::request::RequestBody;
use keyspool::wire::response::{Activation, Checkpoint, Receipt, RefusalNotice};

#[test]
fn requests_are_signed_as_in_the_vectors() {
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
fn a_request_proves_its_licence_key() {
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
fn answers_of_the_vectors_verify() {
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
fn trust_lists_lead_to_the_second_root() {
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
fn a_computer_key_verifies_for_its_owner() {
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
