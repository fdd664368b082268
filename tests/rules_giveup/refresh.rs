//! Systems that are due, and their new activations.

use crate::bench::{Bench, Device, day};
use crate::operator::{deny, refresh, release, replay};
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::due;
use keyspool::policy::record::event::granted::Outcome;

/// Two devices of a product that renews itself 30 days before the end, and two licences for that.
fn renewing() -> (Bench, Device, Device) {
    let (mut bench, mut first, mut second) = (
        Bench::new(r#","auto_renew":true"#),
        Device::new(1),
        Device::new(2),
    );
    bench.stock(4);
    bench.drop(&first.activate(1));
    bench.drop(&second.activate(1));
    (bench, first, second)
}

#[test]
fn renewed_systems_are_due_until_issued() {
    let (mut bench, first, mut second) = renewing();
    bench.on("2027-10-21");
    assert_eq!(
        due::systems(&bench.state),
        Ok(vec![]),
        "31 days before the end"
    );
    bench.on("2027-10-22");
    let mut both = vec![first.id(), second.id()];
    both.sort_unstable();
    let mut due_now = due::systems(&bench.state).expect("in memory");
    due_now.sort_unstable();
    assert_eq!(due_now, both, "30 days before the end");
    let before = bench.system(&first);
    let activation = refresh(&mut bench, first.id()).expect("due");
    assert_eq!(
        (
            before.activation.validity.valid_until,
            activation.validity.valid_until
        ),
        (Some(day("2027-11-21")), Some(day("2028-11-21")))
    );
    assert_eq!(
        (activation.sequence, activation.activation_id),
        (2, before.activation.id)
    );
    assert_eq!(
        bench.system(&first).counter,
        before.counter,
        "no request of the device is made stale"
    );
    assert_eq!(due::systems(&bench.state), Ok(vec![second.id()]));
    assert_eq!(
        bench.drop(&second.refresh(1)).outcome(),
        Some(Outcome::Refreshed)
    );
    assert_eq!(
        due::systems(&bench.state),
        Ok(vec![]),
        "its own request got it"
    );
    replay(&bench);
}

#[test]
fn a_system_becomes_due_again_and_again() {
    let (mut bench, first, _) = renewing();
    bench.on("2027-10-22");
    refresh(&mut bench, first.id()).expect("due");
    bench.on("2028-10-22");
    assert_eq!(
        due::since(&bench.state, &first.id()),
        Ok(None),
        "no licence was left to renew it"
    );
    bench.stock(2);
    bench.on("2028-10-23");
    assert_eq!(
        due::since(&bench.state, &first.id()),
        Ok(Some(day("2028-10-23")))
    );
    assert_eq!(
        refresh(&mut bench, first.id())
            .expect("due")
            .validity
            .valid_until,
        Some(day("2029-11-21"))
    );
    replay(&bench);
}

#[test]
fn given_up_systems_are_not_due() {
    let (mut bench, first, second) = renewing();
    bench.on("2027-10-22");
    release(&mut bench, &first).expect("active");
    assert_eq!(due::systems(&bench.state), Ok(vec![second.id()]));
    deny(&mut bench, &second, false).expect("active");
    assert_eq!(refresh(&mut bench, second.id()), Err(Denied));
    assert_eq!(refresh(&mut bench, first.id()), Err(ComputerIdRetired));
    assert_eq!(
        refresh(&mut bench, Device::new(9).id()),
        Err(UnknownActivation)
    );
}
