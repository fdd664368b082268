//! Documents as lists of members with raw JSON values, so that every wrong spelling can be made,
//! and their signatures.

use data_encoding::BASE64;
use ed25519_dalek::{Signer, SigningKey};
use keyspool::wire::Kind;
use keyspool::wire::envelope::pae;
use keyspool::wire::hash::{computer_id, key_id};

/// A file and the code that it must get.
#[derive(Clone)]
pub(crate) struct Vector {
    pub(crate) why: String,
    pub(crate) code: &'static str,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn vector(
    code: &'static str,
    why: impl Into<String>,
    bytes: impl Into<Vec<u8>>,
) -> Vector {
    Vector {
        why: why.into(),
        code,
        bytes: bytes.into(),
    }
}

pub(crate) fn malformed(why: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Vector {
    vector("malformed", why, bytes)
}

/// The device of every request here.
pub(crate) fn device() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// The signer of every answer here.
pub(crate) fn signer() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

pub(crate) fn public_key(key: &SigningKey) -> [u8; 32] {
    key.verifying_key().to_bytes()
}

/// A payload: members with their JSON text.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) kind: Kind,
    pub(crate) members: Vec<(String, String)>,
}

impl Document {
    /// Members from pairs of name and JSON text.
    pub(crate) fn new(kind: Kind, members: &[(&str, &str)]) -> Self {
        Self {
            kind,
            members: members
                .iter()
                .map(|(name, json)| ((*name).into(), (*json).into()))
                .collect(),
        }
    }

    /// The same with one member set, or added at the end.
    pub(crate) fn with(&self, name: &str, json: impl Into<String>) -> Self {
        let mut document = self.clone();
        match document.members.iter_mut().find(|(known, _)| known == name) {
            Some((_, value)) => *value = json.into(),
            None => document.members.push((name.into(), json.into())),
        }
        document
    }

    /// The same without one member.
    pub(crate) fn without(&self, name: &str) -> Self {
        let members = self
            .members
            .iter()
            .filter(|(known, _)| known != name)
            .cloned()
            .collect();
        Self {
            kind: self.kind,
            members,
        }
    }

    pub(crate) fn payload(&self) -> String {
        object(
            self.members
                .iter()
                .map(|(name, json)| (name.clone(), json.clone())),
        )
    }

    /// The file, signed by whoever signs this kind.
    pub(crate) fn file(&self) -> Vec<u8> {
        signed(&self.kind.payload_type(), self.payload().as_bytes())
    }

    /// The file with a signature that does not hold.
    pub(crate) fn file_with_a_wrong_signature(&self) -> Vec<u8> {
        let key = key_of(&self.kind.payload_type());
        envelope(
            &self.kind.payload_type(),
            self.payload().as_bytes(),
            &key,
            &[1; 64],
        )
    }
}

/// Keys of devices sign requests, the signer's key everything else.
fn key_of(payload_type: &str) -> SigningKey {
    let request = Kind::ALL
        .into_iter()
        .any(|kind| kind.is_request() && kind.payload_type() == payload_type);
    if request { device() } else { signer() }
}

/// An envelope around these bytes, with a signature that holds.
pub(crate) fn signed(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let key = key_of(payload_type);
    let signature = key.sign(&pae(payload_type, payload)).to_bytes();
    envelope(payload_type, payload, &key, &signature)
}

fn envelope(payload_type: &str, payload: &[u8], key: &SigningKey, signature: &[u8]) -> Vec<u8> {
    let (keyid, sig) = (key_id(&public_key(key)), BASE64.encode(signature));
    envelope_text(
        &text(payload_type),
        &text(&BASE64.encode(payload)),
        &format!("[{{\"keyid\":\"{keyid}\",\"sig\":\"{sig}\"}}]"),
    )
    .into_bytes()
}

/// An envelope of three JSON texts.
pub(crate) fn envelope_text(payload_type: &str, payload: &str, signatures: &str) -> String {
    format!("{{\"payloadType\":{payload_type},\"payload\":{payload},\"signatures\":{signatures}}}")
}

/// A JSON string.
pub(crate) fn text(value: &str) -> String {
    serde_json::to_string(value).expect("a string")
}

/// A JSON object of names and JSON texts.
pub(crate) fn object(members: impl Iterator<Item = (String, String)>) -> String {
    let members: Vec<String> = members
        .map(|(name, json)| format!("\"{name}\":{json}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// An object of `count` members `x0`, `x1`, … of one value.
pub(crate) fn object_of(count: usize, json: &str) -> String {
    object((0..count).map(|i| (format!("x{i}"), json.into())))
}

/// An array of `count` times one value.
pub(crate) fn array_of(count: usize, json: &str) -> String {
    format!("[{}]", vec![json; count].join(","))
}

/// A member whose innermost value lies at this depth of the document, in arrays.
pub(crate) fn nested(depth: usize) -> String {
    format!(
        "{{\"a\":{}{}}}",
        "[".repeat(depth - 2),
        "]".repeat(depth - 2)
    )
}

fn common(kind: Kind, own: &[(&str, &str)]) -> Document {
    let device_key = public_key(&device());
    let (id, key) = (
        text(&computer_id(&device_key).to_string()),
        text(&BASE64.encode(&device_key)),
    );
    let mut members = vec![
        ("organization", "\"acme\""),
        ("product", "\"vms\""),
        ("computer_id", id.as_str()),
        ("device_key", key.as_str()),
        ("counter", "1"),
        ("created_at", "\"2026-11-22T05:00:00Z\""),
    ];
    members.extend_from_slice(own);
    Document::new(kind, &members)
}

pub(crate) const INSTALLED: &str = "{\"id\":\"01KAMJ4R00N6ZQ3T5V7X9Y1ABC\",\"sequence\":3}";

pub(crate) fn system_description() -> Document {
    common(
        Kind::SystemDescription,
        &[
            ("request", "\"activate\""),
            ("product_version", "\"5.8.2\""),
            ("computer_name", "\"nvr-lobby-01 東\""),
            ("fingerprint", "{\"board\":\"7e8e2f253abdd2d5\"}"),
            ("need", "{\"core\":16}"),
        ],
    )
}

pub(crate) fn deactivation() -> Document {
    let code = ("verification_code", "\"JFZ92-37NZC-ZKF8C-F85RK-67Y02\"");
    common(
        Kind::Deactivation,
        &[("activation", INSTALLED), code, ("reason", "\"moved\"")],
    )
}

pub(crate) fn confirmation() -> Document {
    common(Kind::Confirmation, &[("activation", INSTALLED)])
}
