//! What a device asks the signer (PROTOCOL section 4).

use crate::bench::{Bench, FlashBroken, TODAY, components, hardware, moment, need};
use crate::signer::{checkpoint, opened};
use keyspool::device::{Description, DeviceError, Witness};
use keyspool::licence::{Counts, LicenceKey, Ulid};
use keyspool::seal::redeem::verify_proof;
use keyspool::wire::Envelope;
use keyspool::wire::request::{InstalledActivation, Reason, RequestBody, Wanted};

#[test]
fn the_signer_opens_a_description() {
    let mut bench = Bench::new();
    let request = opened(&bench.describe().unwrap());
    assert_eq!(request.computer_id, bench.device.computer_id());
    assert_eq!((request.counter, request.created_at), (1, moment(TODAY)));
    let RequestBody::SystemDescription(description) = &request.body else {
        panic!("a system description")
    };
    assert_eq!(description.need, need());
    assert_eq!(description.computer_name, "nvr-lobby-01 東");
    assert_eq!(description.activation, None);
}

#[test]
fn raw_components_and_keys_stay_here() {
    let mut bench = Bench::new();
    let licence_key = || LicenceKey::from_bytes([0x5A; 15]);
    let mut description = Description::new(
        Wanted::Activate,
        "5.8.2",
        need(),
        components(&[("board", "SERIAL-4711")]),
    );
    description.redeem.push(licence_key());
    let envelope = bench.device.describe(description).unwrap();
    let text = String::from_utf8(envelope.payload.clone()).unwrap();
    assert!(!text.contains("SERIAL-4711") && !text.contains(&licence_key().reveal()));
    let request = opened(&envelope);
    let RequestBody::SystemDescription(description) = &request.body else {
        panic!("a system description")
    };
    let proof = &description.redeem[0].proof;
    assert!(verify_proof(
        &licence_key(),
        &request.organization,
        &request.device_key,
        request.counter,
        proof
    ));
}

#[test]
fn an_unreadable_request_uses_no_counter() {
    let mut bench = Bench::new();
    let before = bench.blob();
    for (version, need) in [
        ("", need()),
        ("a\u{202e}b", need()),
        ("5.8.2", Counts::new()),
    ] {
        let refused = bench.device.describe(Description::new(
            Wanted::Activate,
            version,
            need,
            hardware(),
        ));
        assert!(
            matches!(refused, Err(DeviceError::Request(_))),
            "{version:?}: {refused:?}"
        );
    }
    assert_eq!(bench.blob(), before);
    assert_eq!(opened(&bench.describe().unwrap()).counter, 1);
}

#[test]
fn the_counter_rises_over_restarts() {
    let mut bench = Bench::installed();
    assert_eq!(opened(&bench.describe().unwrap()).counter, 1);
    bench.restart();
    assert_eq!(
        opened(&bench.device.confirm(Witness::Quote).unwrap()).counter,
        2
    );
    bench.restart();
    assert_eq!(
        opened(
            &bench
                .device
                .deactivate(Reason::Moved, Witness::Quote)
                .unwrap()
                .envelope
        )
        .counter,
        3
    );
    assert_eq!(opened(&bench.describe().unwrap()).counter, 4);
}

#[test]
fn the_counter_is_stored_first() {
    let mut bench = Bench::new();
    bench.flash.broken.set(true);
    assert_eq!(bench.describe(), Err(DeviceError::Store(FlashBroken)));
    bench.flash.broken.set(false);
    bench.describe().unwrap();
    // What is stored at the moment of giving out already excludes that counter.
    bench.restart();
    assert_eq!(opened(&bench.describe().unwrap()).counter, 2);
}

#[test]
fn a_description_names_what_is_installed() {
    let mut bench = Bench::installed();
    let request = opened(&bench.describe().unwrap());
    let RequestBody::SystemDescription(description) = &request.body else {
        panic!("a system description")
    };
    assert_eq!(description.activation, bench.device.installed_activation());
    assert_eq!(
        description.activation.map(|activation| activation.sequence),
        Some(1)
    );
}

#[test]
fn the_witness_is_quoted_or_left_out() {
    let mut bench = Bench::installed();
    let quoting = opened(&bench.device.confirm(Witness::Quote).unwrap());
    let witness = Envelope::read(quoting.witness.as_ref().unwrap()).unwrap();
    assert_eq!(witness, checkpoint(1));
    assert_eq!(
        opened(&bench.device.confirm(Witness::LeaveOut).unwrap()).witness,
        None
    );
}

#[test]
fn a_confirmation_names_what_is_installed() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.device.confirm(Witness::Quote),
        Err(DeviceError::NothingInstalled)
    );
    bench.install(&bench.bundle(3)).unwrap();
    let request = opened(&bench.device.confirm(Witness::Quote).unwrap());
    let installed = InstalledActivation {
        id: Some(Ulid::new(1_795_330_800_000, [3; 10])),
        sequence: 3,
    };
    assert_eq!(request.body, RequestBody::Confirmation(installed));
}
