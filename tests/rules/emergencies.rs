//! Emergencies (LICENSING section 12).

use crate::bench::{Bench, Device, counts, day, seats, word};
use crate::help::{helps, in_place_of, order};
use crate::trials::{need, replays};
use keyspool::licence::Plan;
use keyspool::policy::ask::Order;
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::wire::request::Wanted;
use keyspool::wire::response::Activation;

fn instead_of(device: &Device, named: &[&Device]) -> Order {
    in_place_of(device, named.iter().map(|device| device.id()).collect())
}

fn unseen(device: &Device, need: u64) -> Order {
    let (organization, product) = (Some(word(device.organization)), Some(word(device.product)));
    Order {
        organization,
        product,
        need: Some(seats(need)),
        ..order(device)
    }
}

/// A device whose four seats end on 2027-11-21, without a day of grace.
fn licensed() -> (Bench, Device, Activation) {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(4);
    let activation = bench.drop(&device.activate(4)).activation();
    assert_eq!(activation.validity.grace_until, Some(day("2027-11-21")));
    (bench, device, activation)
}

#[test]
fn ended_system_is_helped_for_some_days() {
    let (mut bench, mut device, before) = licensed();
    assert_eq!(
        helps(bench.on("2027-11-21"), &order(&device)),
        Err(NotNeeded),
        "on its last day of use"
    );
    let help = helps(bench.on("2027-11-22"), &order(&device)).expect("a day later");
    assert_eq!(
        (help.plan, help.licences.clone(), help.sequence),
        (Plan::Emergency, seats(4), 2)
    );
    assert_eq!(
        (help.validity.valid_from, help.validity.valid_until),
        (day("2027-11-22"), Some(day("2027-11-28")))
    );
    assert_eq!(
        (help.validity.grace_until, help.activation_id),
        (Some(day("2027-11-28")), before.activation_id)
    );
    assert!(help.fingerprint.is_some() && help.request.is_none());
    assert_eq!(
        (need(&bench), bench.wallet()),
        (0, (0, 0)),
        "no seat is taken, nothing counts"
    );
    assert_eq!(
        bench.drop(&device.ask(Wanted::Trial, seats(4), &[])).code(),
        Some(AlreadyLicensed)
    );
    bench.on("2027-11-28").stock(4);
    let said = bench.drop(&device.activate(4));
    assert_eq!(said.outcome(), Some(Outcome::Activated));
    let activation = said.activation();
    assert_eq!(
        (activation.activation_id, activation.sequence),
        (before.activation_id, 3),
        "the same id"
    );
    assert_eq!(activation.validity.valid_until, Some(day("2028-11-27")));
    assert_eq!(
        bench.on("2027-11-29").system(&device).temporary.running,
        None
    );
    assert_eq!(need(&bench), 4);
    replays(&bench);
}

#[test]
fn a_system_is_helped_twice_within_365_days() {
    let (mut bench, device, _) = licensed();
    helps(bench.on("2027-11-22"), &order(&device)).expect("the first");
    assert_eq!(
        helps(bench.on("2027-11-28"), &order(&device)),
        Err(NotNeeded),
        "while it runs"
    );
    helps(bench.on("2027-11-29"), &order(&device)).expect("the second");
    assert_eq!(
        helps(bench.on("2027-12-06"), &order(&device)),
        Err(EmergencyLimit)
    );
    assert_eq!(
        helps(bench.on("2028-11-20"), &order(&device)),
        Err(EmergencyLimit),
        "the first was 364 days ago"
    );
    helps(bench.on("2028-11-21"), &order(&device)).expect("365 days after the first");
    helps(bench.on("2028-11-28"), &order(&device)).expect("365 days after the second");
    assert_eq!(
        helps(bench.on("2028-12-05"), &order(&device)),
        Err(EmergencyLimit)
    );
}

#[test]
fn days_and_count_are_settings_of_the_product() {
    let mut bench = Bench::new(r#","emergency":{"days":1,"count":1}"#);
    let device = Device::new(1);
    let help = helps(&mut bench, &unseen(&device, 2)).map(|help| help.validity.valid_until);
    assert_eq!(help, Ok(Some(day("2026-11-22"))));
    assert_eq!(
        helps(bench.on("2026-11-23"), &order(&device)),
        Err(EmergencyLimit)
    );
    let mut none = Bench::new(r#","emergency":{"days":7,"count":0}"#);
    assert_eq!(
        helps(&mut none, &unseen(&device, 2)),
        Err(EmergencyLimit),
        "no first one either"
    );
}

#[test]
fn device_never_seen_replaces_a_named_system() {
    let (mut bench, device, broken) = licensed();
    let mut spare = Device::new(2);
    let help = helps(&mut bench, &instead_of(&spare, &[&device])).expect("a spare device");
    assert_eq!(
        (help.licences.clone(), help.computer_name.clone()),
        (seats(4), spare.id().to_string())
    );
    assert_eq!(
        (help.fingerprint.clone(), help.sequence),
        (None, 1),
        "only its Computer ID is known"
    );
    assert_ne!(help.activation_id, broken.activation_id);
    assert_eq!(need(&bench), 4, "that of the broken one");
    bench.vouched = false;
    let again = bench.drop(&spare.refresh(4)).activation();
    assert_eq!(
        (again.plan, again.validity),
        (Plan::Emergency, help.validity),
        "the operator has vouched for it"
    );
    assert!(
        again.fingerprint.is_some(),
        "key and hardware are bound now"
    );
    bench.stock(4);
    let activation = bench.on("2026-12-24").drop(&spare.activate(4)).activation();
    assert_eq!(
        (activation.activation_id, activation.sequence),
        (help.activation_id, 3),
        "the same id"
    );
    assert_eq!(need(&bench), 8);
    replays(&bench);
}

#[test]
fn help_counts_for_the_replaced_system_too() {
    let (mut bench, device, _) = licensed();
    helps(&mut bench, &instead_of(&Device::new(2), &[&device])).expect("the first");
    helps(
        bench.on("2027-11-21"),
        &instead_of(&Device::new(3), &[&device]),
    )
    .expect("the second");
    assert_eq!(
        helps(&mut bench, &instead_of(&Device::new(4), &[&device])),
        Err(EmergencyLimit)
    );
    helps(bench.on("2027-11-22"), &order(&device)).expect("365 days after the first");
    assert_eq!(
        helps(&mut bench, &instead_of(&Device::new(5), &[&device])),
        Err(EmergencyLimit)
    );
}

#[test]
fn one_device_may_replace_several_systems() {
    let (mut bench, device, _) = licensed();
    bench.stock(2);
    let mut second = Device::new(2);
    bench.drop(&second.activate(2)).activation();
    let spare = Device::new(9);
    let help = helps(
        &mut bench,
        &instead_of(&spare, &[&device, &second, &device]),
    )
    .expect("both are down");
    assert_eq!(help.licences, seats(6), "each once");
    let other = Device::of(3, "globex", "nas");
    helps(&mut bench, &unseen(&other, 1)).expect("globex's first");
    assert_eq!(
        helps(&mut bench, &instead_of(&Device::new(8), &[&device, &other])),
        Err(OtherOrganization)
    );
    helps(&mut bench, &unseen(&Device::of(4, "acme", "cam"), 1)).expect("another product");
    assert_eq!(
        helps(
            &mut bench,
            &instead_of(&Device::new(8), &[&device, &Device::of(4, "acme", "cam")])
        ),
        Err(OtherProduct)
    );
    assert_eq!(
        helps(&mut bench, &instead_of(&Device::new(8), &[&Device::new(7)])),
        Err(UnknownActivation)
    );
}

#[test]
fn operator_describes_a_device_never_seen() {
    let mut bench = Bench::new("");
    let device = Device::new(1);
    assert_eq!(helps(&mut bench, &order(&device)), Err(UnknownActivation));
    assert_eq!(
        helps(
            &mut bench,
            &Order {
                need: None,
                ..unseen(&device, 1)
            }
        ),
        Err(UnknownActivation)
    );
    assert_eq!(
        helps(
            &mut bench,
            &Order {
                organization: Some(word("nobody")),
                ..unseen(&device, 1)
            }
        ),
        Err(UnknownOrganization)
    );
    assert_eq!(
        helps(
            &mut bench,
            &Order {
                product: Some(word("toy")),
                ..unseen(&device, 1)
            }
        ),
        Err(UnknownProduct)
    );
    let gold = Some(counts(&[("gold", 1)]));
    assert_eq!(
        helps(
            &mut bench,
            &Order {
                need: gold,
                ..unseen(&device, 1)
            }
        ),
        Err(UnknownLicenceType)
    );
    assert_eq!(
        helps(&mut bench, &unseen(&device, 3)).map(|help| help.licences),
        Ok(seats(3))
    );
    let elsewhere = Order {
        organization: Some(word("globex")),
        ..order(&device)
    };
    assert_eq!(
        helps(bench.on("2027-01-01"), &elsewhere),
        Err(OtherOrganization),
        "it is known now"
    );
    bench.apply_catalogue(&["acme"], &["cam"]);
    assert_eq!(
        helps(
            &mut bench,
            &Order {
                organization: Some(word("globex")),
                ..unseen(&Device::of(2, "acme", "cam"), 1)
            }
        ),
        Err(WithdrawnOrganization)
    );
    assert_eq!(
        helps(&mut bench, &unseen(&Device::new(2), 1)),
        Err(WithdrawnProduct)
    );
}

#[test]
fn waiting_device_is_helped_with_its_need() {
    let mut bench = Bench::new("");
    let mut device = Device::new(1);
    assert_eq!(
        bench.drop(&device.activate(5)).code(),
        Some(NotEnoughLicences)
    );
    assert_eq!(
        helps(&mut bench, &order(&device)).map(|help| help.licences),
        Ok(seats(5))
    );
}

#[test]
fn a_device_that_was_given_up_is_not_helped() {
    let (mut bench, mut device, _) = licensed();
    bench.drop(&device.deactivate(1)).receipt();
    assert_eq!(helps(&mut bench, &order(&device)), Err(ComputerIdRetired));
    assert_eq!(
        helps(&mut bench, &instead_of(&Device::new(2), &[&device])),
        Err(ComputerIdRetired)
    );
}

#[test]
fn lifetime_hardware_needs_no_help() {
    let mut bench = Bench::of("hardware", "");
    let device = Device::new(1);
    let help = helps(&mut bench, &unseen(&device, 3)).expect("never seen");
    assert_eq!((help.plan, need(&bench)), (Plan::Emergency, 0));
    assert_eq!(
        helps(bench.on("2026-11-28"), &order(&device)),
        Err(NotNeeded)
    );
    helps(bench.on("2026-11-29"), &order(&device)).expect("the second");
    replays(&bench);
}

#[test]
fn reinstalled_device_keeps_seats_while_helped() {
    let (mut bench, device, _) = licensed();
    let mut reinstalled = device.reinstalled(2);
    helps(&mut bench, &instead_of(&reinstalled, &[&device])).expect("it has not asked yet");
    assert_eq!(
        bench.drop(&reinstalled.refresh(4)).activation().plan,
        Plan::Emergency
    );
    assert_eq!(
        bench.system(&device).seats.len(),
        1,
        "the former Computer ID still holds them"
    );
}
