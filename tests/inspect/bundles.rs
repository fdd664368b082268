//! Bundles, whole and spoilt.

use crate::{accepted, document, fact, file, kind, look, look_with, trust, verdict};
use keyspool::licence::{Moment, Plan};
use keyspool::ops::inspect::{Findings, Verdict, to_text};
use keyspool::render::bundle::{self, BundleContent};
use keyspool::seal::computer_key::{self, Owner};
use keyspool::seal::{SigningKey, TrustStore};
use keyspool::wire::Kind;
use keyspool::wire::computer_key::ComputerKey;
use keyspool::wire::envelope::Envelope;
use keyspool::wire::response::{Activation, KeyStatus, Products, TrustList, TrustedKey};
use std::io::{Cursor, Write};
use zeroize::Zeroizing;

/// A bundle that this test's signer made, with a Computer Key, and the trust store of its vault.
pub(crate) fn bundle() -> (BundleContent, TrustStore) {
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
pub(crate) fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
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
