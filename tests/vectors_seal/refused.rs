//! Files that are refused, with their codes and their facts.

use crate::fixture::{fixture, list, text, vectors};
use keyspool::device::documents_of_text;
use keyspool::seal::{VerifyError, open_request, verify_request};

#[test]
fn every_refused_file_has_its_code() {
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
fn every_rule_of_requests_has_its_code() {
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
fn facts_need_a_good_signature() {
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
