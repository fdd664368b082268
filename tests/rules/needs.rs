//! What a system needs: several seats, larger and smaller needs, confirmation (LICENSING sections
//! 6, 7 and 11).

use crate::bench::{Bench, Device, Said, counts, day, seats};
use keyspool::licence::Counts;
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::need::NeedRow;
use keyspool::policy::record::state::key_of;
use keyspool::policy::record::tally::TallyRow;
use keyspool::wire::request::Wanted;

fn need(bench: &Bench) -> Counts {
    bench.row::<NeedRow>(&key_of(&["acme", "nas"])).need
}

fn until(said: Said) -> String {
    said.activation()
        .validity
        .valid_until
        .expect("a last day")
        .to_string()
}

/// A device with so many seats since 2026-11-22, none left in the wallet.
fn with_seats(settings: &str, count: u64) -> (Bench, Device) {
    let (mut bench, mut device) = (Bench::new(settings), Device::new(1));
    bench.stock(count);
    let activation = bench.drop(&device.activate(count)).activation();
    assert_eq!(activation.licences, seats(count));
    (bench, device)
}

#[test]
fn rest_of_a_key_stays_in_the_wallet() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(4);
    assert_eq!(
        bench.drop(&device.activate(3)).outcome(),
        Some(Outcome::Activated)
    );
    assert_eq!((bench.wallet(), need(&bench)), ((1, 0), seats(3)));
}

#[test]
fn several_types_take_each_or_nothing() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    let key = bench.mint_as("nas", None, &counts(&[("seat", 2), ("extra", 1)]));
    bench.redeem("acme", key).expect("a new key");
    let wanted = |device: &mut Device, extra| {
        device.ask(
            Wanted::Activate,
            counts(&[("seat", 2), ("extra", extra)]),
            &[],
        )
    };
    assert_eq!(
        bench.drop(&wanted(&mut device, 2)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(bench.wallet(), (3, 0));
    assert_eq!(
        bench.drop(&wanted(&mut device, 1)).activation().licences,
        counts(&[("seat", 2), ("extra", 1)])
    );
}

#[test]
fn a_larger_need_adds_seats_with_their_own_terms() {
    let (mut bench, mut device) = with_seats("", 1);
    bench.stock(1);
    let said = bench.on("2027-03-01").drop(&device.activate(2));
    assert_eq!(said.outcome(), Some(Outcome::Refreshed));
    let activation = said.activation();
    assert_eq!(activation.validity.valid_from, day("2026-11-22"));
    assert_eq!(
        activation.validity.valid_until,
        Some(day("2027-11-21")),
        "the earliest end"
    );
    let ends: Vec<String> = bench
        .system(&device)
        .seats
        .iter()
        .map(|seat| seat.term.end().to_string())
        .collect();
    assert_eq!(ends, ["2027-11-21", "2028-02-29"]);
    assert_eq!(need(&bench), seats(2));
}

#[test]
fn a_refresh_never_adds_seats() {
    let (mut bench, mut device) = with_seats("", 1);
    bench.stock(1);
    assert_eq!(
        bench.drop(&device.refresh(2)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(
        bench.drop(&device.activate(2)).outcome(),
        Some(Outcome::Refreshed)
    );
}

#[test]
fn smaller_need_counts_once_confirmed() {
    let (mut bench, mut device) = with_seats("", 3);
    assert_eq!(
        bench.drop(&device.refresh(1)).activation().licences,
        seats(1)
    );
    assert_eq!((need(&bench), bench.wallet()), (seats(3), (0, 0)));
    assert_eq!(bench.drop(&device.confirm(1)), Said::Confirmed);
    assert_eq!(
        (need(&bench), bench.wallet()),
        (seats(3), (0, 0)),
        "the first activation states 3"
    );
    assert_eq!(bench.drop(&device.confirm(2)), Said::Confirmed);
    assert_eq!((need(&bench), bench.wallet()), (seats(1), (0, 2)));
    assert_eq!(bench.system(&device).activation.confirmed, Some(2));
    assert_eq!(
        bench.drop(&device.confirm(1)),
        Said::Confirmed,
        "a late one is still true"
    );
    assert_eq!(
        (
            need(&bench),
            bench.wallet(),
            bench.system(&device).activation.confirmed
        ),
        (seats(1), (0, 2), Some(2))
    );
}

#[test]
fn description_confirms_the_activation_it_names() {
    let (mut bench, mut device) = with_seats("", 3);
    let smaller = bench.drop(&device.refresh(1)).activation();
    device.install(&smaller);
    assert_eq!(
        bench.drop(&device.refresh(1)).activation().licences,
        seats(1)
    );
    assert_eq!((need(&bench), bench.wallet()), (seats(1), (0, 2)));
    assert_eq!(bench.system(&device).activation.confirmed, Some(2));
}

#[test]
fn activation_never_issued_confirms_nothing() {
    let (mut bench, mut device) = with_seats("", 3);
    bench.drop(&device.refresh(1));
    assert_eq!(
        bench.drop(&device.confirm(3)).code(),
        Some(RefusalCode::UnknownActivation)
    );
    assert_eq!((need(&bench), bench.wallet()), (seats(3), (0, 0)));
}

#[test]
fn surplus_seats_serve_a_growing_need() {
    let (mut bench, mut device) = with_seats("", 3);
    bench.drop(&device.refresh(1));
    assert_eq!(
        bench.drop(&device.refresh(2)).activation().licences,
        seats(2),
        "also for a refresh: nothing is taken"
    );
    assert_eq!(bench.drop(&device.confirm(3)), Said::Confirmed);
    assert_eq!((need(&bench), bench.wallet()), (seats(2), (0, 1)));
}

#[test]
fn late_confirmation_keeps_what_is_stated_now() {
    let (mut bench, mut device) = with_seats("", 3);
    bench.drop(&device.refresh(1));
    bench.drop(&device.refresh(2));
    assert_eq!(bench.drop(&device.confirm(2)), Said::Confirmed);
    assert_eq!((need(&bench), bench.wallet()), (seats(2), (0, 1)));
}

#[test]
fn what_a_request_confirms_away_it_may_take_again() {
    let (mut bench, mut device) = with_seats("", 3);
    let smaller = bench.drop(&device.refresh(1)).activation();
    device.install(&smaller);
    assert_eq!(
        until(bench.on("2027-01-01").drop(&device.activate(3))),
        "2027-11-21"
    );
    assert_eq!((need(&bench), bench.wallet()), (seats(3), (0, 0)));
}

#[test]
fn the_latest_ends_return_first() {
    let (mut bench, mut device) = with_seats("", 1);
    bench.stock(1);
    bench.on("2027-03-01").drop(&device.activate(2));
    bench.drop(&device.refresh(1));
    bench.drop(&device.confirm(3));
    assert_eq!(bench.lots("acme")[0].store_until, day("2028-02-29"));
    assert_eq!(until(bench.drop(&device.refresh(1))), "2027-11-21");
}

#[test]
fn surplus_that_has_ended_does_not_return() {
    let (mut bench, mut device) = with_seats(r#","grace_days":30"#, 2);
    bench.on("2027-11-22").drop(&device.refresh(1));
    bench.drop(&device.confirm(2));
    assert_eq!(bench.wallet(), (0, 0));
    assert_eq!(bench.system(&device).seats[0].count, 1);
    let (mut bench, mut device) = with_seats(r#","grace_days":30"#, 2);
    bench.on("2027-11-21").drop(&device.refresh(1));
    bench.drop(&device.confirm(2));
    assert_eq!(bench.wallet(), (0, 1), "on its last day it does");
}

#[test]
fn extending_a_smaller_need_returns_the_rest() {
    let (mut bench, mut device) = with_seats("", 3);
    let key = bench.mint(1);
    let said = bench.drop(&device.ask(Wanted::Extend, seats(1), &[key]));
    assert_eq!(until(said), "2028-11-21");
    bench.drop(&device.confirm(2));
    assert_eq!(
        bench
            .lots("acme")
            .iter()
            .map(|lot| (lot.count, lot.store_until))
            .collect::<Vec<_>>(),
        [(2, day("2027-11-21"))]
    );
    assert_eq!(until(bench.drop(&device.refresh(1))), "2028-11-21");
}

#[test]
fn extending_appends_a_term_to_each_seat() {
    let (mut bench, mut device) = with_seats("", 2);
    bench.stock(2);
    assert_eq!(
        bench.drop(&device.extend(3)).code(),
        Some(RefusalCode::NotEnoughLicences),
        "two terms and a seat are three"
    );
    bench.stock(1);
    assert_eq!(
        until(bench.on("2026-12-01").drop(&device.extend(3))),
        "2027-11-30",
        "the new seat ends first"
    );
    let seats: Vec<_> = bench
        .system(&device)
        .seats
        .iter()
        .map(|seat| (seat.count, seat.term.end()))
        .collect();
    assert_eq!(seats, [(1, day("2027-11-30")), (2, day("2028-11-21"))]);
    assert_eq!(
        bench.row::<TallyRow>(&key_of(&["nas"])).consumed,
        crate::bench::seats(5)
    );
}

#[test]
fn beginning_anew_counts_the_new_need_only() {
    let (mut bench, mut device) = with_seats("", 3);
    bench.on("2027-11-22");
    assert_eq!(need(&bench), Counts::new());
    bench.stock(1);
    let said = bench.drop(&device.activate(1));
    assert_eq!(said.outcome(), Some(Outcome::Activated));
    assert_eq!(
        said.activation().sequence,
        2,
        "a Computer ID never sees a sequence twice"
    );
    assert_eq!(need(&bench), seats(1));
}

#[test]
fn longer_seat_serves_on_beside_new_ones() {
    let (mut bench, mut device) = with_seats("", 1);
    bench.stock(1);
    bench.on("2027-03-01").drop(&device.activate(2));
    bench.on("2027-11-22");
    assert_eq!(
        bench.drop(&device.refresh(2)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(until(bench.drop(&device.refresh(1))), "2028-02-29");
    bench.stock(1);
    assert_eq!(until(bench.drop(&device.activate(2))), "2028-02-29");
}
