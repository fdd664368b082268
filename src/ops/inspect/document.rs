//! Documents: shape, signature, members, in the sequence of PROTOCOL section 2; of broken ones,
//! what could be read.

use super::facts;
use super::findings::{Findings, Subject};
use super::vouching::Vouching;
use crate::licence::{ComputerId, Identifier};
use crate::seal::generation::from_verification_code;
use crate::seal::{PublicKey, VerifyError, verify_with};
use crate::wire::envelope::{Envelope, MAX_ENVELOPE_BYTES};
use crate::wire::error::Excerpt;
use crate::wire::json::{self, Object, Value};
use crate::wire::request::{Deactivation, Request, RequestBody};
use crate::wire::response::{Activation, Checkpoint, Manifest, Receipt, RefusalNotice, TrustList};
use crate::wire::{Kind, WireError};
use crate::words::escape::for_terminal;
use data_encoding::BASE64;

pub(super) fn explain(bytes: &[u8], vouching: &Vouching<'_>) -> Findings {
    match Envelope::read(bytes) {
        Ok(envelope) => of_envelope(&envelope, vouching),
        Err(error) => broken(bytes, &error),
    }
}

/// A document whose shape holds, out of a file or a QR text.
pub(super) fn of_envelope(envelope: &Envelope, vouching: &Vouching<'_>) -> Findings {
    let Ok(kind) = envelope.kind() else {
        return Findings::unknown(
            "a document of a type that this program does not know",
            "shape",
            "unknown type",
        );
    };
    let mut findings = Findings::new(
        Subject::Document(kind),
        format!("{} that cannot be read", noun(kind)),
    );
    findings.good("shape", "size, envelope and JSON rules");
    if kind.is_request() {
        explain_request(&mut findings, envelope, kind, vouching);
    } else {
        explain_answer(&mut findings, envelope, kind, vouching);
    }
    findings.fact("document id", envelope.document_id());
    findings.fact("key id", envelope.key_id);
    findings
}

/// The kind with its article.
fn noun(kind: Kind) -> String {
    let article = if kind == Kind::Activation { "an" } else { "a" };
    format!("{article} {}", kind.word().replace('-', " "))
}

fn explain_request(
    findings: &mut Findings,
    envelope: &Envelope,
    kind: Kind,
    vouching: &Vouching<'_>,
) {
    let signature = device_signature(envelope, kind);
    match &signature {
        Ok(()) => findings.good("signature", "by the device key that it carries"),
        Err(error) => findings.bad("signature", error.to_string()),
    }
    match Request::read(kind, &envelope.payload) {
        Ok(request) => {
            let doubt = if signature.is_ok() {
                ""
            } else {
                ", but its signature does not hold"
            };
            findings.title = request_title(&request) + doubt;
            facts::request(findings, &request);
            findings.good("members", "each of its form and within its range");
            findings.good("Computer ID", "it is the one of the device key");
            if let RequestBody::Deactivation(body) = &request.body {
                check_code(findings, &request, body);
            }
            witness(findings, &request, vouching);
        }
        Err(error) => {
            let what = if matches!(error, WireError::ComputerIdOfAnother { .. }) {
                "Computer ID"
            } else {
                "members"
            };
            findings.bad(what, error.to_string());
            claims(findings, &envelope.payload);
        }
    }
}

/// Shape of the device key, its strength, the signature.
fn device_signature(envelope: &Envelope, kind: Kind) -> Result<(), VerifyError> {
    let key = PublicKey::from_bytes(&envelope.signing_key_of_request()?)?;
    verify_with(envelope, kind, &key).map(drop)
}

fn request_title(request: &Request) -> String {
    let Request {
        organization,
        product,
        ..
    } = request;
    match &request.body {
        RequestBody::SystemDescription(body) => {
            let (name, wanted) = (for_terminal(&body.computer_name), body.request.as_str());
            format!("a system description: {name} of {organization} asks for {product} ({wanted})")
        }
        RequestBody::Deactivation(_) => {
            format!("a deactivation: a system of {organization} has given up {product} for good")
        }
        RequestBody::Confirmation(_) => {
            format!("a confirmation: an activation of {product} arrived at {organization}")
        }
    }
}

/// The code reveals the device key of the generation that was given up (PROTOCOL section 6.3).
fn check_code(findings: &mut Findings, request: &Request, body: &Deactivation) {
    let (_, retired) = from_verification_code(&body.verification_code);
    if retired == request.computer_id {
        findings.good("verification code", "it retires this Computer ID");
    } else {
        findings.bad(
            "verification code",
            format!("it retires the Computer ID {retired}"),
        );
    }
}

/// A witness that nobody can verify is ignored by the signer: it makes no request bad.
fn witness(findings: &mut Findings, request: &Request, vouching: &Vouching<'_>) {
    let Some(bytes) = &request.witness else {
        return;
    };
    let envelope = Envelope::read(bytes);
    let said = envelope.and_then(|envelope| Ok((Checkpoint::read(&envelope.payload)?, envelope)));
    findings.fact(
        "witness",
        match said {
            Ok((checkpoint, envelope)) => {
                let point = checkpoint.point;
                format!(
                    "entry {} of the history {}, {}",
                    point.size,
                    point.origin,
                    vouching.of_witness(&envelope)
                )
            }
            Err(error) => format!("no checkpoint, the signer ignores it: {error}"),
        },
    );
}

fn explain_answer(
    findings: &mut Findings,
    envelope: &Envelope,
    kind: Kind,
    vouching: &Vouching<'_>,
) {
    match answer_facts(findings, &envelope.payload, kind) {
        Ok(title) => {
            findings.title = format!("{}: {title}", noun(kind));
            findings.good("members", "each of its form and within its range");
        }
        Err(error) => {
            findings.bad("members", error.to_string());
            claims(findings, &envelope.payload);
        }
    }
    match TrustList::read(&envelope.payload) {
        Ok(list) if kind == Kind::TrustList => vouching.check_list(findings, envelope, &list),
        _ if kind == Kind::TrustList => {}
        _ => vouching.check(findings, envelope, kind),
    }
}

/// Its facts, and what it is about.
fn answer_facts(findings: &mut Findings, payload: &[u8], kind: Kind) -> Result<String, WireError> {
    Ok(match kind {
        Kind::Activation => {
            let activation = Activation::read(payload)?;
            facts::activation(findings, &activation);
            format!(
                "what {} may use of {}",
                for_terminal(&activation.computer_name),
                activation.product
            )
        }
        Kind::Receipt => {
            facts::receipt(findings, &Receipt::read(payload)?);
            "what came of a deactivation".to_owned()
        }
        Kind::Refusal => {
            facts::refusal(findings, &RefusalNotice::read(payload)?);
            "why a file was not answered".to_owned()
        }
        Kind::TrustList => {
            facts::trust_list(findings, &TrustList::read(payload)?);
            "which keys sign".to_owned()
        }
        Kind::Manifest => {
            facts::manifest(findings, &Manifest::read(payload)?);
            "what a batch answered".to_owned()
        }
        _ => {
            facts::checkpoint(findings, &Checkpoint::read(payload)?);
            "a place in the signer's history".to_owned()
        }
    })
}

/// A file that is no envelope, or one whose shape is wrong.
fn broken(bytes: &[u8], error: &WireError) -> Findings {
    let title = |kind: Kind| format!("{} that cannot be read", noun(kind));
    let mut findings = match kind_named(bytes) {
        Some(kind) => Findings::new(Subject::Document(kind), title(kind)),
        None => Findings::new(Subject::Unknown, "no document that this program knows"),
    };
    findings.bad("shape", error.to_string());
    if bytes.len() <= MAX_ENVELOPE_BYTES
        && let Ok(envelope) = json::read_object(bytes)
    {
        findings.fact_if("type", text_of(&envelope, "payloadType").map(Excerpt::new));
        let payload =
            text_of(&envelope, "payload").and_then(|text| BASE64.decode(text.as_bytes()).ok());
        claims(&mut findings, &payload.unwrap_or_default());
    }
    findings
}

/// The kind whose payload type stands somewhere near the beginning, also of a file that is cut off.
fn kind_named(bytes: &[u8]) -> Option<Kind> {
    let head = bytes.get(..MAX_ENVELOPE_BYTES).unwrap_or(bytes);
    let names = |kind: &Kind| {
        let payload_type = kind.payload_type();
        head.windows(payload_type.len())
            .any(|window| window == payload_type.as_bytes())
    };
    Kind::ALL.into_iter().find(names)
}

/// What a payload that cannot be read as a whole says of itself; only members that are of their
/// form.
fn claims(findings: &mut Findings, payload: &[u8]) {
    let Ok(object) = json::read_object(payload) else {
        return;
    };
    let identifier = |name| text_of(&object, name).and_then(|text| Identifier::new(text).ok());
    findings.fact_if("organization", identifier("organization"));
    findings.fact_if("product", identifier("product"));
    findings.fact_if(
        "computer name",
        text_of(&object, "computer_name").map(Excerpt::new),
    );
    findings.fact_if(
        "Computer ID",
        text_of(&object, "computer_id").and_then(ComputerId::from_canonical),
    );
    if let Some(Value::Number(counter)) = object.get("counter") {
        findings.fact("counter", counter);
    }
}

fn text_of<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    match object.get(name) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}
