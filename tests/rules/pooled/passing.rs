//! Trials and emergencies of systems of a pooled product (LICENSING sections 9 and 12).

use crate::bench::{Bench, Device, day, rows, seats};
use crate::desk::{Desk, activate, ask, device, pooled, stated, states};
use crate::help::{helps, order};
use keyspool::licence::Plan;
use keyspool::policy::apply::change::apply;
use keyspool::policy::order::assign::Which;
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::memory::Memory;
use keyspool::wire::request::Wanted;

fn replays(bench: &Bench) {
    let mut state = Memory::default();
    bench
        .log
        .iter()
        .for_each(|event| apply(&mut state, event).expect("an event that fits"));
    assert_eq!(rows(&state), rows(&bench.state));
}

#[test]
fn trial_starts_no_subscription() {
    let mut bench = pooled(r#","trial_days":30"#);
    let mut box_ = device(1);
    let trial = ask(&mut bench, &mut box_, Wanted::Trial, &seats(4)).activation();
    assert_eq!(
        stated(&trial),
        states(Plan::Trial, "2026-11-22", "2026-12-21", "2026-12-21")
    );
    assert_eq!((bench.status(), bench.outlook().need), ("trial", seats(0)));
    assert_eq!(bench.on("2026-12-21").status(), "trial");
    assert_eq!(bench.on("2026-12-22").status(), "not-started");
    assert_eq!(
        ask(&mut bench, &mut box_, Wanted::Refresh, &seats(4)).code(),
        Some(NotActivated)
    );
    replays(&bench);
}

#[test]
fn first_activation_ends_a_trial() {
    let mut bench = pooled(r#","trial_days":30"#);
    let mut box_ = device(1);
    let trial = ask(&mut bench, &mut box_, Wanted::Trial, &seats(4)).activation();
    let said = {
        let request = box_.activate(4);
        bench.on("2026-12-01").drop(&request)
    };
    assert_eq!(said.outcome(), Some(Outcome::Activated));
    let activation = said.activation();
    assert_eq!(
        stated(&activation),
        states(Plan::Grace, "2026-12-01", "2026-12-30", "2026-12-30")
    );
    assert_eq!(
        (activation.activation_id, activation.sequence),
        (trial.activation_id, 2)
    );
    assert_eq!(
        (bench.status(), bench.outlook().need),
        ("started", seats(4))
    );
    assert_eq!(
        ask(&mut bench, &mut box_, Wanted::Trial, &seats(4)).code(),
        Some(AlreadyLicensed)
    );
    bench.on("2026-12-22");
    assert_eq!(
        bench.outlook().need,
        seats(4),
        "the end of the trial ended nothing else"
    );
    replays(&bench);
}

#[test]
fn activation_never_ends_before_its_trial() {
    let mut bench = pooled(r#","trial_days":30,"grace_days":5"#);
    let mut box_ = device(1);
    ask(&mut bench, &mut box_, Wanted::Trial, &seats(4)).activation();
    bench.on("2026-12-01");
    let activation = activate(&mut bench, &mut box_, 4);
    assert_eq!(
        stated(&activation),
        states(Plan::Grace, "2026-12-01", "2026-12-21", "2026-12-21")
    );
}

/// Four seats of one device and two of another, whose grace ended on 2026-12-21; the first is
/// helped on 2027-01-10.
fn helped() -> (Bench, Device) {
    let mut bench = pooled("");
    let (mut first, mut second) = (device(1), device(2));
    activate(&mut bench, &mut first, 4);
    activate(&mut bench, &mut second, 2);
    assert_eq!(
        helps(bench.on("2026-12-21"), &order(&first)).err(),
        Some(NotNeeded)
    );
    let help = helps(bench.on("2027-01-10"), &order(&first)).expect("help");
    assert_eq!(
        stated(&help),
        states(Plan::Emergency, "2027-01-10", "2027-01-16", "2027-01-16")
    );
    (bench, first)
}

#[test]
fn an_emergency_counts_in_no_need_while_it_lasts() {
    let (mut bench, _) = helped();
    assert_eq!(bench.outlook().need, seats(2));
    assert_eq!(bench.on("2027-01-16").outlook().need, seats(2));
    assert_eq!(bench.on("2027-01-17").outlook().need, seats(6));
    replays(&bench);
}

#[test]
fn activation_after_an_emergency_is_growth() {
    let (mut bench, mut first) = helped();
    bench.stock(2);
    bench
        .assign(Which::Current)
        .expect("what is missing without the helped system");
    assert_eq!(bench.status(), "licensed");
    // 6 x 100 <= (2 + X) x 200: one is missing.
    assert_eq!(
        ask(&mut bench, &mut first, Wanted::Refresh, &seats(4)).code(),
        Some(GrowthAllowance)
    );
    assert_eq!(
        ask(&mut bench, &mut first, Wanted::Refresh, &seats(5)).code(),
        Some(NotEnoughLicences),
        "larger"
    );
    bench.stock(1);
    let again = ask(&mut bench, &mut first, Wanted::Activate, &seats(4)).activation();
    assert_eq!(
        stated(&again),
        states(Plan::Subscription, "2026-11-22", "2027-11-21", "2027-12-21")
    );
    assert_eq!((bench.outlook().need, bench.left()), (seats(6), seats(0)));
    assert_eq!(
        bench.on("2027-01-17").outlook().need,
        seats(6),
        "the end of the emergency ended nothing else"
    );
    replays(&bench);
}

#[test]
fn emergency_ending_with_a_period_counts_in_it() {
    let mut bench = pooled(r#","term_months":1,"grace_days":10"#);
    let (mut first, mut second) = (device(1), device(2));
    activate(&mut bench, &mut first, 4);
    activate(&mut bench, &mut second, 2);
    helps(bench.on("2026-12-15"), &order(&first)).expect("help until 2026-12-21");
    bench.stock(4);
    bench.assign(Which::Current).expect("two");
    bench.assign(Which::Next).expect("two");
    bench.on("2026-12-22");
    assert_eq!(bench.system(&first).temporary.running, None);
    assert_eq!(bench.outlook().need, seats(6));
    let period = bench.period(1);
    assert_eq!((period.first, period.licensed), (day("2026-12-22"), true));
    replays(&bench);
}
