//! Overlap compensation: licence-days, carry and credit (LICENSING section 9.7).

use crate::bench::{Bench, Device, day, seats};
use crate::desk::{Desk as _, activate, device, pooled};
use keyspool::licence::Counts;
use keyspool::policy::order::assign::Which;
use keyspool::policy::record::wallet::Lot;

fn credits(bench: &Bench) -> Vec<Lot> {
    bench
        .lots("acme")
        .into_iter()
        .filter(|lot| lot.key.is_none())
        .collect()
}

/// Requests draw on nothing; ten are needed since 2026-11-22, and the grace ended on 2026-12-21.
fn unlicensed(settings: &str) -> Bench {
    let mut bench = pooled(&format!(r#","auto_assign":false{settings}"#));
    activate(&mut bench, &mut device(1), 10);
    bench
}

#[test]
fn own_start_credits_nothing_within_its_grace() {
    let mut bench = unlicensed("");
    bench.on("2026-12-21");
    bench.stock(10);
    bench.assign(Which::Current).expect("enough");
    assert_eq!(
        (bench.outlook().carry_days, credits(&bench)),
        (Counts::new(), vec![])
    );
}

#[test]
fn after_the_grace_all_past_days_are_credited() {
    let mut bench = unlicensed("");
    bench.on("2026-12-22");
    bench.stock(10);
    bench.assign(Which::Current).expect("enough");
    assert_eq!(
        bench.outlook().carry_days,
        seats(300),
        "10 x 30 days, less than 365"
    );
    assert!(credits(&bench).is_empty());
}

#[test]
fn whole_licences_come_back_for_whole_periods() {
    let mut bench = unlicensed("");
    bench.on("2027-05-23"); // 182 days after 2026-11-22
    bench.stock(10);
    let planned = bench.plan("nas", Which::Current, None, false);
    assert_eq!((planned.taken, planned.credited), (seats(10), seats(4)));
    bench.assign(Which::Current).expect("enough");
    assert_eq!(bench.outlook().carry_days, seats(1820 - 4 * 365));
    let credits = credits(&bench);
    assert_eq!(
        (credits.len(), credits[0].count, credits[0].redeemed),
        (1, 4, day("2027-05-23"))
    );
    assert_eq!(
        credits[0].store_until,
        day("2032-05-22"),
        "as long as the lots just taken"
    );
}

#[test]
fn days_of_a_whole_period_make_a_licence() {
    for (date, carry, count) in [("2027-02-02", 360, 0), ("2027-02-03", 0, 1)] {
        let mut bench = pooled(r#","auto_assign":false"#);
        activate(&mut bench, &mut device(1), 5);
        bench.on(date);
        bench.stock(5);
        bench.assign(Which::Current).expect("enough");
        assert_eq!(
            bench.outlook().carry_days,
            seats(carry),
            "{date}: 5 x 73 are 365"
        );
        assert_eq!(
            credits(&bench).iter().map(|lot| lot.count).sum::<u64>(),
            count,
            "{date}"
        );
    }
}

#[test]
fn credit_is_stored_as_long_as_the_lots_taken() {
    let mut bench = unlicensed("");
    bench.stock(9);
    bench.on("2027-01-10");
    bench.stock(9);
    bench.on("2027-05-23");
    bench.assign(Which::Current).expect("enough");
    assert_eq!(
        credits(&bench)[0].store_until,
        day("2032-01-09"),
        "9 until 2031-11-21, one until 2032-01-09"
    );
}

#[test]
fn carry_adds_up_over_assignments_and_periods() {
    let mut bench = unlicensed("");
    bench.on("2026-12-22");
    bench.stock(20);
    bench.assign(Which::Current).expect("enough");
    assert_eq!(bench.outlook().carry_days, seats(300));
    bench.on("2026-12-27"); // 35 days
    bench
        .assign_exactly(Which::Current, &seats(2), true)
        .expect("a surplus");
    assert_eq!(
        bench.outlook().carry_days,
        seats(5),
        "300 + 70 are a licence and 5 days"
    );
    assert_eq!(credits(&bench).iter().map(|lot| lot.count).sum::<u64>(), 1);
}

#[test]
fn growth_that_is_licensed_late_is_credited_too() {
    let mut bench = pooled("");
    bench.stock(4);
    activate(&mut bench, &mut device(1), 4);
    bench.on("2027-05-23");
    bench.stock(9);
    activate(&mut bench, &mut device(2), 6);
    assert_eq!(
        (bench.period(0).assigned, bench.outlook().carry_days),
        (seats(5), seats(182))
    );
}

#[test]
fn later_periods_are_credited_nothing() {
    let mut bench = unlicensed("");
    bench.stock(10);
    bench.assign(Which::Current).expect("enough");
    bench.on("2027-05-23");
    bench.stock(20);
    bench.assign(Which::Next).expect("enough");
    assert_eq!(bench.outlook().carry_days, Counts::new());
    bench.on("2028-12-21");
    bench
        .assign(Which::Current)
        .expect("enough, on the last day of the grace");
    assert_eq!(bench.outlook().carry_days, Counts::new());
    let mut late = unlicensed("");
    late.stock(20);
    late.assign(Which::Current).expect("enough");
    late.on("2027-12-22");
    late.assign(Which::Current).expect("enough");
    assert_eq!(
        late.outlook().carry_days,
        seats(300),
        "a day after the grace: 10 x 30"
    );
}

#[test]
fn no_grace_credits_from_the_second_day() {
    let mut bench = unlicensed("");
    bench.on("2027-11-22");
    bench.stock(20);
    let mut next = bench.clone();
    bench.assign(Which::Current).expect("enough");
    assert_eq!(bench.outlook().carry_days, Counts::new());
    next.on("2027-11-23");
    next.assign(Which::Current).expect("enough");
    assert_eq!(next.outlook().carry_days, seats(10));
}

#[test]
fn joining_is_credited_the_days_before() {
    for (date, days) in [
        ("2027-03-05", 103),
        ("2027-04-03", 103),
        ("2027-04-04", 133),
    ] {
        let mut bench = pooled(r#","auto_assign":false"#);
        bench.start("nas").expect("a start");
        bench.on("2027-03-05");
        activate(&mut bench, &mut Device::of(9, "acme", "cam"), 2);
        bench.on(date);
        bench.stock_of("cam", &seats(2));
        bench
            .assign_for("cam", Which::Current, None, false)
            .expect("enough");
        assert_eq!(
            bench.outlook_of("cam").carry_days,
            seats(2 * days),
            "{date}"
        );
    }
}

#[test]
fn joining_request_is_credited_at_once() {
    let mut bench = pooled("");
    bench.start("nas").expect("a start");
    bench.on("2027-11-21"); // 364 days
    bench.stock_of("cam", &seats(3));
    activate(&mut bench, &mut Device::of(9, "acme", "cam"), 3);
    assert_eq!(bench.outlook_of("cam").carry_days, seats(3 * 364 - 2 * 365));
    let left = keyspool::policy::record::wallet::lots(
        &bench.state,
        &crate::bench::word("acme"),
        &crate::bench::word("cam"),
    );
    let left = left.expect("in memory");
    assert_eq!((left.len(), left[0].count, left[0].key), (1, 2, None));
    let second = activate(&mut bench, &mut Device::of(10, "acme", "cam"), 2);
    assert_eq!(
        second.validity.valid_until,
        Some(day("2027-11-21")),
        "the credit serves from the next decision on"
    );
}

#[test]
fn carried_days_may_make_a_licence_later() {
    let mut bench = pooled(r#","auto_assign":false,"joins":"own""#);
    bench.on("2027-12-01");
    activate(&mut bench, &mut device(1), 5);
    bench.on("2028-02-12"); // 73 days: 365 licence-days in a period of 366
    bench.stock(10);
    bench.assign(Which::Current).expect("enough");
    assert_eq!(
        (bench.outlook().carry_days, credits(&bench).len()),
        (seats(365), 0)
    );
    bench.assign(Which::Next).expect("enough");
    assert_eq!(
        bench.outlook().carry_days,
        Counts::new(),
        "a period of 365 days"
    );
    assert_eq!(credits(&bench)[0].count, 1);
}

#[test]
fn credit_expires_and_outlives_a_void_key() {
    let mut bench = unlicensed("");
    let key = bench.stock(10);
    bench.on("2027-05-23");
    bench.assign(Which::Current).expect("enough");
    assert_eq!(bench.void(key), Ok(seats(10)));
    assert_eq!(bench.left(), seats(4));
    bench.on("2031-11-21");
    assert_eq!(bench.left(), seats(4));
    bench.on("2031-11-22");
    assert_eq!(bench.left(), Counts::new());
}
