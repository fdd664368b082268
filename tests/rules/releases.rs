//! Giving up and losing: deactivation, held seats, recovery (LICENSING sections 11 and 13).

use crate::bench::{Bench, Device, day, seats};
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::need::NeedRow;
use keyspool::policy::record::state::key_of;
use keyspool::policy::record::system::{GivenUp, HardwareRow, SystemState};
use keyspool::policy::record::tally::TallyRow;
use keyspool::wire::response::Destination;

pub(crate) fn how(bench: &Bench, device: &Device) -> GivenUp {
    match bench.system(device).state {
        SystemState::GivenUp { how, .. } => how,
        other => panic!("{other:?}"),
    }
}

fn held(bench: &Bench) -> keyspool::licence::Counts {
    bench.row::<TallyRow>(&key_of(&["nas"])).held
}

#[test]
fn each_seat_returns_with_its_own_end() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(2);
    bench.drop(&device.activate(1));
    bench.on("2027-03-01").drop(&device.activate(2));
    let receipt = bench.on("2027-04-01").drop(&device.deactivate(2)).receipt();
    assert_eq!(
        (receipt.licences, receipt.destination),
        (seats(2), Destination::Wallet)
    );
    let mut ends: Vec<_> = bench
        .lots("acme")
        .iter()
        .map(|lot| lot.store_until)
        .collect();
    ends.sort_unstable();
    assert_eq!(ends, [day("2027-11-21"), day("2028-02-29")]);
    let next = bench.drop(&Device::new(2).activate(1)).activation();
    assert_eq!(
        next.validity.valid_until,
        Some(day("2028-02-29")),
        "the latest end first"
    );
    bench.on("2027-11-22");
    assert_eq!(
        bench.wallet(),
        (0, 0),
        "the other one ran out in the wallet"
    );
    assert_eq!(bench.row::<TallyRow>(&key_of(&["nas"])).expired, seats(1));
}

#[test]
fn an_ended_seat_does_not_return() {
    for (on, back) in [("2027-11-21", 1), ("2027-11-22", 0)] {
        let (mut bench, mut device) = (Bench::new(r#","grace_days":30"#), Device::new(1));
        bench.stock(1);
        bench.drop(&device.activate(1));
        let receipt = bench.on(on).drop(&device.deactivate(1)).receipt();
        let destination = if back == 1 {
            Destination::Wallet
        } else {
            Destination::None
        };
        assert_eq!(
            (receipt.licences, receipt.destination),
            (seats(back), destination),
            "on {on}"
        );
        assert_eq!(bench.wallet(), (0, back));
    }
}

#[test]
fn a_deactivation_after_the_end_is_still_accepted() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    bench.drop(&device.activate(1));
    assert_eq!(
        bench
            .on("2029-01-01")
            .drop(&device.deactivate(1))
            .receipt()
            .destination,
        Destination::None
    );
    assert_eq!(how(&bench, &device), GivenUp::Proven);
    assert_eq!(
        bench.row::<HardwareRow>(&1_u64.to_be_bytes()).releases,
        [],
        "no seat was given back"
    );
}

/// Releases so many days apart; whether the last one is held.
fn last_is_held(settings: &str, gaps: &[u32]) -> bool {
    let (mut bench, mut device) = (Bench::new(settings), Device::new(1));
    bench.stock(9);
    bench.drop(&device.activate(1));
    bench.drop(&device.deactivate(1));
    for gap in gaps {
        device = device.moved_on();
        bench.drop(&device.activate(1));
        bench.later(*gap);
        bench.drop(&device.deactivate(1));
    }
    matches!(
        bench.system(&device).state,
        SystemState::GivenUp { held: true, .. }
    )
}

#[test]
fn releases_over_the_limit_are_held() {
    assert!(!last_is_held("", &[0, 0]), "three");
    assert!(last_is_held("", &[0, 0, 0]), "four");
    assert!(
        last_is_held("", &[100, 100, 164]),
        "the first on day 1 of 365"
    );
    assert!(
        !last_is_held("", &[100, 100, 165]),
        "the first on the day before the window"
    );
    let one = r#","release_limit":{"count":1,"days":10}"#;
    assert!(last_is_held(one, &[9]));
    assert!(!last_is_held(one, &[10]));
    assert!(last_is_held(
        r#","release_limit":{"count":0,"days":1}"#,
        &[]
    ));
}

#[test]
fn approved_seat_goes_back_with_its_own_end() {
    let (mut bench, mut device) = (
        Bench::new(r#","self_service_deactivation":false"#),
        Device::new(1),
    );
    bench.stock(1);
    bench.drop(&device.activate(1));
    let receipt = bench.on("2027-01-01").drop(&device.deactivate(1)).receipt();
    assert_eq!(
        (receipt.licences.is_empty(), receipt.destination),
        (true, Destination::None)
    );
    assert_eq!((bench.wallet(), held(&bench)), ((0, 0), seats(1)));
    assert_eq!(bench.row::<NeedRow>(&key_of(&["acme", "nas"])).systems, 0);
    assert_eq!(
        bench.drop(&device.activate(1)).code(),
        Some(ComputerIdRetired),
        "retired at once"
    );
    bench
        .on("2027-02-01")
        .approve(device.id())
        .expect("it is held");
    assert_eq!((bench.wallet(), held(&bench).is_empty()), ((0, 1), true));
    assert_eq!(bench.lots("acme")[0].store_until, day("2027-11-21"));
    assert_eq!(bench.approve(device.id()), Err(NotNeeded));
}

#[test]
fn ended_held_seat_does_not_return() {
    for (on, back) in [("2027-11-21", 1), ("2027-11-22", 0)] {
        let (mut bench, mut device) = (
            Bench::new(r#","self_service_deactivation":false"#),
            Device::new(1),
        );
        bench.stock(1);
        bench.drop(&device.activate(1));
        bench.drop(&device.deactivate(1));
        bench.on(on).approve(device.id()).expect("it is held");
        assert_eq!(
            (bench.wallet(), held(&bench).is_empty()),
            ((0, back), true),
            "on {on}"
        );
    }
}
