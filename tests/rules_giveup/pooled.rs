//! Pooled systems: due once something was assigned; given up and denied, their need falls.

use crate::bench::{Bench, Device, day, seats};
use crate::desk::{Desk, ask, pooled};
use crate::help::{helps, order};
use crate::operator::{
    active_systems, cancel, deny, how, issue, order_for, refresh, reinstate, release, replay,
    undeny,
};
use keyspool::licence::Plan;
use keyspool::policy::order::assign::Which;
use keyspool::policy::record::due;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::system::GivenUp;
use keyspool::wire::request::Wanted;

/// Two systems in the grace of their organization's first period, from 2026-11-22 on.
fn two() -> (Bench, Device, Device) {
    let (mut bench, mut first, mut second) = (pooled(""), Device::new(1), Device::new(2));
    assert_eq!(
        bench.drop(&first.activate(1)).activation().plan,
        Plan::Grace
    );
    assert_eq!(
        bench.drop(&second.activate(1)).activation().plan,
        Plan::Grace
    );
    (bench, first, second)
}

#[test]
fn assignment_makes_systems_due() {
    let (mut bench, first, mut second) = two();
    bench.stock(4);
    assert_eq!(
        due::systems(&bench.state),
        Ok(vec![]),
        "what lies in the wallet gives nothing"
    );
    bench.assign(Which::Current).expect("enough");
    assert_eq!(
        due::systems(&bench.state),
        Ok(vec![first.id(), second.id()])
    );
    let activation = refresh(&mut bench, first.id()).expect("due");
    assert_eq!(
        (activation.plan, activation.validity.valid_until),
        (Plan::Subscription, Some(day("2027-11-21")))
    );
    assert_eq!(
        bench.drop(&second.refresh(1)).outcome(),
        Some(Outcome::Refreshed)
    );
    assert_eq!(due::systems(&bench.state), Ok(vec![]));
    bench.assign(Which::Next).expect("enough");
    assert_eq!(
        due::systems(&bench.state),
        Ok(vec![first.id(), second.id()]),
        "a later period is more, too"
    );
    assert_eq!(
        refresh(&mut bench, second.id())
            .expect("due")
            .validity
            .valid_until,
        Some(day("2028-11-21"))
    );
    replay(&bench);
}

#[test]
fn request_that_draws_makes_others_due() {
    let (mut bench, first, mut second) = two();
    bench.stock(4);
    bench.drop(&second.extend(1)).activation();
    assert_eq!(
        due::systems(&bench.state),
        Ok(vec![first.id()]),
        "the running period became licensed"
    );
    refresh(&mut bench, first.id()).expect("due");
    bench.drop(&second.extend(1)).activation();
    assert_eq!(
        due::systems(&bench.state),
        Ok(vec![first.id()]),
        "and then the next one"
    );
    replay(&bench);
}

#[test]
fn given_up_need_falls_and_comes_back() {
    let (mut bench, first, second) = two();
    bench.stock(1);
    release(&mut bench, &first).expect("active");
    assert_eq!(
        (active_systems(&bench), bench.wallet()),
        (1, (1, 0)),
        "no seat of its own returns"
    );
    bench.assign(Which::Current).expect("one is needed");
    assert_eq!(due::systems(&bench.state), Ok(vec![second.id()]));
    reinstate(&mut bench, &first).expect("released");
    assert_eq!(active_systems(&bench), 2);
    deny(&mut bench, &second, true).expect("active");
    assert_eq!(active_systems(&bench), 1);
    undeny(&mut bench, &second).expect("denied");
    cancel(&mut bench, &second).expect("never confirmed");
    assert_eq!(
        (active_systems(&bench), how(&bench, &second)),
        (1, GivenUp::Unproven)
    );
    replay(&bench);
}

#[test]
fn falling_need_may_make_others_due() {
    let (mut bench, first, mut second) = two();
    bench.stock(1);
    bench.drop(&second.activate(2)).activation();
    let assigned = bench.period(0).assigned;
    release(&mut bench, &second).expect("active");
    assert!(!assigned.is_empty() && bench.period(0).licensed);
    assert_eq!(due::systems(&bench.state), Ok(vec![first.id()]));
    replay(&bench);
}

#[test]
fn ended_pooled_system_needs_no_proof() {
    // The grace of 30 days from 2026-11-22 ends on 2026-12-21.
    for (on, expected) in [
        ("2026-12-21", GivenUp::Unproven),
        ("2026-12-22", GivenUp::Ended),
    ] {
        let (mut bench, first, _) = two();
        release(bench.on(on), &first).expect("active still");
        assert_eq!(how(&bench, &first), expected, "on {on}");
    }
}

#[test]
fn a_pooled_computer_id_alone_is_activated_by_hand() {
    let (mut bench, _, _) = two();
    let mut third = Device::new(3);
    let activation = issue(&mut bench, &order_for(&third, seats(1))).expect("in the grace");
    assert_eq!(
        (activation.plan, activation.request, activation.fingerprint),
        (Plan::Grace, None, None)
    );
    assert_eq!(
        (
            bench.drop(&third.refresh(1)).outcome(),
            active_systems(&bench)
        ),
        (Some(Outcome::Refreshed), 3)
    );
    replay(&bench);
}

#[test]
fn helped_system_is_due_and_one_on_trial_is_not() {
    let mut bench = pooled(r#","trial_days":90"#);
    let (mut helped, mut taster) = (Device::new(1), Device::new(2));
    bench.drop(&helped.activate(1)).activation();
    ask(&mut bench, &mut taster, Wanted::Trial, &seats(1)).activation();
    helps(bench.on("2026-12-22"), &order(&helped)).expect("help");
    assert_eq!(active_systems(&bench), 0, "neither counts");
    bench.stock(2);
    bench
        .assign_exactly(Which::Current, &seats(2), true)
        .expect("more than is missing");
    assert_eq!(due::systems(&bench.state), Ok(vec![helped.id()]));
    assert_eq!(
        refresh(&mut bench, helped.id()).expect("due").plan,
        Plan::Subscription
    );
    assert_eq!(active_systems(&bench), 1);
    replay(&bench);
}

#[test]
fn growth_makes_nobody_due() {
    let (mut bench, first, second) = two();
    bench.stock(4);
    bench.assign(Which::Current).expect("two");
    bench.assign(Which::Next).expect("two");
    for device in [&first, &second] {
        assert_eq!(
            refresh(&mut bench, device.id())
                .expect("due")
                .validity
                .valid_until,
            Some(day("2028-11-21"))
        );
    }
    // The running period has its two, the next one lacks the third from now on.
    let mut third = Device::new(3);
    let request = third.activate(1);
    assert_eq!(
        bench
            .on("2027-01-10")
            .drop(&request)
            .activation()
            .validity
            .valid_until,
        Some(day("2027-11-21"))
    );
    assert_eq!(due::systems(&bench.state), Ok(vec![]));
    release(&mut bench, &second).expect("active");
    assert_eq!(
        due::systems(&bench.state),
        Ok(vec![third.id()]),
        "the next period is licensed for two"
    );
    replay(&bench);
}

#[test]
fn ended_emergency_does_not_come_back() {
    let (mut bench, first, _) = two();
    helps(bench.on("2027-01-10"), &order(&first)).expect("help until 2027-01-16");
    release(&mut bench, &first).expect("active");
    reinstate(bench.on("2027-01-17"), &first).expect("released");
    assert_eq!(
        (
            bench.system(&first).temporary.running,
            active_systems(&bench)
        ),
        (None, 2)
    );
    replay(&bench);
}

#[test]
fn returning_system_is_due_for_what_was_assigned() {
    for away in [release as fn(&mut Bench, &Device) -> _, |bench, device| {
        deny(bench, device, false)
    }] {
        let (mut bench, first, second) = two();
        bench.stock(2);
        away(&mut bench, &first).expect("active");
        bench
            .assign_exactly(Which::Current, &seats(2), true)
            .expect("more than is missing");
        assert_eq!(due::systems(&bench.state), Ok(vec![second.id()]));
        undeny(&mut bench, &first)
            .or_else(|_| reinstate(&mut bench, &first).map(drop))
            .expect("away");
        assert_eq!(
            due::systems(&bench.state),
            Ok(vec![second.id(), first.id()])
        );
        assert_eq!(
            refresh(&mut bench, first.id())
                .expect("due")
                .validity
                .valid_until,
            Some(day("2027-11-21"))
        );
        // One that has all of it already is not due.
        deny(&mut bench, &first, false).expect("active");
        undeny(&mut bench, &first).expect("denied");
        assert_eq!(due::systems(&bench.state), Ok(vec![second.id()]));
        replay(&bench);
    }
}
