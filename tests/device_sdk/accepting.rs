//! Which activations a device accepts (PROTOCOL section 5.1).

use crate::bench::{Bench, Flash, components, day, id, need, refusal, secret, setup};
use crate::signer::{checkpoint, key, list_with, signed, signer};
use keyspool::device::{Components, Device, Reception, Refusal, documents_of_text};
use keyspool::licence::Plan;
use keyspool::seal::{TrustError, VerifyError};
use keyspool::wire::response::{Activation, KeyStatus, Products};
use keyspool::wire::{Kind, qr};

#[test]
fn a_bundle_is_installed_and_may_be_used() {
    let mut bench = Bench::new();
    assert_eq!(bench.status().usable(), None);
    let installed = bench.install(&bench.bundle(1)).unwrap();
    assert_eq!(
        installed.activation.map(|activation| activation.sequence),
        Some(1)
    );
    assert_eq!(
        (installed.trust_list, installed.checkpoint),
        (Reception::Stored, Reception::Stored)
    );
    assert_eq!(bench.status().usable(), Some(&need()));
}

#[test]
fn qr_texts_install_in_any_sequence() {
    let mut bench = Bench::new();
    let documents = bench.bundle(1);
    let mut codes: Vec<String> = documents[..2]
        .iter()
        .flat_map(|document| qr::parts_of(&qr::text_of(document).unwrap()).unwrap())
        .collect();
    codes.reverse();
    let scanned = documents_of_text(&codes.join("\r\n")).unwrap();
    bench.install(&scanned).unwrap();
    assert_eq!(bench.status().usable(), Some(&need()));
}

#[test]
fn no_trust_list_no_activation() {
    let mut bench = Bench::new();
    let activation = signed(&bench.activation(1));
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Signer(TrustError::NoList)
    );
}

#[test]
fn an_unlisted_key_is_refused() {
    let mut bench = Bench::installed();
    let stranger = key(66);
    let activation = stranger.sign(Kind::Activation, bench.activation(2).to_payload());
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Signer(TrustError::UnknownKey(stranger.key_id()))
    );
}

#[test]
fn an_altered_activation_is_refused() {
    let mut bench = Bench::installed();
    let mut activation = signed(&bench.activation(2));
    activation.payload = bench.activation(3).to_payload();
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Signer(TrustError::Document(VerifyError::BadSignature))
    );
}

#[test]
fn a_signature_for_one_kind_serves_no_other() {
    let mut bench = Bench::installed();
    let mut activation = signer().sign(Kind::Checkpoint, bench.activation(2).to_payload());
    activation.payload_type = Kind::Activation.payload_type();
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Signer(TrustError::Document(VerifyError::BadSignature))
    );
}

#[test]
fn a_revoked_key_is_refused() {
    let mut bench = Bench::installed();
    let list = list_with(2, |entry| entry.status = KeyStatus::Revoked);
    let activation = signed(&bench.activation(2));
    assert_eq!(
        bench.refusal(&[list, activation]),
        Refusal::Signer(TrustError::Revoked(signer().key_id()))
    );
}

#[test]
fn a_retired_key_is_good_within_its_dates() {
    for (first, last, good) in [
        ("2026-11-22", "2026-11-22", true),
        ("2026-11-20", "2026-11-21", false),
        ("2026-11-23", "2026-12-31", false),
    ] {
        let mut bench = Bench::installed();
        let list = list_with(2, |entry| {
            entry.status = KeyStatus::Retired;
            (entry.not_before, entry.not_after) = (Some(day(first)), Some(day(last)));
        });
        let documents = [list, signed(&bench.activation(2))];
        if good {
            assert_eq!(
                bench
                    .install(&documents)
                    .unwrap()
                    .activation
                    .map(|it| it.sequence),
                Some(2)
            );
        } else {
            assert_eq!(
                bench.refusal(&documents),
                Refusal::Signer(TrustError::Retired(signer().key_id())),
                "{first}"
            );
        }
    }
}

#[test]
fn a_key_signs_for_its_products_only() {
    let mut bench = Bench::new();
    let documents = [
        list_with(1, |entry| entry.products = Products::Only(vec![id("nas")])),
        signed(&bench.activation(1)),
    ];
    let refused = TrustError::Product {
        key_id: signer().key_id(),
        product: id("vms"),
    };
    assert_eq!(bench.refusal(&documents), Refusal::Signer(refused));
    let list = list_with(2, |entry| {
        entry.products = Products::Only(vec![id("nas"), id("vms")])
    });
    bench
        .install(&[list, signed(&bench.activation(1))])
        .unwrap();
}

#[test]
fn another_organization_is_refused() {
    let mut bench = Bench::installed();
    let activation = signed(&Activation {
        organization: id("globex"),
        ..bench.activation(2)
    });
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Organization {
            found: id("globex"),
            own: id("acme")
        }
    );
}

#[test]
fn another_product_is_refused() {
    let mut bench = Bench::installed();
    let activation = signed(&Activation {
        product: id("nas"),
        ..bench.activation(2)
    });
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Product {
            found: id("nas"),
            own: id("vms")
        }
    );
}

#[test]
fn another_device_is_refused() {
    let mut bench = Bench::installed();
    let flash = Flash::default();
    let other = Device::create(flash, bench.watch.clone(), secret(8), setup())
        .unwrap()
        .computer_id();
    let activation = signed(&Activation {
        computer_id: other,
        ..bench.activation(2)
    });
    let own = bench.device.computer_id();
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::OtherDevice { found: other, own }
    );
}

#[test]
fn enough_components_must_agree() {
    let mut bench = Bench::installed();
    let documents = [signed(&bench.activation(2))];
    let one_left = components(&[("board", "B0"), ("mac", "02:00:00:00:00:99"), ("usb", "D0")]);
    let Refusal::Fingerprint(found) = refusal(bench.device.install(&documents, &one_left)) else {
        panic!("refused for its fingerprint")
    };
    assert_eq!((found.agree, found.needed), (1, 2));
    assert_eq!(found.changed, vec![id("disk"), id("mac")]);
    let two_left = components(&[
        ("board", "B0"),
        ("mac", "02:00:00:00:00:99"),
        ("disk", "D0"),
    ]);
    bench.device.install(&documents, &two_left).unwrap();
}

#[test]
fn no_fingerprint_fits_any_hardware() {
    let mut bench = Bench::installed();
    let activation = signed(&Activation {
        fingerprint: None,
        ..bench.activation(2)
    });
    bench
        .device
        .install(&[activation], &Components::new())
        .unwrap();
    assert_eq!(
        bench.device.status(&Components::new()).usable(),
        Some(&need())
    );
}

#[test]
fn the_sequence_must_rise() {
    let mut bench = Bench::installed();
    bench.install(&bench.bundle(5)).unwrap();
    for found in [4, 5] {
        let activation = signed(&Activation {
            plan: Plan::Trial,
            ..bench.activation(found)
        });
        assert_eq!(
            bench.refusal(&[activation]),
            Refusal::Sequence {
                found,
                installed: 5
            }
        );
    }
    bench.restart();
    assert_eq!(
        bench.refusal(&[signed(&bench.activation(1))]),
        Refusal::Sequence {
            found: 1,
            installed: 5
        }
    );
    bench.install(&bench.bundle(6)).unwrap();
}

#[test]
fn the_same_activation_again_is_named_so() {
    let mut bench = Bench::installed();
    let before = bench.blob();
    assert_eq!(bench.refusal(&bench.bundle(1)), Refusal::Already);
    assert_eq!(bench.blob(), before);
}

#[test]
fn an_unclear_set_is_refused() {
    let mut bench = Bench::installed();
    assert_eq!(bench.refusal(&[]), Refusal::Nothing);
    assert_eq!(bench.refusal(&[checkpoint(2)]), Refusal::Nothing);
    let two = [signed(&bench.activation(2)), signed(&bench.activation(3))];
    assert_eq!(bench.refusal(&two), Refusal::Several(Kind::Activation));
    let request = bench.describe().unwrap();
    assert_eq!(
        bench.refusal(&[request]),
        Refusal::NotForInstalling(Kind::SystemDescription)
    );
    let mut unknown = signed(&bench.activation(2));
    unknown.payload_type = "application/vnd.keyspool.activation.v2+json".into();
    assert_eq!(bench.refusal(&[unknown]), Refusal::UnknownType);
    let twice = [signed(&bench.activation(2)), signed(&bench.activation(2))];
    bench.install(&twice).unwrap();
}
