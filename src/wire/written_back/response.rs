//! What the signer writes: activations, receipts, refusals, trust lists, manifests.

use super::value::{
    counts, day, extensions, fingerprint, hex, identifier, moment, text, ulid, validity,
};
use crate::licence::identifier::MAX_NAME_CHARACTERS;
use crate::licence::{ComputerId, Plan};
use crate::wire::hash;
use crate::wire::json::MAX_NUMBER;
use crate::wire::response::{
    Activation, Destination, HistoryPoint, KeyStatus, ManifestEntry, Outcome, Output, Products,
    Receipt, RefusalNotice, RefusalReason, Succession, TrustList, TrustedKey,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

pub(super) fn activation() -> impl Strategy<Value = Activation> {
    let whose = (
        ulid(),
        1..=u16::MAX,
        identifier(),
        identifier(),
        any::<[u8; 15]>(),
        text(MAX_NAME_CHARACTERS),
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

pub(super) fn receipt() -> impl Strategy<Value = Receipt> {
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

pub(super) fn refusal() -> impl Strategy<Value = RefusalNotice> {
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

pub(super) fn trusted_key() -> impl Strategy<Value = TrustedKey> {
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

pub(super) fn trust_list() -> impl Strategy<Value = TrustList> {
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

pub(super) fn point() -> impl Strategy<Value = HistoryPoint> {
    (hex(), 0..=MAX_NUMBER, hex()).prop_map(|(origin, size, head)| HistoryPoint {
        origin,
        size,
        head,
    })
}

pub(super) fn entry() -> impl Strategy<Value = ManifestEntry> {
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
