//! Documents that are read and written back.

use crate::fixture::{documents, envelope, list, text, vectors};
use data_encoding::HEXLOWER;
use keyspool::licence::{Counts, Digest, Identifier, Plan};
use keyspool::wire::envelope::pae;
use keyspool::wire::qr::PartSet;
use keyspool::wire::response::{
    Activation, Checkpoint, Manifest, Receipt, RefusalNotice, TrustList,
};
use keyspool::wire::{Envelope, Kind, Request, WireError, history, qr};
use serde_json::Value;

#[test]
fn signed_bytes_are_those_of_the_vectors() {
    for document in documents()
        .iter()
        .filter(|document| document.get("pae_hex").is_some())
    {
        let envelope = envelope(document);
        assert_eq!(
            HEXLOWER.encode(&pae(&envelope.payload_type, &envelope.payload)),
            text(&document["pae_hex"])
        );
        assert_eq!(
            envelope.document_id().to_string(),
            text(&document["document_id"])
        );
    }
}

#[test]
fn envelopes_are_written_as_they_were_read() {
    for document in documents() {
        let envelope = envelope(&document);
        assert_eq!(Envelope::read(&envelope.to_json()), Ok(envelope.clone()));
        let written: Value = serde_json::from_slice(&envelope.to_json()).expect("JSON");
        assert_eq!(written, document["envelope"]);
    }
}

#[test]
fn qr_texts_read_back_as_the_envelope() {
    for document in documents()
        .iter()
        .filter(|document| document.get("qr_text").is_some())
    {
        let qr_text = text(&document["qr_text"]);
        assert_eq!(qr::read_text(qr_text), Ok(envelope(document)));
        let mut set = PartSet::default();
        for part in list(&document["qr_parts"]).iter().rev() {
            set.add(qr::read_part(text(part)).expect("a part"))
                .expect("a part of the set");
        }
        assert_eq!(set.join().as_deref(), Ok(qr_text));
    }
}

#[test]
fn qr_texts_that_we_write_read_back() {
    for document in documents()
        .iter()
        .filter(|document| document.get("qr_text").is_some())
    {
        let envelope = envelope(document);
        let written = qr::text_of(&envelope).expect("a kind that travels as QR");
        assert_eq!(qr::read_text(&written), Ok(envelope));
    }
}

#[test]
fn requests_are_read_and_written_back() {
    for document in list(&vectors("vectors/documents.json")["requests"]) {
        let envelope = envelope(document);
        let kind = envelope.kind().expect("a known kind");
        let request = Request::read(kind, &envelope.payload).expect("a request of the fixture");
        assert_eq!(request.kind(), kind);
        assert_eq!(envelope.signing_key_of_request(), Ok(request.device_key));
        assert_eq!(
            Request::read(kind, &request.to_payload()),
            Ok(request.clone())
        );
        if kind != Kind::SystemDescription {
            // A fingerprint's components are kept sorted: only there may the order differ from the
            // vector's.
            assert_eq!(request.to_payload(), envelope.payload);
        }
    }
}

/// Reads an answer, writes it, reads it again; says whether the two readings agree, and gives what
/// was written.
pub(crate) fn rewritten(kind: Kind, payload: &[u8]) -> Result<(bool, Vec<u8>), WireError> {
    macro_rules! rewrite {
        ($type:ty) => {{
            let document = <$type>::read(payload)?;
            let written = document.to_payload();
            (<$type>::read(&written)? == document, written)
        }};
    }
    Ok(match kind {
        Kind::Activation => rewrite!(Activation),
        Kind::Receipt => rewrite!(Receipt),
        Kind::Refusal => rewrite!(RefusalNotice),
        Kind::TrustList => rewrite!(TrustList),
        Kind::Manifest => rewrite!(Manifest),
        Kind::Checkpoint => rewrite!(Checkpoint),
        request => {
            let document = Request::read(request, payload)?;
            let written = document.to_payload();
            (Request::read(request, &written)? == document, written)
        }
    })
}

#[test]
fn answers_are_read_and_written_back() {
    for document in list(&vectors("vectors/documents.json")["answers"]) {
        let envelope = envelope(document);
        let kind = envelope.kind().expect("a known kind");
        let (same, written) = rewritten(kind, &envelope.payload).expect("an answer of the fixture");
        assert!(same, "{kind}");
        if !matches!(kind, Kind::Activation | Kind::TrustList) {
            assert_eq!(written, envelope.payload, "{kind}");
        }
    }
}

#[test]
fn the_activation_has_its_values() {
    let vectors = vectors("vectors/documents.json");
    let activation =
        Activation::read(&envelope(&vectors["answers"][0]).payload).expect("an activation");
    assert_eq!(activation.sequence, 3);
    assert_eq!(activation.plan, Plan::Subscription);
    assert_eq!(activation.licences.to_string(), "16 core, 4 universal");
    assert_eq!(
        activation
            .fingerprint
            .as_ref()
            .map(|(parts, min)| (parts.len(), *min)),
        Some((3, 2))
    );
    assert_eq!(activation.notify_days, [30, 14, 7]);
}

#[test]
fn heads_are_those_of_the_vectors() {
    let vector = vectors("vectors/history.json");
    let mut heads = vec![history::first_head()];
    for entry in list(&vector["entries"]) {
        let next = history::next_head(&heads[heads.len() - 1], text(entry).as_bytes());
        heads.push(next);
    }
    let expected: Vec<Digest> = list(&vector["heads"])
        .iter()
        .map(|head| Digest::read(text(head)).expect("a head"))
        .collect();
    assert_eq!(heads, expected);
}

#[test]
fn counts_of_zero_mean_the_same_as_none() {
    let vectors = vectors("vectors/documents.json");
    let payload = envelope(&vectors["answers"][0]).payload;
    let spelled = String::from_utf8(payload)
        .expect("UTF-8")
        .replace("\"core\":16", "\"core\":0");
    let expected: Counts = [(Identifier::new("universal").expect("an identifier"), 4)]
        .into_iter()
        .collect();
    assert_eq!(
        Activation::read(spelled.as_bytes()).map(|activation| activation.licences),
        Ok(expected)
    );
}
