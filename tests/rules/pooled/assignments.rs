//! Assigning by an operator, when a period is licensed, and how it stands (LICENSING sections 9.2,
//! 9.3 and 9.8).

use crate::bench::{Bench, seats};
use crate::desk::{Desk as _, activate, ask, both, device, pooled, stated, states};
use keyspool::licence::{Counts, Plan};
use keyspool::policy::order::assign::Which;
use keyspool::policy::record::code::RefusalCode;
use keyspool::wire::request::Wanted;

/// `nas` started on 2026-11-22 with one device of this need; requests draw on nothing.
fn started(settings: &str, need: u64) -> Bench {
    let mut bench = pooled(&format!(r#","auto_assign":false{settings}"#));
    activate(&mut bench, &mut device(1), need);
    bench
}

#[test]
fn without_counts_exactly_the_shortfall_is_assigned() {
    let mut bench = started("", 3);
    bench.stock(5);
    let planned = bench.plan("nas", Which::Current, None, false);
    assert_eq!(
        (planned.before, planned.shortfall, planned.taken),
        (Counts::new(), seats(3), seats(3))
    );
    bench.assign(Which::Current).expect("enough");
    assert_eq!(
        (bench.period(0).assigned, bench.left(), bench.status()),
        (seats(3), seats(2), "licensed")
    );
    assert_eq!(
        bench.plan("nas", Which::Current, None, false).event,
        None,
        "nothing is missing any more"
    );
}

#[test]
fn more_than_the_shortfall_is_surplus() {
    let mut bench = started("", 3);
    bench.stock(5);
    assert_eq!(
        bench.assign_exactly(Which::Current, &seats(2), false),
        Err(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(
        bench.assign_exactly(Which::Current, &seats(2), true),
        Err(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(
        bench.assign_exactly(Which::Current, &seats(4), false),
        Err(RefusalCode::NotNeeded)
    );
    assert_eq!(
        bench.assign_exactly(Which::Current, &seats(6), true),
        Err(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(bench.left(), seats(5), "nothing was taken");
    assert_eq!(
        bench.assign_exactly(Which::Current, &seats(4), true),
        Ok(())
    );
    assert_eq!(
        (bench.period(0).assigned, bench.left()),
        (seats(4), seats(1))
    );
}

#[test]
fn every_type_counts_for_itself() {
    let mut bench = started("", 1);
    assert!(
        ask(&mut bench, &mut device(2), Wanted::Activate, &both(2, 3))
            .code()
            .is_none()
    );
    bench.stock_of("nas", &both(3, 2));
    assert_eq!(
        bench.assign(Which::Current),
        Err(RefusalCode::NotEnoughLicences)
    );
    bench.stock_of("nas", &both(0, 1));
    assert_eq!(
        bench.assign_exactly(Which::Current, &both(9, 2), true),
        Err(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(bench.assign(Which::Current), Ok(()));
    assert_eq!(bench.period(0).assigned, both(3, 3));
}

#[test]
fn nothing_is_assigned_before_the_start() {
    let mut bench = pooled("");
    bench.stock(1);
    assert_eq!(bench.assign(Which::Current), Err(RefusalCode::NotStarted));
    bench.start("nas").expect("a start");
    let unknown = crate::bench::counts(&[("core", 1)]);
    assert_eq!(
        bench.assign_exactly(Which::Current, &unknown, true),
        Err(RefusalCode::UnknownLicenceType)
    );
}

#[test]
fn earliest_lot_is_taken_first() {
    let mut bench = started("", 1);
    let early = bench.stock(1);
    bench.on("2026-11-23");
    bench.stock(1);
    bench.assign(Which::Current).expect("enough");
    assert!(
        bench
            .lots("acme")
            .iter()
            .all(|lot| lot.key != Some(early.id()))
    );
}

#[test]
fn periods_are_assigned_in_order() {
    let mut bench = started("", 1);
    bench.stock(9);
    assert_eq!(bench.assign(Which::Next), Err(RefusalCode::OutOfOrder));
    bench.assign(Which::Current).expect("enough");
    assert_eq!(bench.assign(Which::Number(2)), Err(RefusalCode::OutOfOrder));
    assert_eq!(bench.assign(Which::Next), Ok(()));
    assert_eq!(bench.assign(Which::Number(2)), Ok(()));
    assert_eq!(bench.outlook().periods.len(), 3);
    bench.on("2027-11-22");
    assert_eq!(
        bench.assign_exactly(Which::Number(0), &seats(1), true),
        Err(RefusalCode::OutOfOrder),
        "it is past"
    );
}

#[test]
fn past_period_may_be_unlicensed() {
    let mut bench = started("", 1);
    bench.on("2027-11-22");
    bench.stock(1);
    assert_eq!(bench.assign(Which::Current), Ok(()));
    assert_eq!(
        bench
            .outlook()
            .periods
            .iter()
            .map(|p| p.licensed)
            .collect::<Vec<_>>(),
        [false, true, false]
    );
}

#[test]
fn period_begins_within_the_years_ahead() {
    let mut bench = started(r#","early_renewal_years":1"#, 1);
    bench.stock(9);
    for which in [Which::Current, Which::Next] {
        bench
            .assign(which)
            .expect("the next begins in a year, today plus one");
    }
    assert_eq!(
        bench.assign(Which::Number(2)),
        Err(RefusalCode::TooFarAhead),
        "2028-11-22"
    );
    bench.on("2027-11-21");
    assert_eq!(
        bench.assign(Which::Number(2)),
        Err(RefusalCode::TooFarAhead),
        "one day before"
    );
    bench.on("2027-11-22");
    assert_eq!(bench.assign(Which::Number(2)), Ok(()));
}

#[test]
fn too_far_ahead_is_said_before_out_of_order() {
    let mut bench = started(r#","early_renewal_years":0"#, 1);
    bench.stock(9);
    assert_eq!(bench.assign(Which::Next), Err(RefusalCode::TooFarAhead));
    assert_eq!(
        bench.assign(Which::Number(4_000_000_000)),
        Err(RefusalCode::TooFarAhead)
    );
}

#[test]
fn empty_period_is_never_licensed() {
    let mut bench = pooled("");
    bench.start("nas").expect("a start");
    assert_eq!(
        (bench.period(0).licensed, bench.status()),
        (false, "started")
    );
    assert_eq!(
        bench.plan("nas", Which::Current, None, false).event,
        None,
        "the need is nothing"
    );
    bench.stock(2);
    bench
        .assign_exactly(Which::Current, &seats(2), true)
        .expect("a surplus");
    assert_eq!(
        (bench.period(0).licensed, bench.status()),
        (true, "licensed")
    );
}

#[test]
fn licensed_period_stays_licensed() {
    let mut bench = started("", 2);
    bench.stock(4);
    bench.assign(Which::Current).expect("enough");
    bench.assign(Which::Next).expect("enough");
    activate(&mut bench, &mut device(2), 1);
    assert_eq!(
        (bench.period(0).licensed, bench.period(0).missing),
        (true, seats(1))
    );
    assert_eq!(
        (bench.period(1).licensed, bench.period(1).missing),
        (false, seats(1)),
        "a later one is judged every day"
    );
    bench.on("2027-11-21");
    assert!(bench.period(0).licensed);
    bench.on("2027-11-22");
    assert!(!bench.period(1).licensed && bench.period(0).licensed);
    assert_eq!(bench.status(), "grace");
}

#[test]
fn period_is_judged_with_the_need_of_the_eve() {
    let mut bench = started("", 2);
    bench.stock(4);
    bench.assign(Which::Current).expect("enough");
    bench.assign(Which::Next).expect("enough");
    let mut second = device(2);
    bench.on("2027-11-22");
    activate(&mut bench, &mut second, 1);
    assert!(
        bench.period(1).licensed,
        "the need grew after it was judged"
    );
}

#[test]
fn confirmed_falling_need_licenses_the_period() {
    let mut bench = started("", 1);
    let mut second = device(2);
    activate(&mut bench, &mut second, 3);
    bench.stock(3);
    bench
        .assign_exactly(Which::Current, &seats(3), false)
        .expect_err("four are needed");
    let mut third = device(3);
    let key = bench.mint(3);
    assert!(
        crate::desk::ask_with(&mut bench, &mut third, Wanted::Activate, 3, &[key])
            .code()
            .is_none()
    );
    assert_eq!(
        (bench.period(0).assigned, bench.period(0).licensed),
        (seats(3), false)
    );
    let smaller = activate(&mut bench, &mut second, 1);
    third.install(&smaller);
    let gone = third.deactivate(1);
    let receipt = bench.drop(&gone).receipt();
    assert_eq!(
        (receipt.destination, receipt.licences),
        (keyspool::wire::response::Destination::None, Counts::new())
    );
    assert!(
        !bench.period(0).licensed,
        "3 assigned, and 1 + 3 still count"
    );
    second.install(&smaller);
    let confirmed = second.confirm(smaller.sequence);
    bench.drop(&confirmed);
    assert_eq!(
        (bench.outlook().need, bench.period(0).licensed),
        (seats(2), true)
    );
    let again = activate(&mut bench, &mut second, 1);
    assert_eq!(
        stated(&again),
        states(Plan::Subscription, "2026-11-22", "2027-11-21", "2027-12-21")
    );
}

#[test]
fn the_statuses_change_on_their_days() {
    let mut bench = started("", 1);
    bench.stock(3);
    assert_eq!(bench.status(), "started");
    bench.assign(Which::Current).expect("enough");
    assert_eq!(bench.status(), "licensed");
    bench.on("2027-10-21");
    assert_eq!(bench.status(), "licensed", "31 days are left");
    bench.on("2027-10-22");
    assert_eq!(bench.status(), "expires-soon", "30 days are left");
    let mut renewed = bench.clone();
    renewed.assign(Which::Next).expect("enough");
    assert_eq!(renewed.status(), "licensed");
    bench.on("2027-11-21");
    assert_eq!(bench.status(), "expires-soon");
    bench.on("2027-11-22");
    assert_eq!(bench.status(), "grace");
    bench.on("2027-12-21");
    assert_eq!(
        bench.status(),
        "grace",
        "30 days after the end, the last one in it"
    );
    bench.on("2027-12-22");
    assert_eq!(bench.status(), "expired");
    bench.assign(Which::Current).expect("enough");
    assert_eq!(bench.status(), "licensed");
}
