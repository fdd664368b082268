//! Periods, growth, swings, carry: the pooled model.

use crate::bench::Bench;
use crate::report_unit::{apply, change, holding, kinds, signer};
use crate::unit::{Unit, counts};
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};

const ASSIGN: [&str; 6] = ["subscription", "assign", "acme", "vms", "--yes", "--period"];

fn assign(bench: &Bench, rest: &[&str]) {
    bench.json(&[&ASSIGN[..], rest].concat());
}

/// A system that states this need, and confirms the activation.
fn states(bench: &Bench, unit: &mut Unit, core: u64) {
    let request = unit.ask(Wanted::Activate, counts(&[("core", core)]), &[]);
    let batch = bench.answer("states.json", &request.to_json());
    assert!(
        ["activated", "refreshed"].contains(&batch.outcome(&request).as_str()),
        "{}",
        batch.said
    );
    unit.install(&batch.bundle(&request));
    let confirmation = unit.confirm();
    assert_eq!(
        bench
            .answer("confirmed.json", &confirmation.to_json())
            .outcome(&confirmation),
        "confirmed"
    );
}

/// 10 core licences assigned to the period from 2024-03-01 to 2025-02-28, and a system that needs
/// them.
fn licensed() -> (Bench, Unit) {
    let bench = signer();
    bench.store("acme", "vms", "core=10");
    let mut unit = bench.unit("rack", "vms");
    states(&bench, &mut unit, 10);
    (bench, unit)
}

#[test]
fn running_and_next_period_say_what_they_lack() {
    let (bench, _) = licensed();
    let vms = holding(&bench, "acme", "vms");
    let ten = json!({"core": 10});
    assert_eq!(
        (&vms["owned"], &vms["assigned"], &vms["need"], &vms["used"]),
        (&ten, &ten, &ten, &ten)
    );
    assert_eq!(
        (&vms["stored"], &vms["missing"], &vms["growth"]),
        (&json!({}), &json!({}), &Value::Null)
    );
    assert_eq!(
        vms["standing"],
        json!({"status": "licensed", "until": "2025-02-28", "since": null})
    );
    let periods = json!([
        {"number": 0, "first": "2024-03-01", "last": "2025-02-28", "grace_until": "2024-03-30",
            "assigned": {"core": 10},
         "licensed": true, "missing": {}},
        {"number": 1, "first": "2025-03-01", "last": "2026-02-28", "grace_until": "2025-03-30",
            "assigned": {},
         "licensed": false, "missing": {"core": 10}}]);
    assert_eq!(vms["periods"], periods);
    bench.store("acme", "vms", "core=12");
    assign(&bench, &["next"]);
    let vms = holding(&bench, "acme", "vms");
    assert_eq!(
        (&vms["owned"], &vms["stored"]),
        (&json!({"core": 22}), &json!({"core": 2}))
    );
    assert_eq!(vms["standing"]["until"], "2026-02-28");
    bench.set_clock("2025-03-01T09:00:00Z");
    let numbers: Vec<Value> = holding(&bench, "acme", "vms")["periods"]
        .as_array()
        .expect("periods")
        .iter()
        .map(|p| p["number"].clone())
        .collect();
    assert_eq!(numbers, [1, 2], "what is past is gone");
}

#[test]
fn subscription_ends_soon_from_90_days_before() {
    let (bench, _) = licensed();
    let expiring = |day: &str| {
        bench.set_clock(&format!("{day}T09:00:00Z"));
        holding(&bench, "acme", "vms")["expiring"].clone()
    };
    assert_eq!(expiring("2024-11-29"), json!([]));
    assert_eq!(
        (
            &expiring("2024-11-30")[0]["kind"],
            &expiring("2024-11-30")[0]["days_left"]
        ),
        (&json!("subscription"), &json!(90))
    );
    let status = |day: &str| {
        bench.set_clock(&format!("{day}T09:00:00Z"));
        (
            holding(&bench, "acme", "vms")["standing"].clone(),
            kinds(&bench, "vms"),
        )
    };
    let (standing, doing) = status("2025-03-01");
    assert_eq!(
        standing,
        json!({"status": "grace", "until": "2025-03-30", "since": null})
    );
    assert_eq!(doing, ["grace"]);
    let (standing, doing) = status("2025-03-31");
    assert_eq!(
        standing,
        json!({"status": "expired", "until": null, "since": "2025-03-31"})
    );
    assert_eq!(doing, ["unlicensed"]);
    assert_eq!(
        holding(&bench, "acme", "vms")["missing"],
        json!({"core": 10})
    );
}

#[test]
fn growth_is_reported_from_80_percent_on() {
    let (bench, mut unit) = licensed();
    bench.set_clock("2024-05-01T09:00:00Z");
    states(&bench, &mut unit, 13);
    assert_eq!(
        holding(&bench, "acme", "vms")["growth"],
        Value::Null,
        "3 of 5"
    );
    states(&bench, &mut unit, 14);
    let vms = holding(&bench, "acme", "vms");
    assert_eq!(
        vms["growth"],
        json!({"assigned": 10, "need": 14, "added": 4, "allowance": 5, "used_percent": 80,
            "over": false, "until": "2025-02-28"})
    );
    assert_eq!(
        (&vms["used"], &vms["missing"]),
        (&json!({"core": 10}), &json!({"core": 4}))
    );
    assert_eq!(kinds(&bench, "vms"), ["growth"]);
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "growth_allowance_percent", json!(40))
    });
    let growth = |bench: &Bench| holding(bench, "acme", "vms")["growth"].clone();
    assert_eq!(
        (&growth(&bench)["used_percent"], &growth(&bench)["over"]),
        (&json!(100), &json!(false)),
        "exactly the allowance"
    );
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "growth_allowance_percent", json!(30))
    });
    assert_eq!(
        (&growth(&bench)["used_percent"], &growth(&bench)["over"]),
        (&json!(133), &json!(true))
    );
    assert_eq!(kinds(&bench, "vms"), ["growth_over"]);
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "growth_allowance_percent", json!(0))
    });
    assert_eq!(
        (&growth(&bench)["used_percent"], &growth(&bench)["over"]),
        (&Value::Null, &json!(true))
    );
}

#[test]
fn swing_of_the_need_is_told_once_it_has_risen() {
    let (bench, mut unit) = licensed();
    bench.store("acme", "vms", "core=4");
    bench.set_clock("2025-02-10T09:00:00Z");
    states(&bench, &mut unit, 4);
    assign(&bench, &["next"]);
    bench.set_clock("2025-03-02T09:00:00Z");
    bench.json(&["process"]);
    assert_eq!(
        holding(&bench, "acme", "vms")["swing"],
        Value::Null,
        "it only fell"
    );
    bench.set_clock("2025-03-20T09:00:00Z");
    states(&bench, &mut unit, 6);
    let swing = json!({"renewed": "2025-03-01", "lowered": "2025-02-10", "from": {"core": 10},
        "judged": {"core": 4},
        "raised": "2025-03-20", "to": {"core": 6}});
    assert_eq!(holding(&bench, "acme", "vms")["swing"], swing);
    assert!(kinds(&bench, "vms").contains(&"swing".to_owned()));
}

#[test]
fn licence_days_that_are_carried_are_shown() {
    let bench = signer();
    bench.json(&["subscription", "start", "acme", "vms", "--yes"]);
    bench.set_clock("2024-08-31T09:00:00Z");
    bench.store("acme", "vms", "core=1");
    assign(&bench, &["current", "core=1", "--surplus"]);
    assert_eq!(
        holding(&bench, "acme", "vms")["carry_days"],
        json!({"core": 183}),
        "1 March to 31 August"
    );
}

#[test]
fn unrenewed_period_is_named_until_grace_ends() {
    let (bench, _) = licensed();
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "auto_renew", json!(true))
    });
    let lacking = |day: &str| {
        bench.set_clock(&format!("{day}T09:00:00Z"));
        holding(&bench, "acme", "vms")["could_not_renew"].clone()
    };
    assert_eq!(lacking("2025-01-28"), json!({}), "31 days before the end");
    assert_eq!(lacking("2025-01-29"), json!({"core": 10}));
    assert_eq!(kinds(&bench, "vms")[0], "could_not_renew");
    assert_eq!(
        lacking("2025-03-30"),
        json!({"core": 10}),
        "the last day of the grace"
    );
    assert_eq!(
        lacking("2025-03-31"),
        json!({}),
        "only an operator assigns now"
    );
}
