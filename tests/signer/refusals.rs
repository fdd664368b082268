//! Every refusal that a request can meet: what stands in `rejected/`, and that nothing else
//! changed.

use crate::bench::{Batch, Bench, trust, word};
use crate::refusal_cases::{Build, CASES, Case, first_bundle};
use crate::unit::counts;
use keyspool::policy::record::code::RefusalCode;
use keyspool::wire::Envelope;
use keyspool::wire::request::Wanted;
use serde_json::json;
use std::collections::BTreeSet;

/// Codes that no file meets: the first stops the signer and has a test of its own; the others
/// answer an order by hand, and the scenarios of `fixtures/scenarios` produce them, but for the
/// last, which the limits of a catalogue keep out of reach.
const OTHERWISE: &[RefusalCode] = &[
    RefusalCode::SignerRolledBack,
    RefusalCode::NotNeeded,
    RefusalCode::OutOfOrder,
    RefusalCode::NoComputerKeys,
    RefusalCode::EmergencyLimit,
    RefusalCode::Locked,
    RefusalCode::TooManyForComputerKey,
];

#[test]
fn every_refusal_code_has_a_case() {
    let cases: Vec<RefusalCode> = CASES.iter().map(|(code, _)| *code).collect();
    let covered: BTreeSet<RefusalCode> = cases.iter().chain(OTHERWISE).copied().collect();
    assert_eq!(
        covered.len(),
        CASES.len() + OTHERWISE.len(),
        "a code stands there twice"
    );
    let all: BTreeSet<RefusalCode> = RefusalCode::ALL.iter().copied().collect();
    assert_eq!(covered, all);
}

/// Puts a refused file into the inbox; parts first wait for a day.
fn drop_case(bench: &Bench, code: RefusalCode, case: &Case) {
    bench.drop_file(case.name, &case.bytes);
    if code == RefusalCode::PartsMissing {
        let batch = bench.process();
        assert_eq!(
            (batch.id, bench.names("spool/inbox")),
            (None, vec![case.name.to_owned()])
        );
        bench.pass_seconds(25 * 60 * 60);
    }
}

fn assert_refused(code: RefusalCode, build: Build) {
    let bench = Bench::new();
    let case = build(&bench);
    drop_case(&bench, code, &case);
    let before = bench.state();
    let batch = bench.process();
    assert_eq!(batch.said.code, Some(3), "{code}: {}", batch.said);
    assert_eq!(batch.outcomes(case.name), [code.as_str()], "{}", batch.said);
    assert_eq!(
        bench.state(),
        before,
        "{code}: a refusal changes nothing but the history"
    );
    assert_eq!(
        (
            bench.names("spool/inbox").len(),
            bench.names("spool/work").len()
        ),
        (0, 0),
        "{code}"
    );

    assert_notice(&bench, &batch, code, &case);
    assert_judged_anew(&bench, code, &case);
}

/// The file stands in `rejected/` as it came, beside a notice of it.
fn assert_notice(bench: &Bench, batch: &Batch, code: RefusalCode, case: &Case) {
    let [(notice, file)] = &batch.refusals(trust())[..] else {
        panic!("{code}: {}", batch.said)
    };
    assert_eq!(
        std::fs::read(file).expect("the file"),
        case.bytes,
        "{code}: as it came"
    );
    assert_eq!(
        (notice.file.as_str(), notice.issued_at),
        (case.name, bench.clock()),
        "{code}"
    );
    assert_eq!(
        notice.request,
        case.request
            .as_ref()
            .map(Envelope::document_id)
            .or(notice.request),
        "{code}"
    );
    if let Some(request) = &case.request {
        let payload: serde_json::Value =
            serde_json::from_slice(&request.payload).expect("a payload");
        let told = json!({
            "organization": notice.organization,
            "product": notice.product,
            "computer_id": notice.computer_id,
        });
        for member in ["organization", "product", "computer_id"] {
            assert_eq!(told[member], payload[member], "{code}: {member}");
        }
    }
    for sentence in [&notice.message, &notice.remedy] {
        assert!(
            sentence.starts_with(|c: char| c.is_uppercase()),
            "{code}: {sentence}"
        );
        assert!(
            sentence.ends_with('.') || sentence.contains("Contact: licences@acme.example"),
            "{code}: {sentence}"
        );
    }
}

/// The same file again, beside a good one: it is judged anew, and the good one is answered.
fn assert_judged_anew(bench: &Bench, code: RefusalCode, case: &Case) {
    let key = bench.key("desk", "seat=1");
    let good = bench.unit("good", "desk").activate_with(&key);
    drop_case(bench, code, case);
    bench.drop_file("good.json", &good.to_json());
    let batch = bench.process();
    assert_eq!(
        (batch.said.code, batch.outcome(&good).as_str()),
        (Some(3), "activated"),
        "{code}: {}",
        batch.said
    );
    assert_eq!(batch.outcomes(case.name), [code.as_str()], "{}", batch.said);
    batch.bundle(&good);
    bench.verify_history();
    let refused = bench
        .events()
        .iter()
        .filter(|event| event["event"] == "refused" && event["code"] == code.as_str())
        .count();
    assert_eq!(refused, 2, "{code}: the history tells of both");
}

#[test]
fn every_refused_file_stands_in_rejected() {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((code, build)) =
                    CASES.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
                {
                    assert_refused(*code, *build);
                }
            });
        }
    });
}

#[test]
fn a_rolled_back_vault_stops_signing() {
    let bench = Bench::new();
    let old = bench.copy();
    let mut first = bench.first();
    let request = first.activate();
    first.install(
        &bench
            .answer("first.json", &request.to_json())
            .bundle(&request),
    );
    let proof = first.activate();
    old.drop_file("proof.json", &proof.to_json());
    let key = old.key("desk", "seat=1");
    old.drop_file(
        "good.json",
        &old.unit("good", "desk").activate_with(&key).to_json(),
    );
    old.drop_file("bad.json", b"{}");
    let (events, outbox) = (old.events(), old.files("spool/outbox"));
    for _ in 0..2 {
        let said = old.run(&["process", "--settle", "0", "--json"]).exits(5);
        assert_eq!(said.error_code(), "signer-rolled-back");
        assert!(said.stdout.contains("proof.json"), "{said}");
        assert_eq!(
            old.names("spool/inbox"),
            ["bad.json", "good.json", "proof.json"]
        );
        assert_eq!(
            (
                old.names("spool/work").len(),
                old.events(),
                old.files("spool/outbox")
            ),
            (0, events.clone(), outbox.clone())
        );
    }
    // Without the proof it goes on: a copy cannot know better.
    std::fs::remove_file(old.path("spool/inbox/proof.json")).expect("removed");
    assert_eq!(old.process().said.code, Some(3));
    assert_eq!(
        bench.answer("proof.json", &proof.to_json()).outcome(&proof),
        "refreshed"
    );
}

#[test]
fn a_made_up_witness_stops_nobody() {
    let bench = Bench::new();
    let mut first = bench.first();
    let request = first.activate();
    let checkpoint =
        Envelope::read(&first_bundle(&bench)["checkpoint.json"]).expect("a checkpoint");
    let mut payload: serde_json::Value =
        serde_json::from_slice(&checkpoint.payload).expect("a payload");
    payload["size"] = json!(1_000_000);
    let made_up = Envelope {
        payload: payload.to_string().into_bytes(),
        ..checkpoint
    };
    let object: serde_json::Value = serde_json::from_slice(&made_up.to_json()).expect("JSON");
    let forged = first.forge(&request, |payload| payload["witness"] = object);
    assert_eq!(
        bench
            .answer("forged.json", &forged.to_json())
            .outcome(&forged),
        "refreshed"
    );
}

#[test]
fn a_mended_request_is_judged_anew() {
    let bench = Bench::new();
    let request = bench.unit("poor", "open").activate();
    let batch = bench.answer("poor.json", &request.to_json());
    assert_eq!(batch.outcome(&request), "not-enough-licences");
    let waiting = bench.json(&["system", "list", "--waiting"]);
    assert_eq!(word(&waiting["waiting"][0]["code"]), "not-enough-licences");
    bench.store("acme", "open", "seat=1");
    assert_eq!(
        bench
            .answer("poor.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    assert_eq!(
        bench.json(&["system", "list", "--waiting"])["waiting"],
        json!([])
    );
    assert_eq!(bench.stored("acme"), 0);
}

#[test]
fn a_refused_request_uses_no_key_up() {
    let bench = Bench::new();
    let key = bench.key("desk", "seat=1");
    let mut unit = bench.unit("wide", "desk");
    let wide = unit.ask(Wanted::Activate, counts(&[("seat", 2)]), &[&key]);
    assert_eq!(
        bench.answer("wide.json", &wide.to_json()).outcome(&wide),
        "not-enough-licences"
    );
    let listed = bench.json(&["key", "list"]);
    let id = keyspool::seal::redeem::licence_key_id(&key).to_string();
    let listed = listed["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .find(|row| row["id"] == id);
    assert_eq!(listed.expect("the key")["state"], "unused");
    let narrow = unit.activate_with(&key);
    assert_eq!(
        bench
            .answer("narrow.json", &narrow.to_json())
            .outcome(&narrow),
        "activated"
    );
}
