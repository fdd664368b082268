//! The checks of LICENSING section 14 in their order, and who may speak for an organization
//! (section 8).

use crate::bench::{Bench, Device, Key, Said, counts, seats};
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::request::WaitingRow;
use keyspool::policy::record::state::Row;
use keyspool::wire::request::Wanted;

pub(crate) fn code(
    bench: &mut Bench,
    request: &keyspool::seal::Verified<keyspool::wire::request::Request>,
) -> Option<RefusalCode> {
    bench.drop(request).code()
}

pub(crate) fn waiting(bench: &Bench) -> usize {
    bench
        .state
        .rows()
        .filter(|(table, _, _)| *table == WaitingRow::TABLE)
        .count()
}

/// One device, active since 2026-11-22 with one seat; three more licences lie in the wallet.
pub(crate) fn active(settings: &str) -> (Bench, Device) {
    let (mut bench, mut device) = (Bench::new(settings), Device::new(1));
    bench.stock(4);
    assert_eq!(
        bench.drop(&device.activate(1)).outcome(),
        Some(Outcome::Activated)
    );
    (bench, device)
}

#[test]
fn the_first_check_that_fails_is_reported() {
    let (mut bench, mut device) = active("");
    bench.vouched = false;
    let mut faulty = Device {
        board: [9, 9, 9],
        counter: 0,
        ..device.clone()
    };
    let ask = |faulty: &mut Device, need: &str| {
        faulty.counter = 0;
        faulty.ask(Wanted::Activate, counts(&[(need, 9)]), &[Key(999)])
    };
    bench.folder = Some("globex");
    faulty.organization = "nobody";
    faulty.claims = Some("nothing");
    assert_eq!(
        code(&mut bench, &ask(&mut faulty, "gold")),
        Some(UnknownOrganization)
    );
    faulty.organization = "globex";
    assert_eq!(
        code(&mut bench, &ask(&mut faulty, "gold")),
        Some(UnknownProduct)
    );
    faulty.claims = Some("cam");
    assert_eq!(
        code(&mut bench, &ask(&mut faulty, "gold")),
        Some(UnknownLicenceType)
    );
    assert_eq!(
        code(&mut bench, &ask(&mut faulty, "seat")),
        Some(OtherOrganization),
        "active in acme"
    );
    faulty.organization = "acme";
    assert_eq!(
        code(&mut bench, &ask(&mut faulty, "seat")),
        Some(OtherOrganization),
        "in the folder of globex"
    );
    bench.folder = None;
    assert_eq!(
        code(&mut bench, &ask(&mut faulty, "seat")),
        Some(OtherProduct)
    );
    faulty.claims = None;
    assert_eq!(
        code(&mut bench, &ask(&mut faulty, "seat")),
        Some(StaleRequest)
    );
    faulty.counter = 1;
    let ask = |faulty: &mut Device, keys: &[Key]| faulty.ask(Wanted::Activate, seats(9), keys);
    assert_eq!(
        code(&mut bench, &ask(&mut faulty, &[Key(999)])),
        Some(HardwareChanged)
    );
    faulty.board = device.board;
    assert_eq!(
        code(&mut bench, &ask(&mut faulty, &[Key(999)])),
        Some(UnknownLicenceKey)
    );
    assert_eq!(
        code(&mut bench, &ask(&mut faulty, &[])),
        Some(NotEnoughLicences)
    );
    device.counter = faulty.counter;
    assert_eq!(
        bench.drop(&device.activate(1)).outcome(),
        Some(Outcome::Refreshed)
    );
}

#[test]
fn a_retired_computer_id_asks_for_nothing_more() {
    let (mut bench, mut device) = active("");
    bench.drop(&device.deactivate(1));
    for request in [
        device.activate(1),
        device.extend(1),
        device.refresh(1),
        device.confirm(1),
    ] {
        assert_eq!(code(&mut bench, &request), Some(ComputerIdRetired));
    }
    assert_eq!(
        code(&mut bench, &device.deactivate(1)),
        Some(AlreadyDeactivated)
    );
    let mut other = Device {
        organization: "globex",
        ..device
    };
    assert_eq!(
        code(&mut bench, &other.activate(1)),
        Some(ComputerIdRetired),
        "for nobody"
    );
}

#[test]
fn only_a_counter_above_the_last_granted_is_fresh() {
    let (mut bench, mut device) = active("");
    let ask = |device: &Device, counter| {
        device.sign_at(
            counter,
            device.description(Wanted::Refresh, seats(1), &[], counter),
        )
    };
    device.counter = 4;
    bench.drop(&device.refresh(1));
    assert!(
        matches!(bench.drop(&ask(&device, 5)), Said::Repeated(Some(_))),
        "the same bytes are the same request"
    );
    let other = device.sign_at(5, device.description(Wanted::Activate, seats(1), &[], 5));
    assert_eq!(code(&mut bench, &other), Some(StaleRequest));
    assert_eq!(code(&mut bench, &ask(&device, 4)), Some(StaleRequest));
    assert_eq!(
        bench.drop(&ask(&device, 6)).outcome(),
        Some(Outcome::Refreshed)
    );
}

#[test]
fn confirmations_and_deactivations_are_never_stale() {
    let (mut bench, mut device) = active("");
    device.counter = 9;
    bench.drop(&device.refresh(1));
    device.counter = 1;
    assert_eq!(bench.drop(&device.confirm(1)), Said::Confirmed);
    assert_eq!(
        bench.drop(&device.deactivate(1)).receipt().licences,
        seats(1)
    );
}

#[test]
fn withdrawn_product_gets_no_new_systems() {
    let (mut bench, mut device) = active("");
    let key = bench.mint(1);
    bench.apply_catalogue(&["acme", "globex"], &["cam"]);
    assert_eq!(
        code(&mut bench, &Device::new(2).activate(1)),
        Some(WithdrawnProduct)
    );
    assert_eq!(
        code(&mut bench, &device.ask(Wanted::Trial, seats(1), &[])),
        Some(WithdrawnProduct)
    );
    assert_eq!(
        bench.drop(&device.activate(2)).outcome(),
        Some(Outcome::Refreshed)
    );
    assert_eq!(
        bench.drop(&device.refresh(2)).outcome(),
        Some(Outcome::Refreshed)
    );
    assert_eq!(
        bench
            .drop(&device.ask(Wanted::Extend, seats(2), &[key]))
            .outcome(),
        Some(Outcome::Extended)
    );
    assert_eq!(bench.drop(&device.confirm(1)), Said::Confirmed);
    assert_eq!(
        bench.drop(&device.deactivate(1)).receipt().licences,
        seats(2)
    );
    assert_eq!(
        code(&mut bench, &device.moved_on().activate(1)),
        Some(WithdrawnProduct)
    );
    bench.apply_catalogue(&["acme", "globex"], &["cam", "nas"]);
    assert_eq!(
        bench.drop(&device.moved_on().activate(1)).outcome(),
        Some(Outcome::Activated)
    );
}

#[test]
fn withdrawn_organization_gets_no_new_systems() {
    let (mut bench, mut device) = active("");
    bench.apply_catalogue(&["globex"], &["nas", "cam"]);
    assert_eq!(
        code(&mut bench, &Device::new(2).activate(1)),
        Some(WithdrawnOrganization)
    );
    assert_eq!(
        code(&mut bench, &Device::new(2).refresh(1)),
        Some(NotActivated)
    );
    assert_eq!(
        bench.drop(&device.extend(1)).outcome(),
        Some(Outcome::Extended)
    );
    bench.on("2029-01-01");
    assert_eq!(
        code(&mut bench, &device.activate(1)),
        Some(WithdrawnOrganization),
        "its seat has ended"
    );
    assert_eq!(
        bench.drop(&device.extend(1)).outcome(),
        Some(Outcome::Extended)
    );
}

#[test]
fn withdrawn_names_get_no_new_keys() {
    let mut bench = Bench::new("");
    bench.apply_catalogue(&["acme"], &["nas"]);
    let mint = |product, organization: Option<&str>| {
        let only = organization.map(crate::bench::word);
        let minted = keyspool::policy::order::key::mint(
            &bench.state,
            &crate::bench::word(product),
            only.as_ref(),
            &seats(1),
            vec![Key(1).id()],
            bench.today,
        );
        match minted {
            Err(keyspool::policy::refusal::Stop::Refused(refusal)) => Some(refusal.code()),
            _ => None,
        }
    };
    assert_eq!(mint("cam", None), Some(WithdrawnProduct));
    assert_eq!(mint("nas", Some("globex")), Some(WithdrawnOrganization));
    assert_eq!(mint("nas", Some("acme")), None);
}
