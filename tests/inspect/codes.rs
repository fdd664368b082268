//! Codes that people type, and QR text.

use crate::{
    document, documents, fact, file, kind, list, look, shown, text, typed, vectors, verdict,
};
use keyspool::licence::{LineKind, code};
use keyspool::ops::inspect::{Input, Verdict, inspect, to_text};
use keyspool::seal::SigningKey;
use keyspool::wire::Kind;
use keyspool::wire::envelope::Envelope;
use zeroize::Zeroizing;

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
