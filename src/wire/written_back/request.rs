//! Requests of every kind.

use super::value::{
    counts, envelope, extensions, fingerprint, hex, identifier, installed, moment, text,
};
use crate::licence::identifier::MAX_NAME_CHARACTERS;
use crate::wire::json::MAX_NUMBER;
use crate::wire::kind::Kind;
use crate::wire::request::{Deactivation, Reason, Redeem, RequestBody, SystemDescription, Wanted};
use crate::wire::{Request, hash};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

pub(super) fn description() -> impl Strategy<Value = SystemDescription> {
    let redeem = (hex(), any::<[u8; 32]>()).prop_map(|(id, proof)| Redeem { id, proof });
    let wanted = (
        select(&Wanted::ALL[..]),
        text(64),
        text(MAX_NAME_CHARACTERS),
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

pub(super) fn body() -> impl Strategy<Value = RequestBody> {
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

pub(super) fn request() -> impl Strategy<Value = Request> {
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
