//! Values of requests out of their ranges: section 4.

use super::document::{
    INSTALLED, Vector, array_of, deactivation, malformed, object_of, system_description,
};
use super::members::extensions_of;
use super::payloads::with_stray_bits;
use data_encoding::BASE64;

/// Members of a system description out of their ranges: name, what is wrong, JSON text.
type Case = (&'static str, &'static str, String);

pub(crate) fn values() -> Vec<Vector> {
    let good = system_description();
    let cases = [
        numbers_and_fingerprints(),
        needs(),
        redeems(),
        installed_activations(),
        vec![
            ("extensions", "of 17 members", object_of(17, "1")),
            (
                "extensions",
                "of 4 KiB and a byte",
                extensions_of(4 * 1024 + 1),
            ),
            ("extensions", "a string", "\"\"".into()),
        ],
    ]
    .concat();
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

fn numbers_and_fingerprints() -> Vec<Case> {
    let value = "\"7e8e2f253abdd2d5\"";
    vec![
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
    ]
}

fn needs() -> Vec<Case> {
    vec![
        ("need", "of 65 members", object_of(65, "1")),
        ("need", "of 1,000,001", "{\"core\":1000001}".into()),
        ("need", "of 0", "{\"core\":1,\"edge\":0}".into()),
        ("need", "as a string", "{\"core\":\"1\"}".into()),
    ]
}

fn redeems() -> Vec<Case> {
    let redeem = |id: &str, proof: &str| format!("{{\"id\":\"{id}\",\"proof\":\"{proof}\"}}");
    let proof = BASE64.encode(&[5; 32]);
    let one = redeem("90ff08723e3d922b", &proof);
    vec![
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
    ]
}

fn installed_activations() -> Vec<Case> {
    vec![
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
    ]
}
