//! Requests as files: sections 2, 3 and 4.

use super::document::{
    Document, INSTALLED, Vector, array_of, confirmation, deactivation, device, envelope_text,
    malformed, nested, object_of, public_key, signed, system_description, text, vector,
};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL};
use keyspool::wire::Kind;
use keyspool::wire::hash::key_id;

pub(crate) fn refused() -> Vec<Vector> {
    [
        envelopes(),
        sizes_and_types(),
        json(),
        order(),
        identifiers(),
        texts(),
        codes_and_times(),
        members(),
        values(),
    ]
    .concat()
}

/// The three JSON texts of a good envelope.
fn parts() -> (String, String, String, String) {
    let file: serde_json::Value = serde_json::from_slice(&confirmation().file()).expect("JSON");
    let signature = &file["signatures"][0];
    let part = |value: &serde_json::Value| value.to_string();
    (
        part(&file["payloadType"]),
        part(&file["payload"]),
        part(&signature["keyid"]),
        part(&signature["sig"]),
    )
}

fn envelopes() -> Vec<Vector> {
    let (kind, payload, keyid, sig) = parts();
    let one = |keyid: &str, sig: &str| format!("[{{\"keyid\":{keyid},\"sig\":{sig}}}]");
    let good = one(&keyid, &sig);
    let signature = |why: &str, keyid: &str, sig: &str| {
        malformed(why, envelope_text(&kind, &payload, &one(keyid, sig)))
    };
    let signatures = |why: &str, json: &str| malformed(why, envelope_text(&kind, &payload, json));
    let whole = envelope_text(&kind, &payload, &good);
    let plain = payload.trim_matches('"');
    let bytes = BASE64.decode(plain.as_bytes()).expect("base64");
    let raw_sig = BASE64
        .decode(sig.trim_matches('"').as_bytes())
        .expect("base64");
    let stray = |base64: &str| {
        base64
            .replacen("==", "", 1)
            .trim_end_matches(['A', 'Q', 'g', 'w'])
            .to_owned()
            + "h=="
    };
    let based =
        |why: &str, base64: &str| malformed(why, envelope_text(&kind, &text(base64), &good));
    let two = [&bytes[..], b" "].concat();
    let mut vectors = vec![
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
        malformed("payloadType null", envelope_text("null", &payload, &good)),
        malformed("payloadType a number", envelope_text("1", &payload, &good)),
        malformed("payload an object", envelope_text(&kind, "{}", &good)),
        malformed("payload null", envelope_text(&kind, "null", &good)),
        malformed(
            "payloadType twice",
            whole.replacen('{', &format!("{{\"payloadType\":{kind},"), 1),
        ),
        malformed(
            "payloadType twice, once escaped",
            whole.replacen('{', &format!("{{\"payload\\u0054ype\":{kind},"), 1),
        ),
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
        malformed("a string instead of an envelope", text(&whole)),
        malformed("null instead of an envelope", "null"),
        malformed("an empty object instead of an envelope", "{}"),
        malformed("only white space", " \n"),
        signatures(
            "signatures an object",
            &format!("{{\"keyid\":{keyid},\"sig\":{sig}}}"),
        ),
        signatures("signatures null", "null"),
        signatures("a signature as an array", &format!("[[{keyid},{sig}]]")),
        signatures("a signature without keyid", &format!("[{{\"sig\":{sig}}}]")),
        signatures(
            "a signature without sig",
            &format!("[{{\"keyid\":{keyid}}}]"),
        ),
        signatures(
            "unknown member in the signature",
            &format!("[{{\"keyid\":{keyid},\"sig\":{sig},\"cert\":\"\"}}]"),
        ),
        signatures(
            "keyid twice",
            &format!("[{{\"keyid\":{keyid},\"keyid\":{keyid},\"sig\":{sig}}}]"),
        ),
        signature("keyid in upper case", &keyid.to_uppercase(), &sig),
        signature(
            "keyid of 14 digits",
            &keyid.replacen(&keyid[1..3], "", 1),
            &sig,
        ),
        signature("keyid null", "null", &sig),
        signature("sig null", &keyid, "null"),
        signature(
            "sig of 63 bytes",
            &keyid,
            &text(&BASE64.encode(&raw_sig[1..])),
        ),
        signature(
            "sig of 65 bytes",
            &keyid,
            &text(&BASE64.encode(&[&raw_sig[..], &[0]].concat())),
        ),
        signature("sig empty", &keyid, "\"\""),
        signature(
            "sig with stray bits",
            &keyid,
            &text(&stray(sig.trim_matches('"'))),
        ),
        signature(
            "sig in hex",
            &keyid,
            &text(&data_encoding::HEXLOWER.encode(&raw_sig)),
        ),
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
    ];
    vectors.push(malformed(
        "unknown member null in the envelope",
        whole.replacen('{', "{\"x\":null,", 1),
    ));
    vectors
}

fn sizes_and_types() -> Vec<Vector> {
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

fn file_of(bytes: usize) -> Vec<u8> {
    let mut file = confirmation().file();
    file.resize(bytes, b'\n');
    file
}

/// Broken JSON rules in the payload.
fn json() -> Vec<Vector> {
    let good = system_description();
    let extended = |why: &str, json: &str| malformed(why, good.with("extensions", json).file());
    let raw =
        |why: &str, payload: &[u8]| malformed(why, signed(&good.kind.payload_type(), payload));
    let payload = good.payload();
    let mut vectors = vec![
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
    ];
    for number in [
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
    ] {
        vectors.push(extended(
            &format!("number {number} in extensions"),
            &format!("{{\"n\":[{number}]}}"),
        ));
    }
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

/// Which fault is reported where there are two.
fn order() -> Vec<Vector> {
    let good = confirmation();
    let wrong = |code, why: &str, document: &Document| {
        vector(code, why, document.file_with_a_wrong_signature())
    };
    let bad = |why: &str, document: &Document| wrong("bad-signature", why, document);
    let shape = |why: &str, document: &Document| wrong("malformed", why, document);
    let device_key = public_key(&device());
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
fn with_stray_bits(json: &str) -> String {
    let place = json
        .find('=')
        .expect("32 bytes end in one padding character")
        - 1;
    let next = char::from(json.as_bytes()[place] + 1);
    format!("{}{next}{}", &json[..place], &json[place + 1..])
}

fn identifiers() -> Vec<Vector> {
    let good = system_description();
    let long = "x".repeat(65);
    let wrong = [
        "",
        "a/b",
        "-a",
        "a-",
        "_a",
        "a.",
        "Acme",
        "a b",
        "acmé",
        "a\\u0000",
        long.as_str(),
    ];
    let mut vectors = Vec::new();
    for id in wrong {
        let named = |place: &str| format!("{place} `{id}`");
        vectors.push(malformed(
            named("organization"),
            good.with("organization", format!("\"{id}\"")).file(),
        ));
        vectors.push(malformed(
            named("licence type"),
            good.with("need", format!("{{\"{id}\":1}}")).file(),
        ));
    }
    vectors.push(malformed(
        "product `..`",
        good.with("product", "\"..\"").file(),
    ));
    vectors.push(malformed(
        "component in upper case",
        good.with("fingerprint", "{\"Board\":\"7e8e2f253abdd2d5\"}")
            .file(),
    ));
    vectors.push(malformed(
        "component of 65 characters",
        good.with(
            "fingerprint",
            format!("{{\"{long}\":\"7e8e2f253abdd2d5\"}}"),
        )
        .file(),
    ));
    vectors
}

fn texts() -> Vec<Vector> {
    let good = system_description();
    let mut vectors = Vec::new();
    for (member, most) in [
        ("computer_name", 128),
        ("product_version", 64),
        ("serial", 64),
    ] {
        let named = |what: &str, json: &str| {
            malformed(format!("{member} {what}"), good.with(member, json).file())
        };
        vectors.push(named("empty", "\"\""));
        vectors.push(named(
            &format!("of {} characters", most + 1),
            &text(&"東".repeat(most + 1)),
        ));
        for c in [
            "0000",
            "000a",
            "007f",
            "0085",
            "00ad",
            "200b",
            "202e",
            "2028",
            "2029",
            "2066",
            "feff",
            "fff9",
            "d834\\udd73",
            "db40\\udc41",
        ] {
            vectors.push(named(
                &format!("with the character {}", c.replace("\\u", " ")),
                &format!("\"a\\u{c}b\""),
            ));
        }
        vectors.push(named("a number", "1"));
    }
    vectors
}

fn codes_and_times() -> Vec<Vector> {
    let good = deactivation();
    let id = keyspool::wire::hash::computer_id(&public_key(&device())).to_string();
    let mut vectors = Vec::new();
    let codes = [
        ("computer_id", id.to_lowercase(), "in lower case"),
        ("computer_id", id.replace('-', " "), "with spaces"),
        ("computer_id", format!("{id} "), "with a space after it"),
        (
            "computer_id",
            id.replace('0', "O").replace('1', "I") + "\u{2013}",
            "as a person typed it",
        ),
        (
            "computer_id",
            "JFZ92-37NZC-ZKF8C-F85RK-67Y02".into(),
            "that is a verification code",
        ),
        (
            "verification_code",
            "JFZ9237NZCZKF8CF85RK67Y02".into(),
            "without dashes",
        ),
        (
            "verification_code",
            "jfz92-37nzc-zkf8c-f85rk-67y02".into(),
            "in lower case",
        ),
        (
            "verification_code",
            "JFZ92-37NZC-ZKF8C-F85RK-67YO2".into(),
            "with O for 0",
        ),
        (
            "verification_code",
            "JFZ92-37NZC-ZKF8C-F85RK-67Y03".into(),
            "with a wrong check character",
        ),
        ("verification_code", id.clone(), "that is a Computer ID"),
        ("verification_code", String::new(), "empty"),
    ];
    for (member, code, what) in codes {
        vectors.push(malformed(
            format!("{member} {what}"),
            good.with(member, text(&code)).file(),
        ));
    }
    let times = [
        "2019-12-31T23:59:59Z",
        "2199-06-06T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T05:60:00Z",
        "2026-11-22t05:00:00z",
        "2026-11-22 05:00:00Z",
        "2026-11-22T05:00:00.0Z",
        "2026-11-22T05:00Z",
        "2026-11-22",
        "+026-11-22T05:00:00Z",
        "",
    ];
    vectors.extend(times.map(|time| {
        malformed(
            format!("created_at `{time}`"),
            good.with("created_at", text(time)).file(),
        )
    }));
    for ulid in [
        "01kamj4r00n6zq3t5v7x9y1abc",
        "81KAMJ4R00N6ZQ3T5V7X9Y1ABC",
        "01KAMJ4R00N6ZQ3T5V7X9Y1AB",
        "01KAMJ4R00N6ZQ3T5V7X9Y1ABI",
        "",
    ] {
        let installed = format!("{{\"id\":\"{ulid}\",\"sequence\":3}}");
        vectors.push(malformed(
            format!("activation id `{ulid}`"),
            good.with("activation", installed).file(),
        ));
    }
    vectors
}

/// Members missing, too many, or in another kind's document; wrong JSON types for each.
fn members() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for good in [system_description(), deactivation(), confirmation()] {
        let kind = good.kind;
        for (name, _) in &good.members {
            vectors.push(malformed(
                format!("{kind} without {name}"),
                good.without(name).file(),
            ));
            vectors.push(malformed(
                format!("{kind} with {name} null"),
                good.with(name, "null").file(),
            ));
            vectors.push(malformed(
                format!("{kind} with {name} true"),
                good.with(name, "true").file(),
            ));
            vectors.push(malformed(
                format!("{kind} with {name} an array"),
                good.with(name, "[]").file(),
            ));
        }
        vectors.push(malformed(
            format!("{kind} with an unknown member"),
            good.with("colour", "1").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with critical"),
            good.with("critical", "[]").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with an empty name"),
            good.with("", "1").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with witness an array"),
            good.with("witness", "[]").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with witness a string"),
            good.with("witness", "\"e30=\"").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with extensions an array"),
            good.with("extensions", "[]").file(),
        ));
    }
    vectors.push(malformed(
        "confirmation with reason",
        confirmation().with("reason", "\"moved\"").file(),
    ));
    vectors.push(malformed(
        "deactivation with need",
        deactivation().with("need", "{\"core\":1}").file(),
    ));
    vectors.push(malformed(
        "system-description with reason",
        system_description().with("reason", "\"moved\"").file(),
    ));
    vectors
}

fn values() -> Vec<Vector> {
    let good = system_description();
    let redeem = |id: &str, proof: &str| format!("{{\"id\":\"{id}\",\"proof\":\"{proof}\"}}");
    let proof = BASE64.encode(&[5; 32]);
    let one = redeem("90ff08723e3d922b", &proof);
    let value = "\"7e8e2f253abdd2d5\"";
    let cases: Vec<(&str, &str, String)> = vec![
        ("counter", "0", "0".into()),
        ("counter", "of 2^53", "9007199254740992".into()),
        ("request", "in upper case", "\"Activate\"".into()),
        ("request", "empty", "\"\"".into()),
        ("fingerprint", "of 0 members", "{}".into()),
        ("fingerprint", "of 17 members", object_of(17, value)),
        (
            "fingerprint",
            "of 15 digits",
            "{\"board\":\"7e8e2f253abdd2d\"}".into(),
        ),
        (
            "fingerprint",
            "of 17 digits",
            "{\"board\":\"7e8e2f253abdd2d50\"}".into(),
        ),
        ("fingerprint", "with a number", "{\"board\":1}".into()),
        (
            "fingerprint",
            "with a letter g",
            "{\"board\":\"7e8e2f253abdd2dg\"}".into(),
        ),
        ("need", "of 65 members", object_of(65, "1")),
        ("need", "of 1,000,001", "{\"core\":1000001}".into()),
        ("need", "of 0", "{\"core\":1,\"edge\":0}".into()),
        ("need", "as a string", "{\"core\":\"1\"}".into()),
        ("redeem", "of 0", "[]".into()),
        ("redeem", "of 65", array_of(65, &one)),
        ("redeem", "an object", one.clone()),
        (
            "redeem",
            "with an array for an object",
            format!("[[\"90ff08723e3d922b\",\"{proof}\"]]"),
        ),
        (
            "redeem",
            "with an id in upper case",
            format!("[{}]", redeem("90FF08723E3D922B", &proof)),
        ),
        (
            "redeem",
            "with a proof of 31 bytes",
            format!("[{}]", redeem("90ff08723e3d922b", &BASE64.encode(&[5; 31]))),
        ),
        (
            "redeem",
            "with a proof of 33 bytes",
            format!("[{}]", redeem("90ff08723e3d922b", &BASE64.encode(&[5; 33]))),
        ),
        (
            "redeem",
            "with stray bits in a proof",
            format!("[{}]", redeem("90ff08723e3d922b", &with_stray_bits(&proof))),
        ),
        (
            "redeem",
            "without a proof",
            "[{\"id\":\"90ff08723e3d922b\"}]".into(),
        ),
        (
            "redeem",
            "without an id",
            format!("[{{\"proof\":\"{proof}\"}}]"),
        ),
        (
            "redeem",
            "with a whole licence key",
            format!(
                "[{}]",
                one.replacen('{', "{\"key\":\"NMKF6-X56E7-CTVNM-A245K-2XMPZ\",", 1)
            ),
        ),
        (
            "redeem",
            "with a repeated name",
            format!(
                "[{}]",
                one.replacen('{', "{\"id\":\"90ff08723e3d922b\",", 1)
            ),
        ),
        (
            "activation",
            "without a sequence",
            "{\"id\":\"01KAMJ4R00N6ZQ3T5V7X9Y1ABC\"}".into(),
        ),
        (
            "activation",
            "of sequence 0",
            INSTALLED.replace('3', "0").replace("N6ZQ0", "N6ZQ3"),
        ),
        (
            "activation",
            "of sequence 65536",
            "{\"sequence\":65536}".into(),
        ),
        (
            "activation",
            "with id null",
            "{\"id\":null,\"sequence\":3}".into(),
        ),
        (
            "activation",
            "with an unknown member",
            "{\"sequence\":3,\"x\":1}".into(),
        ),
        (
            "activation",
            "as an array",
            "[\"01KAMJ4R00N6ZQ3T5V7X9Y1ABC\",3]".into(),
        ),
        (
            "activation",
            "as a string",
            "\"01KAMJ4R00N6ZQ3T5V7X9Y1ABC\"".into(),
        ),
        ("extensions", "of 17 members", object_of(17, "1")),
        (
            "extensions",
            "of 4 KiB and a byte",
            extensions_of(4 * 1024 + 1),
        ),
        ("extensions", "a string", "\"\"".into()),
    ];
    let mut vectors: Vec<Vector> = cases
        .into_iter()
        .map(|(name, what, json)| malformed(format!("{name} {what}"), good.with(name, json).file()))
        .collect();
    for (what, json) in [
        ("unknown", "\"stolen\""),
        ("in upper case", "\"Moved\""),
        ("empty", "\"\""),
    ] {
        vectors.push(malformed(
            format!("reason {what}"),
            deactivation().with("reason", json).file(),
        ));
    }
    vectors
}

/// An object of this many bytes.
fn extensions_of(bytes: usize) -> String {
    format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8))
}

/// Files just within the rules.
pub(crate) fn accepted() -> Vec<Vector> {
    let good = system_description();
    let payload = good.payload();
    let full = format!("{payload}{}", " ".repeat(48 * 1024 - payload.len()));
    let one = format!(
        "{{\"id\":\"90ff08723e3d922b\",\"proof\":\"{}\"}}",
        BASE64.encode(&[5; 32])
    );
    let with =
        |why: &str, name: &str, json: String| vector("accepted", why, good.with(name, json).file());
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
        vector(
            "accepted",
            "another spelling of the same envelope",
            respelled(&good),
        ),
    ]
}

/// White space, escapes and another order of members in the envelope; the payload's bytes are the
/// same.
fn respelled(document: &Document) -> Vec<u8> {
    let file: serde_json::Value = serde_json::from_slice(&document.file()).expect("JSON");
    let pretty = serde_json::to_string_pretty(&file).expect("JSON");
    pretty
        .replace("\"keyid\"", "\"\\u006bey\\u0069d\"")
        .into_bytes()
}
