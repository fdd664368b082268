//! Requests just within the rules.

use super::document::{
    Document, Vector, array_of, confirmation, deactivation, nested, object_of, signed,
    system_description, text, vector,
};
use super::envelopes::file_of;
use super::members::extensions_of;
use data_encoding::BASE64;

/// Files just within the rules.
pub(crate) fn accepted() -> Vec<Vector> {
    let good = system_description();
    let respelled = vector(
        "accepted",
        "another spelling of the same envelope",
        respelled(&good),
    );
    [
        whole_files(&good),
        largest_members(),
        unusual_members(),
        vec![respelled],
    ]
    .concat()
}

fn with(why: &str, name: &str, json: String) -> Vector {
    vector(
        "accepted",
        why,
        system_description().with(name, json).file(),
    )
}

fn whole_files(good: &Document) -> Vec<Vector> {
    let payload = good.payload();
    let full = format!("{payload}{}", " ".repeat(48 * 1024 - payload.len()));
    vec![
        vector(
            "accepted",
            "the system-description of these vectors",
            good.file(),
        ),
        vector(
            "accepted",
            "the deactivation of these vectors",
            deactivation().file(),
        ),
        vector(
            "accepted",
            "the confirmation of these vectors",
            confirmation().file(),
        ),
        vector(
            "accepted",
            "payload of 48 KiB",
            signed(&good.kind.payload_type(), full.as_bytes()),
        ),
        vector("accepted", "file of 66 KiB", file_of(66 * 1024)),
    ]
}

fn largest_members() -> Vec<Vector> {
    let one = format!(
        "{{\"id\":\"90ff08723e3d922b\",\"proof\":\"{}\"}}",
        BASE64.encode(&[5; 32])
    );
    vec![
        with("depth 16", "extensions", nested(16)),
        with("a number of 2^53 - 1", "counter", "9007199254740991".into()),
        with(
            "fingerprint of 16 members",
            "fingerprint",
            object_of(16, "\"7e8e2f253abdd2d5\""),
        ),
        with("need of 64 members", "need", object_of(64, "1000000")),
        with("redeem of 64", "redeem", array_of(64, &one)),
        with(
            "extensions of 16 members",
            "extensions",
            object_of(16, "[\"a\",1,true,{\"\":[]}]"),
        ),
        with("extensions of 4 KiB", "extensions", extensions_of(4 * 1024)),
        with(
            "extensions of 4 KiB and white space",
            "extensions",
            extensions_of(4 * 1024).replacen(':', " : ", 1),
        ),
        with("extensions empty", "extensions", "{}".into()),
    ]
}

fn unusual_members() -> Vec<Vector> {
    vec![
        with(
            "a name of 128 characters outside the basic plane",
            "computer_name",
            text(&"\u{1f600}".repeat(128)),
        ),
        with(
            "a name with combining marks",
            "computer_name",
            "\"nvr e\\u0301 \\ud83d\\ude00\"".into(),
        ),
        with(
            "an activation without id",
            "activation",
            "{\"sequence\":65535}".into(),
        ),
        with(
            "a made-up witness",
            "witness",
            "{\"payloadType\":1,\"x\":[true]}".into(),
        ),
        with("an empty witness", "witness", "{}".into()),
        with(
            "organization of 64 characters",
            "organization",
            text(&"x".repeat(64)),
        ),
        with(
            "the last second",
            "created_at",
            "\"2199-06-05T23:59:59Z\"".into(),
        ),
        with(
            "the first second",
            "created_at",
            "\"2020-01-01T00:00:00Z\"".into(),
        ),
    ]
}

/// White space, escapes and another sequence of members in the envelope; the payload stays byte for
/// byte.
fn respelled(document: &Document) -> Vec<u8> {
    let file: serde_json::Value = serde_json::from_slice(&document.file()).expect("JSON");
    let pretty = serde_json::to_string_pretty(&file).expect("JSON");
    pretty
        .replace("\"keyid\"", "\"\\u006bey\\u0069d\"")
        .into_bytes()
}
