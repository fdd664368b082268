//! How a device gives itself up (PROTOCOL sections 4.2, 6.2 and 6.3).

use crate::bench::{Bench, FlashBroken, licence_types, need, refusal};
use crate::signer::{opened, signed};
use keyspool::device::{DeviceError, MAX_KEPT_DEACTIVATIONS, Refusal, Witness};
use keyspool::licence::{LineKind, code};
use keyspool::seal::computer_key::ComputerKeyRefused;
use keyspool::seal::generation::from_verification_code;
use keyspool::wire::request::{Reason, RequestBody};

#[test]
fn a_deactivated_device_becomes_another() {
    let mut bench = Bench::installed();
    let old = bench.device.computer_id();
    let done = bench
        .device
        .deactivate(Reason::Moved, Witness::Quote)
        .unwrap();
    let request = opened(&done.envelope);
    assert_eq!((request.computer_id, done.computer_id), (old, old));
    let RequestBody::Deactivation(body) = &request.body else {
        panic!("a deactivation")
    };
    assert_eq!((body.reason, body.activation.sequence), (Reason::Moved, 1));
    let typed = code::read_line(&done.verification_line(), LineKind::VerificationCode).unwrap();
    assert_eq!(
        (typed, body.verification_code),
        (done.verification_code, done.verification_code)
    );
    assert_eq!(from_verification_code(&typed).1, old);
    assert_ne!(bench.device.computer_id(), old);
    let status = bench.status();
    assert_eq!((status.generation, status.held.is_none()), (2, true));
}

#[test]
fn a_deactivation_is_stored_first() {
    let mut bench = Bench::installed();
    let (old, before) = (bench.device.computer_id(), bench.blob());
    bench.flash.broken.set(true);
    assert_eq!(
        bench.device.deactivate(Reason::Moved, Witness::Quote),
        Err(DeviceError::Store(FlashBroken))
    );
    assert_eq!((bench.device.computer_id(), bench.blob()), (old, before));
    assert_eq!(bench.status().usable(), Some(&need()));
    assert_eq!(bench.device.deactivations(), &[]);
    bench.flash.broken.set(false);
    let done = bench
        .device
        .deactivate(Reason::Moved, Witness::Quote)
        .unwrap();
    // The power fails right after it was revealed: what was stored knows nothing of the old
    // generation.
    bench.restart();
    assert_ne!(bench.device.computer_id(), old);
    assert_eq!(bench.status().held, None);
    assert_eq!(bench.device.deactivations(), &[done]);
}

#[test]
fn a_deactivation_repeats_byte_for_byte() {
    let mut bench = Bench::installed();
    let done = bench
        .device
        .deactivate(Reason::Retired, Witness::Quote)
        .unwrap();
    bench.restart();
    bench.describe().unwrap();
    assert_eq!(
        bench.device.deactivations()[0].envelope.to_json(),
        done.envelope.to_json()
    );
    assert_eq!(
        bench.device.deactivations()[0].verification_line(),
        done.verification_line()
    );
}

#[test]
fn a_given_up_computer_id_is_refused() {
    let mut bench = Bench::installed();
    let later = signed(&bench.activation(9));
    let typed = bench.typed(9);
    let old = bench
        .device
        .deactivate(Reason::Moved, Witness::Quote)
        .unwrap()
        .computer_id;
    assert_eq!(bench.refusal(&[later]), Refusal::GivenUp { found: old });
    let refused = refusal(bench.device.install_computer_key(&typed, &licence_types()));
    assert_eq!(
        refused,
        Refusal::ComputerKey(ComputerKeyRefused::BadSignature)
    );
}

#[test]
fn a_new_generation_begins_at_sequence_1() {
    let mut bench = Bench::installed();
    bench.install(&bench.bundle(7)).unwrap();
    bench
        .device
        .deactivate(Reason::Other, Witness::Quote)
        .unwrap();
    bench.install(&[signed(&bench.activation(1))]).unwrap();
    assert_eq!(bench.status().usable(), Some(&need()));
}

#[test]
fn nothing_installed_nothing_given_up() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.device.deactivate(Reason::Moved, Witness::Quote),
        Err(DeviceError::NothingInstalled)
    );
    assert_eq!(bench.status().generation, 1);
}

#[test]
fn the_newest_deactivations_are_kept() {
    let mut bench = Bench::installed();
    let mut last = None;
    for _ in 0..=MAX_KEPT_DEACTIVATIONS {
        last = Some(
            bench
                .device
                .deactivate(Reason::Moved, Witness::LeaveOut)
                .unwrap(),
        );
        bench.install(&[signed(&bench.activation(1))]).unwrap();
    }
    assert_eq!(bench.device.deactivations().len(), MAX_KEPT_DEACTIVATIONS);
    assert_eq!(bench.device.deactivations().last(), last.as_ref());
}
