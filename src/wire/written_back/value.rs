//! Values that stand in documents of several kinds.

use crate::licence::id::Hex;
use crate::licence::{Counts, Day, Identifier, Moment, Ulid, Validity};
use crate::wire::envelope::Envelope;
use crate::wire::kind::Kind;
use crate::wire::request::{Fingerprint, InstalledActivation};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

pub(super) fn identifier() -> impl Strategy<Value = Identifier> {
    "[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?"
        .prop_map(|text| Identifier::new(&text).expect("an identifier"))
}

/// Text of 1 to `max` characters, quotes, backslashes and characters outside the basic plane among
/// them.
pub(super) fn text(max: usize) -> impl Strategy<Value = String> {
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

pub(super) fn ulid() -> impl Strategy<Value = Ulid> {
    any::<(u64, [u8; 10])>().prop_map(|(milliseconds, random)| Ulid::new(milliseconds, random))
}

pub(super) fn hex<const N: usize>() -> impl Strategy<Value = Hex<N>> {
    any::<[u8; N]>().prop_map(Hex)
}

pub(super) fn day() -> impl Strategy<Value = Day> {
    (0..=65_534_u16).prop_map(|number| Day::from_number(number).expect("a day"))
}

pub(super) fn moment() -> impl Strategy<Value = Moment> {
    let (first, last) = (
        Moment::read("2020-01-01T00:00:00Z"),
        Moment::read("2199-06-05T23:59:59Z"),
    );
    let range = first.expect("a time").unix()..=last.expect("a time").unix();
    range.prop_map(|seconds| Moment::from_unix(seconds).expect("a time"))
}

pub(super) fn counts(
    types: core::ops::RangeInclusive<usize>,
    counts: core::ops::RangeInclusive<u64>,
) -> impl Strategy<Value = Counts> {
    btree_map(identifier(), counts, types).prop_map(|pairs| pairs.into_iter().collect())
}

pub(super) fn fingerprint() -> impl Strategy<Value = Fingerprint> {
    btree_map(identifier(), hex(), 1..=16)
}

pub(super) fn extensions() -> impl Strategy<Value = Option<String>> {
    of(select(
        &[
            "{}",
            "{\"a\":[1,true,\"é\\\\\"],\"b\":{\"c\":{}}}",
            "{\"\":9007199254740991}",
        ][..],
    )
    .prop_map(Into::into))
}

pub(super) fn installed() -> impl Strategy<Value = InstalledActivation> {
    (of(ulid()), 1..=u16::MAX).prop_map(|(id, sequence)| InstalledActivation { id, sequence })
}

pub(super) fn envelope(kind: Kind) -> impl Strategy<Value = Envelope> {
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

pub(super) fn validity() -> impl Strategy<Value = Validity> {
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
