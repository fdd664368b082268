//! What `inspect` says of the vectors of an independent implementation, and of what was made of
//! them.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used)]

#[path = "inspect/bundles.rs"]
mod bundles;
#[path = "inspect/codes.rs"]
mod codes;
#[path = "inspect/files.rs"]
mod files;
#[path = "inspect/hostile.rs"]
mod hostile;

use keyspool::ops::inspect::{Findings, Input, Verdict, inspect, to_text};
use keyspool::seal::{Acceptance, SigningKey, TrustStore};
use keyspool::wire::Kind;
use keyspool::wire::envelope::Envelope;
use serde_json::Value;
use zeroize::Zeroizing;

fn vectors(name: &str) -> Value {
    let path = format!(
        "{}/fixtures/vectors/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap()
}

fn file(entry: &Value) -> Vec<u8> {
    serde_json::to_vec(&entry["envelope"]).unwrap()
}

/// Every document of the vectors with its kind's word.
fn documents() -> Vec<(String, Value)> {
    let all = vectors("documents");
    let word = |entry: &Value| {
        Envelope::read(&file(entry))
            .unwrap()
            .kind()
            .unwrap()
            .word()
            .to_owned()
    };
    list(&all["requests"])
        .iter()
        .chain(list(&all["answers"]))
        .map(|entry| (word(entry), entry.clone()))
        .collect()
}

fn document(kind: &str) -> Value {
    documents()
        .into_iter()
        .find(|(word, _)| word == kind)
        .unwrap()
        .1
}

fn trust() -> TrustStore {
    let root = data_encoding::BASE64
        .decode(text(&vectors("documents"), "root").as_bytes())
        .unwrap();
    let list = Envelope::read(&file(&document("trust-list"))).unwrap();
    accepted(&TrustStore::new(root.try_into().unwrap()), &list)
}

fn accepted(store: &TrustStore, list: &Envelope) -> TrustStore {
    match store.accept(list).unwrap() {
        Acceptance::Newer(store) => store,
        Acceptance::Unchanged => panic!("newer than none"),
    }
}

fn look(bytes: &[u8]) -> Findings {
    inspect(
        &Input::File {
            name: "a file",
            bytes,
        },
        None,
    )
    .unwrap()
}

fn look_with(bytes: &[u8], trust: &TrustStore) -> Findings {
    inspect(
        &Input::File {
            name: "a file",
            bytes,
        },
        Some(trust),
    )
    .unwrap()
}

fn typed(text: &str) -> Findings {
    inspect(&Input::Typed(text), None).unwrap()
}

fn fact<'a>(findings: &'a Findings, label: &str) -> &'a str {
    findings
        .facts
        .iter()
        .find(|(found, _)| found == label)
        .map_or("", |(_, value)| value)
}

fn verdict(findings: &Findings, what: &str) -> Option<Verdict> {
    findings
        .checks
        .iter()
        .find(|check| check.what == what)
        .map(|check| check.verdict)
}

fn kind(findings: &Findings) -> &'static str {
    findings.kind.as_str()
}

/// Both forms in which findings leave.
fn shown(findings: &Findings) -> String {
    to_text(findings) + &serde_json::to_string(findings).unwrap()
}

// Documents

#[test]
fn every_document_of_the_vectors_is_good() {
    for (word, entry) in documents() {
        let findings = look(&file(&entry));
        assert_eq!(kind(&findings), word);
        assert!(findings.is_good(), "{}", to_text(&findings));
        hostile::assert_labels_are_unique(&findings);
        let id = Envelope::read(&file(&entry))
            .unwrap()
            .document_id()
            .to_string();
        assert_eq!(fact(&findings, "document id"), id);
    }
}

#[test]
fn only_the_vaults_trust_list_vouches() {
    for (word, entry) in documents().into_iter() {
        let signed_by_device =
            ["system-description", "deactivation", "confirmation"].contains(&word.as_str());
        let expected = |verdict| {
            if signed_by_device {
                None
            } else {
                Some(verdict)
            }
        };
        assert_eq!(
            verdict(&look(&file(&entry)), "signer"),
            expected(Verdict::NotChecked),
            "{word}"
        );
        assert_eq!(
            verdict(&look_with(&file(&entry), &trust()), "signer"),
            expected(Verdict::Good),
            "{word}"
        );
        let stranger = TrustStore::new([7; 32]);
        if word == "trust-list" {
            assert_eq!(
                verdict(&look_with(&file(&entry), &stranger), "signer"),
                Some(Verdict::Bad)
            );
        } else {
            assert_eq!(
                verdict(&look_with(&file(&entry), &stranger), "signer"),
                expected(Verdict::NotChecked),
                "{word}"
            );
        }
    }
}

#[test]
fn document_by_an_unlisted_key_is_bad() {
    let envelope = Envelope::read(&file(&document("activation"))).unwrap();
    let stranger =
        SigningKey::from_seed(Zeroizing::new([9; 32])).sign(Kind::Activation, envelope.payload);
    assert!(look(&stranger.to_json()).is_good());
    let findings = look_with(&stranger.to_json(), &trust());
    assert_eq!(verdict(&findings, "signer"), Some(Verdict::Bad));
    assert!(!findings.is_good());
}

#[test]
fn older_trust_list_is_this_signers() {
    let lists: Vec<Value> = documents()
        .into_iter()
        .filter(|(word, _)| word == "trust-list")
        .map(|(_, entry)| entry)
        .collect();
    let newest = accepted(&trust(), &Envelope::read(&file(&lists[1])).unwrap());
    for list in &lists {
        assert_eq!(
            verdict(&look_with(&file(list), &newest), "signer"),
            Some(Verdict::Good)
        );
    }
    assert!(
        look(&file(&lists[1]))
            .checks
            .iter()
            .any(|check| check.what == "roots" && check.why.starts_with("1 signed step"))
    );
}

#[test]
fn facts_are_in_plain_words_and_days_in_words() {
    let findings = look(&file(&document("activation")));
    for (label, value) in [
        ("organization", "acme"),
        ("product", "vms"),
        ("computer name", "nvr-lobby-01 東"),
        ("Computer ID", "DK4KN-25XA5-XFQVN-6XHBV-7P6DW"),
        ("plan", "subscription"),
        ("licences", "16 core, 4 universal"),
        ("valid from", "22 November 2026"),
        ("valid until", "21 November 2027, this day included, in UTC"),
        (
            "last day of use",
            "21 December 2027, the days of grace included",
        ),
        ("notices", "30, 14, 7 days before the end"),
        ("fingerprint", "2 of 3 must agree: board, disk, mac"),
        ("sequence", "3"),
    ] {
        assert_eq!(fact(&findings, label), value);
    }
    let request = look(&file(&document("system-description")));
    assert_eq!(fact(&request, "counter"), "1");
    assert_eq!(
        fact(&request, "created at"),
        "22 November 2026, 05:00:00 UTC, by the device's clock"
    );
    assert_eq!(
        fact(&request, "licence keys to redeem"),
        "90ff08723e3d922b, by their ids"
    );
}

#[test]
fn changed_request_has_a_bad_signature() {
    let mut envelope = Envelope::read(&file(&document("system-description"))).unwrap();
    let changed = String::from_utf8(envelope.payload)
        .unwrap()
        .replace("\"core\":16", "\"core\":17");
    envelope.payload = changed.into_bytes();
    let findings = look(&envelope.to_json());
    assert_eq!(verdict(&findings, "signature"), Some(Verdict::Bad));
    assert_eq!(fact(&findings, "need"), "17 core, 4 universal");
    assert!(
        findings
            .title
            .ends_with(", but its signature does not hold")
    );
}

#[test]
fn deactivation_never_says_its_code() {
    let findings = look(&file(&document("deactivation")));
    assert_eq!(verdict(&findings, "verification code"), Some(Verdict::Good));
    assert!(!shown(&findings).contains("JFZ92"));
}

#[test]
fn computer_id_of_another_device_is_named() {
    let device = SigningKey::from_seed(Zeroizing::new([3; 32]));
    let key = data_encoding::BASE64.encode(&device.public().bytes());
    let payload = String::from_utf8(
        Envelope::read(&file(&document("confirmation")))
            .unwrap()
            .payload,
    )
    .unwrap();
    let payload = payload.replace("yLz4PJxfxIGyClKdDxzvRsJ/bXt8S7nlQ0GGcC6S/BY=", &key);
    let findings = look(
        &device
            .sign(Kind::Confirmation, payload.into_bytes())
            .to_json(),
    );
    assert_eq!(verdict(&findings, "signature"), Some(Verdict::Good));
    assert_eq!(verdict(&findings, "Computer ID"), Some(Verdict::Bad));
    assert_eq!(fact(&findings, "organization"), "acme");
}

#[test]
fn unsigned_witness_makes_no_request_bad() {
    let witness = String::from_utf8(
        Envelope::read(&file(&document("checkpoint")))
            .unwrap()
            .to_json(),
    )
    .unwrap();
    let device = SigningKey::from_seed(Zeroizing::new([3; 32]));
    let payload = String::from_utf8(
        Envelope::read(&file(&document("confirmation")))
            .unwrap()
            .payload,
    )
    .unwrap();
    let payload = payload
        .replace(
            "yLz4PJxfxIGyClKdDxzvRsJ/bXt8S7nlQ0GGcC6S/BY=",
            &data_encoding::BASE64.encode(&device.public().bytes()),
        )
        .replace(
            "DK4KN-25XA5-XFQVN-6XHBV-7P6DW",
            &keyspool::wire::hash::computer_id(&device.public().bytes()).to_string(),
        )
        .replace("\"counter\"", &format!("\"witness\":{witness},\"counter\""));
    let request = device
        .sign(Kind::Confirmation, payload.into_bytes())
        .to_json();
    assert!(fact(&look(&request), "witness").ends_with("not checked against a vault"));
    assert!(fact(&look_with(&request, &trust()), "witness").ends_with(", signed by this signer"));
    let stranger = look_with(&request, &TrustStore::new([7; 32]));
    assert!(fact(&stranger, "witness").ends_with("which ignores it"));
    assert!(stranger.is_good());
}

#[test]
fn refused_files_are_never_good_and_say_why() {
    for entry in list(&vectors("refused")) {
        let bytes = data_encoding::BASE64
            .decode(text(entry, "bytes").as_bytes())
            .unwrap();
        let findings = look(&bytes);
        let answers = [
            "activation",
            "receipt",
            "refusal",
            "trust-list",
            "manifest",
            "checkpoint",
        ];
        if !answers.contains(&kind(&findings)) {
            assert!(
                !findings.is_good(),
                "{}: {}",
                entry["why"],
                to_text(&findings)
            );
        }
    }
}

#[test]
fn a_document_that_is_cut_off_is_still_named() {
    let whole = file(&document("activation"));
    let findings = look(&whole[..whole.len() - 10]);
    assert_eq!(kind(&findings), "activation");
    assert_eq!(verdict(&findings, "shape"), Some(Verdict::Bad));
}

#[test]
fn wrong_member_leaves_the_rest_readable() {
    let payload = String::from_utf8(
        Envelope::read(&file(&document("activation")))
            .unwrap()
            .payload,
    )
    .unwrap();
    let payload = payload.replace("\"plan\":\"subscription\"", "\"plan\":\"free\"");
    let findings = look(
        &SigningKey::from_seed(Zeroizing::new([9; 32]))
            .sign(Kind::Activation, payload.into_bytes())
            .to_json(),
    );
    assert_eq!(verdict(&findings, "members"), Some(Verdict::Bad));
    assert_eq!(fact(&findings, "computer name"), "nvr-lobby-01 東");
}

// Codes
