//! Manifests, pictures and files of other kinds.

use crate::{fact, kind, look};
use keyspool::ops::inspect::{Input, MAX_FILE_BYTES, inspect};
use keyspool::wire::response::{ManifestEntry, Outcome};
use keyspool::wire::sha256;

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
