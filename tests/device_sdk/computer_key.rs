//! Computer Keys (PROTOCOL section 6.5).

use crate::bench::{Bench, Flash, id, licence_types, need, refusal, secret, setup};
use crate::signer::{list_by, list_with, opened, root, signed, signer, trust_list};
use keyspool::device::{Device, Refusal, Witness};
use keyspool::licence::Plan;
use keyspool::seal::TrustError;
use keyspool::seal::computer_key::ComputerKeyRefused;
use keyspool::wire::Envelope;
use keyspool::wire::request::{InstalledActivation, RequestBody};
use keyspool::wire::response::{KeyStatus, Products};

#[test]
fn a_computer_key_survives_a_restart() {
    let mut bench = Bench::installed();
    let typed = format!("\n{}\n", bench.typed(2).to_lowercase().replace('-', "   "));
    let installed = bench
        .device
        .install_computer_key(&typed, &licence_types())
        .unwrap();
    assert_eq!(
        installed.activation,
        Some(InstalledActivation {
            id: None,
            sequence: 2
        })
    );
    bench.restart();
    let held = bench.status().held.unwrap();
    assert_eq!(
        (held.entitlement.plan, held.entitlement.licences),
        (Plan::Emergency, need())
    );
    assert_eq!(held.entitlement.notify_days, vec![30, 14, 7]);
    assert_eq!(held.fingerprint, None);
    let confirmation = opened(&bench.device.confirm(Witness::LeaveOut).unwrap());
    assert_eq!(
        confirmation.body,
        RequestBody::Confirmation(InstalledActivation {
            id: None,
            sequence: 2
        })
    );
}

#[test]
fn another_devices_computer_key_is_refused() {
    let mut bench = Bench::installed();
    let other = Device::create(Flash::default(), bench.watch.clone(), secret(8), setup()).unwrap();
    let typed = Bench {
        device: other,
        flash: Flash::default(),
        watch: bench.watch.clone(),
    }
    .typed(2);
    let refused = refusal(bench.device.install_computer_key(&typed, &licence_types()));
    assert_eq!(
        refused,
        Refusal::ComputerKey(ComputerKeyRefused::BadSignature)
    );
}

#[test]
fn the_sequence_spans_both_forms() {
    let mut bench = Bench::installed();
    let typed = bench.typed(1);
    let refused = refusal(bench.device.install_computer_key(&typed, &licence_types()));
    assert_eq!(
        refused,
        Refusal::Sequence {
            found: 1,
            installed: 1
        }
    );
    let typed = bench.typed(3);
    bench
        .device
        .install_computer_key(&typed, &licence_types())
        .unwrap();
    assert_eq!(
        bench.refusal(&[signed(&bench.activation(3))]),
        Refusal::Sequence {
            found: 3,
            installed: 3
        }
    );
}

#[test]
fn a_computer_key_needs_an_active_key() {
    let refused_after = |list: Envelope, index: u8| {
        let mut bench = Bench::installed();
        bench.install(&[list]).unwrap();
        let typed = bench.lines(&bench.computer_key(2, index));
        refusal(bench.device.install_computer_key(&typed, &licence_types()))
    };
    let signer_refused = |error| Refusal::ComputerKey(ComputerKeyRefused::Signer(error));
    let key_id = signer().key_id();
    let plain = list_by(&root(), &trust_list(2));
    assert_eq!(
        refused_after(plain, 1),
        signer_refused(TrustError::NoSuchIndex(1))
    );
    let retired = list_with(2, |entry| entry.status = KeyStatus::Retired);
    assert_eq!(
        refused_after(retired, 0),
        signer_refused(TrustError::NotActive(key_id))
    );
    let revoked = list_with(2, |entry| entry.status = KeyStatus::Revoked);
    assert_eq!(
        refused_after(revoked, 0),
        signer_refused(TrustError::Revoked(key_id))
    );
    let other_product = list_with(2, |entry| entry.products = Products::Only(vec![id("nas")]));
    assert_eq!(
        refused_after(other_product, 0),
        signer_refused(TrustError::Product {
            key_id,
            product: id("vms")
        })
    );
}

#[test]
fn an_unknown_licence_type_is_refused() {
    let mut bench = Bench::installed();
    let typed = bench.typed(2);
    let refused = refusal(
        bench
            .device
            .install_computer_key(&typed, &licence_types()[..1]),
    );
    assert_eq!(refused, Refusal::LicenceType { index: 1 });
}
