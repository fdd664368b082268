//! Releases by code and without proof, and of what never arrived.

use crate::bench::{Bench, Device, Said, day, seats};
use crate::operator::{
    NOBODYS, active_systems, by_code, cancel, held, how, is_held, release, replay, type_code,
};
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::given_up::WrongCodesRow;
use keyspool::policy::record::state::Row;
use keyspool::policy::record::system::{GivenUp, HardwareRow};
use keyspool::wire::response::Destination;

fn active() -> (Bench, Device) {
    active_with("")
}

fn active_with(settings: &str) -> (Bench, Device) {
    let (mut bench, mut device) = (Bench::new(settings), Device::new(1));
    bench.stock(1);
    let activation = bench.drop(&device.activate(1)).activation();
    device.install(&activation);
    (bench, device)
}

fn releases(bench: &Bench) -> usize {
    bench
        .row::<HardwareRow>(&1_u64.to_be_bytes())
        .releases
        .len()
}

#[test]
fn code_gives_the_seat_back_with_its_end() {
    let (mut bench, mut device) = active();
    assert_eq!(by_code(bench.on("2027-02-01"), &device), Ok(()));
    assert_eq!(
        (how(&bench, &device), bench.wallet(), active_systems(&bench)),
        (GivenUp::Proven, (0, 1), 0)
    );
    assert_eq!(bench.lots("acme")[0].store_until, day("2027-11-21"));
    assert_eq!(releases(&bench), 1, "a proven release counts");
    assert_eq!(
        bench.drop(&device.refresh(1)).code(),
        Some(ComputerIdRetired)
    );
    assert_eq!(by_code(&mut bench, &device), Err(AlreadyDeactivated));
    replay(&bench);
}

#[test]
fn an_ended_seat_does_not_return_by_code() {
    for (on, back) in [("2027-11-21", 1), ("2027-11-22", 0)] {
        let (mut bench, device) = active_with(r#","grace_days":30"#);
        assert_eq!(by_code(bench.on(on), &device), Ok(()));
        assert_eq!(
            (bench.wallet(), releases(&bench) as u64),
            ((0, back), back),
            "on {on}"
        );
    }
}

#[test]
fn code_of_another_device_is_wrong() {
    let (mut bench, device) = active();
    bench.stock(1);
    let mut other = Device::new(2);
    bench.drop(&other.activate(1));
    let others = *other.generation().verification_code();
    assert_eq!(type_code(&mut bench, device.id(), &others), Err(WrongCode));
    assert_eq!(type_code(&mut bench, device.id(), &NOBODYS), Err(WrongCode));
    assert_eq!(active_systems(&bench), 2);
    assert_eq!(
        type_code(&mut bench, Device::new(3).id(), &NOBODYS),
        Err(UnknownActivation)
    );
    assert_eq!(by_code(&mut bench, &device), Ok(()));
    replay(&bench);
}

#[test]
fn nine_wrong_codes_pass_and_ten_lock() {
    for (wrong, then) in [(9, Ok(())), (10, Err(Locked))] {
        let (mut bench, mut device) = active();
        for _ in 0..wrong {
            assert_eq!(type_code(&mut bench, device.id(), &NOBODYS), Err(WrongCode));
        }
        assert_eq!(by_code(&mut bench, &device), then, "after {wrong}");
        assert_eq!(
            bench.row::<WrongCodesRow>(&device.id().0).count,
            wrong,
            "a locked one counts no further"
        );
        if then.is_err() {
            assert_eq!(
                bench.drop(&device.deactivate(1)).receipt().destination,
                Destination::Wallet,
                "a file is proof still"
            );
        }
        replay(&bench);
    }
}

#[test]
fn wrong_codes_of_one_computer_id_lock_no_other() {
    let (mut bench, device) = active();
    bench.stock(1);
    let mut other = Device::new(2);
    bench.drop(&other.activate(1));
    for _ in 0..10 {
        assert_eq!(type_code(&mut bench, device.id(), &NOBODYS), Err(WrongCode));
    }
    assert_eq!(by_code(&mut bench, &other), Ok(()));
    assert_eq!(WrongCodesRow::TABLE.name, "wrong-codes");
}

#[test]
fn releases_by_code_count_for_the_limit() {
    for (count, is_over) in [(2, false), (1, true)] {
        let (mut bench, device) = active_with(&format!(
            r#","release_limit":{{"count":{count},"days":365}}"#
        ));
        by_code(&mut bench, &device).expect("the first");
        let mut next = device.moved_on();
        bench.drop(&next.activate(1));
        by_code(&mut bench, &next).expect("proof is always accepted");
        assert_eq!(
            (is_held(&bench, &next), bench.wallet()),
            (is_over, (0, u64::from(!is_over)))
        );
        assert_eq!(held(&bench), seats(u64::from(is_over)));
        assert_eq!(bench.approve(next.id()).is_ok(), is_over);
        assert_eq!((bench.wallet(), held(&bench).is_empty()), ((0, 1), true));
        replay(&bench);
    }
    let (mut bench, device) = active_with(r#","self_service_deactivation":false"#);
    by_code(&mut bench, &device).expect("proof is always accepted");
    assert!(is_held(&bench, &device));
}

#[test]
fn release_without_proof_is_counted_apart() {
    let (mut bench, mut device) = active_with(r#","release_limit":{"count":0,"days":365}"#);
    assert_eq!(release(bench.on("2027-02-01"), &device), Ok(()));
    assert_eq!(
        (how(&bench, &device), bench.wallet(), releases(&bench)),
        (GivenUp::Unproven, (0, 1), 0)
    );
    assert!(
        !is_held(&bench, &device),
        "only proven releases are limited"
    );
    assert_eq!(
        bench.drop(&device.activate(1)).code(),
        Some(ComputerIdRetired)
    );
    assert_eq!(release(&mut bench, &device), Err(ComputerIdRetired));
    assert_eq!(release(&mut bench, &Device::new(9)), Err(UnknownActivation));
    replay(&bench);
}

#[test]
fn ended_activation_needs_no_proof() {
    // From 2026-11-22 for 12 months, to 2027-11-21; 30 days of grace, to 2027-12-21.
    for (on, expected) in [
        ("2027-12-21", GivenUp::Unproven),
        ("2027-12-22", GivenUp::Ended),
    ] {
        let (mut bench, device) = active_with(r#","grace_days":30"#);
        assert_eq!(release(bench.on(on), &device), Ok(()));
        assert_eq!(
            (how(&bench, &device), bench.wallet()),
            (expected, (0, 0)),
            "on {on}"
        );
        replay(&bench);
    }
}

#[test]
fn later_deactivation_proves_the_release() {
    let (mut bench, mut device) = active();
    release(bench.on("2027-02-01"), &device).expect("active");
    let file = device.deactivate(1);
    let receipt = bench.on("2027-02-03").drop(&file).receipt();
    assert_eq!(
        (receipt.licences.is_empty(), receipt.destination),
        (true, Destination::None),
        "it went back before"
    );
    assert_eq!(
        (how(&bench, &device), bench.wallet()),
        (GivenUp::Proven, (0, 1)),
        "once"
    );
    assert_eq!(
        bench.row::<HardwareRow>(&1_u64.to_be_bytes()).releases,
        [day("2027-02-03")],
        "and counts from now on"
    );
    assert!(matches!(bench.drop(&file), Said::Repeated(Some(_))));
    assert_eq!(
        bench.drop(&device.deactivate(1)).code(),
        Some(AlreadyDeactivated)
    );
    replay(&bench);
}

#[test]
fn a_later_code_makes_the_release_proven_too() {
    let (mut bench, device) = active();
    release(&mut bench, &device).expect("active");
    assert_eq!(by_code(&mut bench, &device), Ok(()));
    assert_eq!(
        (how(&bench, &device), bench.wallet(), releases(&bench)),
        (GivenUp::Proven, (0, 1), 1)
    );
    replay(&bench);
}

#[test]
fn cancelling_is_a_release_without_proof() {
    let (mut bench, mut device) = active();
    assert_eq!(cancel(&mut bench, &device), Ok(()));
    assert_eq!(
        (how(&bench, &device), bench.wallet(), releases(&bench)),
        (GivenUp::Unproven, (0, 1), 0)
    );
    assert_eq!(cancel(&mut bench, &device), Err(ComputerIdRetired));
    assert_eq!(
        bench.drop(&device.confirm(1)).code(),
        Some(ComputerIdRetired)
    );
    let mut next = device.moved_on();
    assert_eq!(
        bench.drop(&next.activate(1)).outcome(),
        Some(Outcome::Activated),
        "the seat serves again"
    );
    replay(&bench);
}

#[test]
fn a_confirmed_activation_is_not_cancelled() {
    let (mut bench, mut device) = active();
    bench.drop(&device.confirm(1));
    assert_eq!(cancel(&mut bench, &device), Err(NotNeeded));
    assert_eq!(active_systems(&bench), 1);
    let (mut bench, mut device) = active();
    bench.drop(&device.refresh(1));
    assert_eq!(
        cancel(&mut bench, &device),
        Err(NotNeeded),
        "a request that names it confirms it"
    );
}

#[test]
fn deactivation_after_its_code_gets_a_receipt() {
    let (mut bench, mut device) = active();
    let request = device.deactivate(1);
    assert_eq!(by_code(&mut bench, &device), Ok(()));
    let wallet = bench.wallet();
    let receipt = bench.drop(&request).receipt();
    assert_eq!(
        (receipt.destination, receipt.licences.is_empty()),
        (Destination::None, true),
        "its seat went with the code"
    );
    assert_eq!(bench.wallet(), wallet, "and goes no second time");
    assert_eq!(how(&bench, &device), GivenUp::Proven);
    let again = bench.drop(&request);
    assert!(matches!(again, Said::Repeated(_)), "{again:?}");
    assert_eq!(
        bench.drop(&device.deactivate(1)).code(),
        Some(AlreadyDeactivated),
        "another one is another"
    );
    replay(&bench);
}
