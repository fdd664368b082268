//! Denying lost and cloned devices.

use crate::bench::{Bench, Device, seats};
use crate::operator::{active_systems, by_code, deny, held, is_held, release, replay, undeny};
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::system::SystemState;
use keyspool::wire::response::Destination;

fn active() -> (Bench, Device) {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    let activation = bench.drop(&device.activate(1)).activation();
    device.install(&activation);
    (bench, device)
}

#[test]
fn a_denied_device_is_refused_and_its_seat_is_held() {
    let (mut bench, mut device) = active();
    let first = device.activate(1);
    assert_eq!(bench.drop(&first).outcome(), Some(Outcome::Refreshed));
    assert_eq!(deny(&mut bench, &device, false), Ok(()));
    assert_eq!(
        (held(&bench), bench.wallet(), active_systems(&bench)),
        (seats(1), (0, 0), 0)
    );
    assert_eq!(
        bench.drop(&first).code(),
        Some(Denied),
        "not even what was answered before"
    );
    assert_eq!(bench.drop(&device.refresh(1)).code(), Some(Denied));
    assert_eq!(bench.drop(&device.confirm(1)).code(), Some(Denied));
    assert_eq!(deny(&mut bench, &device, false), Err(NotNeeded));
    assert_eq!(release(&mut bench, &device), Err(Denied));
    replay(&bench);
}

#[test]
fn denied_seat_goes_back_at_once_or_later() {
    for later in [false, true] {
        let (mut bench, mut device) = active();
        if later {
            deny(&mut bench, &device, false).expect("active");
        }
        assert_eq!(deny(bench.on("2027-01-01"), &device, true), Ok(()));
        assert_eq!((held(&bench).is_empty(), bench.wallet()), (true, (0, 1)));
        assert_eq!(
            deny(&mut bench, &device, true),
            Err(NotNeeded),
            "nothing is left"
        );
        assert_eq!(bench.drop(&device.refresh(1)).code(), Some(Denied));
        replay(&bench);
    }
}

#[test]
fn ended_denied_seat_does_not_return() {
    for (on, said, back) in [("2027-11-21", Ok(()), 1), ("2027-11-22", Err(NotNeeded), 0)] {
        let (mut bench, device) = active();
        deny(&mut bench, &device, false).expect("active");
        assert_eq!(deny(bench.on(on), &device, true), said);
        assert_eq!(
            (bench.wallet(), held(&bench).is_empty()),
            ((0, back), true),
            "on {on}"
        );
        replay(&bench);
    }
}

#[test]
fn denied_device_deactivates_and_seat_waits() {
    for by_file in [true, false] {
        let (mut bench, mut device) = active();
        deny(&mut bench, &device, false).expect("active");
        if by_file {
            assert_eq!(
                bench.drop(&device.deactivate(1)).receipt().destination,
                Destination::None
            );
        } else {
            assert_eq!(by_code(&mut bench, &device), Ok(()));
        }
        assert_eq!(
            (is_held(&bench, &device), held(&bench), bench.wallet()),
            (true, seats(1), (0, 0))
        );
        bench.approve(device.id()).expect("it is held");
        assert_eq!((held(&bench).is_empty(), bench.wallet()), (true, (0, 1)));
        replay(&bench);
    }
}

#[test]
fn denied_device_without_a_seat_gives_nothing() {
    let (mut bench, mut device) = active();
    deny(&mut bench, &device, true).expect("active");
    assert_eq!(
        bench.drop(&device.deactivate(1)).receipt().destination,
        Destination::None
    );
    assert_eq!((is_held(&bench, &device), bench.wallet()), (false, (0, 1)));
    replay(&bench);
    let (mut bench, mut device) = active();
    deny(&mut bench, &device, false).expect("active");
    bench.on("2027-11-22").drop(&device.deactivate(1)).receipt();
    assert_eq!(
        (
            is_held(&bench, &device),
            held(&bench).is_empty(),
            bench.wallet()
        ),
        (false, true, (0, 0))
    );
    replay(&bench);
}

#[test]
fn undenied_seat_is_as_it_was() {
    let (mut bench, mut device) = active();
    let before = bench.system(&device);
    deny(&mut bench, &device, false).expect("active");
    assert_eq!(undeny(bench.on("2027-03-01"), &device), Ok(()));
    assert_eq!(
        (bench.system(&device), held(&bench).is_empty()),
        (before, true)
    );
    assert_eq!(
        bench.drop(&device.refresh(1)).outcome(),
        Some(Outcome::Refreshed)
    );
    assert_eq!(undeny(&mut bench, &device), Err(NotNeeded));
    replay(&bench);
}

#[test]
fn a_seat_that_ended_while_it_was_denied_is_gone() {
    for (on, count) in [("2027-11-21", 1), ("2027-11-22", 0)] {
        let (mut bench, device) = active();
        deny(&mut bench, &device, false).expect("active");
        undeny(bench.on(on), &device).expect("denied");
        assert_eq!(
            (bench.system(&device).seats.len(), active_systems(&bench)),
            (count, count as u64),
            "on {on}"
        );
        bench.on("2027-12-01");
        assert_eq!(
            active_systems(&bench),
            0,
            "and ends on its day all the same"
        );
        replay(&bench);
    }
}

#[test]
fn returned_seat_comes_back_if_it_is_free() {
    let (mut bench, device) = active();
    deny(&mut bench, &device, true).expect("active");
    undeny(&mut bench, &device).expect("denied");
    assert_eq!((bench.wallet(), active_systems(&bench)), ((0, 0), 1));
    replay(&bench);
    let (mut bench, mut device) = active();
    deny(&mut bench, &device, true).expect("active");
    bench.drop(&Device::new(2).activate(1)).activation();
    undeny(&mut bench, &device).expect("denied");
    assert_eq!(
        (bench.system(&device).state, active_systems(&bench)),
        (SystemState::Active, 1),
        "no seat is free"
    );
    assert_eq!(
        bench.drop(&device.activate(1)).code(),
        Some(NotEnoughLicences)
    );
    replay(&bench);
}

#[test]
fn what_was_given_up_or_never_known_is_not_denied() {
    let (mut bench, device) = active();
    by_code(&mut bench, &device).expect("active");
    assert_eq!(deny(&mut bench, &device, false), Err(ComputerIdRetired));
    assert_eq!(undeny(&mut bench, &device), Err(NotNeeded));
    assert_eq!(
        deny(&mut bench, &Device::new(9), false),
        Err(UnknownActivation)
    );
}

#[test]
fn a_held_seat_ends_by_its_dates() {
    let (mut bench, device) = active();
    deny(&mut bench, &device, false).expect("active");
    assert_eq!(held(bench.on("2027-11-21")), seats(1), "its last day");
    assert!(
        held(bench.on("2027-11-22")).is_empty(),
        "used up, held no more"
    );
    assert_eq!(undeny(&mut bench, &device), Ok(()));
    assert_eq!((bench.wallet(), active_systems(&bench)), ((0, 0), 0));
    replay(&bench);
}

#[test]
fn held_seat_of_a_given_up_system_ends() {
    let (mut bench, mut device) = active();
    deny(&mut bench, &device, false).expect("active");
    bench.drop(&device.deactivate(1)).receipt();
    assert!(is_held(&bench, &device));
    assert_eq!(held(bench.on("2027-11-21")), seats(1));
    assert!(held(bench.on("2027-11-22")).is_empty());
    replay(&bench);
}
