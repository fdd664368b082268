//! What requests are granted: the wallet, the grace, the dates (LICENSING sections 6, 7 and 9.4).

use crate::bench::{Bench, Device, seats};
use crate::desk::{Desk as _, activate, ask, ask_with, device, pooled, stated, states};
use keyspool::licence::{Counts, Plan};
use keyspool::policy::order::assign::Which;
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::wire::request::Wanted;

/// Started on 2026-11-22, one device of this need, licensed for it.
fn licensed(settings: &str, need: u64) -> (Bench, Device) {
    let mut bench = pooled(settings);
    bench.stock(need);
    let mut first = device(1);
    activate(&mut bench, &mut first, need);
    assert_eq!(bench.status(), "licensed");
    (bench, first)
}

#[test]
fn grace_request_draws_its_own_need_first() {
    let mut bench = pooled("");
    activate(&mut bench, &mut device(1), 3);
    bench.stock(5);
    let second = activate(&mut bench, &mut device(2), 4);
    assert_eq!(
        (bench.period(0).assigned, bench.left()),
        (seats(4), seats(1)),
        "no more than it needs itself"
    );
    assert_eq!(second.plan, Plan::Grace, "7 are needed");
    let third = activate(&mut bench, &mut device(3), 2);
    assert_eq!(
        (bench.period(0).assigned, bench.left(), third.plan),
        (seats(5), Counts::new(), Plan::Grace)
    );
}

#[test]
fn completing_request_is_stated_the_period() {
    let (mut bench, mut first) = licensed("", 2);
    assert_eq!(bench.left(), Counts::new());
    let again = activate(&mut bench, &mut first, 2);
    assert_eq!(
        stated(&again),
        states(Plan::Subscription, "2026-11-22", "2027-11-21", "2027-12-21")
    );
}

#[test]
fn the_same_need_again_takes_nothing_and_keeps_the_id() {
    let mut bench = pooled("");
    let mut first = device(1);
    let one = activate(&mut bench, &mut first, 2);
    bench.stock(9);
    let said = ask(&mut bench, &mut first, Wanted::Activate, &seats(2));
    assert_eq!(said.outcome(), Some(Outcome::Refreshed));
    let two = said.activation();
    assert_eq!((two.activation_id, two.sequence), (one.activation_id, 2));
    assert_eq!(
        (bench.left(), two.plan),
        (seats(9), Plan::Grace),
        "what an operator may assign stays in the wallet"
    );
    assert_eq!(
        ask(&mut bench, &mut first, Wanted::Refresh, &seats(2)).outcome(),
        Some(Outcome::Refreshed)
    );
    bench.assign(Which::Current).expect("enough");
    let due = ask(&mut bench, &mut first, Wanted::Refresh, &seats(2)).activation();
    assert_eq!(
        stated(&due),
        states(Plan::Subscription, "2026-11-22", "2027-11-21", "2027-12-21"),
        "what came to be due"
    );
}

#[test]
fn unlicensed_period_is_drawn_in_full_or_refused() {
    let mut bench = pooled("");
    let mut first = device(1);
    activate(&mut bench, &mut first, 3);
    bench.on("2026-12-22");
    bench.stock(4);
    assert_eq!(
        ask(&mut bench, &mut device(2), Wanted::Activate, &seats(2)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    assert_eq!((bench.left(), bench.outlook().need), (seats(4), seats(3)));
    bench.stock(1);
    let second = activate(&mut bench, &mut device(2), 2);
    assert_eq!(
        stated(&second),
        states(Plan::Subscription, "2026-11-22", "2027-11-21", "2027-12-21")
    );
    assert_eq!(
        (bench.period(0).assigned, bench.left(), bench.status()),
        (seats(5), Counts::new(), "licensed")
    );
}

#[test]
fn expired_system_draws_what_is_missing() {
    let mut bench = pooled("");
    let mut first = device(1);
    activate(&mut bench, &mut first, 3);
    bench.on("2027-02-01");
    assert_eq!(
        ask(&mut bench, &mut first, Wanted::Activate, &seats(3)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    bench.stock(3);
    assert_eq!(activate(&mut bench, &mut first, 3).plan, Plan::Subscription);
}

#[test]
fn no_auto_assign_uses_own_keys_only() {
    let mut bench = pooled(r#","auto_assign":false"#);
    bench.stock(9);
    activate(&mut bench, &mut device(1), 2);
    assert_eq!(
        (bench.period(0).assigned, bench.left()),
        (Counts::new(), seats(9))
    );
    let key = bench.mint(5);
    let said = ask_with(&mut bench, &mut device(2), Wanted::Activate, 3, &[key]);
    assert_eq!(said.activation().plan, Plan::Grace);
    assert_eq!(
        (bench.period(0).assigned, bench.left()),
        (seats(3), seats(11)),
        "the surplus stays in the wallet"
    );
    bench.on("2026-12-22");
    assert_eq!(
        ask(&mut bench, &mut device(3), Wanted::Activate, &seats(1)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    let key = bench.mint(3);
    assert_eq!(
        ask_with(&mut bench, &mut device(3), Wanted::Activate, 1, &[key])
            .activation()
            .plan,
        Plan::Subscription
    );
}

#[test]
fn refresh_takes_no_larger_need() {
    let (mut bench, mut first) = licensed("", 2);
    assert_eq!(
        ask(&mut bench, &mut device(2), Wanted::Refresh, &seats(1)).code(),
        Some(RefusalCode::NotActivated)
    );
    assert_eq!(
        ask(&mut bench, &mut device(2), Wanted::Extend, &seats(1)).code(),
        Some(RefusalCode::NothingToExtend)
    );
    assert_eq!(
        ask(&mut bench, &mut first, Wanted::Refresh, &seats(3)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(
        ask(&mut bench, &mut first, Wanted::Trial, &seats(2)).code(),
        Some(RefusalCode::AlreadyLicensed)
    );
    assert_eq!(
        ask(&mut bench, &mut device(2), Wanted::Trial, &seats(2)).code(),
        Some(RefusalCode::NoTrial)
    );
}

#[test]
fn smaller_need_counts_once_confirmed() {
    let (mut bench, mut first) = licensed("", 4);
    let smaller = activate(&mut bench, &mut first, 1);
    assert_eq!(
        (smaller.licences.clone(), bench.outlook().need),
        (seats(1), seats(4))
    );
    let back = activate(&mut bench, &mut first, 4);
    assert_eq!(
        (back.licences, bench.left()),
        (seats(4), Counts::new()),
        "it had not been given up"
    );
    let smaller = activate(&mut bench, &mut first, 1);
    first.install(&smaller);
    let confirmation = first.confirm(smaller.sequence);
    bench.drop(&confirmation);
    assert_eq!(
        (bench.outlook().need, bench.period(0).assigned),
        (seats(1), seats(4)),
        "assigned licences never return"
    );
}

#[test]
fn deactivated_system_counts_no_more() {
    let (mut bench, mut first) = licensed("", 2);
    let file = first.deactivate(1);
    let receipt = bench.drop(&file).receipt();
    assert_eq!(
        (receipt.destination, receipt.licences),
        (keyspool::wire::response::Destination::None, Counts::new())
    );
    assert_eq!(
        (bench.outlook().need, bench.left(), bench.period(0).assigned),
        (Counts::new(), Counts::new(), seats(2))
    );
    let mut next = first.moved_on();
    assert_eq!(
        activate(&mut bench, &mut next, 2).plan,
        Plan::Subscription,
        "the period is licensed for another two"
    );
}

#[test]
fn a_reinstalled_device_takes_over_its_own_need() {
    let (mut bench, first) = licensed("", 2);
    let activation = activate(&mut bench, &mut first.reinstalled(7), 2);
    assert_eq!(
        stated(&activation),
        states(Plan::Subscription, "2026-11-22", "2027-11-21", "2027-12-21")
    );
    assert_eq!(
        (bench.outlook().need, bench.period(0).assigned),
        (seats(2), seats(2))
    );
}

#[test]
fn passing_device_licenses_no_period() {
    let mut bench = pooled("");
    activate(&mut bench, &mut device(1), 3);
    bench.stock(1);
    let second = activate(&mut bench, &mut device(2), 1);
    assert_eq!(second.plan, Plan::Grace);
    let again = activate(&mut bench, &mut device(1).reinstalled(8), 3);
    assert_eq!(
        (again.plan, bench.period(0).licensed),
        (Plan::Grace, false),
        "one assigned, four needed before and after"
    );
}

#[test]
fn activation_lasts_to_the_last_licensed_period() {
    let (mut bench, mut first) = licensed("", 2);
    bench.stock(4);
    bench.assign(Which::Next).expect("enough");
    bench.assign(Which::Number(2)).expect("enough");
    bench.on("2027-03-01");
    let long = activate(&mut bench, &mut first, 2);
    assert_eq!(
        stated(&long),
        states(Plan::Subscription, "2026-11-22", "2029-11-21", "2029-12-21")
    );
    let second = activate(&mut bench, &mut device(2), 1);
    assert_eq!(
        stated(&second),
        states(Plan::Subscription, "2026-11-22", "2027-11-21", "2027-12-21"),
        "3 are needed from then on"
    );
    let again = activate(&mut bench, &mut first, 2);
    assert_eq!(
        stated(&again),
        stated(&long),
        "never earlier while the need is not larger"
    );
    let larger = activate(&mut bench, &mut first, 3);
    assert_eq!(
        stated(&larger),
        states(Plan::Subscription, "2026-11-22", "2027-11-21", "2027-12-21")
    );
}

#[test]
fn activation_keeps_its_later_end_in_grace() {
    let (mut bench, mut first) = licensed("", 2);
    bench.stock(2);
    bench.assign(Which::Next).expect("enough");
    let long = activate(&mut bench, &mut first, 2);
    assert_eq!(
        stated(&long),
        states(Plan::Subscription, "2026-11-22", "2028-11-21", "2028-12-21")
    );
    let mut second = device(2);
    activate(&mut bench, &mut second, 1);
    bench.on("2027-11-30");
    assert_eq!(bench.status(), "grace", "two are assigned, three needed");
    let other = activate(&mut bench, &mut second, 1);
    assert_eq!(
        stated(&other),
        states(Plan::Grace, "2027-11-30", "2027-12-21", "2027-12-21")
    );
    assert_eq!(stated(&activate(&mut bench, &mut first, 2)), stated(&long));
}

#[test]
fn a_shorter_grace_in_the_catalogue_takes_no_day_away() {
    let mut bench = pooled("");
    let mut first = device(1);
    activate(&mut bench, &mut first, 2);
    bench.settings(r#","grace_days":10"#);
    let again = activate(&mut bench, &mut first, 2);
    assert_eq!(
        stated(&again),
        states(Plan::Grace, "2026-11-22", "2026-12-21", "2026-12-21")
    );
    let other = activate(&mut bench, &mut device(2), 1);
    assert_eq!(
        stated(&other),
        states(Plan::Grace, "2026-11-22", "2026-12-01", "2026-12-01")
    );
}

#[test]
fn bad_keys_are_refused_and_nothing_is_started() {
    let mut bench = pooled("");
    let key = bench.mint(3);
    bench.void(key).expect("a new key");
    let said = ask_with(&mut bench, &mut device(1), Wanted::Activate, 1, &[key]);
    assert_eq!(said.code(), Some(RefusalCode::LicenceKeyVoid));
    assert_eq!(bench.status(), "not-started");
}
