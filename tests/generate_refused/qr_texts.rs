//! Text files of QR text: section 7.

use super::document::{
    Vector, confirmation, deactivation, malformed, signed, system_description, vector,
};
use keyspool::wire::qr;
use keyspool::wire::{Envelope, Kind, sha256};
use miniz_oxide::deflate::compress_to_vec;

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// base45, written a second time so that the reader is not tested against itself.
fn base45(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(2) {
        let mut value = group
            .iter()
            .fold(0, |value, byte| value * 256 + usize::from(*byte));
        for _ in 0..=group.len() {
            text.push(char::from(ALPHABET[value % 45]));
            value /= 45;
        }
    }
    text
}

/// The text of a frame: kind byte, the head of a signed file, DEFLATE bytes.
fn text_of(kind: u8, file: &[u8], deflated: &[u8]) -> String {
    let envelope = Envelope::read(file).expect("a good envelope");
    format!(
        "KS1:{}",
        base45(
            &[
                &[kind][..],
                &envelope.key_id.0,
                &envelope.signature,
                deflated
            ]
            .concat()
        )
    )
}

/// The text of a good confirmation with other DEFLATE bytes.
fn with_stream(deflated: &[u8]) -> String {
    text_of(6, &confirmation().file(), deflated)
}

fn good_stream() -> Vec<u8> {
    compress_to_vec(confirmation().payload().as_bytes(), 9)
}

fn good_text() -> String {
    with_stream(&good_stream())
}

fn tag(text: &str) -> String {
    sha256(&[text.as_bytes()]).to_string()[..8].to_uppercase()
}

/// Parts of these characters each.
fn split(text: &str, length: usize) -> Vec<String> {
    let pieces: Vec<&[u8]> = text.as_bytes().chunks(length).collect();
    let part = |(i, piece): (usize, &&[u8])| {
        let characters = std::str::from_utf8(piece).expect("ASCII");
        format!("KS1-{}-{}-{}:{characters}", i + 1, pieces.len(), tag(text))
    };
    pieces.iter().enumerate().map(part).collect()
}

/// A length at which no part of the text begins or ends with a space.
fn good_split(text: &str) -> Vec<String> {
    let fits = |part: &String| qr::read_part(part).is_ok();
    (150..300)
        .map(|length| split(text, length))
        .find(|parts| parts.iter().all(fits))
        .expect("a length that fits")
}

pub(crate) fn refused() -> Vec<Vector> {
    [texts(), frames(), parts()].concat()
}

fn texts() -> Vec<Vector> {
    let good = good_text();
    let digits = &good[4..];
    let mut vectors = vec![
        malformed("QR text in lower case", good.to_lowercase()),
        malformed("QR text after a space", format!(" {good}")),
        malformed("QR text before a tab", format!("{good}\t")),
        malformed("QR text before a space", format!("{good} ")),
        malformed("QR text with nothing behind its head", "KS1:"),
        malformed("QR text without a version", format!("KS:{digits}")),
        malformed(
            "QR text with a letter for a version",
            format!("KSA:{digits}"),
        ),
        malformed(
            "QR text of version 1 without a colon",
            format!("KS1{digits}"),
        ),
        malformed(
            "QR text with a character that base45 does not have",
            good.replacen('0', "_", 1),
        ),
        malformed(
            "QR text with a fullwidth digit",
            good.replacen('0', "\u{ff10}", 1),
        ),
        malformed(
            "QR text that is not UTF-8",
            [good.as_bytes(), b"\xff"].concat(),
        ),
        malformed(
            "a base45 group over 65,535",
            format!("KS1:{}:::", &digits[..digits.len() / 3 * 3]),
        ),
        malformed(
            "a last base45 group over 255",
            format!("KS1:{}::", &digits[..digits.len() / 3 * 3]),
        ),
        malformed(
            "a base45 character left over",
            format!("KS1:{}A", &digits[..digits.len() / 3 * 3]),
        ),
        malformed(
            "a good QR text and a line that is none",
            format!("{good}\nhello\n"),
        ),
        vector(
            "too-large",
            "a text file of 66 KiB and a byte",
            format!("KS1:{}", "0".repeat(66 * 1024 - 3)),
        ),
    ];
    for version in ["0", "2", "9"] {
        let text = format!("KS{version}:{digits}");
        vectors.push(vector(
            "unsupported-version",
            format!("QR text of version {version}"),
            text,
        ));
        let part = format!("KS{version}-1-2-00FFAA99:A");
        vectors.push(vector(
            "unsupported-version",
            format!("a part of version {version}"),
            part,
        ));
    }
    vectors
}

fn frames() -> Vec<Vector> {
    [broken_frames(), wrong_payloads(), wrong_kinds()].concat()
}

fn broken_frames() -> Vec<Vector> {
    let (payload, stream) = (confirmation().payload(), good_stream());
    vec![
        malformed(
            "a QR frame of 72 bytes",
            format!("KS1:{}", base45(&[6; 72])),
        ),
        malformed("a QR frame without a payload", with_stream(&[])),
        malformed(
            "a DEFLATE stream cut short",
            with_stream(&stream[..stream.len() - 1]),
        ),
        malformed(
            "a byte after the final block",
            with_stream(&[&stream[..], &[0]].concat()),
        ),
        malformed(
            "a second stream after the final block",
            with_stream(&[&stream[..], &stream[..]].concat()),
        ),
        malformed(
            "a DEFLATE stream with a zlib head",
            with_stream(&miniz_oxide::deflate::compress_to_vec_zlib(
                payload.as_bytes(),
                9,
            )),
        ),
        malformed(
            "a block of no type that DEFLATE has",
            with_stream(&[0xFF; 16]),
        ),
        malformed(
            "a payload that is no JSON in a QR code",
            with_stream(&compress_to_vec(b"{", 9)),
        ),
        malformed(
            "a payload with a repeated name in a QR code",
            with_stream(&compress_to_vec(b"{\"a\":1,\"a\":1}", 9)),
        ),
    ]
}

fn wrong_payloads() -> Vec<Vector> {
    let (file, stream) = (confirmation().file(), good_stream());
    let payload = confirmation().payload();
    let spaced = |bytes: usize| {
        compress_to_vec(
            format!("{payload}{}", " ".repeat(bytes - payload.len())).as_bytes(),
            9,
        )
    };
    let broken = signed(&Kind::Confirmation.payload_type(), payload.as_bytes());
    let mut altered = Envelope::read(&broken).expect("a good envelope");
    altered.signature[5] ^= 1;
    vec![
        vector(
            "too-large",
            "a QR payload of 48 KiB and a byte",
            with_stream(&spaced(48 * 1024 + 1)),
        ),
        vector(
            "too-large",
            "a QR payload of 8 MiB",
            with_stream(&spaced(8 * 1024 * 1024)),
        ),
        vector(
            "bad-signature",
            "a QR code with an altered signature",
            qr::text_of(&altered).expect("a confirmation"),
        ),
        vector(
            "bad-signature",
            "a QR code with another kind byte",
            text_of(2, &file, &stream),
        ),
        vector(
            "bad-signature",
            "a QR code with another payload",
            with_stream(&spaced(4096)),
        ),
    ]
}

fn wrong_kinds() -> Vec<Vector> {
    let (file, stream) = (confirmation().file(), good_stream());
    let mut vectors = Vec::new();
    for kind in [0, 8, 255] {
        vectors.push(vector(
            "unknown-type",
            format!("kind {kind} in a QR code"),
            text_of(kind, &file, &stream),
        ));
    }
    for (kind, name) in [
        (3, "an activation"),
        (4, "a receipt"),
        (5, "a trust list"),
        (7, "a refusal"),
    ] {
        vectors.push(vector(
            "unknown-type",
            format!("{name} as a QR code in the inbox"),
            text_of(kind, &file, &stream),
        ));
    }
    vectors
}

fn parts() -> Vec<Vector> {
    let text = good_text();
    let good = good_split(&text);
    let joined = good.join("\n");
    let (first, rest) = good.split_first().expect("parts");
    let mut vectors = vec![
        vector(
            "parts-missing",
            "a set without its first part",
            rest.join("\n"),
        ),
        vector(
            "parts-missing",
            "a set without its last part",
            good[..good.len() - 1].join("\n"),
        ),
        malformed(
            "two different parts of one number",
            format!("{joined}\n{}A\n", first),
        ),
        malformed(
            "two counts in one set",
            format!("KS1-3-3-{}:A\n{joined}", tag(&text)),
        ),
        malformed(
            "a set whose tag is another text's",
            joined.replace(&tag(&text), "00FFAA99"),
        ),
        malformed(
            "a set that joins to no QR text",
            split(&text[4..], 1_000).concat() + &good.join("\n"),
        ),
        malformed(
            "a part of 1,181 characters",
            format!("KS1-1-2-00FFAA99:{}", "A".repeat(1_181)),
        ),
    ];
    let inner = split("KS1-1-2-00FFAA99:AAAA", 11);
    vectors.push(malformed("a set that joins to a part", inner.join("\n")));
    for head in [
        "1-1", "1-33", "33-33", "0-2", "3-2", "256-2", "2-256", "01-2", "1-02", "+1-2", "1-2-",
        "-2", "1- 2", "a-2", "-1-2",
    ] {
        vectors.push(malformed(
            format!("a part numbered {head}"),
            format!("KS1-{head}-00FFAA99:AAAA"),
        ));
    }
    for tag in [
        "00ffaa99",
        "0FFAA99",
        "000FFAA99",
        "00FFAA9G",
        "",
        "00FFAA99-1",
    ] {
        vectors.push(malformed(
            format!("a part with the tag `{tag}`"),
            format!("KS1-1-2-{tag}:AAAA"),
        ));
    }
    for (what, characters) in [
        ("empty", ""),
        ("beginning with a space", " A"),
        ("ending with a space", "A "),
        ("of a space", " "),
    ] {
        vectors.push(malformed(
            format!("a part {what}"),
            format!("KS1-1-2-00FFAA99:{characters}"),
        ));
    }
    vectors.push(malformed("a part without a colon", "KS1-1-2-00FFAA99"));
    vectors
}

pub(crate) fn accepted() -> Vec<Vector> {
    let text = good_text();
    let parts = good_split(&text);
    let backwards: Vec<&str> = parts.iter().rev().map(String::as_str).collect();
    let (first, second) = (
        good_text(),
        text_of(
            2,
            &deactivation().file(),
            &compress_to_vec(deactivation().payload().as_bytes(), 1),
        ),
    );
    let stored = compress_to_vec(confirmation().payload().as_bytes(), 0);
    let described = system_description();
    let description = text_of(
        1,
        &described.file(),
        &compress_to_vec(described.payload().as_bytes(), 9),
    );
    let full = described.with("extensions", "{}").payload();
    let full = format!("{full}{}", " ".repeat(48 * 1024 - full.len()));
    let most = signed(&described.kind.payload_type(), full.as_bytes());
    vec![
        vector("accepted", "a confirmation as QR text", text.clone()),
        vector(
            "accepted",
            "QR text between CR and LF",
            format!("\r\n{text}\r\n\n"),
        ),
        vector(
            "accepted",
            "two documents in one text file",
            format!("{first}\r{second}\n"),
        ),
        vector(
            "accepted",
            "parts in the wrong order, each twice",
            format!("{0}\n{0}\n", backwards.join("\r\n")),
        ),
        vector(
            "accepted",
            "parts of two sets mixed",
            [&good_split(&description)[..], &parts[..]]
                .concat()
                .join("\n"),
        ),
        vector("accepted", "a stored DEFLATE block", with_stream(&stored)),
        vector(
            "accepted",
            "a QR payload of 48 KiB",
            text_of(1, &most, &compress_to_vec(full.as_bytes(), 9)),
        ),
    ]
}
