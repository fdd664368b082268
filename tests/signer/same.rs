//! The same request is the same document, whatever it came in.

use crate::bench::{Batch, Bench, word};
use crate::unit::{parts, qr};
use keyspool::wire::Envelope;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// One request in many dresses: names and bytes.
fn dresses(request: &Envelope) -> Vec<(&'static str, Vec<u8>)> {
    let json = request.to_json();
    let object: Value = serde_json::from_slice(&json).expect("JSON");
    let text = qr(request);
    let three = parts(&text, 3);
    let turned = [&three[2], &three[0], &three[1], &three[0]]
        .map(String::as_str)
        .join("\r\n");
    vec![
        ("request.json", json.clone()),
        ("acme/renamed.bin", json.clone()),
        ("no ending", json),
        (
            "indented.json",
            serde_json::to_vec_pretty(&object).expect("JSON"),
        ),
        (
            "escaped.json",
            object.to_string().replace('/', "\\/").into_bytes(),
        ),
        ("qr.txt", text.clone().into_bytes()),
        ("qr-crlf.json", format!("\r\n\r\n{text}\r\n").into_bytes()),
        ("parts.txt", turned.into_bytes()),
        ("apart/a.txt", format!("{}\n", three[1]).into_bytes()),
        ("apart/b.txt", format!("{}\n", three[2]).into_bytes()),
        ("apart/c.txt", format!("{}\n", three[0]).into_bytes()),
    ]
}

/// Every output of a request in a batch: endings and bytes.
fn outputs(batch: &Batch, request: &Envelope) -> BTreeSet<(String, Vec<u8>)> {
    let entries = batch.entries_of(request);
    let told = entries
        .iter()
        .flat_map(|entry| entry["outputs"].as_array().expect("outputs"));
    let paths: BTreeSet<String> = told.map(|output| word(&output["path"])).collect();
    paths
        .into_iter()
        .map(|path| {
            (
                path.clone(),
                fs::read(batch.folder("outbox").join(path)).expect("an output"),
            )
        })
        .collect()
}

#[test]
fn one_request_in_any_form_gets_one_answer() {
    let bench = Bench::new();
    let mut unit = bench.unit("many", "desk");
    bench.store("acme", "desk", "seat=5");
    let request = unit.activate();
    for (name, bytes) in dresses(&request) {
        bench.drop_file(format!("acme/{name}"), &bytes);
    }
    let batch = bench.process();
    batch.said.clone().exits(0);
    let mut outcomes: Vec<String> = batch
        .entries
        .iter()
        .map(|entry| word(&entry["outcome"]))
        .collect();
    outcomes.sort();
    assert_eq!(
        outcomes,
        [&["activated"][..], &["repeated"; 10]].concat(),
        "{}",
        batch.said
    );
    assert!(batch.entries.iter().all(|entry| {
        entry["outputs"]
            .as_array()
            .is_some_and(|outputs| outputs.len() == 3)
    }));
    let first = outputs(&batch, &request);
    assert_eq!((first.len(), bench.stored("acme")), (3, 4));
    unit.install(&batch.bundle(&request));

    // In later batches, each alone, days apart: the same bytes, and the history says nothing more
    // than that days went by.
    for (name, bytes) in dresses(&request)
        .into_iter()
        .filter(|(name, _)| !name.starts_with("apart"))
    {
        bench.pass_days(7);
        let events = bench.events().len();
        let batch = bench.answer(name, &bytes);
        assert_eq!(batch.outcome(&request), "repeated", "{name}");
        assert_eq!(outputs(&batch, &request), first, "{name}");
        assert!(
            bench.events()[events..]
                .iter()
                .all(|event| event["event"] == "day_began"),
            "{name}"
        );
    }
    assert_eq!(
        (
            bench.stored("acme"),
            bench.system(&unit)["activation"]["sequence"].as_u64()
        ),
        (4, Some(1))
    );
    bench.verify_history();
}

#[test]
fn a_repeated_answer_stays_the_same() {
    let bench = Bench::new();
    let request = bench.first_request();
    let before = outputs(&bench.answer("again.json", &request.to_json()), &request);
    let text = crate::bench::CATALOGUE
        .replace("\"Acme\"", "\"Acme Corporation\"")
        .replace("\"Desk\"", "\"Desk 2\"");
    fs::write(bench.path("catalogue.json"), text).expect("written");
    bench.json(&[
        "catalogue",
        "apply",
        bench.path("catalogue.json").to_str().expect("UTF-8"),
        "--yes",
    ]);
    let after = outputs(&bench.answer("again.json", &request.to_json()), &request);
    assert_eq!(before, after);
}

#[test]
fn what_was_given_up_is_not_given_again() {
    let bench = Bench::new();
    let mut first = bench.first();
    let deactivation = first.deactivate();
    let receipt = bench
        .answer("leaving.json", &deactivation.to_json())
        .output(&deactivation, ".receipt.json");
    let activation = bench.first_request();
    assert_eq!(
        bench
            .answer("again.json", &activation.to_json())
            .outcome(&activation),
        "computer-id-retired"
    );
    bench.pass_days(100);
    let batch = bench.answer("leaving again.txt", qr(&deactivation).as_bytes());
    assert_eq!(batch.outcome(&deactivation), "repeated");
    assert_eq!(
        batch.output(&deactivation, ".receipt.json"),
        receipt,
        "the same receipt again, for ever"
    );
    assert_eq!(bench.stored("acme"), 1);
    bench.verify_history();
}

#[test]
fn a_device_is_answered_in_its_own_sequence() {
    let bench = Bench::new();
    let mut first = bench.first();
    let confirmation = first.confirm();
    let refresh = first.activate();
    let deactivation = first.deactivate();
    for (name, request) in [
        ("1.json", &deactivation),
        ("2.json", &refresh),
        ("3.json", &confirmation),
    ] {
        bench.drop_file(name, &request.to_json());
    }
    let batch = bench.process();
    let outcomes = [&confirmation, &refresh, &deactivation].map(|request| batch.outcome(request));
    assert_eq!(outcomes, ["confirmed", "refreshed", "deactivated"]);
    // Once more: the deactivation has its receipt for ever, and nothing else of a Computer ID that
    // was given up is answered.
    for (name, request) in [
        ("1.json", &deactivation),
        ("2.json", &refresh),
        ("3.json", &confirmation),
    ] {
        bench.drop_file(name, &request.to_json());
    }
    let batch = bench.process();
    let outcomes = [&confirmation, &refresh, &deactivation].map(|request| batch.outcome(request));
    assert_eq!(
        outcomes,
        ["computer-id-retired", "computer-id-retired", "repeated"]
    );
}

#[test]
fn a_returned_seat_serves_the_same_day() {
    let bench = Bench::new();
    let mut first = bench.first();
    let deactivation = first.deactivate();
    let next = bench.unit("next", "desk").activate();
    bench.drop_file("acme/a.json", &next.to_json());
    bench.drop_file("acme/b.json", &deactivation.to_json());
    let batch = bench.process();
    assert_eq!(
        (
            batch.outcome(&deactivation).as_str(),
            batch.outcome(&next).as_str()
        ),
        ("deactivated", "activated")
    );
    assert_eq!(bench.stored("acme"), 0);
}
