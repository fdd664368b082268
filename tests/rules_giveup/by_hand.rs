//! Activation by Computer ID alone, and one more term by hand.

use crate::bench::{Bench, Device, counts, day, seats, word};
use crate::operator::{UNNAMED, active_systems, extend, issue, order_for, release, replay};
use keyspool::policy::ask::Order;
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;

#[test]
fn first_request_binds_key_and_hardware() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    bench.vouched = false;
    let activation = issue(&mut bench, &order_for(&device, seats(1))).expect("a free licence");
    assert_eq!(
        (activation.sequence, activation.fingerprint.clone()),
        (1, None),
        "no hardware is known"
    );
    assert_eq!(
        (
            activation.validity.valid_until,
            bench.wallet(),
            active_systems(&bench)
        ),
        (Some(day("2027-11-21")), (0, 0), 1)
    );
    device.install(&activation);
    let said = bench.drop(&device.refresh(1));
    assert_eq!(said.outcome(), Some(Outcome::Refreshed), "it is registered");
    assert_eq!(said.activation().activation_id, activation.activation_id);
    let system = bench.system(&device);
    assert_eq!((system.fingerprint.len(), system.counter), (3, 1));
    let mut changed = Device {
        board: [7; 3],
        ..device.clone()
    };
    assert_eq!(
        bench.drop(&changed.refresh(1)).code(),
        Some(HardwareChanged),
        "bound from now on"
    );
    replay(&bench);
}

#[test]
fn what_is_active_elsewhere_does_not_bind() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(1);
    let key = bench.mint(1);
    bench.redeem("globex", key).expect("a new key");
    bench.drop(
        &Device {
            organization: "globex",
            ..device.reinstalled(2)
        }
        .activate(1),
    );
    issue(&mut bench, &order_for(&device, seats(1))).expect("nothing is known of its hardware");
    assert_eq!(bench.drop(&device.refresh(1)).code(), Some(AlreadyActive));
}

#[test]
fn the_same_checks_run_as_for_a_request() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    let order = order_for(&device, seats(1));
    assert_eq!(issue(&mut bench, &order), Err(NotEnoughLicences));
    bench.stock(1);
    assert_eq!(
        issue(&mut bench, &Order::known(device.id(), UNNAMED)),
        Err(UnknownActivation),
        "nothing of it is known"
    );
    let with = |change: fn(&mut Order)| {
        let mut order = order.clone();
        change(&mut order);
        order
    };
    assert_eq!(
        issue(&mut bench, &with(|o| o.organization = Some(word("nobody")))),
        Err(UnknownOrganization)
    );
    assert_eq!(
        issue(&mut bench, &with(|o| o.product = Some(word("nothing")))),
        Err(UnknownProduct)
    );
    assert_eq!(
        issue(&mut bench, &with(|o| o.need = Some(counts(&[("core", 1)])))),
        Err(UnknownLicenceType)
    );
    issue(&mut bench, &order).expect("a free licence");
    assert_eq!(
        issue(&mut bench, &with(|o| o.organization = Some(word("globex")))),
        Err(OtherOrganization)
    );
    assert_eq!(
        issue(&mut bench, &with(|o| o.product = Some(word("cam")))),
        Err(OtherProduct)
    );
    let again = issue(&mut bench, &Order::known(device.id(), UNNAMED)).expect("active");
    assert_eq!(
        (again.sequence, bench.wallet()),
        (2, (0, 0)),
        "nothing is taken"
    );
    bench.apply_catalogue(&["globex"], &["nas", "cam"]);
    assert_eq!(
        issue(&mut bench, &order_for(&Device::new(2), seats(1))),
        Err(WithdrawnOrganization)
    );
    assert!(
        issue(&mut bench, &Order::known(device.id(), UNNAMED)).is_ok(),
        "what it has goes on"
    );
    release(&mut bench, &device).expect("active");
    assert_eq!(
        issue(&mut bench, &Order::known(device.id(), UNNAMED)),
        Err(WithdrawnOrganization),
        "which is checked first"
    );
    bench.apply_catalogue(&["acme", "globex"], &["nas", "cam"]);
    assert_eq!(
        issue(&mut bench, &Order::known(device.id(), UNNAMED)),
        Err(ComputerIdRetired)
    );
    assert_eq!(
        bench.drop(&device.activate(1)).code(),
        Some(ComputerIdRetired)
    );
    replay(&bench);
}

#[test]
fn operator_draws_where_requests_may_not() {
    let (mut bench, mut device) = (
        Bench::new(r#","auto_assign":false,"registration":"approved""#),
        Device::new(1),
    );
    bench.stock(2);
    assert_eq!(
        bench.drop(&device.activate(1)).code(),
        Some(AwaitingApproval)
    );
    assert!(issue(&mut bench, &order_for(&device, seats(1))).is_ok());
    assert_eq!(
        bench.drop(&device.activate(2)).code(),
        Some(NotEnoughLicences)
    );
    let more = issue(
        &mut bench,
        &Order {
            need: Some(seats(2)),
            ..Order::known(device.id(), UNNAMED)
        },
    )
    .expect("one is left");
    assert_eq!((more.licences, bench.wallet()), (seats(2), (0, 0)));
    replay(&bench);
}

#[test]
fn one_more_term_by_hand() {
    let (mut bench, mut device) = (Bench::new(r#","early_renewal_years":1"#), Device::new(1));
    bench.stock(1);
    bench.drop(&device.activate(1));
    assert_eq!(extend(&mut bench, device.id()), Err(NotEnoughLicences));
    bench.stock(2);
    let longer = extend(&mut bench, device.id()).expect("a free licence");
    assert_eq!(
        (longer.sequence, longer.validity.valid_until, bench.wallet()),
        (2, Some(day("2028-11-21")), (1, 0))
    );
    assert_eq!(extend(&mut bench, device.id()), Err(TooFarAhead));
    assert_eq!(
        extend(&mut bench, Device::new(2).id()),
        Err(UnknownActivation)
    );
    assert_eq!(
        extend(bench.on("2026-11-23"), device.id()),
        Err(TooFarAhead),
        "its end would lie two years and 11 months ahead"
    );
    let later = extend(bench.on("2027-11-22"), device.id()).expect("one year ahead");
    assert_eq!(later.validity.valid_until, Some(day("2029-11-21")));
    replay(&bench);
}

#[test]
fn an_operator_extends_what_would_renew_itself() {
    let (mut bench, mut device) = (Bench::new(r#","auto_renew":true"#), Device::new(1));
    bench.stock(2);
    bench.drop(&device.activate(1));
    assert_eq!(
        bench.drop(&device.extend(1)).code(),
        Some(RenewsAutomatically)
    );
    assert_eq!(
        extend(&mut bench, device.id())
            .expect("a free licence")
            .validity
            .valid_until,
        Some(day("2028-11-21"))
    );
    replay(&bench);
}
