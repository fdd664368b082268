//! Whatever is written reads back equal: documents of every kind, with members anywhere in their
//! ranges.

use super::Request;
use super::envelope::{Envelope, MAX_PAYLOAD_BYTES};
use super::error::WireError;
use super::hash;
use super::json::MAX_NUMBER;
use super::kind::Kind;
use super::qr;
use super::request::{
    Deactivation, Fingerprint, InstalledActivation, Reason, Redeem, RequestBody, SystemDescription,
    Wanted,
};
use super::response::{
    Activation, Checkpoint, Destination, HistoryPoint, KeyStatus, Manifest, ManifestEntry, Outcome,
    Output, Products, Receipt, RefusalNotice, RefusalReason, Succession, TrustList, TrustedKey,
};
use crate::licence::id::Hex;
use crate::licence::{ComputerId, Counts, Day, Identifier, Moment, Plan, Ulid, Validity};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

fn identifier() -> impl Strategy<Value = Identifier> {
    "[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?"
        .prop_map(|text| Identifier::new(&text).expect("an identifier"))
}

/// Text of 1 to `max` characters, quotes, backslashes and characters outside the basic plane among
/// them.
fn text(max: usize) -> impl Strategy<Value = String> {
    let c = prop_oneof![
        any::<char>(),
        select(&['"', '\\', '/', ' ', 'é', '東', '😀'][..])
    ];
    vec(
        c.prop_filter("no control characters", |c| {
            !crate::licence::identifier::is_control_or_format(*c)
        }),
        1..=max,
    )
    .prop_map(|chars| chars.into_iter().collect())
}

fn ulid() -> impl Strategy<Value = Ulid> {
    any::<(u64, [u8; 10])>().prop_map(|(milliseconds, random)| Ulid::new(milliseconds, random))
}

fn hex<const N: usize>() -> impl Strategy<Value = Hex<N>> {
    any::<[u8; N]>().prop_map(Hex)
}

fn day() -> impl Strategy<Value = Day> {
    (0..=65_534_u16).prop_map(|number| Day::from_number(number).expect("a day"))
}

fn moment() -> impl Strategy<Value = Moment> {
    let (first, last) = (
        Moment::read("2020-01-01T00:00:00Z"),
        Moment::read("2199-06-05T23:59:59Z"),
    );
    let range = first.expect("a time").unix()..=last.expect("a time").unix();
    range.prop_map(|seconds| Moment::from_unix(seconds).expect("a time"))
}

fn counts(
    types: core::ops::RangeInclusive<usize>,
    counts: core::ops::RangeInclusive<u64>,
) -> impl Strategy<Value = Counts> {
    btree_map(identifier(), counts, types).prop_map(|pairs| pairs.into_iter().collect())
}

fn fingerprint() -> impl Strategy<Value = Fingerprint> {
    btree_map(identifier(), hex(), 1..=16)
}

fn extensions() -> impl Strategy<Value = Option<String>> {
    of(select(
        &[
            "{}",
            "{\"a\":[1,true,\"é\\\\\"],\"b\":{\"c\":{}}}",
            "{\"\":9007199254740991}",
        ][..],
    )
    .prop_map(Into::into))
}

fn installed() -> impl Strategy<Value = InstalledActivation> {
    (of(ulid()), 1..=u16::MAX).prop_map(|(id, sequence)| InstalledActivation { id, sequence })
}

fn description() -> impl Strategy<Value = SystemDescription> {
    let redeem = (hex(), any::<[u8; 32]>()).prop_map(|(id, proof)| Redeem { id, proof });
    let wanted = (
        select(&Wanted::ALL[..]),
        text(64),
        text(128),
        fingerprint(),
        counts(1..=64, 1..=1_000_000),
    );
    (wanted, vec(redeem, 0..=64), of(text(64)), of(installed())).prop_map(
        |(wanted, redeem, serial, activation)| {
            let (request, product_version, computer_name, fingerprint, need) = wanted;
            SystemDescription {
                request,
                product_version,
                computer_name,
                fingerprint,
                need,
                redeem,
                serial,
                activation,
            }
        },
    )
}

fn body() -> impl Strategy<Value = RequestBody> {
    let deactivation = (installed(), any::<[u8; 15]>(), select(&Reason::ALL[..])).prop_map(
        |(activation, code, reason)| {
            RequestBody::Deactivation(Deactivation {
                activation,
                verification_code: code,
                reason,
            })
        },
    );
    prop_oneof![
        description().prop_map(RequestBody::SystemDescription),
        deactivation,
        installed().prop_map(RequestBody::Confirmation)
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let whose = (
        identifier(),
        identifier(),
        any::<[u8; 32]>(),
        1..=MAX_NUMBER,
        moment(),
    );
    let witness = of(envelope(Kind::Checkpoint).prop_map(|envelope| envelope.to_json()));
    (whose, witness, extensions(), body()).prop_map(|(whose, witness, extensions, body)| {
        let (organization, product, device_key, counter, created_at) = whose;
        let computer_id = hash::computer_id(&device_key);
        Request {
            organization,
            product,
            computer_id,
            device_key,
            counter,
            created_at,
            witness,
            extensions,
            body,
        }
    })
}

fn envelope(kind: Kind) -> impl Strategy<Value = Envelope> {
    (hex(), any::<[u8; 32]>(), text(40)).prop_map(move |(key_id, half, name)| {
        let payload = alloc::format!("{{\"a\":{}}}", serde_json::Value::from(name)).into_bytes();
        let signature = core::array::from_fn(|i| half[i % 32]);
        Envelope {
            payload_type: kind.payload_type(),
            payload,
            key_id,
            signature,
        }
    })
}

fn validity() -> impl Strategy<Value = Validity> {
    (vec(0..=65_534_u16, 3), any::<bool>()).prop_map(|(mut numbers, lifetime)| {
        numbers.sort_unstable();
        let day = |i: usize| Day::from_number(numbers[i]);
        let valid_from = day(0).expect("a day");
        if lifetime {
            Validity {
                valid_from,
                valid_until: None,
                grace_until: None,
            }
        } else {
            Validity {
                valid_from,
                valid_until: day(1),
                grace_until: day(2),
            }
        }
    })
}

fn activation() -> impl Strategy<Value = Activation> {
    let whose = (
        ulid(),
        1..=u16::MAX,
        identifier(),
        identifier(),
        any::<[u8; 15]>(),
        text(128),
        of(hex()),
    );
    let agreeing = of(
        (fingerprint(), any::<prop::sample::Index>()).prop_map(|(parts, index)| {
            (
                parts.clone(),
                u8::try_from(index.index(parts.len()) + 1).expect("at most 16"),
            )
        }),
    );
    let days = prop::collection::btree_set(any::<u16>(), 0..=8)
        .prop_map(|days| days.into_iter().rev().collect());
    let plan = (0..5_u8).prop_map(|number| Plan::from_number(number).expect("a plan"));
    let what = (
        plan,
        counts(0..=70, 1..=MAX_NUMBER),
        validity(),
        days,
        moment(),
        0..=MAX_NUMBER,
    );
    (whose, agreeing, what, extensions()).prop_map(|(whose, fingerprint, what, extensions)| {
        let (activation_id, sequence, organization, product, id, computer_name, request) = whose;
        let (plan, licences, validity, notify_days, issued_at, trust_list) = what;
        let computer_id = ComputerId(id);
        Activation {
            activation_id,
            sequence,
            organization,
            product,
            computer_id,
            computer_name,
            request,
            fingerprint,
            plan,
            licences,
            validity,
            notify_days,
            issued_at,
            trust_list,
            extensions,
        }
    })
}

fn receipt() -> impl Strategy<Value = Receipt> {
    let whose = (
        ulid(),
        1..=u16::MAX,
        identifier(),
        identifier(),
        any::<[u8; 15]>(),
    );
    let what = (
        hex(),
        counts(0..=70, 1..=MAX_NUMBER),
        select(&Destination::ALL[..]),
        moment(),
    );
    (whose, what).prop_map(
        |((activation_id, sequence, organization, product, id), what)| {
            let (request, licences, destination, issued_at) = what;
            let computer_id = ComputerId(id);
            Receipt {
                activation_id,
                sequence,
                organization,
                product,
                computer_id,
                request,
                licences,
                destination,
                issued_at,
            }
        },
    )
}

fn refusal() -> impl Strategy<Value = RefusalNotice> {
    let said = (
        "[a-z]{1,9}(-[a-z0-9]{1,9}){0,3}",
        any::<String>(),
        any::<String>(),
        any::<String>(),
        hex(),
        moment(),
    );
    let read = (
        of(hex()),
        of(any::<[u8; 15]>().prop_map(ComputerId)),
        of(identifier()),
        of(identifier()),
    );
    (said, read).prop_map(|((code, message, remedy, file, digest, issued_at), read)| {
        let (request, computer_id, organization, product) = read;
        RefusalNotice {
            code,
            message,
            remedy,
            file,
            digest,
            issued_at,
            request,
            computer_id,
            organization,
            product,
        }
    })
}

fn trusted_key() -> impl Strategy<Value = TrustedKey> {
    let products = prop_oneof![
        Just(Products::All),
        vec(identifier(), 0..4).prop_map(Products::Only)
    ];
    (
        any::<[u8; 32]>(),
        products,
        of(day()),
        of(day()),
        select(&KeyStatus::ALL[..]),
    )
        .prop_map(|key| {
            let (public_key, products, not_before, not_after, status) = key;
            TrustedKey {
                key_id: hash::key_id(&public_key),
                public_key,
                products,
                not_before,
                not_after,
                status,
            }
        })
}

fn trust_list() -> impl Strategy<Value = TrustList> {
    let step = (any::<[u8; 32]>(), any::<[u8; 32]>()).prop_map(|(root, half)| Succession {
        root,
        signature: core::array::from_fn(|i| half[i % 32]),
    });
    let roots = (any::<[u8; 32]>(), any::<[u8; 32]>(), vec(step, 0..=64));
    (0..=MAX_NUMBER, moment(), roots, vec(trusted_key(), 1..=64)).prop_map(
        |(version, issued_at, roots, keys)| {
            let (root, first_root, succession) = roots;
            TrustList {
                version,
                issued_at,
                root,
                succession,
                first_root,
                keys,
            }
        },
    )
}

fn point() -> impl Strategy<Value = HistoryPoint> {
    (hex(), 0..=MAX_NUMBER, hex()).prop_map(|(origin, size, head)| HistoryPoint {
        origin,
        size,
        head,
    })
}

fn entry() -> impl Strategy<Value = ManifestEntry> {
    let output = (any::<String>(), hex()).prop_map(|(path, sha256)| Output { path, sha256 });
    let refusal = (
        "[a-z]{1,9}(-[a-z0-9]{1,9}){0,3}",
        any::<String>(),
        any::<String>(),
    )
        .prop_map(|(code, message, remedy)| RefusalReason {
            code,
            message,
            remedy,
        });
    let what = (select(&Outcome::ALL[..]), vec(output, 0..5), of(refusal));
    (any::<String>(), hex(), of(hex()), what).prop_map(
        |(file, digest, request, (outcome, outputs, refusal))| ManifestEntry {
            file,
            digest,
            request,
            outcome,
            outputs,
            refusal,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

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
    fn manifests_and_checkpoints_read_back_equal(batch in ulid(), issued_at in moment(), count in 0..=MAX_NUMBER, sha in hex(), point in point()) {
        let manifest = Manifest { batch, issued_at, count, entries_sha256: sha, checkpoint: point };
        prop_assert_eq!(Manifest::read(&manifest.to_payload()), Ok(manifest));
        let checkpoint = Checkpoint { point, issued_at };
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
    fn envelopes_read_back_equal_from_file_and_from_qr(envelope in envelope(Kind::Receipt)) {
        prop_assert_eq!(Envelope::read(&envelope.to_json()), Ok(envelope.clone()));
        let text = qr::text_of(&envelope).expect("a kind that travels as QR");
        prop_assert_eq!(qr::read_text(&text), Ok(envelope));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in vec(any::<u8>(), 0..300), text in ".{0,80}") {
        let _ = (Envelope::read(&bytes), Activation::read(&bytes), TrustList::read(&bytes), ManifestEntry::read_line(&bytes));
        let _ = (qr::read_text(&text), qr::read_part(&text), qr::read_text(&alloc::format!("KS1:{text}")));
    }
}

#[test]
fn a_line_of_a_manifest_is_an_object_with_objects_in_it() {
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
fn the_largest_payload_fits_in_the_largest_envelope() {
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
