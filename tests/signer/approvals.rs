//! `activation approve`: an operator's word.

use crate::bench::{Bench, word};
use crate::unit::{Unit, parts, qr};
use keyspool::wire::Envelope;
use serde_json::json;

fn approve(bench: &Bench, computer_id: &str) -> crate::bench::Said {
    bench.run(&[
        "activation",
        "approve",
        computer_id,
        "--reason",
        "known to us",
        "--yes",
        "--json",
    ])
}

fn assert_waits(bench: &Bench, unit: &Unit, code: &str) {
    let waiting = bench.json(&["system", "list", "--waiting"]);
    let waiting = waiting["waiting"].as_array().expect("waiting");
    let found = waiting
        .iter()
        .find(|row| row["computer_id"] == unit.computer_id())
        .expect("it waits");
    assert_eq!(word(&found["code"]), code);
}

fn assert_approved(bench: &Bench, unit: &mut Unit, request: &Envelope, code: &str, outcome: &str) {
    let batch = bench.answer("acme/guest.json", &request.to_json());
    assert_eq!(batch.outcome(request), code, "{}", batch.said);
    assert_waits(bench, unit, code);
    bench.pass_days(3);
    let batch = bench.batch_of(approve(bench, &unit.computer_id()));
    assert_eq!(batch.outcome(request), outcome, "{}", batch.said);
    unit.install(&batch.bundle(request));
    assert_eq!(
        bench.json(&["system", "list", "--waiting"])["waiting"],
        json!([])
    );
    let events = bench.events();
    let approved = events
        .iter()
        .find(|event| event["event"] == "approved")
        .expect("it is in the history");
    assert_eq!(
        (&approved["reason"], &approved["operator"]),
        (&json!("known to us"), &json!("operator"))
    );
    assert!(
        !bench
            .names("spool/rejected")
            .iter()
            .any(|name| name.ends_with("guest.json")),
        "the file was taken back"
    );
    bench.verify_history();
    assert_eq!(
        approve(bench, &unit.computer_id()).exits(1).error_code(),
        "not-needed"
    );
}

#[test]
fn a_guest_is_let_in() {
    let bench = Bench::new();
    let mut unit = bench.unit("guest", "approved");
    let request = unit.activate_with(&bench.key("approved", "seat=1"));
    assert_approved(
        &bench,
        &mut unit,
        &request,
        "awaiting-approval",
        "activated",
    );
}

#[test]
fn a_device_with_new_hardware_is_let_in() {
    let bench = Bench::new();
    let mut unit = bench.first().on("another board");
    let request = unit.activate();
    assert_approved(&bench, &mut unit, &request, "hardware-changed", "refreshed");
}

#[test]
fn a_reinstalled_device_keeps_its_seat() {
    let bench = Bench::new();
    let original = bench.activated("original", "solid");
    let mut unit = bench.unit("again", "solid").on("original");
    let request = unit.activate();
    assert_approved(&bench, &mut unit, &request, "recovery-limit", "activated");
    assert_eq!(bench.system(&original)["state"], "recovered");
    assert_eq!(bench.stored("acme"), 0);
}

#[test]
fn an_approved_request_may_still_be_refused() {
    let bench = Bench::new();
    let mut unit = bench.unit("guest", "approved");
    let request = unit.activate();
    assert_eq!(
        bench
            .answer("guest.json", &request.to_json())
            .outcome(&request),
        "awaiting-approval"
    );
    let batch = bench.batch_of(approve(&bench, &unit.computer_id()).exits(3));
    assert_eq!(batch.outcome(&request), "not-enough-licences");
    bench.store("acme", "approved", "seat=1");
    // The word was given for this device: its file may simply come again.
    assert_eq!(
        bench
            .answer("guest.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
}

#[test]
fn an_approval_leaves_the_inbox_alone() {
    let bench = Bench::new();
    let mut unit = bench.unit("guest", "approved");
    let request = unit.activate_with(&bench.key("approved", "seat=1"));
    bench.answer("guest.json", &request.to_json());
    let other = bench
        .unit("other", "desk")
        .activate_with(&bench.key("desk", "seat=1"));
    bench.drop_file("other.json", &other.to_json());
    let batch = bench.batch_of(approve(&bench, &unit.computer_id()));
    assert_eq!(
        (batch.entries.len(), batch.outcome(&request).as_str()),
        (1, "activated")
    );
    assert!(
        bench.path("spool/inbox/other.json").exists(),
        "it waits for its own run"
    );
}

#[test]
fn an_operator_gives_held_seats_back_once() {
    let bench = Bench::new();
    let mut unit = bench.activated("leaving", "held");
    let id = unit.computer_id();
    let deactivation = unit.deactivate();
    let receipt = bench
        .answer("leaving.json", &deactivation.to_json())
        .output(&deactivation, ".receipt.json");
    let receipt = Envelope::read(&receipt).expect("a receipt");
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&receipt.payload).expect("JSON")["destination"],
        "none"
    );
    assert_eq!(
        (
            bench.stored("acme"),
            &bench.json(&["system", "show", &id])["held"]
        ),
        (0, &json!(true))
    );
    assert_eq!(
        approve(&bench, &id).exits(0).json(),
        json!({"returned": {"seat": 1}})
    );
    assert_eq!(
        (
            bench.stored("acme"),
            &bench.json(&["system", "show", &id])["held"]
        ),
        (1, &json!(false))
    );
    assert_eq!(approve(&bench, &id).exits(1).error_code(), "not-needed");
    assert_eq!(bench.stored("acme"), 1);
    bench.verify_history();
}

#[test]
fn there_must_be_something_to_approve() {
    let bench = Bench::new();
    let (events, state) = (bench.events(), bench.state());
    for id in [
        bench.first().computer_id(),
        bench.unit("nobody", "desk").computer_id(),
    ] {
        assert_eq!(approve(&bench, &id).exits(1).error_code(), "not-needed");
    }
    assert_eq!((bench.events(), bench.state()), (events, state));
}

#[test]
fn a_missing_waiting_file_stops_the_approval() {
    let bench = Bench::new();
    let mut unit = bench.unit("guest", "approved");
    let request = unit.activate_with(&bench.key("approved", "seat=1"));
    let batch = bench.answer("guest.json", &request.to_json());
    let file = batch.folder("rejected").join("guest.json");
    std::fs::rename(&file, bench.path("guest.json")).expect("moved");
    let events = bench.events();
    assert_eq!(
        approve(&bench, &unit.computer_id()).exits(1).error_code(),
        "waiting-file-gone"
    );
    assert_eq!(bench.events(), events);
    // As the hint says: drop it into the inbox again.
    bench.drop_file("again.json", &request.to_json());
    assert_eq!(
        bench
            .batch_of(approve(&bench, &unit.computer_id()))
            .outcome(&request),
        "activated"
    );
}

#[test]
fn the_change_is_published_before_it_is_made() {
    let bench = Bench::new();
    let mut unit = bench.unit("guest", "approved");
    let request = unit.activate_with(&bench.key("approved", "seat=1"));
    bench.answer("guest.json", &request.to_json());
    let said = bench
        .run(&["activation", "approve", &unit.computer_id(), "--yes"])
        .exits(0);
    let line = format!(
        "approve the device {} of acme for approved, which needs 1 seat",
        unit.computer_id()
    );
    assert!(said.stderr.contains(&line), "{said}");
    assert!(
        said.stdout.contains("new systems of acme: 1") && said.stdout.contains("acme: 1 activated"),
        "{said}"
    );
}

#[test]
fn a_request_in_parts_is_approved_whole() {
    let bench = Bench::new();
    let mut unit = bench.unit("guest", "approved");
    let request = unit.activate_with(&bench.key("approved", "seat=1"));
    let codes = parts(&qr(&request), 2);
    bench.drop_file("1.txt", codes[0].as_bytes());
    bench.drop_file("2.txt", codes[1].as_bytes());
    bench.process();
    let batch = bench.batch_of(approve(&bench, &unit.computer_id()));
    let mut outcomes: Vec<&str> = batch
        .entries
        .iter()
        .filter_map(|entry| entry["outcome"].as_str())
        .collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["activated", "repeated"], "{}", batch.said);
}
