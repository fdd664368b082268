//! Payloads that break a rule of JSON, and which of two faults is named: section 2.

use super::document::{
    Document, Vector, confirmation, device, malformed, nested, public_key, signed,
    system_description, text, vector,
};
use data_encoding::{BASE64, BASE64_NOPAD};
use keyspool::wire::hash::key_id;

/// Broken JSON rules in the payload.
pub(crate) fn json() -> Vec<Vector> {
    [
        depths_and_names(),
        payload_texts(),
        strings(),
        numbers(),
        nulls(),
    ]
    .concat()
}

fn extended(why: &str, json: &str) -> Vector {
    malformed(why, system_description().with("extensions", json).file())
}

fn depths_and_names() -> Vec<Vector> {
    vec![
        extended("depth 17 in arrays", &nested(17)),
        extended(
            "depth 17 in objects",
            &format!("{}1{}", "{\"a\":".repeat(16), "}".repeat(16)),
        ),
        extended(
            "repeated name deep in extensions",
            "{\"a\":[{\"b\":{\"c\":1,\"d\":2,\"c\":3}}]}",
        ),
        extended("repeated empty name", "{\"\":1,\"\":2}"),
        extended(
            "repeated name behind an escape in extensions",
            "{\"caf\\u00e9\":1,\"café\":2}",
        ),
    ]
}

fn payload_texts() -> Vec<Vector> {
    let good = system_description();
    let raw =
        |why: &str, payload: &[u8]| malformed(why, signed(&good.kind.payload_type(), payload));
    let payload = good.payload();
    vec![
        raw("payload null by itself", b"null"),
        raw(
            "payload of two objects",
            format!("{payload}{payload}").as_bytes(),
        ),
        raw(
            "payload with a comment",
            format!("{payload}// comment").as_bytes(),
        ),
        raw(
            "payload cut short",
            &payload.as_bytes()[..payload.len() - 1],
        ),
        raw(
            "payload with a comma too many",
            payload.replacen("}", ",}", 1).as_bytes(),
        ),
        raw(
            "payload in single quotes",
            payload.replace('"', "'").as_bytes(),
        ),
        raw(
            "payload with a no-break space before it",
            format!("\u{a0}{payload}").as_bytes(),
        ),
        raw(
            "payload with a form feed before it",
            format!("\u{c}{payload}").as_bytes(),
        ),
        raw(
            "payload with an overlong encoding",
            &splice(&payload, b"\xc0\xaf"),
        ),
        raw(
            "payload with a surrogate in UTF-8",
            &splice(&payload, b"\xed\xa0\x80"),
        ),
        raw(
            "payload with a code point over U+10FFFF",
            &splice(&payload, b"\xf4\x90\x80\x80"),
        ),
    ]
}

fn strings() -> Vec<Vector> {
    let good = system_description();
    vec![
        malformed(
            "a raw tab in a string",
            good.with("computer_name", "\"a\tb\"").file(),
        ),
        malformed(
            "an unknown escape in a string",
            good.with("computer_name", "\"\\x41\"").file(),
        ),
        malformed(
            "a lone low surrogate",
            good.with("computer_name", "\"\\udc00\"").file(),
        ),
        malformed(
            "surrogates in the wrong order",
            good.with("computer_name", "\"\\udc00\\ud800\"").file(),
        ),
        malformed(
            "a lone surrogate in a name",
            good.with("extensions", "{\"\\ud800\":1}").file(),
        ),
    ]
}

fn numbers() -> Vec<Vector> {
    let wrong = [
        "-0",
        "-1",
        "0.5",
        "1.0",
        "1E2",
        "1e400",
        "9007199254740992",
        "18446744073709551616",
        "01",
        "+1",
        ".5",
        "1.",
        "0x10",
        "NaN",
    ];
    let vector = |number: &str| {
        extended(
            &format!("number {number} in extensions"),
            &format!("{{\"n\":[{number}]}}"),
        )
    };
    wrong.into_iter().map(vector).collect()
}

fn nulls() -> Vec<Vector> {
    let good = system_description();
    let mut vectors = Vec::new();
    for name in ["witness", "extensions", "redeem", "serial", "activation"] {
        vectors.push(malformed(
            format!("{name} null"),
            good.with(name, "null").file(),
        ));
    }
    vectors.push(extended("null in extensions", "{\"a\":[{\"b\":null}]}"));
    vectors.push(malformed(
        "null in a witness",
        good.with("witness", "{\"payload\":null}").file(),
    ));
    vectors.push(malformed(
        "null in an unknown member",
        good.with("x", "null").file(),
    ));
    vectors
}

/// The payload with these bytes in its computer name.
fn splice(payload: &str, bytes: &[u8]) -> Vec<u8> {
    let (before, after) = payload.split_once("nvr-").expect("the name of the test");
    [before.as_bytes(), bytes, after.as_bytes()].concat()
}

/// Which fault is named where there are two.
pub(crate) fn two_faults() -> Vec<Vector> {
    let good = confirmation();
    let wrong = |code, why: &str, document: &Document| {
        vector(code, why, document.file_with_a_wrong_signature())
    };
    let bad = |why: &str, document: &Document| wrong("bad-signature", why, document);
    let shape = |why: &str, document: &Document| wrong("malformed", why, document);
    let of = |key: &[u8]| text(&BASE64.encode(key));
    vec![
        bad("a wrong signature over a good payload", &good),
        bad(
            "a wrong signature and a counter of 0",
            &good.with("counter", "0"),
        ),
        bad(
            "a wrong signature and an unknown member",
            &good.with("x", "1"),
        ),
        bad(
            "a wrong signature and no organization",
            &good.without("organization"),
        ),
        bad(
            "a wrong signature and another Computer ID",
            &good.with("computer_id", "\"DK4KN-25XA5-XFQVN-6XHBV-7P6DW\""),
        ),
        bad(
            "a wrong signature and an array for an object",
            &good.with("activation", "[]"),
        ),
        shape(
            "a wrong signature and a repeated name",
            &good.with("extensions", "{\"a\":1,\"a\":2}"),
        ),
        shape(
            "a wrong signature and depth 17",
            &good.with("extensions", nested(17)),
        ),
        shape(
            "a wrong signature and a number 1.0",
            &good.with("counter", "1.0"),
        ),
        shape("a wrong signature and null", &good.with("witness", "null")),
        shape(
            "a wrong signature and no device_key",
            &good.without("device_key"),
        ),
        shape(
            "a wrong signature and another device_key than keyid",
            &good.with("device_key", of(&[3; 32])),
        ),
    ]
}

pub(crate) fn device_keys() -> Vec<Vector> {
    let good = confirmation();
    let device_key = public_key(&device());
    let of = |key: &[u8]| text(&BASE64.encode(key));
    vec![
        malformed(
            "device_key of 31 bytes",
            good.with("device_key", of(&device_key[1..])).file(),
        ),
        malformed(
            "device_key of 33 bytes",
            good.with("device_key", of(&[&device_key[..], &[0]].concat()))
                .file(),
        ),
        malformed("device_key empty", good.with("device_key", "\"\"").file()),
        malformed(
            "device_key in hex",
            good.with(
                "device_key",
                text(&data_encoding::HEXLOWER.encode(&device_key)),
            )
            .file(),
        ),
        malformed(
            "device_key without padding",
            good.with("device_key", text(&BASE64_NOPAD.encode(&device_key)))
                .file(),
        ),
        malformed(
            "device_key with stray bits",
            good.with("device_key", with_stray_bits(&of(&device_key)))
                .file(),
        ),
        malformed("device_key a number", good.with("device_key", "1").file()),
        malformed(
            "device_key an array",
            good.with("device_key", format!("[{}]", of(&device_key)))
                .file(),
        ),
        malformed("device_key an object", good.with("device_key", "{}").file()),
        malformed("keyid of another key, rightly signed", {
            let keyid = key_id(&public_key(&device())).to_string();
            String::from_utf8(good.file())
                .expect("UTF-8")
                .replace(&keyid, "0011223344556677")
        }),
    ]
}

/// The last character before one `=` raised by one: the same bytes for a lenient reader.
pub(crate) fn with_stray_bits(json: &str) -> String {
    let place = json
        .find('=')
        .expect("32 bytes end in one padding character")
        - 1;
    let next = char::from(json.as_bytes()[place] + 1);
    format!("{}{next}{}", &json[..place], &json[place + 1..])
}
