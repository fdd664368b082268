//! Envelopes: sections 2 and 3.

use super::document::{Vector, confirmation, envelope_text, malformed, signed, text, vector};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL};
use keyspool::wire::Kind;

/// The JSON texts of a good envelope.
struct Parts {
    kind: String,
    payload: String,
    keyid: String,
    sig: String,
}

impl Parts {
    fn new() -> Self {
        let file: serde_json::Value = serde_json::from_slice(&confirmation().file()).expect("JSON");
        let signature = &file["signatures"][0];
        Self {
            kind: file["payloadType"].to_string(),
            payload: file["payload"].to_string(),
            keyid: signature["keyid"].to_string(),
            sig: signature["sig"].to_string(),
        }
    }

    fn signatures(&self) -> String {
        signatures(&self.keyid, &self.sig)
    }
}

/// A list of one signature.
fn signatures(keyid: &str, sig: &str) -> String {
    format!("[{{\"keyid\":{keyid},\"sig\":{sig}}}]")
}

pub(crate) fn envelopes() -> Vec<Vector> {
    let parts = Parts::new();
    let whole = envelope_text(&parts.kind, &parts.payload, &parts.signatures());
    let unknown = malformed(
        "unknown member null in the envelope",
        whole.replacen('{', "{\"x\":null,", 1),
    );
    [
        members_of_envelopes(&parts, &whole),
        texts_of_envelopes(&whole),
        lists_of_signatures(&parts),
        wrong_signatures(&parts),
        payload_encodings(&parts),
        vec![unknown],
    ]
    .concat()
}

fn members_of_envelopes(parts: &Parts, whole: &str) -> Vec<Vector> {
    let Parts { kind, payload, .. } = parts;
    let good = parts.signatures();
    vec![
        malformed(
            "envelope without payloadType",
            format!("{{\"payload\":{payload},\"signatures\":{good}}}"),
        ),
        malformed(
            "envelope without payload",
            format!("{{\"payloadType\":{kind},\"signatures\":{good}}}"),
        ),
        malformed(
            "envelope without signatures",
            format!("{{\"payloadType\":{kind},\"payload\":{payload}}}"),
        ),
        malformed("payloadType null", envelope_text("null", payload, &good)),
        malformed("payloadType a number", envelope_text("1", payload, &good)),
        malformed("payload an object", envelope_text(kind, "{}", &good)),
        malformed("payload null", envelope_text(kind, "null", &good)),
        malformed(
            "payloadType twice",
            whole.replacen('{', &format!("{{\"payloadType\":{kind},"), 1),
        ),
        malformed(
            "payloadType twice, once escaped",
            whole.replacen('{', &format!("{{\"payload\\u0054ype\":{kind},"), 1),
        ),
    ]
}

fn texts_of_envelopes(whole: &str) -> Vec<Vector> {
    vec![
        malformed(
            "byte order mark before the envelope",
            format!("\u{feff}{whole}"),
        ),
        malformed("bytes after the envelope", format!("{whole}{{}}")),
        malformed("a zero byte after the envelope", format!("{whole}\0")),
        malformed(
            "the envelope in UTF-16",
            whole
                .encode_utf16()
                .flat_map(u16::to_be_bytes)
                .collect::<Vec<u8>>(),
        ),
        malformed("a string instead of an envelope", text(whole)),
        malformed("null instead of an envelope", "null"),
        malformed("an empty object instead of an envelope", "{}"),
        malformed("only white space", " \n"),
    ]
}

fn lists_of_signatures(parts: &Parts) -> Vec<Vector> {
    let Parts { keyid, sig, .. } = parts;
    let list =
        |why: &str, json: &str| malformed(why, envelope_text(&parts.kind, &parts.payload, json));
    vec![
        list(
            "signatures an object",
            &format!("{{\"keyid\":{keyid},\"sig\":{sig}}}"),
        ),
        list("signatures null", "null"),
        list("a signature as an array", &format!("[[{keyid},{sig}]]")),
        list("a signature without keyid", &format!("[{{\"sig\":{sig}}}]")),
        list(
            "a signature without sig",
            &format!("[{{\"keyid\":{keyid}}}]"),
        ),
        list(
            "unknown member in the signature",
            &format!("[{{\"keyid\":{keyid},\"sig\":{sig},\"cert\":\"\"}}]"),
        ),
        list(
            "keyid twice",
            &format!("[{{\"keyid\":{keyid},\"keyid\":{keyid},\"sig\":{sig}}}]"),
        ),
    ]
}

fn wrong_signatures(parts: &Parts) -> Vec<Vector> {
    let Parts { keyid, sig, .. } = parts;
    let signature = |why: &str, keyid: &str, sig: &str| {
        let list = signatures(keyid, sig);
        malformed(why, envelope_text(&parts.kind, &parts.payload, &list))
    };
    let plain = sig.trim_matches('"');
    let raw_sig = BASE64.decode(plain.as_bytes()).expect("base64");
    let stray = plain
        .replacen("==", "", 1)
        .trim_end_matches(['A', 'Q', 'g', 'w'])
        .to_owned()
        + "h==";
    vec![
        signature("keyid in upper case", &keyid.to_uppercase(), sig),
        signature(
            "keyid of 14 digits",
            &keyid.replacen(&keyid[1..3], "", 1),
            sig,
        ),
        signature("keyid null", "null", sig),
        signature("sig null", keyid, "null"),
        signature(
            "sig of 63 bytes",
            keyid,
            &text(&BASE64.encode(&raw_sig[1..])),
        ),
        signature(
            "sig of 65 bytes",
            keyid,
            &text(&BASE64.encode(&[&raw_sig[..], &[0]].concat())),
        ),
        signature("sig empty", keyid, "\"\""),
        signature("sig with stray bits", keyid, &text(&stray)),
        signature(
            "sig in hex",
            keyid,
            &text(&data_encoding::HEXLOWER.encode(&raw_sig)),
        ),
    ]
}

fn payload_encodings(parts: &Parts) -> Vec<Vector> {
    let good = parts.signatures();
    let based =
        |why: &str, base64: &str| malformed(why, envelope_text(&parts.kind, &text(base64), &good));
    let plain = parts.payload.trim_matches('"');
    let bytes = BASE64.decode(plain.as_bytes()).expect("base64");
    let two = [&bytes[..], b" "].concat();
    vec![
        based(
            "payload with a line break in its base64",
            &plain.replacen('J', "\nJ", 1),
        ),
        based("payload with a space in its base64", &format!("{plain} ")),
        based(
            "payload in the URL alphabet",
            &BASE64URL
                .encode(&[&bytes[..], "\u{fbff}\u{ffff}\u{fbff}".as_bytes(), b">?>?"].concat()),
        ),
        based(
            "payload base64 without padding",
            &BASE64_NOPAD.encode(&two[..two.len() - (two.len() + 2) % 3]),
        ),
        based(
            "payload of two padded base64 texts",
            &format!(
                "{}{}",
                BASE64.encode(&bytes[..1]),
                BASE64.encode(&bytes[1..])
            ),
        ),
        based("payload base64 with padding only", "===="),
        based("payload empty", ""),
    ]
}

pub(crate) fn sizes_and_types() -> Vec<Vector> {
    let good = confirmation();
    let payload = good.payload();
    let padded = |bytes: usize| format!("{payload}{}", " ".repeat(bytes - payload.len()));
    let typed = |code, payload_type: &str| {
        vector(
            code,
            format!("type {payload_type}"),
            signed(payload_type, payload.as_bytes()),
        )
    };
    let mut vectors = vec![
        vector(
            "too-large",
            "payload of 48 KiB and a byte",
            signed(&good.kind.payload_type(), padded(48 * 1024 + 1).as_bytes()),
        ),
        vector(
            "too-large",
            "file of 66 KiB and a byte",
            file_of(66 * 1024 + 1),
        ),
        vector(
            "too-large",
            "too large and no JSON",
            vec![b'['; 66 * 1024 + 1],
        ),
    ];
    let unknown = [
        "",
        "application/json",
        "application/vnd.keyspool.licence.v1+json",
        "application/vnd.keyspool.confirmation.v+json",
        "application/vnd.keyspool.confirmation.vx+json",
        "application/vnd.keyspool.confirmation.v1",
        "application/vnd.keyspool.confirmation+json",
        "Application/vnd.keyspool.confirmation.v1+json",
        "application/vnd.keyspool.confirmation.v1+json ",
        "application/vnd.keyspool.CONFIRMATION.v1+json",
    ];
    vectors.extend(unknown.map(|payload_type| typed("unknown-type", payload_type)));
    let signers = Kind::ALL
        .into_iter()
        .filter(|kind| !kind.is_request() && *kind != Kind::Activation);
    vectors.extend(signers.map(|kind| typed("unknown-type", &kind.payload_type())));
    let versions = [
        "confirmation.v0",
        "confirmation.v01",
        "confirmation.v10",
        "activation.v2",
        "checkpoint.v3",
    ];
    vectors.extend(versions.map(|word| {
        typed(
            "unsupported-version",
            &format!("application/vnd.keyspool.{word}+json"),
        )
    }));
    let later = "application/vnd.keyspool.confirmation.v2+json";
    vectors.push(vector(
        "unsupported-version",
        "another version with a payload that is no JSON",
        signed(later, b"\x00"),
    ));
    vectors
}

pub(crate) fn file_of(bytes: usize) -> Vec<u8> {
    let mut file = confirmation().file();
    file.resize(bytes, b'\n');
    file
}
