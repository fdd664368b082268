//! Whatever is written reads back equal: documents of every kind, with members anywhere in their
//! ranges.

mod request;
mod response;
mod value;

use crate::licence::id::Hex;
use crate::wire::envelope::{Envelope, MAX_PAYLOAD_BYTES};
use crate::wire::error::WireError;
use crate::wire::json::MAX_NUMBER;
use crate::wire::kind::Kind;
use crate::wire::response::{
    Activation, Checkpoint, Manifest, ManifestEntry, Receipt, RefusalNotice, TrustList,
};
use crate::wire::{Request, qr};
use proptest::collection::vec;
use proptest::prelude::*;
use request::request;
use response::{activation, entry, point, receipt, refusal, trust_list};
use value::{envelope, hex, moment, ulid};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn requests_read_back_equal(request in request()) {
        prop_assert_eq!(Request::read(request.kind(), &request.to_payload()), Ok(request));
    }

    #[test]
    fn activations_read_back_equal(activation in activation()) {
        prop_assert_eq!(Activation::read(&activation.to_payload()), Ok(activation));
    }

    #[test]
    fn receipts_read_back_equal(receipt in receipt()) {
        prop_assert_eq!(Receipt::read(&receipt.to_payload()), Ok(receipt));
    }

    #[test]
    fn refusals_read_back_equal(refusal in refusal()) {
        prop_assert_eq!(RefusalNotice::read(&refusal.to_payload()), Ok(refusal));
    }

    #[test]
    fn trust_lists_read_back_equal(list in trust_list()) {
        prop_assert_eq!(TrustList::read(&list.to_payload()), Ok(list));
    }

    #[test]
    fn manifests_and_checkpoints_read_back_equal(
        batch in ulid(),
        issued_at in moment(),
        count in 0..=MAX_NUMBER,
        entries_sha256 in hex(),
        checkpoint in point(),
    ) {
        let manifest = Manifest { batch, issued_at, count, entries_sha256, checkpoint };
        prop_assert_eq!(Manifest::read(&manifest.to_payload()), Ok(manifest));
        let checkpoint = Checkpoint { point: checkpoint, issued_at };
        prop_assert_eq!(Checkpoint::read(&checkpoint.to_payload()), Ok(checkpoint));
    }

    #[test]
    fn lines_of_a_manifest_read_back_equal(entry in entry()) {
        let line = entry.to_line();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(serde_json::from_str::<ManifestEntry>(&line).ok(), Some(entry.clone()));
        prop_assert_eq!(ManifestEntry::read_line(line.as_bytes()), Ok(entry));
    }

    #[test]
    fn envelopes_read_back_from_file_and_qr(envelope in envelope(Kind::Receipt)) {
        prop_assert_eq!(Envelope::read(&envelope.to_json()), Ok(envelope.clone()));
        let text = qr::text_of(&envelope).expect("a kind that travels as QR");
        prop_assert_eq!(qr::read_text(&text), Ok(envelope));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in vec(any::<u8>(), 0..300), text in ".{0,80}") {
        let _ = Envelope::read(&bytes);
        let _ = Activation::read(&bytes);
        let _ = TrustList::read(&bytes);
        let _ = ManifestEntry::read_line(&bytes);
        let _ = qr::read_text(&text);
        let _ = qr::read_part(&text);
        let _ = qr::read_text(&alloc::format!("KS1:{text}"));
    }
}

#[test]
fn a_manifest_line_is_an_object() {
    let digest = "00".repeat(32);
    let arrays = alloc::format!("[\"a\",\"{digest}\",\"activated\",[]]");
    assert!(serde_json::from_str::<ManifestEntry>(&arrays).is_err());
    assert_eq!(
        ManifestEntry::read_line(arrays.as_bytes()),
        Err(WireError::NotAnObject { found: "an array" })
    );
    let inner = alloc::format!(
        "{{\"file\":\"a\",\"digest\":\"{digest}\",\"outcome\":\"activated\",\"outputs\":[[\"p\",\
            \"{digest}\"]]}}"
    );
    assert!(matches!(
        ManifestEntry::read_line(inner.as_bytes()),
        Err(WireError::WrongType {
            found: "an array",
            ..
        })
    ));
}

#[test]
fn the_largest_payload_fits_an_envelope() {
    let payload =
        alloc::format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_PAYLOAD_BYTES - 8)).into_bytes();
    let payload_type = Kind::SystemDescription.payload_type();
    let envelope = Envelope {
        payload_type,
        payload,
        key_id: Hex([0; 8]),
        signature: [0; 64],
    };
    assert_eq!(Envelope::read(&envelope.to_json()), Ok(envelope));
}
