//! Giving up and losing: deactivation, held seats, recovery (LICENSING sections 11 and 13).

use crate::bench::{Bench, Device, day, seats};
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::need::NeedRow;
use keyspool::policy::record::state::key_of;
use keyspool::policy::record::system::{GivenUp, HardwareRow, SystemState};
use keyspool::policy::record::tally::TallyRow;
use keyspool::wire::response::Destination;

fn how(bench: &Bench, device: &Device) -> GivenUp {
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

#[test]
fn reinstalled_device_takes_its_seat_over() {
    let (mut bench, mut old) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    let first = bench.drop(&old.activate(1)).activation();
    let mut new = old.reinstalled(2);
    let said = bench.on("2027-03-01").drop(&new.activate(1));
    assert_eq!(said.outcome(), Some(Outcome::Activated));
    let second = said.activation();
    assert_eq!((second.validity, second.sequence), (first.validity, 1));
    assert_ne!(second.activation_id, first.activation_id);
    assert_eq!(
        (how(&bench, &old), bench.wallet()),
        (GivenUp::Recovered, (0, 0))
    );
    assert_eq!(bench.drop(&old.refresh(1)).code(), Some(ComputerIdRetired));
    let hardware: HardwareRow = bench.row(&1_u64.to_be_bytes());
    assert_eq!(
        (hardware.system, hardware.recoveries, hardware.releases),
        (new.id(), vec![day("2027-03-01")], vec![])
    );
    assert_eq!(bench.row::<NeedRow>(&key_of(&["acme", "nas"])).systems, 1);
    assert_eq!(
        (bench.system(&new).counter, bench.system(&old).counter),
        (1, 1),
        "each key counts for itself"
    );
}

#[test]
fn a_fingerprint_alone_proves_nothing() {
    let (mut bench, mut old) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    bench.drop(&old.activate(1));
    bench.vouched = false;
    let mut new = old.reinstalled(2);
    assert_eq!(bench.drop(&new.activate(1)).code(), Some(AwaitingApproval));
    assert_eq!(
        bench.drop(&old.refresh(1)).outcome(),
        Some(Outcome::Refreshed)
    );
}

#[test]
fn late_deactivation_after_recovery_is_proof() {
    let (mut bench, mut old) = (
        Bench::new(r#","release_limit":{"count":1,"days":365}"#),
        Device::new(1),
    );
    bench.stock(1);
    bench.drop(&old.activate(1));
    let mut new = old.reinstalled(2);
    bench.drop(&new.activate(1));
    let file = old.deactivate(1);
    let receipt = bench.drop(&file).receipt();
    assert_eq!(
        (receipt.licences.is_empty(), receipt.destination),
        (true, Destination::None)
    );
    assert_eq!(how(&bench, &old), GivenUp::Proven);
    assert_eq!(
        bench.drop(&old.deactivate(1)).code(),
        Some(AlreadyDeactivated)
    );
    assert_eq!(
        bench.system(&new).seats.len(),
        1,
        "the seat stays where it went"
    );
    assert_eq!(
        bench.drop(&new.deactivate(1)).receipt().destination,
        Destination::Wallet,
        "and counted for no limit"
    );
}

#[test]
fn recoveries_over_the_limit_wait() {
    for (gap, code) in [(9, Some(RecoveryLimit)), (10, None)] {
        let (mut bench, mut device) = (
            Bench::new(r#","recovery_limit":{"count":1,"days":10}"#),
            Device::new(1),
        );
        bench.stock(1);
        bench.drop(&device.activate(1));
        assert_eq!(bench.drop(&device.reinstalled(2).activate(1)).code(), None);
        bench.later(gap);
        let mut third = device.reinstalled(3);
        let file = third.activate(1);
        assert_eq!(bench.drop(&file).code(), code, "{gap} days");
        if code.is_some() {
            bench.approve(third.id()).expect("it waits");
            assert_eq!(bench.drop(&file).outcome(), Some(Outcome::Activated));
        }
    }
}

#[test]
fn fourth_recovery_in_a_year_needs_an_operator() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    bench.drop(&device.activate(1));
    for seed in 2..=4 {
        assert_eq!(
            bench.drop(&device.reinstalled(seed).activate(1)).code(),
            None
        );
    }
    assert_eq!(
        bench.drop(&device.reinstalled(5).activate(1)).code(),
        Some(RecoveryLimit)
    );
}

#[test]
fn recovered_device_keeps_surplus_till_confirmed() {
    let (mut bench, mut old) = (Bench::new(""), Device::new(1));
    bench.stock(3);
    bench.drop(&old.activate(3));
    let mut new = old.reinstalled(2);
    assert_eq!(bench.drop(&new.activate(1)).activation().licences, seats(1));
    assert_eq!(
        bench.row::<NeedRow>(&key_of(&["acme", "nas"])).need,
        seats(3)
    );
    bench.drop(&new.confirm(1));
    assert_eq!(
        (
            bench.row::<NeedRow>(&key_of(&["acme", "nas"])).need,
            bench.wallet()
        ),
        (seats(1), (0, 2))
    );
}

#[test]
fn recovered_device_adds_what_is_missing() {
    let (mut bench, mut old) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    bench.drop(&old.activate(1));
    let mut new = old.reinstalled(2);
    let file = new.activate(2);
    assert_eq!(bench.drop(&file).code(), Some(NotEnoughLicences));
    bench.stock(1);
    assert_eq!(bench.drop(&file).activation().licences, seats(2));
    assert_eq!(
        bench.row::<NeedRow>(&key_of(&["acme", "nas"])).need,
        seats(2)
    );
}

#[test]
fn inactive_hardware_is_new_and_keeps_its_record() {
    let (mut bench, mut device) = (
        Bench::new(r#","release_limit":{"count":1,"days":365}"#),
        Device::new(1),
    );
    bench.stock(2);
    bench.drop(&device.activate(1));
    bench.drop(&device.deactivate(1));
    let mut new = device.reinstalled(2);
    assert_eq!(
        bench.drop(&new.activate(1)).outcome(),
        Some(Outcome::Activated)
    );
    assert_eq!(bench.system(&new).hardware, bench.system(&device).hardware);
    assert_eq!(
        bench.drop(&new.deactivate(1)).receipt().destination,
        Destination::None,
        "the second release of one hardware"
    );
}

#[test]
fn recovery_picks_the_closest_hardware() {
    let mut bench = Bench::new(r#","fingerprint_min_match":2"#);
    bench.stock(2);
    let (mut near, mut same) = (
        Device {
            board: [1, 1, 5],
            ..Device::new(1)
        },
        Device {
            board: [1, 6, 7],
            ..Device::new(2)
        },
    );
    bench.drop(&near.activate(1));
    bench.drop(&same.activate(1));
    let mut new = Device {
        board: [1, 1, 7],
        ..Device::new(3)
    };
    bench.drop(&new.activate(1));
    assert_eq!(
        (how(&bench, &near), bench.system(&same).state),
        (GivenUp::Recovered, SystemState::Active),
        "the one known longest"
    );
    let mut bench = Bench::new("");
    bench.stock(1);
    let key = bench.mint(1);
    bench.redeem("globex", key).expect("a new key");
    bench.drop(&near.reinstalled(4).activate(1));
    bench.drop(
        &Device {
            organization: "globex",
            ..same.reinstalled(5)
        }
        .activate(1),
    );
    assert_eq!(
        bench.drop(&new.reinstalled(6).activate(1)).code(),
        Some(AlreadyActive)
    );
}

#[test]
fn recovery_in_grace_passes_on_the_rest() {
    let (mut bench, mut old) = (Bench::new(r#","grace_days":30"#), Device::new(1));
    bench.stock(1);
    let first = bench.drop(&old.activate(1)).activation();
    bench.set("");
    bench.on("2027-12-01");
    assert_eq!(
        bench
            .drop(&old.reinstalled(2).activate(1))
            .activation()
            .validity,
        first.validity
    );
}
