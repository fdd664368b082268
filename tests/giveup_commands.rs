//! Giving up, denying, refresh and activation by hand, through the command line, by a clock of the
//! test.
#![cfg(feature = "test-build")]

#[allow(dead_code)]
#[path = "signer/bench.rs"]
mod bench;
#[path = "giveup/by_hand.rs"]
mod by_hand;
#[allow(dead_code)]
#[path = "signer/unit.rs"]
mod unit;

use bench::{Bench, Said};
use serde_json::{Value, json};

const WHY: [&str; 2] = ["--reason", "lost in a move"];

fn order(bench: &Bench, verb: &str, id: &str, more: &[&str]) -> Said {
    bench.run(&[&["activation", verb, id, "--json"], more].concat())
}

fn done(bench: &Bench, verb: &str, id: &str, more: &[&str]) -> Value {
    let document = order(bench, verb, id, &[more, &["--yes"]].concat())
        .exits(0)
        .json();
    bench.verify_history();
    document
}

fn refused(bench: &Bench, verb: &str, id: &str, more: &[&str]) -> String {
    let said = order(bench, verb, id, &[more, &["--yes"]].concat()).exits(1);
    bench.verify_history();
    said.error_code()
}

/// Without a terminal and without --yes nothing is asked and nothing is changed.
fn asks(bench: &Bench, arguments: &[&str]) {
    let seen = || (bench.events(), bench.state(), bench.files("spool"));
    let before = seen();
    let said = bench.run(&[arguments, &["--json"]].concat()).exits(1);
    assert_eq!(said.error_code(), "no-terminal");
    assert!(seen() == before, "{arguments:?} changed something");
}

#[test]
fn a_system_is_released_by_the_code_that_it_shows() {
    let (bench, mut unit) = (Bench::new(), Bench::new().first());
    let id = unit.computer_id();
    let mut twin = unit.twin();
    let _ = unit.deactivate();
    let code = unit.verification_code();
    asks(
        &bench,
        &[
            "activation",
            "release",
            &id,
            "--code",
            &code,
            WHY[0],
            WHY[1],
        ],
    );
    let document = done(
        &bench,
        "release",
        &id,
        &[&["--code", &code], &WHY[..]].concat(),
    );
    assert_eq!(
        document,
        json!({"computer_id": id, "how": "proven", "returned": {"seat": 1}, "held": false})
    );
    assert_eq!(
        (bench.system(&twin)["state"].clone(), bench.stored("acme")),
        (json!("deactivated"), 1)
    );
    assert_eq!(
        refused(
            &bench,
            "release",
            &id,
            &[&["--code", &code], &WHY[..]].concat()
        ),
        "already-deactivated"
    );
    let late = twin.activate();
    assert_eq!(
        bench.answer("late.json", &late.to_json()).outcome(&late),
        "computer-id-retired"
    );
}

#[test]
fn mistyped_code_does_not_count_as_wrong() {
    let bench = Bench::new();
    let mut unit = bench.first();
    let mut stranger = bench.activated("stranger", "desk");
    let _ = stranger.deactivate();
    let (id, wrong) = (unit.computer_id(), stranger.verification_code());
    let with = |code: &str| {
        bench.run(&[
            "activation",
            "release",
            &id,
            "--code",
            code,
            WHY[0],
            WHY[1],
            "--json",
        ])
    };
    let end = if wrong.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{end}", &wrong[..wrong.len() - 1]);
    let said = with(&mistyped).exits(2);
    assert!(
        !said.to_string().contains(&mistyped),
        "what was typed is not said again"
    );
    for _ in 0..10 {
        assert_eq!(
            with(&wrong).exits(1).error_code(),
            "wrong-code",
            "it counts without a question"
        );
    }
    bench.verify_history();
    assert_eq!(with(&wrong).exits(1).error_code(), "locked");
    let proof = unit.deactivate();
    assert_eq!(
        with(&unit.verification_code()).exits(1).error_code(),
        "locked"
    );
    assert_eq!(
        bench.answer("proof.json", &proof.to_json()).outcome(&proof),
        "deactivated"
    );
    bench.verify_history();
}

#[test]
fn release_takes_a_code_or_says_none() {
    let bench = Bench::new();
    let id = bench.first().computer_id();
    for more in [
        &WHY[..],
        &["--without-proof"],
        &["--without-proof", "--code", "X", WHY[0], WHY[1]],
    ] {
        order(&bench, "release", &id, &[more, &["--yes"]].concat()).exits(2);
    }
}

#[test]
fn unproven_release_is_suspected_then_proven() {
    let bench = Bench::new();
    let mut unit = bench.first();
    let id = unit.computer_id();
    asks(
        &bench,
        &[
            "activation",
            "release",
            &id,
            "--without-proof",
            WHY[0],
            WHY[1],
        ],
    );
    let document = done(
        &bench,
        "release",
        &id,
        &[&["--without-proof"], &WHY[..]].concat(),
    );
    assert_eq!(
        document,
        json!({"computer_id": id, "how": "unproven", "returned": {"seat": 1}, "held": false})
    );
    assert_eq!(
        (
            bench.system(&unit)["state"].clone(),
            bench.system(&unit)["suspected"].clone()
        ),
        (json!("released"), json!(null))
    );
    let again = unit.activate();
    assert_eq!(
        bench.answer("again.json", &again.to_json()).outcome(&again),
        "computer-id-retired"
    );
    assert_eq!(bench.system(&unit)["suspected"], "possible");
    // A checkpoint of a later bundle: the device was told something since.
    let mut other = bench.unit("other", "desk");
    let request = other.activate_with(&bench.key("desk", "seat=1"));
    let bundle = bench
        .answer("other.json", &request.to_json())
        .bundle(&request);
    let checkpoint: Value =
        serde_json::from_slice(&bench::entries_of_zip(&bundle)["checkpoint.json"]).expect("JSON");
    let newer = unit.forge(&unit.twin().activate(), |payload| {
        payload["witness"] = checkpoint.clone()
    });
    assert_eq!(
        bench.answer("newer.json", &newer.to_json()).outcome(&newer),
        "computer-id-retired"
    );
    assert_eq!(bench.system(&unit)["suspected"], "proven");
    let proof = unit.deactivate();
    let batch = bench.answer("proof.json", &proof.to_json());
    assert_eq!(batch.outcome(&proof), "deactivated");
    assert!(!batch.output(&proof, ".receipt.json").is_empty());
    bench.verify_history();
}

#[test]
fn a_device_is_denied_and_admitted_again() {
    let bench = Bench::new();
    let mut unit = bench.first();
    let id = unit.computer_id();
    order(&bench, "deny", &id, &["--yes"]).exits(2);
    asks(&bench, &["activation", "deny", &id, WHY[0], WHY[1]]);
    assert_eq!(
        done(&bench, "deny", &id, &WHY),
        json!({"computer_id": id, "returned": {}, "held": {"seat": 1}})
    );
    let request = unit.activate();
    assert_eq!(
        bench
            .answer("denied.json", &request.to_json())
            .outcome(&request),
        "denied"
    );
    assert_eq!(refused(&bench, "deny", &id, &WHY), "not-needed");
    asks(&bench, &["activation", "undeny", &id]);
    assert_eq!(
        done(&bench, "undeny", &id, &[]),
        json!({"computer_id": id, "seats": {"seat": 1}})
    );
    assert_eq!(
        bench
            .answer("admitted.json", &request.to_json())
            .outcome(&request),
        "refreshed"
    );
    let document = done(
        &bench,
        "deny",
        &id,
        &[&["--return-seat"], &WHY[..]].concat(),
    );
    assert_eq!(
        (document, bench.stored("acme")),
        (
            json!({"computer_id": id, "returned": {"seat": 1}, "held": {}}),
            1
        )
    );
    assert_eq!(
        refused(
            &bench,
            "undeny",
            &bench.unit("nobody", "desk").computer_id(),
            &[]
        ),
        "unknown-activation"
    );
}

#[test]
fn what_never_arrived_is_cancelled_and_reinstated() {
    let bench = Bench::new();
    let mut unit = bench.first();
    let id = unit.computer_id();
    asks(&bench, &["activation", "cancel", &id]);
    assert_eq!(done(&bench, "cancel", &id, &[])["how"], "unproven");
    asks(&bench, &["activation", "reinstate", &id]);
    assert_eq!(
        done(&bench, "reinstate", &id, &[]),
        json!({"computer_id": id, "seats": {"seat": 1}})
    );
    let confirmation = unit.confirm();
    assert_eq!(
        bench
            .answer("confirmed.json", &confirmation.to_json())
            .outcome(&confirmation),
        "confirmed"
    );
    assert_eq!(refused(&bench, "cancel", &id, &[]), "not-needed");
    assert_eq!(refused(&bench, "reinstate", &id, &[]), "not-needed");
}
