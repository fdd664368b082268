//! The wallet: redeeming, what is taken first, mistakes (LICENSING sections 7 and 10).

use crate::bench::{Bench, Device, Key, Said, counts, day, rows, seats};
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::counter::CounterRow;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::key::{KeyRow, KeyState};
use keyspool::policy::record::state::key_of;
use keyspool::policy::record::tally::TallyRow;
use keyspool::seal::redeem::redeem_proof;
use keyspool::wire::request::{RequestBody, Wanted};

fn bring(
    device: &mut Device,
    need: u64,
    keys: &[Key],
) -> keyspool::seal::Verified<keyspool::wire::request::Request> {
    device.ask(Wanted::Activate, seats(need), keys)
}

fn state_of(bench: &Bench, key: Key) -> KeyState {
    bench.row::<KeyRow>(&key.id().0).state
}

#[test]
fn a_request_redeems_all_its_keys_with_the_grant() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    let keys = [bench.mint(1), bench.mint(4)];
    assert_eq!(
        bench.drop(&bring(&mut device, 3, &keys)).outcome(),
        Some(Outcome::Activated)
    );
    assert_eq!(bench.wallet(), (2, 0), "the surplus stays in the wallet");
    assert!(
        keys.iter()
            .all(|key| matches!(state_of(&bench, *key), KeyState::Redeemed { .. }))
    );
}

#[test]
fn a_bad_key_in_the_list_gives_its_code_and_nothing_is_used() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    let (good, used, void) = (bench.mint(1), bench.mint(1), bench.mint(1));
    let (product, other) = (
        bench.mint_as("cam", None, &seats(1)),
        bench.mint_as("nas", Some("globex"), &seats(1)),
    );
    bench.redeem("acme", used).expect("a new key");
    bench.void(void).expect("a key");
    for (bad, code) in [
        (Key(9999), RefusalCode::UnknownLicenceKey),
        (used, RefusalCode::LicenceKeyUsed),
        (void, RefusalCode::LicenceKeyVoid),
        (product, RefusalCode::LicenceKeyProduct),
        (other, RefusalCode::LicenceKeyOrganization),
    ] {
        assert_eq!(
            bench.drop(&bring(&mut device, 1, &[good, bad])).code(),
            Some(code)
        );
        assert_eq!(
            bench
                .drop(&bring(&mut device, 1, &[bad, Key(8888), good]))
                .code(),
            Some(code),
            "the first bad one"
        );
        assert_eq!(state_of(&bench, good), KeyState::Unused);
    }
    assert_eq!(
        bench.drop(&bring(&mut device, 1, &[good])).outcome(),
        Some(Outcome::Activated)
    );
}

#[test]
fn a_refused_file_is_judged_anew_once_the_cause_is_mended() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    let key = bench.mint(1);
    let file = bring(&mut device, 2, &[key]);
    assert_eq!(
        bench.drop(&file).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(
        (bench.wallet(), state_of(&bench, key)),
        ((0, 0), KeyState::Unused)
    );
    bench.stock(1);
    assert_eq!(bench.drop(&file).outcome(), Some(Outcome::Activated));
}

#[test]
fn a_key_stands_once_in_a_request() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    let key = bench.mint(1);
    assert_eq!(
        bench.drop(&bring(&mut device, 1, &[key, key])).code(),
        Some(RefusalCode::LicenceKeyUsed)
    );
}

#[test]
fn a_wrong_proof_is_an_unknown_key() {
    let (mut bench, device) = (Bench::new(""), Device::new(1));
    let key = bench.mint(1);
    let mut body = device.description(Wanted::Activate, seats(1), &[key], 1);
    let RequestBody::SystemDescription(description) = &mut body else {
        panic!("a description")
    };
    let device_key = device.generation().signing_key().public().bytes();
    description.redeem[0].proof = redeem_proof(
        &key.licence_key(),
        &crate::bench::word("acme"),
        &device_key,
        2,
    );
    assert_eq!(
        bench.drop(&device.sign_at(1, body)).code(),
        Some(RefusalCode::UnknownLicenceKey),
        "the proof of another counter"
    );
    assert_eq!(state_of(&bench, key), KeyState::Unused);
}

#[test]
fn a_bound_key_serves_its_own_organization() {
    let mut bench = Bench::new("");
    let key = bench.mint_as("nas", Some("globex"), &seats(1));
    assert_eq!(
        bench.redeem("acme", key),
        Err(RefusalCode::LicenceKeyOrganization)
    );
    assert_eq!(bench.redeem("globex", key), Ok(()));
    assert_eq!(
        bench.redeem("globex", key),
        Err(RefusalCode::LicenceKeyUsed)
    );
    assert_eq!(
        bench.drop(&Device::of(1, "acme", "nas").activate(1)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(
        bench
            .drop(&Device::of(2, "globex", "nas").activate(1))
            .outcome(),
        Some(Outcome::Activated)
    );
}

#[test]
fn an_operator_is_told_of_unknown_keys_organizations_and_types() {
    let mut bench = Bench::new("");
    let key = bench.mint(1);
    assert_eq!(
        bench.redeem("acme", Key(77)),
        Err(RefusalCode::UnknownLicenceKey)
    );
    assert_eq!(
        bench.redeem("nobody", key),
        Err(RefusalCode::UnknownOrganization)
    );
    assert_eq!(bench.unredeem(Key(77)), Err(RefusalCode::UnknownLicenceKey));
    assert_eq!(bench.unredeem(key), Err(RefusalCode::NotNeeded));
    let today = bench.today;
    let again = keyspool::policy::order::key::mint(
        &bench.state,
        &crate::bench::word("nas"),
        None,
        &seats(1),
        vec![key.id()],
        today,
    );
    let Err(keyspool::policy::refusal::Stop::Refused(refusal)) = again else {
        panic!("minted again: {again:?}")
    };
    assert_eq!(refusal.code(), RefusalCode::LicenceKeyUsed);
}

#[test]
fn without_auto_assign_a_request_uses_its_own_keys_only() {
    let (mut bench, mut device) = (Bench::new(r#","auto_assign":false"#), Device::new(1));
    bench.stock(5);
    let key = bench.mint(2);
    assert_eq!(
        bench.drop(&device.activate(1)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(
        bench.drop(&bring(&mut device, 3, &[key])).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    assert_eq!(
        bench.drop(&bring(&mut device, 1, &[key])).outcome(),
        Some(Outcome::Activated)
    );
    assert_eq!(bench.wallet(), (6, 0), "the surplus stays in the wallet");
    assert_eq!(
        bench.drop(&device.activate(2)).code(),
        Some(RefusalCode::NotEnoughLicences),
        "and is drawn on no more"
    );
    assert_eq!(
        bench.drop(&device.extend(1)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    let key = bench.mint(1);
    assert_eq!(
        bench
            .drop(&device.ask(Wanted::Extend, seats(1), &[key]))
            .outcome(),
        Some(Outcome::Extended)
    );
}

/// Returned seats that last, unused lots, returned seats that do not; the key of a request before
/// all of them.
#[test]
fn seats_are_taken_in_the_order_of_the_page() {
    let mut bench = Bench::new("");
    let (mut short, mut long) = (Device::new(1), Device::new(2));
    bench.stock(1);
    bench.drop(&short.activate(1));
    bench.on("2027-06-01");
    bench.stock(1);
    bench.drop(&long.activate(1));
    bench.stock(1);
    // 30 days before 2027-11-21: not more than the largest notice.
    bench.on("2027-10-22");
    bench.drop(&short.deactivate(1));
    bench.drop(&long.deactivate(1));
    let own = bench.mint(1);
    let ends: Vec<_> = (3..=6)
        .map(|seed| {
            let keys: &[Key] = if seed == 3 { &[own] } else { &[] };
            let said = bench.drop(&bring(&mut Device::new(seed), 1, keys));
            said.activation()
                .validity
                .valid_until
                .expect("a last day")
                .to_string()
        })
        .collect();
    assert_eq!(
        ends,
        ["2028-10-21", "2028-05-31", "2028-10-21", "2027-11-21"]
    );
}

#[test]
fn a_returned_seat_with_one_day_more_than_the_notice_goes_before_an_unused_lot() {
    let (mut bench, mut first) = (Bench::new(""), Device::new(1));
    bench.stock(2);
    bench.drop(&first.activate(1));
    bench.on("2027-10-21");
    bench.drop(&first.deactivate(1));
    let said = bench.drop(&Device::new(2).activate(1)).activation();
    assert_eq!(
        (said.validity.valid_until, bench.wallet()),
        (Some(day("2027-11-21")), (1, 0))
    );
}

#[test]
fn between_lots_alike_the_key_redeemed_earlier_goes_first_then_the_one_with_the_smaller_code() {
    let mut bench = Bench::new("");
    let keys: Vec<Key> = (0..6).map(|_| bench.mint(1)).collect();
    for key in keys.iter().rev() {
        bench.redeem("acme", *key).expect("a new key");
    }
    for (seed, key) in (1..).zip(&keys) {
        let mut device = Device::new(seed);
        bench.drop(&device.activate(1));
        assert_eq!(
            bench.system(&device).seats[0].key,
            key.id(),
            "key {}",
            key.0
        );
    }
}

#[test]
fn extending_never_takes_a_returned_seat() {
    let (mut bench, mut one, mut two) = (Bench::new(""), Device::new(1), Device::new(2));
    bench.stock(2);
    bench.drop(&one.activate(1));
    bench.drop(&two.activate(1));
    bench.drop(&two.deactivate(1));
    assert_eq!(bench.wallet(), (0, 1));
    assert_eq!(
        bench.drop(&one.extend(1)).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    bench.stock(1);
    assert_eq!(
        bench.drop(&one.extend(1)).outcome(),
        Some(Outcome::Extended)
    );
    assert_eq!(bench.wallet(), (0, 1));
}

#[test]
fn a_redemption_is_taken_back_while_all_of_it_lies_unused() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    let key = bench.stock(2);
    assert_eq!(bench.unredeem(key), Ok(()));
    assert_eq!(
        (bench.wallet(), state_of(&bench, key)),
        ((0, 0), KeyState::Unused)
    );
    bench.redeem("acme", key).expect("an unused key");
    bench.drop(&device.activate(1));
    assert_eq!(bench.unredeem(key), Err(RefusalCode::LicenceKeyUsed));
    bench.drop(&device.deactivate(1));
    assert_eq!(
        bench.unredeem(key),
        Err(RefusalCode::LicenceKeyUsed),
        "a seat that came back was used"
    );
}

#[test]
fn a_void_key_takes_what_lies_in_the_wallet_and_names_the_rest() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    let (key, unused) = (bench.stock(3), bench.mint(5));
    bench.drop(&device.activate(1));
    assert_eq!(bench.void(key), Ok(seats(1)));
    assert_eq!(bench.wallet(), (0, 0));
    assert_eq!(bench.void(unused), Ok(counts(&[])));
    assert_eq!(bench.void(key), Err(RefusalCode::LicenceKeyVoid));
    assert_eq!(
        bench.redeem("acme", unused),
        Err(RefusalCode::LicenceKeyVoid)
    );
    assert_eq!(bench.unredeem(key), Err(RefusalCode::LicenceKeyVoid));
    let tally: TallyRow = bench.row(&key_of(&["nas"]));
    assert_eq!((tally.voided, tally.consumed), (seats(7), seats(1)));
}

#[test]
fn the_same_request_gets_the_same_answer_until_its_activation_is_given_up() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    let key = bench.mint(2);
    let file = bring(&mut device, 1, &[key]);
    assert!(matches!(bench.drop(&file), Said::Granted(..)));
    let answer = bench.answers.values().next().cloned();
    bench.on("2027-02-01");
    let before = rows(&bench.state);
    assert_eq!(bench.drop(&file), Said::Repeated(answer.clone()));
    bench.drop(&device.refresh(1));
    assert_eq!(
        bench.drop(&file),
        Said::Repeated(answer.clone()),
        "also an older one"
    );
    assert_ne!(rows(&bench.state), before);
    bench.on("2028-01-01");
    assert_eq!(
        bench.drop(&file),
        Said::Repeated(answer),
        "an ended activation was not given up"
    );
    let confirmation = device.confirm(1);
    assert_eq!(bench.drop(&confirmation), Said::Confirmed);
    assert_eq!(bench.drop(&confirmation), Said::Repeated(None));
    let deactivation = device.deactivate(2);
    let receipt = bench.drop(&deactivation).receipt();
    assert_eq!(
        bench.drop(&deactivation),
        Said::Repeated(Some(receipt.to_payload()))
    );
    assert_eq!(
        bench.drop(&file).code(),
        Some(RefusalCode::ComputerIdRetired)
    );
}

#[test]
fn a_refusal_advances_no_counter() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    let early = bring(&mut device, 1, &[]);
    let late = bring(&mut device, 2, &[]);
    assert_eq!(
        bench.drop(&late).code(),
        Some(RefusalCode::NotEnoughLicences)
    );
    bench.stock(1);
    assert_eq!(bench.drop(&early).outcome(), Some(Outcome::Activated));
    assert_eq!(bench.row::<CounterRow>(&[]).hardware, 1);
    bench.stock(1);
    assert_eq!(bench.drop(&late).outcome(), Some(Outcome::Refreshed));
    assert_eq!(bench.system(&device).counter, 2);
}
