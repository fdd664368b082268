//! Starting, joining, and days that never move (LICENSING sections 4 and 9.1).

use crate::bench::{Device, seats};
use crate::desk::{Desk as _, activate, ask, device, pooled, span, stated, states};
use keyspool::licence::Plan;
use keyspool::policy::order::assign::Which;
use keyspool::policy::record::code::RefusalCode;
use keyspool::wire::request::Wanted;

#[test]
fn first_request_starts_the_subscription() {
    let mut bench = pooled("");
    assert_eq!(
        (bench.status(), bench.outlook().periods.len()),
        ("not-started", 0)
    );
    let activation = activate(&mut bench, &mut device(1), 4);
    assert_eq!(
        stated(&activation),
        states(Plan::Grace, "2026-11-22", "2026-12-21", "2026-12-21")
    );
    assert_eq!(bench.dates("nas", 0), span("2026-11-22", "2027-11-21"));
    assert_eq!(bench.dates("nas", 1), span("2027-11-22", "2028-11-21"));
    assert_eq!(
        (bench.status(), bench.outlook().periods.len()),
        ("started", 2)
    );
    assert_eq!(
        bench
            .period(0)
            .grace_until
            .map(|day| day.to_string())
            .as_deref(),
        Some("2026-12-21")
    );
    assert_eq!(
        (bench.period(0).missing, bench.outlook().need),
        (seats(4), seats(4))
    );
}

#[test]
fn grace_of_the_start_is_read_anew() {
    let mut bench = pooled("");
    activate(&mut bench, &mut device(1), 1);
    bench.on("2026-12-21");
    let last = activate(&mut bench, &mut device(2), 1);
    assert_eq!(
        stated(&last),
        states(Plan::Grace, "2026-12-21", "2026-12-21", "2026-12-21")
    );
    assert_eq!(bench.status(), "started");
    bench.on("2026-12-22");
    assert_eq!(bench.status(), "expired");
    let refused = ask(&mut bench, &mut device(3), Wanted::Activate, &seats(1));
    assert_eq!(refused.code(), Some(RefusalCode::NotEnoughLicences));
}

#[test]
fn without_auto_start_an_operator_starts() {
    let mut bench = pooled(r#","auto_start":false"#);
    let refused = ask(&mut bench, &mut device(1), Wanted::Activate, &seats(1));
    assert_eq!(refused.code(), Some(RefusalCode::NotStarted));
    bench.start("nas").expect("a subscription that may start");
    assert_eq!(bench.start("nas"), Err(RefusalCode::NotNeeded));
    assert_eq!(activate(&mut bench, &mut device(1), 1).plan, Plan::Grace);
}

#[test]
fn only_pooled_products_of_the_catalogue_are_started() {
    let mut bench = crate::bench::Bench::new("");
    assert_eq!(bench.start("nas"), Err(RefusalCode::UnknownProduct));
    assert_eq!(bench.start("tape"), Err(RefusalCode::UnknownProduct));
    let mut bench = pooled("");
    bench.apply_catalogue(&["acme"], &["cam"]);
    assert_eq!(bench.start("nas"), Err(RefusalCode::WithdrawnProduct));
    bench.apply_catalogue(&[], &["cam"]);
    assert_eq!(bench.start("cam"), Err(RefusalCode::WithdrawnOrganization));
}

#[test]
fn without_grace_a_start_needs_licences() {
    let mut bench = pooled(r#","grace_days":0"#);
    let mut first = device(1);
    assert_eq!(
        ask(&mut bench, &mut first, Wanted::Activate, &seats(2)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(bench.status(), "not-started", "a refusal starts nothing");
    bench.stock(2);
    let activation = activate(&mut bench, &mut first, 2);
    assert_eq!(
        stated(&activation),
        states(Plan::Subscription, "2026-11-22", "2027-11-21", "2027-11-21")
    );
    assert_eq!(bench.period(0).grace_until, None);
}

#[test]
fn second_product_joins_the_running_period() {
    let mut bench = pooled("");
    bench.start("nas").expect("a start");
    bench.on("2028-03-05");
    let mut cam = Device::of(9, "acme", "cam");
    let activation = activate(&mut bench, &mut cam, 1);
    assert_eq!(
        stated(&activation),
        states(Plan::Grace, "2028-03-05", "2028-04-03", "2028-04-03")
    );
    assert_eq!(
        bench.dates("cam", 0),
        span("2027-11-22", "2028-11-21"),
        "though the first one expired long ago"
    );
    assert_eq!(bench.dates("cam", 1), bench.dates("nas", 2));
}

#[test]
fn other_dates_or_lengths_join_nothing() {
    for (settings, until) in [
        (r#","joins":"own""#, "2027-01-09"),
        (r#","term_months":6"#, "2026-07-09"),
    ] {
        let mut bench = pooled("");
        bench.start("nas").expect("a start");
        bench.on("2027-01-10");
        bench.settings(settings);
        bench.start("cam").expect("a start");
        assert_eq!(
            bench.dates("cam", 0).0,
            crate::bench::day("2027-01-10"),
            "{settings}"
        );
        assert!(
            bench.dates("cam", 0).1 > crate::bench::day(until),
            "{settings}"
        );
    }
    let mut bench = pooled("");
    bench.start("nas").expect("a start");
    bench.on("2027-01-10");
    let mut other = Device::of(9, "globex", "cam");
    assert_eq!(
        activate(&mut bench, &mut other, 1).validity.valid_from,
        crate::bench::day("2027-01-10")
    );
    bench.start("cam").expect("a start");
    assert_eq!(bench.dates("cam", 0), span("2026-11-22", "2027-11-21"));
}

#[test]
fn oldest_subscription_is_joined() {
    let mut bench = pooled(r#","joins":"own""#);
    bench.apply_catalogue(&["acme"], &["nas", "cam", "tape"]);
    bench.start("nas").expect("a start");
    bench.on("2026-12-24");
    bench.start("cam").expect("a start");
    bench.on("2027-12-01");
    let read = crate::bench::catalogue(crate::desk::POOLED, "", &["acme"], &["nas", "cam", "tape"]);
    bench
        .order(|state, _| {
            Ok(
                keyspool::policy::order::catalogue::apply_catalogue(state, &read, true)
                    .expect("allowed")
                    .expect("a change"),
            )
        })
        .expect("a catalogue");
    bench.start("tape").expect("a start");
    assert_eq!(
        bench.dates("tape", 0),
        span("2027-11-22", "2028-11-21"),
        "of `nas`, which is older by first day"
    );
}

#[test]
fn running_length_outlives_a_changed_setting() {
    let mut bench = pooled("");
    bench.start("nas").expect("a start");
    bench.settings(r#","term_months":1,"grace_days":5"#);
    bench.on("2027-11-22");
    assert_eq!(bench.dates("nas", 1), span("2027-11-22", "2028-11-21"));
    bench.start("cam").expect("a start");
    assert_eq!(
        bench.dates("cam", 0),
        span("2027-11-22", "2027-12-21"),
        "a month joins no year"
    );
}

#[test]
fn months_are_clamped_to_short_months() {
    let mut bench = pooled(r#","term_months":1,"grace_days":5"#);
    bench.on("2027-01-31");
    bench.start("nas").expect("a start");
    bench.on("2028-01-30");
    let periods = bench.outlook().periods;
    let ends: Vec<String> = periods
        .iter()
        .map(|period| period.last.to_string())
        .collect();
    let wanted = [
        "2027-02-27",
        "2027-03-30",
        "2027-04-29",
        "2027-05-30",
        "2027-06-29",
        "2027-07-30",
        "2027-08-30",
        "2027-09-29",
        "2027-10-30",
        "2027-11-29",
        "2027-12-30",
        "2028-01-30",
        "2028-02-28",
    ];
    assert_eq!(
        ends, wanted,
        "the twelfth ends on 30 January; the next February has 29 days"
    );
    for pair in periods.windows(2) {
        assert_eq!(pair[0].last.plus_days(1), Some(pair[1].first), "no gap");
    }
}

#[test]
fn year_from_a_leap_day_ends_on_27_february() {
    let mut bench = pooled("");
    bench.on("2028-02-29");
    bench.start("nas").expect("a start");
    bench.on("2032-02-29");
    let days: Vec<_> = bench
        .outlook()
        .periods
        .iter()
        .map(|p| format!("{} {}", p.first, p.last))
        .collect();
    let wanted = [
        "2028-02-29 2029-02-27",
        "2029-02-28 2030-02-27",
        "2030-02-28 2031-02-27",
        "2031-02-28 2032-02-28",
        "2032-02-29 2033-02-27",
        "2033-02-28 2034-02-27",
    ];
    assert_eq!(days, wanted);
}

#[test]
fn joined_product_keeps_the_days_of_the_first() {
    let mut bench = pooled(r#","term_months":1,"grace_days":5"#);
    bench.on("2027-01-31");
    bench.start("nas").expect("a start");
    bench.on("2027-03-10");
    bench.start("cam").expect("a start");
    assert_eq!(bench.dates("cam", 0), span("2027-02-28", "2027-03-30"));
    bench.on("2027-06-15");
    for number in 0..5 {
        assert_eq!(bench.dates("cam", number), bench.dates("nas", number + 1));
    }
}

#[test]
fn late_start_has_its_whole_grace() {
    let mut bench = pooled("");
    bench.start("nas").expect("a start");
    bench.on("2027-11-20");
    let mut cam = Device::of(9, "acme", "cam");
    let activation = activate(&mut bench, &mut cam, 1);
    assert_eq!(
        stated(&activation),
        states(Plan::Grace, "2027-11-20", "2027-12-19", "2027-12-19")
    );
    bench.on("2027-12-19");
    assert_eq!(bench.outlook_of("cam").status.as_str(), "grace");
    assert_eq!(
        activate(&mut bench, &mut Device::of(10, "acme", "cam"), 1).plan,
        Plan::Grace
    );
    bench.on("2027-12-20");
    assert_eq!(bench.outlook_of("cam").status.as_str(), "expired");
}

#[test]
fn years_off_are_made_up_in_order() {
    let mut bench = pooled(r#","joins":"own""#);
    activate(&mut bench, &mut device(1), 1);
    bench.stock(1);
    bench.assign(Which::Current).expect("enough");
    bench.on("2031-01-05");
    let licensed: Vec<bool> = bench
        .outlook()
        .periods
        .iter()
        .map(|period| period.licensed)
        .collect();
    assert_eq!(licensed, [true, false, false, false, false, false]);
    let graces: Vec<_> = bench
        .outlook()
        .periods
        .iter()
        .map(|p| p.grace_until.map(|day| day.to_string()))
        .collect();
    assert_eq!(
        graces[1].as_deref(),
        Some("2027-12-21"),
        "after a licensed period"
    );
    assert_eq!(
        graces[2..],
        [None, None, None, None],
        "no grace after one that was not licensed"
    );
    assert_eq!(bench.status(), "expired");
}
