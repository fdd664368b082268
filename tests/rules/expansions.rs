//! The `hardware` model: expansions, releases and denials (LICENSING sections 7 and 11).

use super::preloaded::{activates, assigns, made, unit};
use crate::bench::{Bench, Device, counts, day, seats};
use crate::trials::{need, replays};
use keyspool::licence::Plan;
use keyspool::policy::order::deny::{deny, undeny};
use keyspool::policy::order::release::Because;
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::request::WaitingRow;
use keyspool::policy::record::state::{State, key_of};
use keyspool::policy::record::tally::TallyRow;
use keyspool::wire::request::Wanted;
use keyspool::wire::response::Destination;

#[test]
fn assigned_expansions_follow_the_serial() {
    let mut bench = made("");
    let mut device = unit(1, "S1");
    activates(&mut bench, &mut device, 4).activation();
    let key = bench.mint(3);
    let request = device.ask(Wanted::Activate, seats(5), &[key]);
    assert_eq!(
        bench.drop(&request).code(),
        Some(NotEnoughLicences),
        "a key of the request serves no need of its own"
    );
    let request = device.ask(Wanted::Activate, seats(4), &[key]);
    assert_eq!(bench.drop(&request).activation().licences, seats(4));
    assert_eq!(bench.wallet(), (3, 0), "it goes to the wallet");
    assert_eq!(
        assigns(&mut bench, device.id(), &seats(4)),
        Err(NotEnoughLicences)
    );
    assert_eq!(assigns(&mut bench, device.id(), &seats(2)), Ok(()));
    assert_eq!(bench.wallet(), (1, 0));
    let tally: TallyRow = bench.row(&key_of(&["nas"]));
    assert_eq!((tally.assigned, tally.stored), (seats(2), seats(1)));
    assert_eq!(
        bench.drop(&device.refresh(6)).activation().licences,
        seats(6)
    );
    bench.drop(&device.deactivate(3)).receipt();
    let mut successor = unit(2, "S1");
    assert_eq!(
        activates(&mut bench, &mut successor, 1)
            .activation()
            .licences,
        seats(6),
        "with the serial"
    );
    assert_eq!(
        activates(&mut bench, &mut unit(3, "S2"), 1)
            .activation()
            .licences,
        seats(4)
    );
    replays(&bench);
}

#[test]
fn unlisted_expansions_follow_the_hardware() {
    let mut bench = made("");
    bench.stock(9);
    let mut device = unit(1, "S3");
    device.serial = None;
    assert_eq!(
        activates(&mut bench, &mut device, 2).code(),
        Some(NotEnoughLicences)
    );
    assert!(
        bench
            .state
            .get::<WaitingRow>(&device.id().0)
            .expect("in memory")
            .is_some(),
        "it waits for licences"
    );
    assert_eq!(assigns(&mut bench, device.id(), &seats(2)), Ok(()));
    assert_eq!(
        activates(&mut bench, &mut device, 2).activation().licences,
        seats(2)
    );
    assert_eq!(assigns(&mut bench, device.id(), &seats(1)), Ok(()));
    device.serial = Some("S3");
    assert_eq!(
        activates(&mut bench, &mut device, 3).activation().licences,
        seats(3),
        "it needs no preloaded ones"
    );
    assert_eq!(
        activates(&mut bench, &mut device, 4).code(),
        Some(UnknownSerial)
    );
    bench.drop(&device.deactivate(2)).receipt();
    assert_eq!(
        activates(&mut bench, &mut device.moved_on(), 1)
            .activation()
            .licences,
        seats(3)
    );
    assert_eq!(
        activates(&mut bench, &mut Device::new(9), 1).code(),
        Some(NotEnoughLicences),
        "other hardware"
    );
    replays(&bench);
}

#[test]
fn expansions_are_for_systems_that_may_have_them() {
    let mut bench = made("");
    bench.stock(9);
    let mut device = unit(1, "S1");
    assert_eq!(
        assigns(&mut bench, device.id(), &seats(1)),
        Err(UnknownActivation),
        "never seen"
    );
    activates(&mut bench, &mut device, 1).activation();
    assert_eq!(
        assigns(&mut bench, device.id(), &counts(&[("gold", 1)])),
        Err(UnknownLicenceType)
    );
    bench.drop(&device.deactivate(1)).receipt();
    assert_eq!(
        assigns(&mut bench, device.id(), &seats(1)),
        Err(ComputerIdRetired)
    );
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(9);
    activates(&mut bench, &mut device, 1).activation();
    assert_eq!(
        assigns(&mut bench, device.id(), &seats(1)),
        Err(NotNeeded),
        "its seats are taken with the activation"
    );
}

#[test]
fn the_lot_that_expires_first_is_assigned_first() {
    let mut bench = made("");
    let mut device = unit(1, "S1");
    activates(&mut bench, &mut device, 1).activation();
    let first = bench.stock(2);
    let second = bench.on("2026-12-24").stock(2);
    assert_eq!(assigns(&mut bench, device.id(), &seats(3)), Ok(()));
    let left: Vec<_> = bench
        .lots("acme")
        .iter()
        .map(|lot| (lot.key, lot.count))
        .collect();
    assert_eq!(left, [(Some(second.id()), 1)]);
    assert_ne!(first.id(), second.id());
}

#[test]
fn same_hardware_keeps_its_entitlement() {
    let mut bench = made("");
    bench.stock(1);
    let mut device = unit(1, "S1");
    let old = activates(&mut bench, &mut device, 1).activation();
    assert_eq!(assigns(&mut bench, device.id(), &seats(1)), Ok(()));
    let mut reinstalled = device.reinstalled(2);
    let new = activates(bench.on("2027-03-01"), &mut reinstalled, 5).activation();
    assert_eq!((new.licences, new.validity), (seats(5), old.validity));
    assert_ne!(new.activation_id, old.activation_id);
    assert_eq!(
        bench.drop(&device.refresh(1)).code(),
        Some(ComputerIdRetired)
    );
    assert_eq!(need(&bench), 5);
    replays(&bench);
}

#[test]
fn serial_is_held_until_release_is_approved() {
    let mut bench = made(r#","self_service_deactivation":false"#);
    let mut device = unit(1, "S1");
    activates(&mut bench, &mut device, 1).activation();
    assert_eq!(
        bench.drop(&device.deactivate(1)).receipt().destination,
        Destination::None
    );
    let mut successor = unit(2, "S1");
    assert_eq!(
        activates(&mut bench, &mut successor, 1).code(),
        Some(SerialInUse)
    );
    assert_eq!(bench.approve(device.id()), Ok(()));
    assert_eq!(
        activates(&mut bench, &mut successor, 1).outcome(),
        Some(Outcome::Activated)
    );
    replays(&bench);
}

#[test]
fn fourth_release_within_a_year_is_held() {
    let mut bench = made("");
    let mut device = unit(1, "S1");
    for _ in 0..3 {
        activates(&mut bench, &mut device, 1).activation();
        bench.drop(&device.deactivate(1)).receipt();
        device = device.moved_on();
        bench.later(1);
    }
    activates(&mut bench, &mut device, 1).activation();
    bench.drop(&device.deactivate(1)).receipt();
    assert_eq!(
        activates(&mut bench, &mut unit(2, "S1"), 1).code(),
        Some(SerialInUse),
        "it is held"
    );
}

#[test]
fn a_trial_of_hardware_takes_no_serial() {
    let mut bench = made(r#","trial_days":30"#);
    let mut device = unit(1, "S1");
    let trial = bench
        .drop(&device.ask(Wanted::Trial, seats(9), &[]))
        .activation();
    assert_eq!((trial.plan, trial.licences), (Plan::Trial, seats(9)));
    assert_eq!(
        activates(&mut bench, &mut unit(2, "S1"), 1).outcome(),
        Some(Outcome::Activated)
    );
    assert_eq!(
        activates(&mut bench, &mut device, 1).code(),
        Some(SerialInUse)
    );
    device.serial = Some("S2");
    let activation = activates(bench.on("2026-11-30"), &mut device, 1).activation();
    assert_eq!(
        (activation.activation_id, activation.plan),
        (trial.activation_id, Plan::Hardware)
    );
    assert_eq!(
        (activation.validity.valid_from, activation.licences),
        (day("2026-11-30"), seats(4))
    );
}

/// An operator denies a device, or takes that back.
fn denies(bench: &mut Bench, device: &Device, return_seat: bool) -> Result<(), RefusalCode> {
    let entry = bench.log.len() as u64 + 1;
    bench.order(|state, today| {
        deny(
            state,
            &device.id(),
            return_seat,
            Because {
                reason: "stolen".into(),
                entry,
                today,
            },
        )
    })
}

fn undenies(bench: &mut Bench, device: &Device) -> Result<(), RefusalCode> {
    let entry = bench.log.len() as u64 + 1;
    bench.order(|state, today| {
        undeny(
            state,
            &device.id(),
            Because {
                reason: "found".into(),
                entry,
                today,
            },
        )
    })
}

#[test]
fn denied_serial_serves_another_if_seat_returned() {
    let mut bench = made("");
    let (mut stolen, mut spare) = (unit(1, "S1"), unit(2, "S1"));
    assert_eq!(
        activates(&mut bench, &mut stolen, 4).outcome(),
        Some(Outcome::Activated)
    );
    assert_eq!(denies(&mut bench, &stolen, false), Ok(()));
    assert_eq!(
        activates(&mut bench, &mut spare, 4).code(),
        Some(SerialInUse),
        "the seat is held"
    );
    assert_eq!(
        denies(&mut bench, &stolen, true),
        Ok(()),
        "and may return later"
    );
    assert_eq!(denies(&mut bench, &stolen, true), Err(NotNeeded));
    assert_eq!(
        activates(&mut bench, &mut spare, 4).activation().licences,
        seats(4)
    );
    replays(&bench);
    assert_eq!(
        undenies(&mut bench, &stolen),
        Err(SerialInUse),
        "nothing is given twice"
    );
    bench.drop(&spare.deactivate(1)).receipt();
    assert_eq!(undenies(&mut bench, &stolen), Ok(()));
    assert_eq!(
        bench.drop(&stolen.refresh(4)).activation().licences,
        seats(4)
    );
    replays(&bench);
}
