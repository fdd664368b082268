//! The vectors, read.

use data_encoding::BASE64;
use keyspool::licence::Identifier;
use keyspool::wire::Envelope;
use serde_json::Value;

pub(crate) fn vectors(name: &str) -> Value {
    let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the fixture is in the repository");
    serde_json::from_str(&text).expect("the fixture is JSON")
}

pub(crate) fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("an array in the fixture")
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("a string in the fixture")
}

pub(crate) fn bytes_of<const N: usize>(base64: &Value) -> [u8; N] {
    BASE64
        .decode(text(base64).as_bytes())
        .expect("base64")
        .try_into()
        .expect("of the right length")
}

pub(crate) fn identifier(value: &Value) -> Identifier {
    Identifier::new(text(value)).expect("an identifier in the fixture")
}

/// Every document of `documents.json`: requests, then answers.
pub(crate) fn documents() -> Vec<Value> {
    let vectors = vectors("vectors/documents.json");
    list(&vectors["requests"])
        .iter()
        .chain(list(&vectors["answers"]))
        .cloned()
        .collect()
}

pub(crate) fn envelope(document: &Value) -> Envelope {
    Envelope::read(document["envelope"].to_string().as_bytes()).expect("an envelope of the fixture")
}
