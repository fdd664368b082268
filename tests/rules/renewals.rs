//! Products that the signer renews by itself (LICENSING sections 5, 9.6 and 11).

use crate::bench::{Bench, Device, Key, day, seats};
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::wire::request::Wanted;

const RENEWS: &str = r#","auto_renew":true"#;

fn ends(bench: &Bench, device: &Device) -> Vec<(u64, String)> {
    bench
        .system(device)
        .seats
        .iter()
        .map(|seat| (seat.count, seat.term.end().to_string()))
        .collect()
}

fn one(end: &str) -> Vec<(u64, String)> {
    vec![(1, end.into())]
}

#[test]
fn seat_is_renewed_at_the_largest_notice() {
    let (mut bench, mut device) = (Bench::new(RENEWS), Device::new(1));
    bench.stock(2);
    bench.drop(&device.activate(1));
    bench.on("2027-10-21");
    assert_eq!(ends(&bench, &device), one("2027-11-21"), "31 days");
    bench.on("2027-10-22");
    assert_eq!(
        (ends(&bench, &device), bench.wallet()),
        (one("2028-11-21"), (0, 0)),
        "30 days"
    );
    let refreshed = bench.drop(&device.refresh(1)).activation();
    assert_eq!(refreshed.validity.valid_until, Some(day("2028-11-21")));
}

#[test]
fn too_few_licences_renew_nothing() {
    let (mut bench, mut device) = (
        Bench::new(r#","auto_renew":true,"grace_days":10"#),
        Device::new(1),
    );
    bench.stock(2);
    bench.drop(&device.activate(2));
    bench.stock(1);
    bench.on("2027-11-30");
    assert_eq!(
        (ends(&bench, &device), bench.wallet()),
        (vec![(2, "2027-11-21".into())], (1, 0))
    );
    bench.stock(1);
    bench.on("2027-12-01");
    assert_eq!(
        (ends(&bench, &device), bench.wallet()),
        (vec![(2, "2028-11-21".into())], (0, 0)),
        "the last day of grace"
    );
}

#[test]
fn the_earliest_end_is_renewed_first() {
    let (mut bench, mut early, mut late) = (Bench::new(RENEWS), Device::new(1), Device::new(2));
    bench.stock(2);
    bench.drop(&early.activate(1));
    bench.on("2026-12-01").drop(&late.activate(1));
    bench.on("2027-11-15");
    bench.stock(1);
    bench.later(1);
    assert_eq!(
        (ends(&bench, &early), ends(&bench, &late)),
        (one("2028-11-21"), one("2027-11-30"))
    );
}

#[test]
fn seats_that_end_first_are_renewed_first() {
    let (mut bench, mut device) = (Bench::new(RENEWS), Device::new(1));
    bench.stock(2);
    bench.drop(&device.activate(1));
    bench.on("2026-12-01").drop(&device.activate(2));
    bench.on("2027-11-15");
    bench.stock(1);
    bench.later(1);
    assert_eq!(
        ends(&bench, &device),
        [(1, "2027-11-30".into()), (1, "2028-11-21".into())]
    );
}

#[test]
fn equal_ends_renew_by_activation_id() {
    let mut bench = Bench::new(RENEWS);
    bench.stock(6);
    let mut devices: Vec<Device> = (1..=3).map(Device::new).collect();
    for device in &mut devices {
        bench.drop(&device.activate(2));
    }
    devices.sort_by_key(|device| bench.system(device).activation.id);
    bench.stock(3);
    bench.on("2027-10-22");
    let ended: Vec<_> = devices.iter().map(|device| ends(&bench, device)).collect();
    let (old, new) = (
        vec![(2, "2027-11-21".to_string())],
        vec![(2, "2028-11-21".to_string())],
    );
    assert_eq!(
        (ended, bench.wallet()),
        (vec![new, old.clone(), old], (1, 0))
    );
}

#[test]
fn each_organization_renews_from_its_own_wallet() {
    let (mut bench, mut acme, mut globex) = (
        Bench::new(RENEWS),
        Device::new(1),
        Device::of(2, "globex", "nas"),
    );
    bench.stock(1);
    let key = bench.mint(3);
    bench.redeem("globex", key).expect("a new key");
    bench.drop(&acme.activate(1));
    bench.drop(&globex.activate(1));
    bench.on("2027-10-22");
    assert_eq!(
        (ends(&bench, &acme), ends(&bench, &globex)),
        (one("2027-11-21"), one("2028-11-21"))
    );
}

#[test]
fn returned_seats_renew_nothing() {
    let (mut bench, mut device, mut other) = (Bench::new(RENEWS), Device::new(1), Device::new(2));
    bench.stock(2);
    bench.drop(&device.activate(1));
    bench.on("2027-01-01").drop(&other.activate(1));
    bench.drop(&other.deactivate(1));
    bench.on("2027-10-22");
    assert_eq!(
        (ends(&bench, &device), bench.wallet()),
        (one("2027-11-21"), (0, 1))
    );
}

#[test]
fn waiting_surplus_is_not_renewed() {
    let (mut bench, mut device) = (Bench::new(RENEWS), Device::new(1));
    bench.stock(5);
    bench.drop(&device.activate(3));
    bench.drop(&device.refresh(1));
    bench.drop(&device.confirm(1));
    bench.on("2027-10-22");
    assert_eq!(
        (ends(&bench, &device), bench.wallet()),
        (
            vec![(1, "2028-11-21".into()), (2, "2027-11-21".into())],
            (1, 0)
        )
    );
    assert_eq!(
        bench
            .drop(&device.refresh(1))
            .activation()
            .validity
            .valid_until,
        Some(day("2028-11-21"))
    );
    bench.drop(&device.confirm(3));
    assert_eq!(
        (ends(&bench, &device), bench.wallet()),
        (one("2028-11-21"), (1, 2)),
        "and goes back"
    );
}

#[test]
fn device_extends_where_the_signer_could_not() {
    let (mut bench, mut device) = (Bench::new(RENEWS), Device::new(1));
    bench.stock(1);
    bench.drop(&device.activate(1));
    let keys = [bench.mint(1), bench.mint(1)];
    let ask = |device: &mut Device, keys: &[Key]| device.ask(Wanted::Extend, seats(1), keys);
    bench.on("2027-10-21");
    assert_eq!(
        bench.drop(&ask(&mut device, &keys[..1])).code(),
        Some(RefusalCode::RenewsAutomatically),
        "not due yet"
    );
    bench.on("2027-10-22");
    assert_eq!(
        bench.drop(&ask(&mut device, &[])).code(),
        Some(RefusalCode::RenewsAutomatically),
        "without a key"
    );
    assert_eq!(
        bench.drop(&ask(&mut device, &keys[..1])).outcome(),
        Some(Outcome::Extended)
    );
    assert_eq!(
        bench.drop(&ask(&mut device, &keys[1..])).code(),
        Some(RefusalCode::RenewsAutomatically),
        "no longer due"
    );
    assert_eq!(bench.wallet(), (0, 0));
}

#[test]
fn extending_after_the_end_begins_anew() {
    let (mut bench, mut device) = (Bench::new(RENEWS), Device::new(1));
    bench.stock(1);
    bench.drop(&device.activate(1));
    bench.on("2027-11-22");
    bench.stock(1);
    let extended = bench.drop(&device.extend(1)).activation();
    assert_eq!(extended.validity.valid_until, Some(day("2028-11-21")));
}

#[test]
fn a_withdrawn_product_is_renewed_all_the_same() {
    let (mut bench, mut device) = (Bench::new(RENEWS), Device::new(1));
    bench.stock(2);
    bench.drop(&device.activate(1));
    bench.apply_catalogue(&["acme"], &["cam"]);
    bench.on("2027-10-22");
    assert_eq!(ends(&bench, &device), one("2028-11-21"));
}

#[test]
fn licence_redeemed_on_the_last_day_renews() {
    let (mut bench, mut device) = (Bench::new(RENEWS), Device::new(1));
    bench.stock(1);
    bench.drop(&device.activate(1));
    bench.on("2027-11-21");
    assert_eq!(
        ends(&bench, &device),
        one("2027-11-21"),
        "nothing to renew with"
    );
    bench.stock(1);
    bench.bring();
    assert_eq!(
        (ends(&bench, &device), bench.wallet()),
        (one("2028-11-21"), (0, 0))
    );
}
