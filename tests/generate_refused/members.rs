//! Members of requests out of their forms and ranges: sections 3 and 4.

use super::document::{
    Vector, confirmation, deactivation, device, malformed, public_key, system_description, text,
};

pub(crate) fn identifiers() -> Vec<Vector> {
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

pub(crate) fn texts() -> Vec<Vector> {
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

pub(crate) fn codes() -> Vec<Vector> {
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
    vectors
}

pub(crate) fn times() -> Vec<Vector> {
    let wrong = [
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
    let vector = |time: &str| {
        malformed(
            format!("created_at `{time}`"),
            deactivation().with("created_at", text(time)).file(),
        )
    };
    wrong.into_iter().map(vector).collect()
}

pub(crate) fn ulids() -> Vec<Vector> {
    let good = deactivation();
    let mut vectors = Vec::new();
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
pub(crate) fn members() -> Vec<Vector> {
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

/// An object of this many bytes.
pub(crate) fn extensions_of(bytes: usize) -> String {
    format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8))
}
