//! Documents from the signer as a device reads them: sections 2 and 5.

use super::document::{
    Document, Vector, array_of, malformed, nested, object_of, public_key, signer, text, vector,
};
use data_encoding::BASE64;
use keyspool::wire::Kind;
use keyspool::wire::hash::key_id;

const AT: &str = "\"2026-11-22T05:00:00Z\"";
const ULID: &str = "\"01KAMJ4R00N6ZQ3T5V7X9Y1ABC\"";
const COMPUTER_ID: &str = "\"DK4KN-25XA5-XFQVN-6XHBV-7P6DW\"";
const DIGEST: &str = "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"";
const POINT: &str = "{\"origin\":\"0123456789abcdef\",\"size\":3,\
    \"head\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}";

pub(crate) fn activation() -> Document {
    Document::new(
        Kind::Activation,
        &[
            ("activation_id", ULID),
            ("sequence", "3"),
            ("organization", "\"acme\""),
            ("product", "\"vms\""),
            ("computer_id", COMPUTER_ID),
            ("computer_name", "\"nvr-lobby-01\""),
            ("plan", "\"subscription\""),
            ("licences", "{\"core\":16}"),
            ("valid_from", "\"2026-11-22\""),
            ("valid_until", "\"2027-11-21\""),
            ("grace_until", "\"2027-12-21\""),
            ("notify_days", "[30,14,7]"),
            ("issued_at", AT),
            ("trust_list", "1"),
        ],
    )
}

fn receipt() -> Document {
    Document::new(
        Kind::Receipt,
        &[
            ("activation_id", ULID),
            ("sequence", "3"),
            ("organization", "\"acme\""),
            ("product", "\"vms\""),
            ("computer_id", COMPUTER_ID),
            ("request", DIGEST),
            ("licences", "{}"),
            ("destination", "\"wallet\""),
            ("issued_at", AT),
        ],
    )
}

fn refusal() -> Document {
    let said = [
        ("code", "\"bad-signature\""),
        ("message", "\"it does not fit\""),
        ("remedy", "\"write it again\""),
    ];
    let file = [
        ("file", "\"acme/r.json\""),
        ("digest", DIGEST),
        ("issued_at", AT),
    ];
    Document::new(Kind::Refusal, &[said, file].concat())
}

fn key(seed: u8) -> String {
    let public_key = public_key(&ed25519_dalek::SigningKey::from_bytes(&[seed; 32]));
    let (id, base64) = (key_id(&public_key), BASE64.encode(&public_key));
    let open = "\"products\":[\"*\"],\"not_before\":\"2026-11-22\",\"not_after\":null,\"status\":\"\
        active\"";
    format!("{{\"keyid\":\"{id}\",\"public_key\":\"{base64}\",{open}}}")
}

pub(crate) fn keys(count: u8) -> String {
    format!(
        "[{}]",
        (1..=count).map(key).collect::<Vec<String>>().join(",")
    )
}

pub(crate) fn trust_list() -> Document {
    let root = text(&BASE64.encode(&public_key(&signer())));
    let members = [
        ("version", "1"),
        ("issued_at", AT),
        ("root", &root),
        ("succession", "[]"),
        ("first_root", &root),
    ];
    Document::new(Kind::TrustList, &members).with("keys", keys(1))
}

fn manifest() -> Document {
    let batch = [("batch", ULID), ("issued_at", AT), ("count", "2")];
    Document::new(
        Kind::Manifest,
        &[
            &batch[..],
            &[("entries_sha256", DIGEST), ("checkpoint", POINT)],
        ]
        .concat(),
    )
}

fn checkpoint() -> Document {
    let place = [
        ("origin", "\"0123456789abcdef\""),
        ("size", "3"),
        ("head", DIGEST),
        ("issued_at", AT),
    ];
    Document::new(Kind::Checkpoint, &place)
}

pub(crate) fn all() -> [Document; 6] {
    [
        activation(),
        receipt(),
        refusal(),
        trust_list(),
        manifest(),
        checkpoint(),
    ]
}

pub(crate) fn refused() -> Vec<Vector> {
    [
        members(),
        of_each(activation_cases()),
        of_each(trust_list_cases()),
        of_each(other_cases()),
    ]
    .concat()
}

type Case = (Document, &'static str, &'static str, String);

fn of_each(cases: Vec<Case>) -> Vec<Vector> {
    let one = |(document, name, what, json): Case| {
        malformed(
            format!("{} with {name} {what}", document.kind),
            document.with(name, json).file(),
        )
    };
    cases.into_iter().map(one).collect()
}

fn members() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for good in all() {
        let kind = good.kind;
        for (name, _) in &good.members {
            vectors.push(malformed(
                format!("{kind} without {name}"),
                good.without(name).file(),
            ));
            vectors.push(malformed(
                format!("{kind} with {name} true"),
                good.with(name, "true").file(),
            ));
            if name != "valid_until" && name != "grace_until" {
                vectors.push(malformed(
                    format!("{kind} with {name} null"),
                    good.with(name, "null").file(),
                ));
            }
        }
        vectors.push(malformed(
            format!("{kind} with a critical member that is there"),
            good.with("x", "1").with("critical", "[\"x\"]").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with a critical member that is not there"),
            good.with("critical", "[\"x\"]").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with critical a string"),
            good.with("critical", "\"x\"").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with a number in critical"),
            good.with("critical", "[1]").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with critical null"),
            good.with("critical", "null").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with a repeated name in an unknown member"),
            good.with("x", "{\"a\":1,\"a\":1}").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with a fraction in an unknown member"),
            good.with("x", "0.5").file(),
        ));
        vectors.push(malformed(
            format!("{kind} with depth 17 in an unknown member"),
            good.with("x", nested(17)).file(),
        ));
        vectors.push(vector(
            "bad-signature",
            format!("{kind} with a wrong signature"),
            good.file_with_a_wrong_signature(),
        ));
    }
    vectors
}

fn activation_cases() -> Vec<Case> {
    let good = activation();
    let two = good.with("fingerprint", object_of(2, "\"7e8e2f253abdd2d5\""));
    let case = |name, what, json: &str| (good.clone(), name, what, json.into());
    vec![
        case("sequence", "0", "0"),
        case("sequence", "65536", "65536"),
        case("activation_id", "in lower case", &ULID.to_lowercase()),
        case("computer_id", "in lower case", &COMPUTER_ID.to_lowercase()),
        case(
            "computer_name",
            "of 129 characters",
            &text(&"x".repeat(129)),
        ),
        case("computer_name", "with U+2028", "\"a\\u2028\""),
        case("request", "null", "null"),
        case("request", "of 63 digits", &DIGEST.replacen("e3", "e", 1)),
        case("plan", "unknown", "\"forever\""),
        case("licences", "an array", "[]"),
        case("licences", "with a string", "{\"core\":\"1\"}"),
        case("licences", "with a type in upper case", "{\"Core\":1}"),
        case("fingerprint", "alone", "{\"board\":\"7e8e2f253abdd2d5\"}"),
        case("fingerprint_min_match", "alone", "1"),
        case("fingerprint", "null", "null"),
        (two.clone(), "fingerprint_min_match", "0", "0".into()),
        (
            two.clone(),
            "fingerprint_min_match",
            "over the number of components",
            "3".into(),
        ),
        (
            two.with("fingerprint_min_match", "1"),
            "fingerprint",
            "of 17 members",
            object_of(17, "\"7e8e2f253abdd2d5\""),
        ),
        (
            two.with("fingerprint_min_match", "1"),
            "fingerprint",
            "empty",
            "{}".into(),
        ),
        case("valid_from", "after valid_until", "\"2027-11-22\""),
        case("valid_from", "that does not exist", "\"2026-02-29\""),
        case("valid_from", "as a time", AT),
        case("valid_until", "null alone", "null"),
        case("valid_until", "after grace_until", "\"2027-12-22\""),
        case("valid_until", "after 2199-06-05", "\"2199-06-06\""),
        case("grace_until", "null alone", "null"),
        case("grace_until", "before valid_until", "\"2027-11-20\""),
        case("notify_days", "of 9", "[9,8,7,6,5,4,3,2,1]"),
        case("notify_days", "rising", "[7,14]"),
        case("notify_days", "repeated", "[14,14]"),
        case("notify_days", "over 65,535", "[65536]"),
        case("notify_days", "with null", "[null]"),
        case("extensions", "null", "null"),
        case("extensions", "with null inside", "{\"a\":null}"),
        case("extensions", "of 17 members", &object_of(17, "1")),
        case("trust_list", "a string", "\"1\""),
    ]
}

fn trust_list_cases() -> Vec<Case> {
    let good = trust_list();
    let case = |name, what, json: String| (good.clone(), name, what, json);
    let changed = |what, from: &str, to: &str| {
        assert!(keys(1).contains(from), "{from}");
        (good.clone(), "keys", what, keys(1).replacen(from, to, 1))
    };
    let step = |root: usize, signature: usize| {
        format!(
            "{{\"root\":\"{}\",\"signature\":\"{}\"}}",
            BASE64.encode(&vec![1; root]),
            BASE64.encode(&vec![2; signature])
        )
    };
    vec![
        case("keys", "empty", "[]".into()),
        case("keys", "of 65", keys(65)),
        case("keys", "with one key twice", format!("[{0},{0}]", key(1))),
        case("keys", "as arrays", "[[\"9c540a71f66902da\"]]".into()),
        case("keys", "an object", key(1)),
        case("root", "of 31 bytes", text(&BASE64.encode(&[1; 31]))),
        case("first_root", "of 33 bytes", text(&BASE64.encode(&[1; 33]))),
        case("succession", "of 65", array_of(65, &step(32, 64))),
        case(
            "succession",
            "with a signature of 63 bytes",
            format!("[{}]", step(32, 63)),
        ),
        case(
            "succession",
            "with a root of 31 bytes",
            format!("[{}]", step(31, 64)),
        ),
        case(
            "succession",
            "without a signature",
            format!("[{{\"root\":\"{}\"}}]", BASE64.encode(&[1; 32])),
        ),
        changed(
            "with a key id of another key",
            &key(1)[10..26],
            "0011223344556677",
        ),
        changed("with an unknown status", "active", "lost"),
        changed("without a status", ",\"status\":\"active\"", ""),
        changed("without not_before", "\"not_before\":\"2026-11-22\",", ""),
        changed("without not_after", "\"not_after\":null,", ""),
        changed(
            "with a time for a date",
            "2026-11-22",
            "2026-11-22T05:00:00Z",
        ),
        changed("with products a string", "[\"*\"]", "\"*\""),
        changed("with all products and one", "[\"*\"]", "[\"*\",\"vms\"]"),
        changed("with a product in upper case", "[\"*\"]", "[\"VMS\"]"),
        changed("with products null", "[\"*\"]", "null"),
    ]
}

fn other_cases() -> Vec<Case> {
    let case = |document: Document, name, what, json: &str| (document, name, what, json.into());
    vec![
        case(receipt(), "sequence", "0", "0"),
        case(receipt(), "destination", "unknown", "\"shelf\""),
        case(
            receipt(),
            "request",
            "in upper case",
            &DIGEST.to_uppercase(),
        ),
        case(refusal(), "code", "in upper case", "\"Bad-signature\""),
        case(
            refusal(),
            "code",
            "with an empty word",
            "\"bad--signature\"",
        ),
        case(refusal(), "code", "ending in a dash", "\"bad-\""),
        case(refusal(), "code", "empty", "\"\""),
        case(refusal(), "code", "with a space", "\"bad signature\""),
        case(refusal(), "product", "null", "null"),
        case(
            refusal(),
            "computer_id",
            "without dashes",
            &COMPUTER_ID.replace('-', ""),
        ),
        case(refusal(), "organization", "in upper case", "\"Acme\""),
        case(manifest(), "batch", "in lower case", &ULID.to_lowercase()),
        case(
            manifest(),
            "checkpoint",
            "an array",
            "[\"0123456789abcdef\",3]",
        ),
        case(
            manifest(),
            "checkpoint",
            "without its size",
            &POINT.replace("\"size\":3,", ""),
        ),
        case(
            manifest(),
            "entries_sha256",
            "of 66 digits",
            &DIGEST.replacen("e3", "e3e3", 1),
        ),
        case(checkpoint(), "origin", "of 14 digits", "\"0123456789abcd\""),
        case(
            checkpoint(),
            "head",
            "in upper case",
            &DIGEST.to_uppercase(),
        ),
        case(checkpoint(), "size", "a string", "\"3\""),
    ]
}
