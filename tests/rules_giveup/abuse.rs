//! What requests say of systems that were given up without proof.

use crate::bench::{Bench, Device};
use crate::operator::{by_code, release, replay, suspect, suspicion};
use keyspool::policy::record::given_up::Abuse;

/// Request 1 granted, confirmation 2 noted, then released without proof. Gives the number of the
/// release, too.
fn released() -> (Bench, Device, u64) {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    let activation = bench.drop(&device.activate(1)).activation();
    device.install(&activation);
    bench.drop(&device.confirm(1));
    release(&mut bench, &device).expect("active");
    let number = bench.log.len() as u64;
    (bench, device, number)
}

#[test]
fn counter_above_the_last_is_possible_abuse() {
    let (mut bench, device, _) = released();
    let at = |counter| {
        let body = device.description(
            keyspool::wire::request::Wanted::Refresh,
            crate::bench::seats(1),
            &[],
            counter,
        );
        device.sign_at(counter, body)
    };
    assert_eq!(
        suspect(&mut bench, &at(2), None),
        None,
        "the confirmation was request 2"
    );
    assert_eq!(suspicion(&bench, &device), None);
    assert_eq!(suspect(&mut bench, &at(3), None), Some(Abuse::Possible));
    let row = suspicion(&bench, &device).expect("suspected");
    assert_eq!((row.abuse, row.requests), (Abuse::Possible, 1));
    replay(&bench);
}

#[test]
fn newer_witness_is_proof_of_a_release() {
    let (mut bench, mut device, number) = released();
    assert_eq!(
        suspect(&mut bench, &device.refresh(1), Some(number - 1)),
        Some(Abuse::Possible)
    );
    assert_eq!(
        suspect(&mut bench, &device.refresh(1), Some(number)),
        Some(Abuse::Proven)
    );
    assert_eq!(
        suspect(&mut bench, &device.refresh(1), None),
        Some(Abuse::Possible)
    );
    let row = suspicion(&bench, &device).expect("suspected");
    assert_eq!(
        (row.abuse, row.requests),
        (Abuse::Proven, 3),
        "the worst stays"
    );
    replay(&bench);
}

#[test]
fn file_answered_before_says_nothing() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    let first = device.activate(1);
    bench.drop(&first);
    release(&mut bench, &device).expect("active");
    assert_eq!(suspect(&mut bench, &first, None), None);
}

#[test]
fn recovered_computer_id_is_suspected() {
    let (mut bench, mut old) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    bench.drop(&old.activate(1));
    let mut new = old.reinstalled(2);
    bench.drop(&new.activate(1));
    assert_eq!(
        suspect(&mut bench, &old.refresh(1), None),
        Some(Abuse::Possible)
    );
    by_code(&mut bench, &new).expect("active");
    assert_eq!(suspect(&mut bench, &new.refresh(1), None), None);
}
