//! What the customer is asked to order: never what they own, and nothing twice.

use crate::bench::{Bench, word};
use crate::report_unit::{action, apply, change, holding, kinds, letter, signer};
use crate::unit::{Unit, counts};
use keyspool::wire::Envelope;
use keyspool::wire::request::Wanted;
use serde_json::json;

fn asks(bench: &Bench, unit: &mut Unit, licence_type: &str, count: u64) -> (Envelope, String) {
    let request = unit.ask(Wanted::Activate, counts(&[(licence_type, count)]), &[]);
    let outcome = bench
        .answer("asks.json", &request.to_json())
        .outcome(&request);
    (request, outcome)
}

/// As [`asks`], and the device confirms what it got.
fn states(bench: &Bench, unit: &mut Unit, count: u64) {
    let request = unit.ask(Wanted::Activate, counts(&[("core", count)]), &[]);
    let batch = bench.answer("states.json", &request.to_json());
    unit.install(&batch.bundle(&request));
    let confirmation = unit.confirm();
    assert_eq!(
        bench
            .answer("confirmed.json", &confirmation.to_json())
            .outcome(&confirmation),
        "confirmed"
    );
}

#[test]
fn wallet_is_assigned_before_ordering() {
    let bench = signer();
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "auto_assign", json!(false))
    });
    bench.store("acme", "vms", "core=10");
    let mut unit = bench.unit("rack", "vms");
    assert_eq!(asks(&bench, &mut unit, "core", 2).1, "activated");
    assert_eq!(
        holding(&bench, "acme", "vms")["missing"],
        json!({"core": 2})
    );
    assert_eq!(letter(&bench, "vms", "missing"), None);
    let grace = action(&bench, "vms", "grace");
    assert_eq!(
        word(&grace["text"]),
        "Works in its grace until 30 March 2024; missing: 2 × Core; stored: 10 × Core; to order: \
            none."
    );
    assert_eq!(
        word(&grace["hint"]),
        "The wallet has what they need: `keyspool subscription assign ORG PRODUCT --period \
            current`."
    );
    bench.json(&[
        "subscription",
        "assign",
        "acme",
        "vms",
        "--period",
        "current",
        "--yes",
    ]);
    assert_eq!(kinds(&bench, "vms"), ["due", "unconfirmed"], "that was all");
}

#[test]
fn waiting_need_is_not_counted_twice() {
    let bench = signer();
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "auto_assign", json!(false))
    });
    let (mut small, mut large) = (bench.unit("small", "vms"), bench.unit("large", "vms"));
    states(&bench, &mut small, 5);
    states(&bench, &mut large, 10);
    bench.store("acme", "vms", "core=6");
    bench.set_clock("2024-04-05T09:00:00Z");
    assert_eq!(
        asks(&bench, &mut large, "core", 12).1,
        "not-enough-licences"
    );
    let vms = holding(&bench, "acme", "vms");
    assert_eq!(
        (&vms["waiting"], &vms["waiting_beyond"]),
        (&json!({"core": 12}), &json!({"core": 2}))
    );
    assert_eq!(
        (&vms["missing"], &vms["stored"]),
        (&json!({"core": 15}), &json!({"core": 6}))
    );
    assert_eq!(
        (&vms["to_order"]["missing"], &vms["to_order"]["waiting"]),
        (&json!({"core": 9}), &json!({"core": 2}))
    );
    let text = letter(&bench, "vms", "missing").expect("licences lack");
    assert!(
        text.contains("Missing now: 9 × Core")
            && text.contains("Missing for systems that wait: 2 × Core (1 system)"),
        "{text}"
    );
    assert_eq!(
        asks(&bench, &mut large, "core", 10).1,
        "not-enough-licences"
    );
    let vms = holding(&bench, "acme", "vms");
    assert_eq!(
        (&vms["waiting"], &vms["waiting_beyond"]),
        (&json!({"core": 10}), &json!({}))
    );
    let text = letter(&bench, "vms", "missing").expect("licences lack");
    assert!(
        text.contains("Missing now: 9 × Core") && !text.contains("wait"),
        "{text}"
    );
    assert_eq!(
        word(&action(&bench, "vms", "waiting")["hint"]),
        "License the period, then bring their requests again."
    );
}

#[test]
fn larger_need_waits_for_the_rest_alone() {
    let bench = signer();
    bench.store("acme", "open", "seat=16");
    let mut unit = bench.unit("server", "open");
    assert_eq!(asks(&bench, &mut unit, "seat", 14).1, "activated");
    assert_eq!(asks(&bench, &mut unit, "seat", 17).1, "not-enough-licences");
    let open = holding(&bench, "acme", "open");
    assert_eq!(
        (&open["waiting"], &open["waiting_beyond"]),
        (&json!({"seat": 17}), &json!({"seat": 3}))
    );
    let text = letter(&bench, "open", "missing").expect("one lacks");
    assert!(
        text.contains("1 × Seat (1 system)") && !text.contains("17"),
        "{text}"
    );
    assert_eq!(
        word(&action(&bench, "open", "waiting")["text"]),
        "1 system waits for licences: 17 × Seat; not counted yet: 3 × Seat; stored: 2 × Seat; to \
            order: 1 × Seat."
    );
    bench.store("acme", "open", "seat=1");
    assert_eq!(letter(&bench, "open", "missing"), None);
    assert_eq!(
        word(&action(&bench, "open", "waiting")["hint"]),
        "The wallet has what they need: bring their requests again."
    );
}

#[test]
fn lacking_renewal_is_told_once_with_one_hint() {
    let bench = signer();
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "auto_renew", json!(true))
    });
    bench.store("acme", "vms", "core=5");
    let mut unit = bench.unit("rack", "vms");
    states(&bench, &mut unit, 5);
    bench.store("acme", "vms", "core=3");
    let renews = "Redeem licence keys: the signer renews by itself then.";
    bench.set_clock("2025-02-10T09:00:00Z");
    assert_eq!(kinds(&bench, "vms"), ["could_not_renew"]);
    let told = action(&bench, "vms", "could_not_renew");
    assert_eq!(
        (&word(&told["hint"]), &told["day"]),
        (&renews.to_owned(), &json!("2025-02-28"))
    );
    let said = "5 × Core; stored: 3 × Core; to order: 2 × Core; the end is 28 February 2025, with \
        grace until 30 March 2025.";
    assert!(word(&told["text"]).ends_with(said), "{told}");
    let text = letter(&bench, "vms", "missing").expect("two lack");
    assert!(
        text.contains("Missing for the renewal: 2 × Core") && !text.contains("5 ×"),
        "{text}"
    );
    let ends = letter(&bench, "vms", "expiring").expect("it ends");
    assert!(
        ends.contains("licensed until 28 February 2025, with a grace period until 30 March 2025"),
        "{ends}"
    );
    assert!(
        !ends.contains("order the renewal"),
        "the other letter asks for it: {ends}"
    );
    bench.set_clock("2025-03-05T09:00:00Z");
    assert_eq!(
        kinds(&bench, "vms"),
        ["grace"],
        "what could not be renewed is what is missing"
    );
    assert_eq!(word(&action(&bench, "vms", "grace")["hint"]), renews);
    let text = letter(&bench, "vms", "missing").expect("two lack");
    assert!(
        text.contains("Missing now: 2 × Core") && !text.contains("renewal"),
        "{text}"
    );
    bench.set_clock("2025-03-31T09:00:00Z");
    assert!(
        word(&action(&bench, "vms", "unlicensed")["hint"]).contains("--period current"),
        "only an operator assigns now"
    );
}

#[test]
fn letter_leaves_out_growth_in_the_wallet() {
    let bench = signer();
    bench.store("acme", "vms", "core=10");
    let mut unit = bench.unit("rack", "vms");
    states(&bench, &mut unit, 10);
    bench.set_clock("2024-05-01T09:00:00Z");
    assert_eq!(asks(&bench, &mut unit, "core", 14).1, "refreshed");
    assert!(letter(&bench, "vms", "growth").is_some());
    bench.store("acme", "vms", "core=4");
    assert_eq!(letter(&bench, "vms", "growth"), None);
    assert!(word(&action(&bench, "vms", "growth")["hint"]).starts_with("The wallet has"));
}

#[test]
fn lacking_period_and_letter_name_what_lacks() {
    let bench = signer();
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "term_months", json!(1));
        change(catalogue, "vms", "grace_days", json!(5));
        change(catalogue, "vms", "notify_days", json!([7]));
    });
    bench.store("acme", "vms", "core=2");
    let mut unit = bench.unit("rack", "vms");
    states(&bench, &mut unit, 2);
    assert!(
        word(&action(&bench, "vms", "expiring_subscription")["hint"]).ends_with("--period next`.")
    );
    bench.store("acme", "vms", "core=3");
    bench.json(&[
        "subscription",
        "assign",
        "acme",
        "vms",
        "--period",
        "next",
        "--yes",
    ]);
    let ends = action(&bench, "vms", "expiring_subscription");
    assert_eq!(
        word(&ends["text"]),
        "The subscription is licensed until 30 April 2024, with grace until 5 May 2024; the period \
            after that lacks 2 × Core; \
         stored: 1 × Core; to order: 1 × Core."
    );
    assert_eq!(
        word(&ends["hint"]),
        "Redeem licence keys, then `keyspool subscription assign ORG PRODUCT --period 2`."
    );
    let text = letter(&bench, "vms", "expiring").expect("one lacks");
    assert!(
        text.contains("Beyond your unused licences this takes: 1 × Core"),
        "{text}"
    );
    bench.store("acme", "vms", "core=1");
    assert_eq!(
        word(&action(&bench, "vms", "expiring_subscription")["hint"]),
        "The wallet has what they need: `keyspool subscription assign ORG PRODUCT --period 2`."
    );
    assert_eq!(
        letter(&bench, "vms", "expiring"),
        None,
        "the operator has it all"
    );
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "term_months", json!(1));
        change(catalogue, "vms", "grace_days", json!(5));
        change(catalogue, "vms", "notify_days", json!([7]));
        change(catalogue, "vms", "auto_renew", json!(true));
    });
    assert_eq!(
        kinds(&bench, "vms"),
        ["due"],
        "the signer renews, and has what it takes"
    );
    assert_eq!(letter(&bench, "vms", "expiring"), None);
}

#[test]
fn stored_licences_expire_before_renewal() {
    let bench = signer();
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "auto_renew", json!(true));
        change(catalogue, "vms", "storage_years", json!(1));
    });
    bench.store("acme", "vms", "core=4");
    bench.set_clock("2024-03-15T09:00:00Z");
    let mut unit = bench.unit("rack", "vms");
    states(&bench, &mut unit, 2);
    bench.set_clock("2025-01-15T09:00:00Z");
    assert_eq!(
        holding(&bench, "acme", "vms")["to_order"]["ending"],
        json!({}),
        "2 until 28 February, needed from 12 February on"
    );
    assert_eq!(
        letter(&bench, "vms", "expiring").map(|text| text.contains("order")),
        Some(false)
    );
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "auto_renew", json!(true));
        change(catalogue, "vms", "storage_years", json!(1));
        change(catalogue, "vms", "notify_days", json!([7]));
    });
    assert_eq!(
        holding(&bench, "acme", "vms")["to_order"]["ending"],
        json!({"core": 2}),
        "needed from 7 March on"
    );
}
