//! Which trust lists a device accepts (PROTOCOL section 5.4).

use crate::bench::{Bench, id};
use crate::signer::{key, list_by, list_with, root, second_root_list, signed, trust_list};
use keyspool::device::{DeviceError, Reception, Refusal};
use keyspool::seal::trust::sign_succession;
use keyspool::seal::{TrustError, VerifyError};
use keyspool::wire::Envelope;
use keyspool::wire::response::{KeyStatus, Products, Succession, TrustList};

#[test]
fn a_trust_list_of_another_root_is_refused() {
    let mut bench = Bench::new();
    let stranger = key(66);
    let own = stranger.public().bytes();
    let list = TrustList {
        root: own,
        first_root: own,
        ..trust_list(1)
    };
    let refused = TrustError::OtherRoot {
        pinned: root().key_id(),
    };
    assert_eq!(
        bench.refusal(&[list_by(&stranger, &list)]),
        Refusal::TrustList(refused)
    );
    // Naming the pinned root without its signature helps nobody.
    let posing = list_by(&stranger, &trust_list(1));
    let Refusal::TrustList(TrustError::Document(error)) = bench.refusal(&[posing]) else {
        panic!("a refused list")
    };
    assert_eq!(
        error,
        VerifyError::KeyId {
            found: stranger.key_id(),
            wanted: root().key_id()
        }
    );
    let mut forged = list_by(&stranger, &trust_list(1));
    forged.key_id = root().key_id();
    let refused = TrustError::Document(VerifyError::BadSignature);
    assert_eq!(bench.refusal(&[forged]), Refusal::TrustList(refused));
}

#[test]
fn only_a_higher_version_is_stored() {
    let mut bench = Bench::installed();
    let reception = |bench: &mut Bench, list: Envelope, sequence| {
        bench
            .install(&[list, signed(&bench.activation(sequence))])
            .unwrap()
            .trust_list
    };
    assert_eq!(
        reception(&mut bench, list_by(&root(), &trust_list(5)), 2),
        Reception::Stored
    );
    assert_eq!(
        reception(&mut bench, list_by(&root(), &trust_list(5)), 3),
        Reception::Ignored
    );
    assert_eq!(
        reception(&mut bench, list_by(&root(), &trust_list(4)), 4),
        Reception::Ignored
    );
    assert_eq!(bench.status().trust_list, Some(5));
}

#[test]
fn a_list_of_an_old_root_is_ignored() {
    let mut bench = Bench::installed();
    bench
        .install(&[list_by(&key(9), &second_root_list(2))])
        .unwrap();
    let installed = bench.install(&bench.bundle(2)).unwrap();
    assert_eq!(installed.trust_list, Reception::Ignored);
}

#[test]
fn a_conflicting_list_is_named() {
    let mut bench = Bench::installed();
    let conflicting = list_with(1, |entry| entry.products = Products::Only(vec![id("nas")]));
    let installed = bench
        .install(&[conflicting, signed(&bench.activation(2))])
        .unwrap();
    assert_eq!(
        installed.trust_list,
        Reception::Refused(TrustError::Conflict { version: 1 })
    );
    assert_eq!(
        installed.activation.map(|activation| activation.sequence),
        Some(2)
    );
}

#[test]
fn a_list_is_stored_beside_a_refusal() {
    let mut bench = Bench::installed();
    let list = list_with(2, |entry| entry.status = KeyStatus::Revoked);
    let Err(DeviceError::Refused(refused)) = bench.install(&[list, signed(&bench.activation(2))])
    else {
        panic!("the activation is refused")
    };
    assert_eq!(refused.trust_list, Reception::Stored);
    bench.restart();
    assert_eq!(bench.status().trust_list, Some(2));
}

#[test]
fn a_trust_list_alone_is_installed() {
    let mut bench = Bench::new();
    let installed = bench.install(&[list_by(&root(), &trust_list(1))]).unwrap();
    assert_eq!(
        (installed.activation, installed.trust_list),
        (None, Reception::Stored)
    );
}

#[test]
fn the_pin_follows_the_succession() {
    let mut bench = Bench::installed();
    bench
        .install(&[list_by(&key(9), &second_root_list(2))])
        .unwrap();
    assert_eq!(*bench.device.trust().pinned_root(), key(9).public().bytes());
    bench.restart();
    assert_eq!(*bench.device.trust().pinned_root(), key(9).public().bytes());
    let by_the_old = list_by(&root(), &trust_list(3));
    let refused = TrustError::OtherRoot {
        pinned: key(9).key_id(),
    };
    assert_eq!(bench.refusal(&[by_the_old]), Refusal::TrustList(refused));
    bench
        .install(&[list_by(&key(9), &second_root_list(3))])
        .unwrap();
}

#[test]
fn a_missed_root_is_walked_through() {
    let mut list = second_root_list(3);
    let third = key(10).public().bytes();
    list.succession.push(Succession {
        root: third,
        signature: sign_succession(&key(9), &third),
    });
    list.root = third;
    let mut bench = Bench::installed();
    bench.install(&[list_by(&key(10), &list)]).unwrap();
    assert_eq!(*bench.device.trust().pinned_root(), third);
}

#[test]
fn an_unsigned_step_is_refused() {
    let mut bench = Bench::installed();
    let mut list = second_root_list(2);
    list.succession[0].signature = sign_succession(&key(66), &list.root);
    assert_eq!(
        bench.refusal(&[list_by(&key(9), &list)]),
        Refusal::TrustList(TrustError::Succession { step: 1 })
    );
}

#[test]
fn a_succession_that_ends_elsewhere_is_refused() {
    let mut bench = Bench::installed();
    let list = TrustList {
        root: root().public().bytes(),
        ..second_root_list(2)
    };
    assert_eq!(
        bench.refusal(&[list_by(&root(), &list)]),
        Refusal::TrustList(TrustError::SuccessionEnd)
    );
}

#[test]
fn a_later_revocation_ends_the_use() {
    let mut bench = Bench::installed();
    bench
        .install(&[list_with(2, |entry| entry.status = KeyStatus::Revoked)])
        .unwrap();
    let status = bench.status();
    assert!(status.held.as_ref().unwrap().key_revoked);
    assert_eq!(status.usable(), None);
}
