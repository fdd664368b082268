//! Losing: recovery of a reinstalled device (LICENSING section 13).

use super::releases::how;
use crate::bench::{Bench, Device, day, seats};
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::need::NeedRow;
use keyspool::policy::record::state::key_of;
use keyspool::policy::record::system::{GivenUp, HardwareRow, SystemState};
use keyspool::wire::response::Destination;

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
