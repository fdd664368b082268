//! Days: terms, grace, horizon, storage (LICENSING sections 4, 5, 6 and 11).

use crate::bench::{Bench, Device, day, rows, seats};
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::event::Event;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::state::key_of;
use keyspool::policy::record::tally::TallyRow;
use keyspool::wire::response::Activation;

fn dates(activation: &Activation) -> [String; 3] {
    let validity = activation.validity;
    let text = |day: Option<keyspool::licence::Day>| day.expect("a last day").to_string();
    [
        validity.valid_from.to_string(),
        text(validity.valid_until),
        text(validity.grace_until),
    ]
}

#[test]
fn term_ends_the_day_before_its_anniversary() {
    let mut bench = Bench::new("");
    let mut device = Device::new(1);
    bench.stock(1);
    let activation = bench.drop(&device.activate(1)).activation();
    assert_eq!(
        dates(&activation),
        ["2026-11-22", "2027-11-21", "2027-11-21"]
    );
    assert_eq!(activation.sequence, 1);
    let refreshed = bench.on("2027-11-21").drop(&device.refresh(1));
    assert_eq!(refreshed.outcome(), Some(Outcome::Refreshed));
    assert_eq!(
        dates(&refreshed.activation()),
        ["2026-11-22", "2027-11-21", "2027-11-21"]
    );
    assert_eq!(
        bench.on("2027-11-22").drop(&device.refresh(1)).code(),
        Some(RefusalCode::NotActivated)
    );
    assert_eq!(bench.system(&device).seats, []);
}

#[test]
fn refresh_states_the_same_under_the_next_sequence() {
    let mut bench = Bench::new("");
    let mut device = Device::new(1);
    bench.stock(1);
    let first = bench.drop(&device.activate(1)).activation();
    let again = bench.on("2027-01-01").drop(&device.activate(1));
    assert_eq!(again.outcome(), Some(Outcome::Refreshed));
    let again = again.activation();
    assert_eq!(
        (again.activation_id, again.sequence, again.validity),
        (first.activation_id, 2, first.validity)
    );
}

#[test]
fn last_day_of_grace_still_appends_a_term() {
    for (on, expected) in [
        ("2027-12-21", ["2026-11-22", "2028-11-21", "2028-12-21"]),
        ("2027-12-22", ["2027-12-22", "2028-12-21", "2029-01-20"]),
    ] {
        let mut bench = Bench::new(r#","grace_days":30"#);
        let mut device = Device::new(1);
        bench.stock(2);
        let first = bench.drop(&device.activate(1)).activation();
        assert_eq!(dates(&first), ["2026-11-22", "2027-11-21", "2027-12-21"]);
        let extended = bench.on(on).drop(&device.extend(1));
        assert_eq!(extended.outcome(), Some(Outcome::Extended));
        let extended = extended.activation();
        assert_eq!(dates(&extended), expected, "on {on}");
        assert_eq!(
            (extended.activation_id, extended.sequence),
            (first.activation_id, 2)
        );
        assert_eq!(bench.wallet(), (0, 0));
    }
}

#[test]
fn seat_is_held_through_its_grace() {
    let mut bench = Bench::new(r#","grace_days":30"#);
    let mut device = Device::new(1);
    bench.stock(1);
    bench.drop(&device.activate(1));
    bench.on("2027-12-21");
    assert_eq!(bench.system(&device).seats.len(), 1);
    bench.on("2027-12-22");
    assert_eq!(bench.system(&device).seats.len(), 0);
    assert!(
        bench
            .log
            .iter()
            .any(|event| matches!(event, Event::SeatsEnded { on, .. } if *on == day("2027-12-22")))
    );
}

#[test]
fn months_are_reckoned_from_the_first_day() {
    let mut bench = Bench::new(r#","term_months":1"#);
    let mut device = Device::new(1);
    bench.on("2027-01-31");
    bench.stock(12);
    let mut ends = vec![dates(&bench.drop(&device.activate(1)).activation())[1].clone()];
    for _ in 1..12 {
        ends.push(dates(&bench.drop(&device.extend(1)).activation())[1].clone());
    }
    assert_eq!(
        ends[..4],
        ["2027-02-27", "2027-03-30", "2027-04-29", "2027-05-30"]
    );
    assert_eq!(ends[11], "2028-01-30");
}

#[test]
fn leap_day_term_is_clamped_in_common_years() {
    let mut bench = Bench::new("");
    let mut device = Device::new(1);
    bench.on("2028-02-29");
    bench.stock(4);
    assert_eq!(
        dates(&bench.drop(&device.activate(1)).activation())[1],
        "2029-02-27"
    );
    bench.drop(&device.extend(1));
    bench.drop(&device.extend(1));
    assert_eq!(
        dates(&bench.drop(&device.extend(1)).activation())[1],
        "2032-02-28"
    );
}

#[test]
fn term_ends_within_early_renewal_years() {
    let mut bench = Bench::new("");
    let mut device = Device::new(1);
    bench.stock(8);
    bench.drop(&device.activate(1));
    for year in 2028..=2032 {
        assert_eq!(
            dates(&bench.drop(&device.extend(1)).activation())[1],
            format!("{year}-11-21")
        );
    }
    // The next would end on 2033-11-21, six years after 2027-11-21.
    assert_eq!(
        bench.drop(&device.extend(1)).code(),
        Some(RefusalCode::TooFarAhead)
    );
    assert_eq!(
        bench.on("2027-11-20").drop(&device.extend(1)).code(),
        Some(RefusalCode::TooFarAhead)
    );
    assert_eq!(
        dates(&bench.on("2027-11-21").drop(&device.extend(1)).activation())[1],
        "2033-11-21"
    );
}

#[test]
fn no_early_renewal_before_the_last_day() {
    let mut bench = Bench::new(r#","early_renewal_years":0"#);
    let mut device = Device::new(1);
    bench.stock(2);
    bench.drop(&device.activate(1));
    assert_eq!(
        bench.on("2027-11-20").drop(&device.extend(1)).code(),
        Some(RefusalCode::TooFarAhead)
    );
    assert_eq!(
        dates(&bench.on("2027-11-21").drop(&device.extend(1)).activation())[1],
        "2028-11-21"
    );
}

#[test]
fn licence_is_usable_on_its_last_stored_day() {
    for (on, code) in [
        ("2031-11-21", None),
        ("2031-11-22", Some(RefusalCode::NotEnoughLicences)),
    ] {
        let mut bench = Bench::new("");
        bench.stock(1);
        assert_eq!(bench.lots("acme")[0].store_until, day("2031-11-21"));
        assert_eq!(
            bench.on(on).drop(&Device::new(1).activate(1)).code(),
            code,
            "on {on}"
        );
        let tally: TallyRow = bench.row(&key_of(&["nas"]));
        assert_eq!(tally.expired, seats(u64::from(code.is_some())));
    }
}

#[test]
fn shorter_grace_spares_running_activations() {
    let mut bench = Bench::new(r#","grace_days":30"#);
    let mut device = Device::new(1);
    bench.stock(3);
    bench.drop(&device.activate(1));
    bench.set("");
    bench.on("2027-12-01");
    assert_eq!(
        dates(&bench.drop(&device.refresh(1)).activation())[1..],
        ["2027-11-21", "2027-12-21"]
    );
    assert_eq!(
        dates(&bench.drop(&device.activate(2)).activation())[1..],
        ["2027-11-21", "2027-12-21"],
        "nor a larger need"
    );
    bench.on("2027-12-21");
    assert_eq!(
        dates(&bench.drop(&device.extend(1)).activation())[1..],
        ["2028-11-21", "2028-11-21"],
        "the new term has the new grace"
    );
}

#[test]
fn longer_grace_counts_from_the_next_activation() {
    let mut bench = Bench::new("");
    let (mut device, mut silent) = (Device::new(1), Device::new(2));
    bench.stock(2);
    bench.drop(&device.activate(1));
    bench.drop(&silent.activate(1));
    bench.set(r#","grace_days":30"#);
    assert_eq!(
        dates(&bench.drop(&device.refresh(1)).activation())[1..],
        ["2027-11-21", "2027-12-21"]
    );
    bench.on("2027-11-22");
    assert_eq!(
        (
            bench.system(&device).seats.len(),
            bench.system(&silent).seats.len()
        ),
        (1, 0)
    );
    bench.on("2027-12-22");
    assert_eq!(bench.system(&device).seats.len(), 0);
}

#[test]
fn missed_days_are_made_up_in_order() {
    let settings = r#","term_months":1,"grace_days":5,"storage_years":1,"auto_renew":true"#;
    let mut daily = Bench::new(settings);
    let (mut one, mut two) = (Device::new(1), Device::new(2));
    daily.stock(4);
    daily.drop(&one.activate(1));
    daily.drop(&two.activate(2));
    let mut away = daily.clone();
    for _ in 0..60 {
        daily.later(1);
    }
    away.later(60);
    assert_eq!(rows(&away.state), rows(&daily.state));
    assert_eq!(away.log, daily.log);
    let days: Vec<_> = away
        .log
        .iter()
        .filter_map(|e| {
            if let Event::DayBegan { day } = e {
                Some(*day)
            } else {
                None
            }
        })
        .collect();
    assert!(
        days.windows(2)
            .all(|pair| pair[0].plus_days(1) == Some(pair[1])),
        "every day, in order"
    );
    assert_eq!(days.last(), Some(&day("2027-01-21")));
}

#[test]
fn a_clock_that_went_back_changes_nothing() {
    let mut bench = Bench::new("");
    bench.stock(1);
    bench.on("2027-03-01");
    let before = (rows(&bench.state), bench.log.len());
    bench.on("2027-02-01");
    assert_eq!((rows(&bench.state), bench.log.len()), before);
}
