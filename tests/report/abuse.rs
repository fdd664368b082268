//! Held seats, releases without proof, recoveries, abuse.

use crate::bench::entries_of_zip;
use crate::report_unit::{apply, holding, kinds, signer};
use serde_json::{Value, json};

const WHY: [&str; 3] = ["--reason", "lost in a move", "--yes"];

#[test]
fn seats_are_held_and_the_report_says_why() {
    let bench = signer();
    let mut kept = bench.activated("kept", "held");
    let id = kept.computer_id();
    let proof = kept.deactivate();
    assert_eq!(
        bench.answer("proof.json", &proof.to_json()).outcome(&proof),
        "deactivated"
    );
    let held = holding(&bench, "acme", "held");
    let seat = json!({"since": "2024-03-01", "why": "no-self-service", "licences": {"seat": 1},
        "ended": {}, "computer_id": id,
        "computer_name": "kept"});
    assert_eq!(
        (&held["held"], &held["held_seats"]),
        (&json!({"seat": 1}), &json!([seat]))
    );
    assert_eq!(
        (&held["owned"], &held["assigned"]),
        (&json!({"seat": 1}), &json!({}))
    );
    assert_eq!(kinds(&bench, "held"), ["held"]);
    let first = bench.first().computer_id();
    bench.json(&[&["activation", "deny", &first], &WHY[..]].concat());
    let desk = holding(&bench, "acme", "desk");
    assert_eq!(
        (&desk["held_seats"][0]["why"], &desk["systems"]["denied"]),
        (&json!("denied"), &json!(1))
    );
    let mut first = bench.first();
    let proof = first.deactivate();
    assert_eq!(
        bench
            .answer("denied.json", &proof.to_json())
            .outcome(&proof),
        "deactivated"
    );
    assert_eq!(
        holding(&bench, "acme", "desk")["held_seats"][0]["why"],
        "given-up-while-denied"
    );
}

#[test]
fn seat_beyond_the_release_limit_is_held() {
    let bench = signer();
    apply(&bench, |catalogue| {
        catalogue["products"][0]["release_limit"] = json!({"count": 0, "days": 365})
    });
    let mut first = bench.first();
    let proof = first.deactivate();
    assert_eq!(
        bench.answer("proof.json", &proof.to_json()).outcome(&proof),
        "deactivated"
    );
    assert_eq!(
        holding(&bench, "acme", "desk")["held_seats"][0]["why"],
        "release-limit"
    );
}

#[test]
fn unproven_releases_are_counted_apart() {
    let bench = signer();
    let first = bench.first().computer_id();
    let other = bench.activated("other", "desk");
    bench.json(
        &[
            &["activation", "release", &first, "--without-proof"],
            &WHY[..],
        ]
        .concat(),
    );
    let mut again = bench.unit("reinstalled", "desk").on("other");
    let request = again.activate_with(&bench.key("desk", "seat=1"));
    assert_eq!(
        bench
            .answer("again.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    let systems = |day: &str| {
        bench.set_clock(day);
        let systems = holding(&bench, "acme", "desk")["systems"].clone();
        [
            "released_without_proof",
            "released_without_proof_recently",
            "recovered",
            "recovered_recently",
            "deactivated",
        ]
        .map(|name| systems[name].as_u64().expect("a count"))
    };
    assert_eq!(systems("2025-02-28T09:00:00Z"), [1, 1, 1, 1, 0]);
    assert_eq!(
        systems("2025-03-01T09:00:00Z"),
        [1, 0, 1, 0, 0],
        "365 days later"
    );
    drop(other);
}

#[test]
fn possible_and_proven_abuse_are_told_apart() {
    let bench = signer();
    let mut unit = bench.first();
    let id = unit.computer_id();
    bench.json(&[&["activation", "release", &id, "--without-proof"], &WHY[..]].concat());
    assert_eq!(holding(&bench, "acme", "desk")["suspected"], json!([]));
    let again = unit.activate();
    assert_eq!(
        bench.answer("again.json", &again.to_json()).outcome(&again),
        "computer-id-retired"
    );
    let suspected = |abuse: &str, requests: u64| {
        json!([{"abuse": abuse, "requests": requests,
        "on": "2024-03-01", "computer_id": id, "computer_name": "first"}])
    };
    assert_eq!(
        holding(&bench, "acme", "desk")["suspected"],
        suspected("possible", 1)
    );
    assert_eq!(kinds(&bench, "desk"), ["possible_abuse"]);
    let mut other = bench.unit("other", "open");
    let request = other.activate_with(&bench.key("open", "seat=1"));
    let bundle = bench
        .answer("other.json", &request.to_json())
        .bundle(&request);
    let checkpoint: Value =
        serde_json::from_slice(&entries_of_zip(&bundle)["checkpoint.json"]).expect("JSON");
    let newer = unit.forge(&unit.twin().activate(), |payload| {
        payload["witness"] = checkpoint.clone()
    });
    assert_eq!(
        bench.answer("newer.json", &newer.to_json()).outcome(&newer),
        "computer-id-retired"
    );
    assert_eq!(
        holding(&bench, "acme", "desk")["suspected"],
        suspected("proven", 2)
    );
    assert_eq!(kinds(&bench, "desk"), ["proven_abuse"]);
}
