//! `inspect`: explains a file or a code, and checks it as far as that can be done here.

use super::arguments::Inspect;
use super::error::AgentError;
use super::incoming::Incoming;
use super::session::{Here, Session};
use crate::device::Device;
use crate::licence::Moment;
use crate::licence::code::kind_of_line;
use crate::seal::{FromSigner, TrustError, TrustStore, verify_request};
use crate::wire::response::{Checkpoint, Manifest, Receipt, RefusalNotice};
use crate::wire::{Envelope, Kind};
use crate::words::device::en;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Findings {
    documents: Vec<Explained>,
    code: Option<String>,
}

#[derive(Serialize)]
struct Explained {
    name: String,
    kind: String,
    document_id: String,
    key_id: String,
    signature: &'static str,
    #[serde(skip)]
    remark: String,
    payload: Value,
}

/// Explains what a file, stdin or a typed code is.
///
/// # Errors
/// [`AgentError`] where it is nothing that is known here.
pub(super) fn run(session: &Session, inspect: &Inspect) -> Result<(), AgentError> {
    let typed = inspect.source.to_str().filter(|_| !inspect.source.exists());
    if let Some(kind) = typed.and_then(|text| kind_of_line(text).ok()) {
        return code(session, kind.to_string());
    }
    match Incoming::read(&inspect.source, session.output)? {
        Incoming::Documents(documents) => explain(session, documents),
        Incoming::Typed(lines) => {
            let first = lines
                .lines()
                .find(|line| !line.trim().is_empty())
                .unwrap_or_default();
            code(
                session,
                kind_of_line(first)
                    .map_err(|_| AgentError::Unrecognised)?
                    .to_string(),
            )
        }
    }
}

fn code(session: &Session, kind: String) -> Result<(), AgentError> {
    session.output.lines(&[en::talk::typed_code(&kind)])?;
    session.output.json(&Findings {
        documents: Vec::new(),
        code: Some(kind),
    })
}

fn explain(session: &Session, documents: Vec<(String, Envelope)>) -> Result<(), AgentError> {
    // Without a device there is no trust list; the file is explained unchecked.
    let device = match session.open() {
        Ok(device) => Some(device),
        Err(AgentError::NoState(_)) => None,
        Err(error) => {
            session.output.talk(&en::talk::signatures_unchecked(&error));
            None
        }
    };
    let documents: Vec<Explained> = documents
        .iter()
        .map(|(name, envelope)| explained(name, envelope, device.as_ref()))
        .collect();
    for document in &documents {
        session.output.lines(&lines_of(document))?;
    }
    session.output.json(&Findings {
        documents,
        code: None,
    })
}

fn explained(name: &str, envelope: &Envelope, device: Option<&Here>) -> Explained {
    let (signature, remark) = match check(envelope, device.map(Device::trust)) {
        Some(Ok(())) => ("good", en::talk::GOOD.to_owned()),
        Some(Err(reason)) => ("bad", en::talk::not_good(&reason)),
        None => ("unchecked", en::talk::NOT_CHECKED.to_owned()),
    };
    Explained {
        name: name.to_owned(),
        kind: envelope.kind().map_or("unknown", Kind::word).to_owned(),
        document_id: envelope.document_id().to_string(),
        key_id: envelope.key_id.to_string(),
        signature,
        remark,
        // Invariant: an envelope is read only if its payload is JSON.
        payload: serde_json::from_slice(&envelope.payload).unwrap_or(Value::Null),
    }
}

/// A request vouches for itself; what the signer signed is held against the device's trust.
fn check(envelope: &Envelope, trust: Option<&TrustStore>) -> Option<Result<(), String>> {
    let kind = match envelope.kind() {
        Ok(kind) => kind,
        Err(fault) => return Some(Err(fault.to_string())),
    };
    if kind.is_request() {
        return Some(
            verify_request(envelope)
                .map(|_| ())
                .map_err(|e| e.to_string()),
        );
    }
    let trust = trust?;
    let checked = match kind {
        Kind::Activation => trust.verify_activation(envelope).map(|_| ()),
        Kind::TrustList => trust.accept(envelope).map(|_| ()),
        Kind::Receipt => signed::<Receipt>(trust, envelope, |d| d.issued_at),
        Kind::Refusal => signed::<RefusalNotice>(trust, envelope, |d| d.issued_at),
        Kind::Manifest => signed::<Manifest>(trust, envelope, |d| d.issued_at),
        _ => signed::<Checkpoint>(trust, envelope, |d| d.issued_at),
    };
    Some(checked.map_err(|e| e.to_string()))
}

fn signed<T: FromSigner>(
    trust: &TrustStore,
    envelope: &Envelope,
    issued_at: fn(&T) -> Moment,
) -> Result<(), TrustError> {
    trust.verify_document::<T>(envelope, issued_at).map(|_| ())
}

fn lines_of(document: &Explained) -> Vec<String> {
    let mut lines = en::talk::document(
        &document.name,
        &document.kind,
        &document.document_id,
        &document.key_id,
        &document.remark,
    );
    if let Value::Object(members) = &document.payload {
        lines.extend(members.iter().map(|(name, value)| match value {
            Value::String(text) => format!("  {name}: {text}"),
            other => format!("  {name}: {other}"),
        }));
    }
    lines
}
