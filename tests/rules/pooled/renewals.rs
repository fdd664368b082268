//! Renewal by the signer, by requests, and needs that swing around it (LICENSING sections 7 and
//! 9.6).

use crate::bench::{Bench, Device, day, seats};
use crate::desk::{Desk as _, activate, ask, ask_with, device, pooled, stated, states};
use keyspool::licence::{Counts, Plan};
use keyspool::policy::order::assign::Which;
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::event::Event;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::state::key_of;
use keyspool::policy::record::subscription::SubscriptionRow;
use keyspool::wire::request::Wanted;

const RENEWS: &str = r#","auto_renew":true"#;

/// Licensed for two from 2026-11-22.
fn licensed(settings: &str) -> (Bench, Device) {
    let mut bench = pooled(settings);
    bench.stock(2);
    let mut first = device(1);
    activate(&mut bench, &mut first, 2);
    (bench, first)
}

fn renewals(bench: &Bench) -> Vec<String> {
    let renewed = bench.log.iter().filter_map(|event| match event {
        Event::LicencesAssigned {
            organization,
            product,
            assignment,
            renewed: true,
            on,
        } => Some(format!(
            "{on} {organization} {product} {}",
            assignment.period
        )),
        _ => None,
    });
    renewed.collect()
}

#[test]
fn signer_renews_30_days_before_the_end() {
    let (mut bench, _) = licensed(RENEWS);
    bench.stock(2);
    bench.on("2027-10-21");
    assert_eq!(renewals(&bench), [""; 0]);
    bench.on("2027-10-22");
    assert_eq!(renewals(&bench), ["2027-10-22 acme nas 1"]);
    assert_eq!((bench.status(), bench.left()), ("licensed", Counts::new()));
}

#[test]
fn what_a_signer_missed_is_renewed_on_its_day() {
    let (mut bench, mut first) = licensed(RENEWS);
    bench.stock(6);
    bench.on("2029-12-24");
    assert_eq!(
        renewals(&bench),
        [
            "2027-10-22 acme nas 1",
            "2028-10-22 acme nas 2",
            "2029-10-22 acme nas 3"
        ]
    );
    let again = activate(&mut bench, &mut first, 2);
    assert_eq!(
        stated(&again),
        states(Plan::Subscription, "2029-11-22", "2030-11-21", "2030-12-21")
    );
}

#[test]
fn too_few_licences_wait_for_the_grace_to_end() {
    let (mut bench, _) = licensed(RENEWS);
    bench.stock(1);
    bench.on("2027-11-22");
    assert_eq!(
        (renewals(&bench).len(), bench.left(), bench.status()),
        (0, seats(1), "grace")
    );
    let mut late = bench.clone();
    bench.on("2027-12-20");
    bench.stock(1);
    bench.on("2027-12-21");
    assert_eq!(
        renewals(&bench),
        ["2027-12-21 acme nas 1"],
        "the last day of the grace"
    );
    late.on("2027-12-21");
    late.stock(1);
    late.on("2027-12-22");
    assert_eq!(
        (renewals(&late).len(), late.status()),
        (0, "expired"),
        "afterwards only an operator assigns"
    );
    late.assign(Which::Current).expect("enough");
    assert_eq!(late.status(), "licensed");
}

#[test]
fn a_first_period_that_nobody_licensed_is_not_renewed() {
    let mut bench = pooled(RENEWS);
    activate(&mut bench, &mut device(1), 2);
    bench.stock(9);
    bench.on("2028-01-10");
    assert_eq!((renewals(&bench).len(), bench.status()), (0, "expired"));
}

#[test]
fn a_need_that_grows_after_the_renewal_is_renewed_too() {
    let (mut bench, _) = licensed(RENEWS);
    bench.stock(3);
    bench.on("2027-10-22");
    activate(&mut bench, &mut device(2), 1);
    assert!(!bench.period(1).licensed);
    bench.on("2027-10-23");
    assert_eq!(
        renewals(&bench),
        ["2027-10-22 acme nas 1", "2027-10-23 acme nas 1"]
    );
    assert_eq!(bench.period(1).assigned, seats(3));
}

#[test]
fn renewals_come_by_organization_then_product() {
    let mut bench = pooled(RENEWS);
    for (seed, organization, product) in
        [(1, "globex", "cam"), (2, "acme", "nas"), (3, "acme", "cam")]
    {
        for _ in 0..2 {
            let key = bench.mint_as(product, None, &seats(1));
            bench.redeem(organization, key).expect("a new key");
        }
        activate(&mut bench, &mut Device::of(seed, organization, product), 1);
    }
    bench.on("2027-10-22");
    assert_eq!(
        renewals(&bench),
        [
            "2027-10-22 acme cam 1",
            "2027-10-22 acme nas 1",
            "2027-10-22 globex cam 1"
        ]
    );
}

#[test]
fn no_period_is_renewed_that_may_not_be_assigned_yet() {
    let (mut bench, _) = licensed(r#","auto_renew":true,"early_renewal_years":0"#);
    bench.stock(2);
    bench.on("2027-11-21");
    assert_eq!(renewals(&bench), [""; 0]);
    bench.on("2027-11-22");
    assert_eq!(
        renewals(&bench),
        ["2027-11-22 acme nas 1"],
        "within the grace it is the running period"
    );
}

#[test]
fn an_extend_redeems_and_assigns_the_next_period() {
    let (mut bench, mut first) = licensed("");
    let key = bench.mint(2);
    let said = ask_with(&mut bench, &mut first, Wanted::Extend, 2, &[key]);
    assert_eq!(said.outcome(), Some(Outcome::Extended));
    assert_eq!(
        stated(&said.activation()),
        states(Plan::Subscription, "2026-11-22", "2028-11-21", "2028-12-21")
    );
    assert_eq!(
        ask(&mut bench, &mut first, Wanted::Extend, &seats(2)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    let key = bench.mint(3);
    ask_with(&mut bench, &mut first, Wanted::Extend, 2, &[key]);
    assert_eq!(
        (bench.period(2).assigned, bench.left()),
        (seats(2), seats(1))
    );
}

#[test]
fn extend_licenses_the_running_period_first() {
    let mut bench = pooled("");
    let mut first = device(1);
    activate(&mut bench, &mut first, 2);
    let key = bench.mint(4);
    let said = ask_with(&mut bench, &mut first, Wanted::Extend, 2, &[key]);
    assert_eq!(
        stated(&said.activation()),
        states(Plan::Subscription, "2026-11-22", "2027-11-21", "2027-12-21")
    );
    assert_eq!(bench.left(), seats(2));
    ask(&mut bench, &mut first, Wanted::Extend, &seats(2));
    assert_eq!(bench.period(1).assigned, seats(2));
}

#[test]
fn extend_counts_a_larger_need_as_growth() {
    let (mut bench, mut first) = licensed("");
    bench.on("2027-01-10");
    bench.stock(3);
    let said = ask(&mut bench, &mut first, Wanted::Extend, &seats(3));
    assert_eq!(said.activation().licences, seats(3));
    assert_eq!(
        (bench.period(0).assigned, bench.period(1).assigned),
        (seats(2), seats(3))
    );
}

#[test]
fn an_extend_goes_no_further_ahead_than_an_operator() {
    let (mut bench, mut first) = licensed(r#","early_renewal_years":1"#);
    bench.stock(9);
    assert_eq!(
        ask(&mut bench, &mut first, Wanted::Extend, &seats(2)).outcome(),
        Some(Outcome::Extended)
    );
    assert_eq!(
        ask(&mut bench, &mut first, Wanted::Extend, &seats(2)).code(),
        Some(RefusalCode::TooFarAhead)
    );
}

#[test]
fn auto_renewed_extends_with_its_own_key_only() {
    let (mut bench, mut first) = licensed(RENEWS);
    let key = bench.mint(2);
    let refused = ask_with(&mut bench, &mut first, Wanted::Extend, 2, &[key]);
    assert_eq!(
        refused.code(),
        Some(RefusalCode::RenewsAutomatically),
        "its time has not come"
    );
    bench.on("2027-10-22");
    let refused = ask(&mut bench, &mut first, Wanted::Extend, &seats(2));
    assert_eq!(
        refused.code(),
        Some(RefusalCode::RenewsAutomatically),
        "no key"
    );
    let said = ask_with(&mut bench, &mut first, Wanted::Extend, 2, &[key]);
    assert_eq!(
        stated(&said.activation()),
        states(Plan::Subscription, "2026-11-22", "2028-11-21", "2028-12-21")
    );
    let key = bench.mint(2);
    let refused = ask_with(&mut bench, &mut first, Wanted::Extend, 2, &[key]);
    assert_eq!(
        refused.code(),
        Some(RefusalCode::RenewsAutomatically),
        "the next period is licensed by now"
    );
}

#[test]
fn swing_around_a_renewal_is_noted() {
    for (lowered, raised, noted) in [
        ("2027-10-23", "2027-12-21", true),
        ("2027-10-22", "2027-12-21", false),
        ("2027-10-23", "2027-12-22", false),
        ("2027-11-21", "2027-11-22", true),
    ] {
        let (mut bench, mut first) = licensed("");
        bench.stock(1);
        bench.on(lowered);
        let smaller = activate(&mut bench, &mut first, 1);
        first.install(&smaller);
        let confirmation = first.confirm(smaller.sequence);
        bench.drop(&confirmation);
        bench.assign(Which::Next).expect("enough for one");
        bench.on(raised);
        activate(&mut bench, &mut first, 2);
        let row: SubscriptionRow = bench.row(&key_of(&["acme", "nas"]));
        let raised_on = row.swing.and_then(|swing| swing.raised).map(|(on, _)| on);
        assert_eq!(
            raised_on,
            noted.then(|| day(raised)),
            "{lowered} and {raised}"
        );
    }
}
