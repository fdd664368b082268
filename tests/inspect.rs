//! What `inspect` says of the vectors of an independent implementation, and of what was made of
//! them.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used)]

use keyspool::licence::identifier::is_control_or_format;
use keyspool::licence::{LineKind, Moment, Plan, code};
use keyspool::ops::inspect::{Findings, Input, MAX_FILE_BYTES, Verdict, inspect, to_text};
use keyspool::render::bundle::{self, BundleContent};
use keyspool::seal::computer_key::{self, Owner};
use keyspool::seal::{Acceptance, SigningKey, TrustStore};
use keyspool::wire::computer_key::ComputerKey;
use keyspool::wire::envelope::Envelope;
use keyspool::wire::response::{
    Activation, KeyStatus, ManifestEntry, Outcome, Products, TrustList, TrustedKey,
};
use keyspool::wire::{Kind, sha256};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Cursor, Write};
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
        assert_labels_are_unique(&findings);
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

#[test]
fn check_character_tells_every_line() {
    for entry in list(&vectors("codes")["lines"]) {
        let findings = typed(text(entry, "line"));
        let word = match entry["kind"].as_u64().unwrap() {
            1 => "computer-id",
            2 => "verification-code",
            3 => "licence-key",
            _ => "computer-key",
        };
        assert_eq!(kind(&findings), word, "{entry}");
        assert_eq!(findings.is_good(), word != "computer-key");
    }
}

#[test]
fn codes_are_read_as_people_type_them() {
    for entry in list(&vectors("codes")["read_as_computer_id"]) {
        assert_eq!(
            fact(&typed(text(entry, "text")), "Computer ID"),
            text(entry, "line")
        );
    }
    for entry in list(&vectors("codes")["refused_as_computer_id"]) {
        let findings = typed(text(entry, "text"));
        assert_ne!(kind(&findings), "computer-id", "{entry}");
        // A misread code of one kind may fit another: only length and alphabet tell for sure.
        assert!(
            text(entry, "error") == "check" || !findings.is_good(),
            "{entry}"
        );
    }
}

#[test]
fn licence_key_is_named_by_its_id() {
    let redeem = vectors("redeem");
    let key = text(&redeem, "licence_key");
    for written in [
        key.to_owned(),
        key.to_lowercase(),
        key.replace('-', ""),
        key.replace('-', " "),
    ] {
        let findings = typed(&written);
        assert_eq!(fact(&findings, "licence key id"), text(&redeem, "id"));
        let shown = shown(&findings).replace(['-', ' '], "").to_uppercase();
        assert!(!shown.contains(&key.replace('-', "")));
    }
}

#[test]
fn verification_code_is_never_shown() {
    for device in list(&vectors("devices")) {
        for generation in list(&device["generations"]) {
            let code = text(generation, "verification_code");
            let findings = typed(code);
            assert_eq!(
                fact(&findings, "retires"),
                format!("the Computer ID {}", text(generation, "computer_id"))
            );
            assert!(!shown(&findings).contains(code));
        }
    }
}

#[test]
fn sheet_of_codes_is_explained_up_to_a_limit() {
    let keys: Vec<String> = (0..100)
        .map(|i| code::write_line(&[i; 15], LineKind::LicenceKey))
        .collect();
    let findings = look(keys.join("\r\n").as_bytes());
    assert_eq!(
        (
            kind(&findings),
            fact(&findings, "licence keys"),
            findings.parts.len()
        ),
        ("codes", "100", 64)
    );
    assert!(findings.is_good());
    assert!(
        keys.iter()
            .all(|key| !shown(&findings).contains(key.as_str()))
    );
    let with_a_typo = format!("{}\nhello", keys[0]);
    assert!(!look(with_a_typo.as_bytes()).is_good());
}

#[test]
fn secret_codes_are_blotted_out() {
    let key = code::write_line(&[8; 15], LineKind::LicenceKey);
    let payload = String::from_utf8(
        Envelope::read(&file(&document("activation")))
            .unwrap()
            .payload,
    )
    .unwrap();
    let payload = payload.replace("nvr-lobby-01 東", &format!("box {key}"));
    let signed = SigningKey::from_seed(Zeroizing::new([9; 32]))
        .sign(Kind::Activation, payload.into_bytes())
        .to_json();
    for findings in [
        look(&signed),
        typed(&format!("KS1:A\n{key}")),
        typed(&format!("KS1-{key}:A")),
        typed(&format!("{{\"{key}\":1}}")),
    ] {
        assert!(!shown(&findings).contains(&key), "{}", to_text(&findings));
    }
    let named = inspect(
        &Input::File {
            name: &key,
            bytes: b"x",
        },
        None,
    )
    .unwrap();
    assert!(!shown(&named).contains(&key));
}

#[test]
fn computer_key_is_explained_with_its_faults() {
    let vector = vectors("computer-key");
    let lines: Vec<&str> = list(&vector["lines"])
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    for whole in [lines.join("\n"), lines.join("\r\n\r\n"), lines.join(" ")] {
        let findings = typed(&whole);
        assert_eq!(
            (kind(&findings), verdict(&findings, "lines")),
            ("computer-key", Some(Verdict::Good)),
            "{whole}"
        );
        assert_eq!(verdict(&findings, "signature"), Some(Verdict::NotChecked));
        assert_eq!(
            fact(&findings, "licences"),
            "16 of the product's licence type 0, 4 of the product's licence type 1"
        );
        assert_eq!(
            fact(&findings, "last day of use"),
            "21 December 2027, the days of grace included"
        );
    }
    for wrong in [
        lines[..5].join("\n"),
        lines[1..].join("\n"),
        lines[2].to_owned(),
        [lines[1], lines[0]].join("\n"),
    ] {
        let findings = typed(&wrong);
        assert_eq!(
            (kind(&findings), verdict(&findings, "lines")),
            ("computer-key", Some(Verdict::Bad)),
            "{wrong}"
        );
    }
}

// QR text

#[test]
fn qr_texts_hold_the_documents_of_the_vectors() {
    for (word, entry) in documents()
        .into_iter()
        .filter(|(_, entry)| entry.get("qr_text").is_some())
    {
        let whole = typed(text(&entry, "qr_text"));
        assert_eq!(
            (kind(&whole), kind(&whole.parts[0])),
            ("qr-text", word.as_str())
        );
        assert!(whole.is_good());
        let parts: Vec<&str> = list(&entry["qr_parts"])
            .iter()
            .rev()
            .map(|part| part.as_str().unwrap())
            .collect();
        let split = look(parts.join("\r\n").as_bytes());
        assert_eq!(kind(&split.parts[0].parts[0]), word);
        assert!(split.is_good());
    }
}

#[test]
fn missing_parts_are_named() {
    let entry = document("system-description");
    let parts: Vec<&str> = list(&entry["qr_parts"])
        .iter()
        .map(|part| part.as_str().unwrap())
        .collect();
    let findings = typed(&[parts[2], parts[0], parts[2]].join("\n"));
    let set = &findings.parts[0];
    assert_eq!(
        (fact(set, "parts present"), fact(set, "parts missing")),
        ("1, 3 of 3", "2")
    );
    assert_eq!(verdict(set, "parts"), Some(Verdict::Bad));
}

#[test]
fn long_qr_text_is_explained_up_to_a_limit() {
    let findings = typed(&"KS1:A\n".repeat(5_000));
    assert_eq!(findings.parts.len(), 64);
    assert!(!findings.is_good());
}

// Bundles

/// A bundle that this test's signer made, with a Computer Key, and the trust store of its vault.
fn bundle() -> (BundleContent, TrustStore) {
    let (root, signer) = (
        SigningKey::from_seed(Zeroizing::new([1; 32])),
        SigningKey::from_seed(Zeroizing::new([2; 32])),
    );
    let issued_at = Moment::read("2026-11-22T05:00:00Z").unwrap();
    let key = TrustedKey {
        key_id: signer.key_id(),
        public_key: signer.public().bytes(),
        products: Products::All,
        not_before: None,
        not_after: None,
        status: KeyStatus::Active,
    };
    let trust_list = TrustList {
        version: 1,
        issued_at,
        root: root.public().bytes(),
        succession: Vec::new(),
        first_root: root.public().bytes(),
        keys: vec![key],
    };
    let trust_list = root.sign(Kind::TrustList, trust_list.to_payload());
    let envelope = |word: &str| Envelope::read(&file(&document(word))).unwrap();
    let activation = Activation::read(&envelope("activation").payload).unwrap();
    let content = BundleContent {
        activation: signer
            .sign(Kind::Activation, activation.to_payload())
            .to_json(),
        trust_list: trust_list.to_json(),
        checkpoint: signer
            .sign(Kind::Checkpoint, envelope("checkpoint").payload)
            .to_json(),
        qr_png: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x20".to_vec(),
        readme: "hello\r\n".into(),
        computer_key: Some(computer_key_of(&activation, &signer)),
        trust_list_png: None,
        issued_at,
    };
    (
        content,
        accepted(&TrustStore::new(root.public().bytes()), &trust_list),
    )
}

fn computer_key_of(activation: &Activation, signer: &SigningKey) -> String {
    let key = ComputerKey {
        key_index: 0,
        plan: Plan::Subscription,
        validity: activation.validity,
        sequence: activation.sequence,
        licences: vec![(0, 16)],
    };
    let owner = Owner {
        organization: &activation.organization,
        product: &activation.product,
        computer_id: activation.computer_id,
    };
    computer_key::sign(signer, &key, &owner)
        .unwrap()
        .join("\r\n")
}

fn part<'a>(findings: &'a Findings, entry: &str) -> &'a Findings {
    findings
        .parts
        .iter()
        .find(|part| fact(part, "entry") == entry)
        .unwrap()
}

/// A zip with these entries, stored.
fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn vault_vouches_for_all_of_a_bundle() {
    let (content, trust) = bundle();
    let bytes = bundle::zip(&content).unwrap();
    let findings = look(&bytes);
    assert_eq!((kind(&findings), findings.parts.len()), ("bundle", 6));
    assert!(findings.is_good(), "{}", to_text(&findings));
    for entry in ["activation.json", "checkpoint.json", "computer-key.txt"] {
        let inside = part(&findings, entry);
        assert_eq!(
            (verdict(inside, "signature"), verdict(inside, "signer")),
            (Some(Verdict::Good), Some(Verdict::NotChecked))
        );
    }
    assert_eq!(fact(part(&findings, "qr.png"), "pixels"), "16 x 32");
    let vouched = look_with(&bytes, &trust);
    for entry in [
        "activation.json",
        "trust-list.json",
        "checkpoint.json",
        "computer-key.txt",
    ] {
        assert_eq!(
            verdict(part(&vouched, entry), "signer"),
            Some(Verdict::Good),
            "{entry}"
        );
    }
    assert!(!look_with(&bytes, &self::trust()).is_good());
}

#[test]
fn foreign_activation_makes_a_bundle_bad() {
    let (mut content, _) = bundle();
    content.activation = file(&document("activation"));
    let findings = look(&bundle::zip(&content).unwrap());
    assert_eq!(
        verdict(part(&findings, "activation.json"), "signature"),
        Some(Verdict::Bad)
    );
}

#[test]
fn entry_with_another_document_is_bad() {
    let (mut content, _) = bundle();
    content.checkpoint = content.trust_list.clone();
    let findings = look(&bundle::zip(&content).unwrap());
    assert_eq!(
        verdict(part(&findings, "checkpoint.json"), "entry"),
        Some(Verdict::Bad)
    );
}

#[test]
fn a_zip_with_foreign_names_is_listed_and_not_read() {
    let findings = look(&zip_of(&[
        ("activation.json", b"{}"),
        ("../\u{1b}[2J.sh", b"rm"),
        ("folder/activation.json", b"{}"),
    ]));
    assert_eq!(
        (
            kind(&findings),
            findings.parts.len(),
            verdict(&findings, "names")
        ),
        ("archive", 0, Some(Verdict::Bad))
    );
    assert_eq!(
        fact(&findings, "foreign names"),
        r"../\x1b[2J.sh, folder/activation.json"
    );
}

#[test]
fn bundle_with_a_missing_entry_is_bad() {
    let (content, _) = bundle();
    let entries: [(&str, &[u8]); 5] = [
        ("activation.json", &content.activation),
        ("trust-list.json", &content.trust_list),
        ("checkpoint.json", &content.checkpoint),
        ("qr.png", &content.qr_png),
        ("README.txt", b"hello"),
    ];
    assert_eq!(
        verdict(&look(&zip_of(&entries)), "names"),
        Some(Verdict::Good)
    );
    assert_eq!(
        verdict(&look(&zip_of(&entries[..4])), "names"),
        Some(Verdict::Bad)
    );
    let mut swapped = entries;
    swapped.swap(0, 1);
    assert_eq!(
        verdict(&look(&zip_of(&swapped)), "names"),
        Some(Verdict::Bad)
    );
}

#[test]
fn a_zip_with_one_name_twice_is_not_read() {
    let mut twice = zip_of(&[("activation.json", b"{}"), ("trust-list.json", b"{}")]);
    for place in 0..twice.len() - 15 {
        if twice[place..].starts_with(b"trust-list.json") {
            twice[place..place + 15].copy_from_slice(b"activation.json");
        }
    }
    let findings = look(&twice);
    assert_eq!(
        (verdict(&findings, "names"), findings.parts.len()),
        (Some(Verdict::Bad), 0)
    );
    assert!(
        findings
            .checks
            .iter()
            .any(|check| check.why.starts_with("a name stands twice"))
    );
}

#[test]
fn an_entry_over_its_limit_is_not_read() {
    let findings = look(&zip_of(&[("activation.json", &vec![b' '; 66 * 1024 + 1])]));
    assert_eq!(
        (verdict(&findings, "limits"), findings.parts.len()),
        (Some(Verdict::Bad), 0)
    );
}

#[test]
fn a_zip_that_claims_more_than_it_has_is_refused() {
    let mut zip64 = zip_of(&[("activation.json", b"{}")]);
    let end = zip64.len() - 22;
    zip64.splice(end..end, [b"PK\x06\x07".as_slice(), &[0xFF; 16]].concat());
    assert_eq!(verdict(&look(&zip64), "content"), Some(Verdict::Bad));
    let large = [
        zip_of(&[("activation.json", b"{}")]),
        vec![0; 3 * 1024 * 1024],
    ]
    .concat();
    assert_eq!(verdict(&look(&large), "content"), Some(Verdict::Bad));
}

// Anything else

#[test]
fn lines_of_a_manifest_are_counted() {
    let line = |outcome| ManifestEntry {
        file: "acme/r1.json".into(),
        digest: sha256(&[b"a"]),
        request: None,
        outcome,
        outputs: Vec::new(),
        refusal: None,
    };
    let lines: String = [Outcome::Activated, Outcome::Refused, Outcome::Activated]
        .iter()
        .map(|o| line(*o).to_line() + "\n")
        .collect();
    let findings = look(lines.as_bytes());
    assert_eq!(
        (
            kind(&findings),
            fact(&findings, "activated"),
            fact(&findings, "refused")
        ),
        ("manifest-lines", "2", "1")
    );
    assert_eq!(
        fact(&findings, "sha256"),
        sha256(&[lines.as_bytes()]).to_string()
    );
    assert!(findings.is_good());
    let broken = look((lines + "{}\n").as_bytes());
    assert!(
        broken
            .checks
            .iter()
            .any(|check| check.why.starts_with("line 4: "))
    );
}

#[test]
fn pictures_archives_and_other_files_are_named() {
    for (bytes, word, good) in [
        (b"\x89PNG\r\n\x1a\n".as_slice(), "picture", true),
        (b"\xff\xd8\xff\xe0", "picture", true),
        (b"\x1f\x8b\x08", "archive", false),
        (b"PK\x03\x04", "archive", false),
        (b"", "unknown", false),
        (b"hello", "unknown", false),
        (b"\xff\xfe\0", "unknown", false),
        (b" \r\n ", "unknown", false),
        (b"{}", "unknown", false),
        (b"[1,2]", "unknown", false),
        (b"KS2:ABC", "qr-text", false),
    ] {
        let findings = look(bytes);
        assert_eq!(
            (kind(&findings), findings.is_good()),
            (word, good),
            "{}",
            bytes.escape_ascii()
        );
    }
}

#[test]
fn a_file_over_32_mib_is_refused() {
    let error = inspect(
        &Input::File {
            name: "x",
            bytes: &vec![0; MAX_FILE_BYTES + 1],
        },
        None,
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "33554433 bytes, a file to inspect has at most 33554432"
    );
    assert_eq!(kind(&look(&vec![b'x'; MAX_FILE_BYTES])), "unknown");
}

// Hostile input

/// Nothing in what is shown steers a terminal; lines end with LF only.
fn assert_harmless(findings: &Findings) {
    let text = to_text(findings);
    assert!(
        !text.chars().any(|c| c != '\n' && is_control_or_format(c)),
        "{text:?}"
    );
    assert!(serde_json::to_value(findings).unwrap().is_object());
    assert_labels_are_unique(findings);
}

/// They are the names of members in JSON.
fn assert_labels_are_unique(findings: &Findings) {
    let names: BTreeSet<&str> = findings
        .facts
        .iter()
        .map(|(label, _)| label.as_str())
        .collect();
    assert_eq!(names.len(), findings.facts.len(), "{findings:?}");
    findings.parts.iter().for_each(assert_labels_are_unique);
}

fn samples() -> Vec<Vec<u8>> {
    let mut samples: Vec<Vec<u8>> = documents().iter().map(|(_, entry)| file(entry)).collect();
    samples.extend(
        documents()
            .iter()
            .filter_map(|(_, entry)| Some(entry.get("qr_text")?.as_str()?.as_bytes().to_vec())),
    );
    samples.extend(documents().iter().filter_map(|(_, entry)| {
        let parts: Vec<&str> = entry
            .get("qr_parts")?
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        Some(parts.join("\n").into_bytes())
    }));
    let lines = vectors("computer-key")["lines"].clone();
    samples.push(
        list(&lines)
            .iter()
            .map(|line| line.as_str().unwrap())
            .collect::<Vec<_>>()
            .join("\n")
            .into_bytes(),
    );
    samples.push(bundle::zip(&bundle().0).unwrap());
    samples
}

#[test]
fn no_cut_and_no_flipped_bit_makes_it_panic() {
    let trust = trust();
    for sample in samples() {
        let step = (sample.len() / 40).max(1);
        for place in (0..sample.len()).step_by(step) {
            assert_harmless(&look_with(&sample[..place], &trust));
            for bit in [0, 5, 7] {
                let mut flipped = sample.clone();
                flipped[place] ^= 1 << bit;
                assert_harmless(&look_with(&flipped, &trust));
            }
        }
    }
}

#[test]
fn no_flipped_bit_in_a_zips_headers_makes_it_panic() {
    let sample = zip_of(&[("activation.json", b"{}"), ("trust-list.json", b"{}")]);
    for place in 0..sample.len() {
        for value in [0x00, 0x01, 0x7F, 0xFF, sample[place] ^ 0x80] {
            let mut hostile = sample.clone();
            hostile[place] = value;
            assert_harmless(&look(&hostile));
        }
    }
}
