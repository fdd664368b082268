//! Trials (LICENSING section 12).

use crate::bench::{Bench, Device, counts, day, rows, seats};
use keyspool::licence::Plan;
use keyspool::policy::apply::change::apply;
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::memory::Memory;
use keyspool::policy::record::need::NeedRow;
use keyspool::policy::record::state::{State, key_of};
use keyspool::wire::request::Wanted;
use keyspool::wire::response::Destination;

const THIRTY: &str = r#","trial_days":30"#;
const MODELS: [&str; 2] = ["device-subscription", "hardware"];

fn trial(bench: &mut Bench, device: &mut Device) -> crate::bench::Said {
    let request = device.ask(Wanted::Trial, seats(4), &[]);
    bench.drop(&request)
}

/// The organization's current need for `nas`.
pub(crate) fn need(bench: &Bench) -> u64 {
    let row = bench
        .state
        .get::<NeedRow>(&key_of(&["acme", "nas"]))
        .expect("in memory");
    row.map_or(0, |row| row.need.total().expect("small counts"))
}

/// The history gives the same rows again.
pub(crate) fn replays(bench: &Bench) {
    let mut state = Memory::default();
    bench
        .log
        .iter()
        .for_each(|event| apply(&mut state, event).expect("an event that fits"));
    assert_eq!(rows(&state), rows(&bench.state));
}

#[test]
fn all_systems_of_a_stretch_get_its_last_day() {
    for model in MODELS {
        let mut bench = Bench::of(model, THIRTY);
        let first = trial(&mut bench, &mut Device::new(1)).activation();
        assert_eq!(
            (first.plan, first.licences.clone()),
            (Plan::Trial, seats(4))
        );
        assert_eq!(
            (first.validity.valid_from, first.validity.valid_until),
            (day("2026-11-22"), Some(day("2026-12-21")))
        );
        assert_eq!(
            first.validity.grace_until, first.validity.valid_until,
            "a trial has no grace"
        );
        let last = trial(bench.on("2026-12-21"), &mut Device::new(2)).activation();
        assert_eq!(last.validity, first.validity, "on its last day");
        assert_eq!(
            trial(bench.on("2026-12-22"), &mut Device::new(3)).code(),
            Some(TrialUsed),
            "a day later"
        );
        replays(&bench);
    }
}

#[test]
fn a_trial_of_one_day_ends_on_the_day_of_its_grant() {
    let mut bench = Bench::new(r#","trial_days":1"#);
    let activation = trial(&mut bench, &mut Device::new(1)).activation();
    assert_eq!(activation.validity.valid_until, Some(day("2026-11-22")));
    assert_eq!(
        trial(bench.on("2026-11-23"), &mut Device::new(2)).code(),
        Some(TrialUsed)
    );
}

#[test]
fn running_stretch_outlives_a_changed_setting() {
    let mut bench = Bench::new(THIRTY);
    trial(&mut bench, &mut Device::new(1)).activation();
    bench.set(r#","trial_days":60"#);
    assert_eq!(
        trial(&mut bench, &mut Device::new(2))
            .activation()
            .validity
            .valid_until,
        Some(day("2026-12-21"))
    );
    bench.set("");
    assert_eq!(trial(&mut bench, &mut Device::new(3)).code(), Some(NoTrial));
}

#[test]
fn a_product_without_has_no_trial() {
    for model in MODELS {
        assert_eq!(
            trial(&mut Bench::of(model, ""), &mut Device::new(1)).code(),
            Some(NoTrial)
        );
    }
}

#[test]
fn each_product_has_a_stretch_of_its_own() {
    let mut bench = Bench::new(THIRTY);
    trial(&mut bench, &mut Device::new(1)).activation();
    bench.on("2026-12-30");
    let globex = trial(&mut bench, &mut Device::of(2, "globex", "nas")).activation();
    assert_eq!(
        (globex.validity.valid_from, globex.validity.valid_until),
        (day("2026-12-30"), Some(day("2027-01-28")))
    );
    trial(&mut bench, &mut Device::of(3, "acme", "cam")).activation();
    assert_eq!(
        trial(&mut bench, &mut Device::new(4)).code(),
        Some(TrialUsed)
    );
}

#[test]
fn hardware_has_one_trial_of_a_product() {
    let mut bench = Bench::new(THIRTY);
    let mut device = Device::new(1);
    trial(&mut bench, &mut device).activation();
    let mut elsewhere = Device {
        organization: "globex",
        ..device.reinstalled(2)
    };
    assert_eq!(
        trial(&mut bench, &mut elsewhere).code(),
        Some(AlreadyActive),
        "while it runs in the other"
    );
    assert_eq!(
        trial(&mut bench, &mut device.reinstalled(3)).code(),
        Some(TrialUsed),
        "within the stretch"
    );
    bench.drop(&device.deactivate(1)).receipt();
    assert_eq!(trial(&mut bench, &mut elsewhere).code(), Some(TrialUsed));
    assert_eq!(
        trial(
            &mut bench,
            &mut Device {
                product: "cam",
                ..elsewhere
            }
        )
        .outcome(),
        Some(Outcome::Activated)
    );
}

#[test]
fn trial_counts_in_no_need() {
    let mut bench = Bench::new(THIRTY);
    let mut device = Device::new(1);
    trial(&mut bench, &mut device).activation();
    assert_eq!(need(&bench), 0);
    bench.stock(4);
    let said = bench.on("2026-12-01").drop(&device.activate(4));
    assert_eq!(said.outcome(), Some(Outcome::Activated));
    let activation = said.activation();
    assert_eq!(
        (activation.plan, activation.sequence),
        (Plan::Subscription, 2)
    );
    // No day of the trial is added: twelve months from 2026-12-01.
    assert_eq!(
        (
            activation.validity.valid_from,
            activation.validity.valid_until
        ),
        (day("2026-12-01"), Some(day("2027-11-30")))
    );
    assert_eq!(need(&bench), 4);
    assert_eq!(
        bench.on("2026-12-22").system(&device).temporary.running,
        None
    );
    assert_eq!(
        bench.on("2027-11-30").system(&device).seats.len(),
        1,
        "the end of the trial ended nothing else"
    );
    assert_eq!(trial(&mut bench, &mut device).code(), Some(AlreadyLicensed));
    replays(&bench);
}

#[test]
fn the_activation_after_a_trial_has_the_same_id() {
    let mut bench = Bench::new(THIRTY);
    let mut device = Device::new(1);
    let trial = trial(&mut bench, &mut device).activation();
    bench.on("2027-02-01").stock(4);
    assert_eq!(
        bench.drop(&device.activate(4)).activation().activation_id,
        trial.activation_id
    );
}

#[test]
fn an_activation_that_is_refused_leaves_the_trial() {
    let mut bench = Bench::new(THIRTY);
    let mut device = Device::new(1);
    device.install(&trial(&mut bench, &mut device.clone()).activation());
    device.counter = 1;
    assert_eq!(
        bench.drop(&device.activate(4)).code(),
        Some(NotEnoughLicences)
    );
    let again = bench.on("2026-12-21").drop(&device.refresh(3)).activation();
    assert_eq!(
        (again.plan, again.sequence, again.licences),
        (Plan::Trial, 2, seats(3))
    );
    assert_eq!(again.validity.valid_until, Some(day("2026-12-21")));
    assert_eq!(
        bench.system(&device).activation.confirmed,
        Some(1),
        "the request named what is installed"
    );
    assert_eq!(
        bench.drop(&device.refresh(4)).code(),
        Some(NotEnoughLicences),
        "more than it states"
    );
    assert_eq!(bench.drop(&device.extend(3)).code(), Some(NothingToExtend));
    assert_eq!(
        trial(&mut bench, &mut device).code(),
        Some(AlreadyLicensed),
        "it runs"
    );
    assert_eq!(
        bench.on("2026-12-22").drop(&device.refresh(3)).code(),
        Some(NotActivated),
        "it has ended"
    );
}

#[test]
fn a_trial_that_is_given_up_returns_nothing() {
    let mut bench = Bench::new(THIRTY);
    let mut device = Device::new(1);
    trial(&mut bench, &mut device).activation();
    let receipt = bench.drop(&device.deactivate(1)).receipt();
    assert_eq!(
        (receipt.destination, receipt.licences),
        (Destination::None, counts(&[]))
    );
    bench.on("2026-12-22");
    replays(&bench);
}

#[test]
fn a_trial_redeems_the_keys_of_its_request() {
    let mut bench = Bench::new(THIRTY);
    let key = bench.mint(2);
    let request = Device::new(1).ask(Wanted::Trial, seats(4), &[key]);
    bench.drop(&request).activation();
    assert_eq!(bench.wallet(), (2, 0));
}

#[test]
fn a_withdrawn_product_has_no_new_trials() {
    let mut bench = Bench::new(THIRTY);
    bench.apply_catalogue(&["acme"], &["nas"]);
    assert_eq!(
        trial(&mut bench, &mut Device::of(1, "acme", "cam")).code(),
        Some(WithdrawnProduct)
    );
}
