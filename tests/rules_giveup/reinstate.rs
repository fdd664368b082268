//! Taking a release without proof back.

use crate::bench::{Bench, Device, day};
use crate::operator::{
    active_systems, by_code, cancel, deny, refresh, reinstate, release, replay, suspect, suspicion,
};
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::due;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::given_up::Abuse;

fn released() -> (Bench, Device) {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    bench.drop(&device.activate(1));
    release(&mut bench, &device).expect("active");
    (bench, device)
}

#[test]
fn very_seat_comes_back_with_its_end() {
    let (mut bench, mut device) = released();
    bench.stock(1);
    assert_eq!(reinstate(bench.on("2027-02-01"), &device), Ok(1));
    assert_eq!((bench.wallet(), active_systems(&bench)), ((1, 0), 1));
    assert_eq!(bench.system(&device).seats[0].term.end(), day("2027-11-21"));
    assert_eq!(
        due::since(&bench.state, &device.id()),
        Ok(None),
        "what is installed says the same"
    );
    assert_eq!(
        bench.drop(&device.refresh(1)).outcome(),
        Some(Outcome::Refreshed)
    );
    assert_eq!(reinstate(&mut bench, &device), Err(NotNeeded));
    replay(&bench);
    bench.on("2027-11-22");
    assert_eq!(active_systems(&bench), 0, "it ends on its day");
}

#[test]
fn another_seat_replaces_one_that_is_gone() {
    let (mut bench, device) = released();
    bench.drop(&Device::new(2).activate(1));
    bench.on("2027-02-01").stock(1);
    assert_eq!(reinstate(&mut bench, &device), Ok(1));
    assert_eq!(
        bench.system(&device).seats[0].term.end(),
        day("2028-01-31"),
        "a new term"
    );
    assert_eq!(due::systems(&bench.state), Ok(vec![device.id()]));
    let activation = refresh(&mut bench, device.id()).expect("it is due");
    assert_eq!(
        (activation.sequence, activation.validity.valid_until),
        (2, Some(day("2028-01-31")))
    );
    replay(&bench);
}

#[test]
fn reinstated_without_a_free_seat_holds_none() {
    let (mut bench, mut device) = released();
    bench.drop(&Device::new(2).activate(1));
    assert_eq!(reinstate(&mut bench, &device), Ok(0));
    assert_eq!(active_systems(&bench), 1);
    assert_eq!(
        bench.drop(&device.activate(1)).code(),
        Some(NotEnoughLicences)
    );
    bench.stock(1);
    assert_eq!(
        bench.drop(&device.activate(1)).outcome(),
        Some(Outcome::Activated)
    );
    replay(&bench);
}

#[test]
fn seat_ended_in_the_wallet_stays_gone() {
    for (on, back) in [("2027-11-21", 1), ("2027-11-22", 0)] {
        let (mut bench, device) = released();
        assert_eq!(reinstate(bench.on(on), &device), Ok(back), "on {on}");
        replay(&bench);
    }
}

#[test]
fn reinstating_lifts_each_kind_of_release() {
    let (mut bench, mut device) = released();
    assert_eq!(
        suspect(&mut bench, &device.activate(1), None),
        Some(Abuse::Possible)
    );
    reinstate(&mut bench, &device).expect("released");
    assert_eq!(suspicion(&bench, &device), None);
    cancel(&mut bench, &device).expect("never confirmed");
    assert_eq!(reinstate(&mut bench, &device), Ok(1));
    bench.on("2027-11-22");
    release(&mut bench, &device).expect("active");
    assert_eq!(reinstate(&mut bench, &device), Ok(0));
    replay(&bench);
}

#[test]
fn proven_release_is_not_reinstated() {
    let (mut bench, mut device) = released();
    bench.drop(&device.deactivate(1)).receipt();
    assert_eq!(reinstate(&mut bench, &device), Err(AlreadyDeactivated));
    let (mut bench, mut old) = (Bench::new(""), Device::new(1));
    bench.stock(2);
    bench.drop(&old.activate(1));
    let mut new = old.reinstalled(2);
    bench.drop(&new.activate(1));
    assert_eq!(reinstate(&mut bench, &old), Err(ComputerIdRetired));
    deny(&mut bench, &new, false).expect("active");
    assert_eq!(reinstate(&mut bench, &new), Err(Denied));
    assert_eq!(by_code(&mut bench, &new), Ok(()));
    assert_eq!(
        reinstate(&mut bench, &Device::new(9)),
        Err(UnknownActivation)
    );
}
