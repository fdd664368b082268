//! What a device may use on a day.

use crate::bench::{Bench, TODAY, components, day, id, licence_types, moment, need};
use crate::signer::{opened, signed};
use keyspool::device::Notice;
use keyspool::licence::DayStatus;
use keyspool::wire::response::Activation;

#[test]
fn notices_come_on_the_named_days() {
    let bench = Bench::installed();
    for (today, notice) in [
        ("2027-10-21", None),
        (
            "2027-10-22",
            Some(Notice {
                days_left: 30,
                reached: 30,
            }),
        ),
        (
            "2027-11-07",
            Some(Notice {
                days_left: 14,
                reached: 14,
            }),
        ),
        (
            "2027-11-15",
            Some(Notice {
                days_left: 6,
                reached: 7,
            }),
        ),
        (
            "2027-11-21",
            Some(Notice {
                days_left: 0,
                reached: 7,
            }),
        ),
        ("2027-11-22", None),
    ] {
        bench.watch.0.set(moment(&format!("{today}T12:00:00Z")));
        assert_eq!(bench.status().held.unwrap().notice, notice, "{today}");
    }
}

#[test]
fn use_ends_with_the_last_day_of_use() {
    let mut bench = Bench::installed();
    let mut activation = bench.activation(2);
    activation.validity.valid_from = day("2026-12-01");
    bench.install(&[signed(&activation)]).unwrap();
    for (today, status, usable) in [
        ("2026-11-30", DayStatus::NotYet, false),
        ("2026-12-01", DayStatus::Valid, true),
        ("2027-11-21", DayStatus::Valid, true),
        ("2027-11-22", DayStatus::InGrace, true),
        ("2027-12-21", DayStatus::InGrace, true),
        ("2027-12-22", DayStatus::Ended, false),
    ] {
        bench.watch.0.set(moment(&format!("{today}T23:59:59Z")));
        let found = bench.status();
        assert_eq!(
            found.held.as_ref().map(|held| held.day),
            Some(status),
            "{today}"
        );
        assert_eq!(found.usable().is_some(), usable, "{today}");
    }
}

#[test]
fn a_clock_set_back_does_not_count() {
    let mut bench = Bench::installed();
    bench.watch.0.set(moment("2020-01-01T00:00:00Z"));
    bench.restart();
    let status = bench.status();
    assert_eq!(status.now, moment(TODAY));
    let set_back = status.clock_set_back.unwrap();
    assert_eq!(
        (set_back.clock, set_back.floor),
        (moment("2020-01-01T00:00:00Z"), moment(TODAY))
    );
    assert_eq!(status.held.unwrap().day, DayStatus::Valid);
    assert_eq!(opened(&bench.describe().unwrap()).created_at, moment(TODAY));
    bench.watch.0.set(moment(TODAY));
    assert_eq!(bench.status().clock_set_back, None);
}

#[test]
fn the_newest_activation_sets_the_floor() {
    let mut bench = Bench::installed();
    let earlier = moment("2026-11-22T05:00:00Z");
    bench
        .install(&[signed(&Activation {
            issued_at: earlier,
            ..bench.activation(2)
        })])
        .unwrap();
    bench.watch.0.set(moment("2026-11-22T04:00:00Z"));
    assert_eq!(
        bench.status().clock_set_back.map(|set_back| set_back.floor),
        Some(earlier)
    );
    let typed = bench.typed(3);
    bench
        .device
        .install_computer_key(&typed, &licence_types())
        .unwrap();
    assert_eq!(
        bench.status().clock_set_back.map(|set_back| set_back.floor),
        Some(earlier)
    );
}

#[test]
fn drifted_hardware_is_named() {
    let bench = Bench::installed();
    let one = bench.device.status(&components(&[
        ("board", "B0"),
        ("mac", "new"),
        ("disk", "D0"),
    ]));
    assert_eq!(
        one.held
            .as_ref()
            .unwrap()
            .fingerprint
            .as_ref()
            .unwrap()
            .changed,
        vec![id("mac")]
    );
    assert_eq!(one.usable(), Some(&need()));
    let two = bench.device.status(&components(&[
        ("board", "B0"),
        ("mac", "new"),
        ("disk", "new"),
    ]));
    assert_eq!(two.usable(), None);
}
