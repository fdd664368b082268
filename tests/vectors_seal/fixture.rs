//! The vectors, read.

use keyspool::licence::Identifier;
use keyspool::seal::{Acceptance, DeviceSecret, TrustStore};
use keyspool::wire::envelope::Envelope;
use serde_json::Value;
use zeroize::Zeroizing;

pub(crate) fn vectors(name: &str) -> Value {
    fixture(&format!("vectors/{name}"))
}

pub(crate) fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap()
}

pub(crate) fn identifier(value: &Value, member: &str) -> Identifier {
    Identifier::new(text(value, member)).unwrap()
}

pub(crate) fn base64<const N: usize>(text: &str) -> [u8; N] {
    data_encoding::BASE64
        .decode(text.as_bytes())
        .unwrap()
        .try_into()
        .unwrap()
}

pub(crate) fn hex<const N: usize>(text: &str) -> [u8; N] {
    data_encoding::HEXLOWER
        .decode(text.as_bytes())
        .unwrap()
        .try_into()
        .unwrap()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub(crate) fn envelope(entry: &Value) -> Envelope {
    Envelope::read(
        serde_json::to_string(&entry["envelope"])
            .unwrap()
            .as_bytes(),
    )
    .unwrap()
}

pub(crate) fn secret(device: &Value) -> DeviceSecret {
    DeviceSecret::from_bytes(Zeroizing::new(hex(text(device, "device_secret"))))
}

pub(crate) fn answers_of(kind: &str) -> Vec<Envelope> {
    let all: Vec<Envelope> = list(&vectors("documents")["answers"])
        .iter()
        .map(envelope)
        .collect();
    all.into_iter()
        .filter(|envelope| envelope.kind().unwrap().word() == kind)
        .collect()
}

pub(crate) fn trust_of_the_vectors() -> TrustStore {
    let first_root = base64(text(&vectors("documents"), "root"));
    match TrustStore::new(first_root)
        .accept(&answers_of("trust-list")[0])
        .unwrap()
    {
        Acceptance::Newer(store) => store,
        Acceptance::Unchanged => panic!("the first list is newer than none"),
    }
}
