//! Giving up, denying, refresh and activation by hand, through the command line, by a clock of the
//! test.
#![cfg(feature = "test-build")]

#[allow(dead_code)]
#[path = "signer/bench.rs"]
mod bench;
#[allow(dead_code)]
#[path = "signer/unit.rs"]
mod unit;

use bench::{Bench, Said, trust, word};
use keyspool::licence::{ComputerId, Identifier};
use keyspool::seal::computer_key::{Owner, verify};
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};
use unit::{Unit, one_seat};

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

/// Two devices of a product that renews itself, renewed 30 days before 2025-02-28.
fn renewed() -> (Bench, Vec<Unit>) {
    let bench = Bench::new();
    bench.set_clock("2024-03-01T10:00:00Z");
    bench.store("acme", "renewing", "seat=2");
    let units = ["north", "south"].map(|name| bench.activated(name, "renewing"));
    bench.set_clock("2025-01-29T09:00:00Z");
    (bench, units.into())
}

#[test]
fn refresh_issues_what_is_due_in_one_batch() {
    let (bench, mut units) = renewed();
    bench.set_clock("2025-01-28T09:00:00Z");
    let none = bench.json(&["refresh"]);
    assert_eq!(
        (none["batch"].clone(), none["systems"].clone()),
        (json!(null), json!([])),
        "31 days before the end"
    );
    bench.set_clock("2025-01-29T09:00:00Z");
    assert_eq!(bench.system(&units[0])["due_since"], "2025-01-29");
    asks(&bench, &["refresh"]);
    let said = bench.run(&["refresh", "--json", "--yes"]).exits(0);
    assert!(
        said.stderr
            .contains("2024-03-01 to 2025-02-28 -> 1 seat, 2024-03-01 to 2026-02-28"),
        "{said}"
    );
    let batch = bench.batch_of(said);
    let systems = batch.said.json()["systems"]
        .as_array()
        .expect("systems")
        .clone();
    assert_eq!((systems.len(), batch.entries.len()), (2, 2));
    for unit in &mut units {
        let system = systems
            .iter()
            .find(|system| system["computer_id"] == unit.computer_id())
            .expect("both were due");
        assert_eq!(
            (
                &system["before"]["valid_until"],
                &system["after"]["valid_until"]
            ),
            (&json!("2025-02-28"), &json!("2026-02-28"))
        );
        let file = format!("refresh {}", unit.computer_id());
        let entry = batch
            .entries
            .iter()
            .find(|entry| entry["file"] == file.as_str())
            .expect("a line of its own");
        assert_eq!(
            (entry["outcome"].clone(), entry.get("request")),
            (json!("refreshed"), None)
        );
        let outputs: Vec<String> = entry["outputs"]
            .as_array()
            .expect("outputs")
            .iter()
            .map(|o| word(&o["path"]))
            .collect();
        assert_eq!(outputs.len(), 3, "a bundle, a picture, and one to scale");
        unit.install(&std::fs::read(batch.folder("outbox").join(&outputs[0])).expect("the bundle"));
        assert_eq!(bench.system(unit)["due_since"], json!(null));
    }
    bench.verify_history();
    assert_eq!(bench.json(&["refresh"])["systems"], json!([]), "once");
}

#[test]
fn cut_off_refresh_is_completed() {
    let (bench, _) = renewed();
    let whole = bench.copy();
    let expected = whole.run(&["refresh", "--json", "--yes"]).exits(0).json();
    for (step, is_committed) in [
        ("before-commit", false),
        ("after-commit", true),
        ("after-stage=2", true),
        ("after-flush", true),
        ("after-manifest", true),
        ("before-mark", true),
    ] {
        let cut = bench.copy();
        cut.abort_at(Some(step));
        assert_eq!(cut.run(&["refresh", "--yes"]).code, None, "ended at {step}");
        cut.abort_at(None);
        let next = cut.run(&["refresh", "--json", "--yes"]).exits(0);
        assert_eq!(
            next.stderr.contains("completed batch"),
            is_committed,
            "{step}: {next}"
        );
        let count = next.json()["systems"].as_array().expect("systems").len();
        assert_eq!(count, if is_committed { 0 } else { 2 }, "{step}");
        let bundles = cut
            .names("spool/outbox")
            .iter()
            .filter(|name| name.ends_with(".zip"))
            .count();
        assert_eq!(
            bundles,
            whole
                .names("spool/outbox")
                .iter()
                .filter(|name| name.ends_with(".zip"))
                .count(),
            "{step}"
        );
        cut.verify_history();
    }
    assert_eq!(expected["systems"].as_array().expect("systems").len(), 2);
}

#[test]
fn computer_id_alone_is_activated_by_hand() {
    let bench = Bench::new();
    bench.store("acme", "approved", "seat=2");
    let mut unit = bench.unit("typed", "approved");
    let id = unit.computer_id();
    assert_eq!(
        refused(&bench, "issue", &id, &[]),
        "unknown-activation",
        "nothing of it is known"
    );
    let whole = [
        "--organization",
        "acme",
        "--product",
        "approved",
        "--need",
        "seat=1",
        "--name",
        "lobby 1",
    ];
    asks(
        &bench,
        &[&["activation", "issue", &id], &whole[..]].concat(),
    );
    let batch = bench.batch_of(order(
        &bench,
        "issue",
        &id,
        &[&whole[..], &["--yes"]].concat(),
    ));
    let system = batch.said.json()["systems"][0].clone();
    assert_eq!(
        (
            system["before"].clone(),
            system["after"]["valid_until"].clone()
        ),
        (json!(null), json!("2025-02-28"))
    );
    assert_eq!(batch.entries[0]["outcome"], "activated");
    let path = word(&batch.entries[0]["outputs"][0]["path"]);
    assert!(path.starts_with("acme/lobby-1_"), "{path}");
    unit.install(&std::fs::read(batch.folder("outbox").join(path)).expect("the bundle"));
    let request = unit.ask(Wanted::Refresh, one_seat(), &[]);
    assert_eq!(
        bench
            .answer("later.json", &request.to_json())
            .outcome(&request),
        "refreshed",
        "it is registered"
    );
    let again = done(&bench, "issue", &id, &[]);
    assert_eq!(
        (
            again["systems"][0]["after"]["sequence"].clone(),
            bench.stored("acme")
        ),
        (json!(3), 1)
    );
    assert_eq!(
        refused(&bench, "issue", &id, &["--need", "seat=3"]),
        "not-enough-licences"
    );
    assert_eq!(
        refused(&bench, "issue", &id, &["--computer-key"]),
        "no-computer-keys"
    );
    order(&bench, "issue", &id, &["--need", "seat", "--yes"]).exits(2);
}

#[test]
fn a_computer_key_is_told_and_verifies() {
    let bench = Bench::new();
    let mut catalogue: Value = serde_json::from_str(bench::CATALOGUE).expect("JSON");
    catalogue["products"][0]["computer_keys"] = json!(true);
    std::fs::write(bench.path("keys.json"), catalogue.to_string()).expect("written");
    bench.json(&["catalogue", "apply", "keys.json", "--yes"]);
    bench.store("acme", "desk", "seat=3,module=2");
    let id = bench.unit("typed", "desk").computer_id();
    let whole = [
        "--organization",
        "acme",
        "--product",
        "desk",
        "--need",
        "seat=3,module=2",
        "--computer-key",
    ];
    let document = done(&bench, "issue", &id, &whole);
    let lines: Vec<String> = document["systems"][0]["computer_key"]
        .as_array()
        .expect("lines")
        .iter()
        .map(word)
        .collect();
    let (organization, product) = (
        Identifier::new("acme").expect("legal"),
        Identifier::new("desk").expect("legal"),
    );
    let owner = Owner {
        organization: &organization,
        product: &product,
        computer_id: ComputerId::read(&id).expect("an id"),
    };
    let key = verify(&lines.join("\n"), &owner, trust()).expect("the signer's own");
    let mut licences = key.licences.clone();
    licences.sort_unstable();
    assert_eq!(
        (key.sequence, licences),
        (1, vec![(0, 3), (1, 2)]),
        "types by their place"
    );
}

#[test]
fn one_more_term_by_hand() {
    let bench = Bench::new();
    let id = bench.first().computer_id();
    assert_eq!(refused(&bench, "extend", &id, &[]), "not-enough-licences");
    bench.store("acme", "desk", "seat=1");
    asks(&bench, &["activation", "extend", &id]);
    let document = done(&bench, "extend", &id, &[]);
    let dates = |at: &str| document["systems"][0][at]["valid_until"].clone();
    assert_eq!(
        (dates("before"), dates("after"), bench.stored("acme")),
        (json!("2025-02-28"), json!("2026-02-28"), 0)
    );
    assert_eq!(document["entries"][0]["outcome"], "extended");
    assert_eq!(
        refused(
            &bench,
            "extend",
            &bench.unit("nobody", "desk").computer_id(),
            &[]
        ),
        "unknown-activation"
    );
}

#[test]
fn systems_are_listed_by_selection() {
    let bench = Bench::new();
    let first = bench.first().computer_id();
    let open = bench.activated("kiosk", "open").computer_id();
    done(&bench, "deny", &first, &WHY);
    let list = |more: &[&str]| {
        let document = bench.json(&[&["system", "list"], more].concat());
        document["systems"]
            .as_array()
            .expect("systems")
            .iter()
            .map(|system| word(&system["computer_id"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(list(&[]), [first.clone(), open.clone()]);
    assert_eq!(
        list(&["--organization", "acme", "--product", "open"]),
        std::slice::from_ref(&open)
    );
    assert_eq!(list(&["--state", "active"]), [open]);
    assert_eq!(list(&["--state", "denied", "--product", "desk"]), [first]);
    assert!(list(&["--organization", "globex"]).is_empty());
    let stranger = bench.unit("stranger", "desk").activate();
    assert_eq!(
        bench
            .answer("stranger.json", &stranger.to_json())
            .outcome(&stranger),
        "awaiting-approval"
    );
    let waiting = |of: &str| {
        bench.json(&["system", "list", "--waiting", "--organization", of])["waiting"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!((waiting("acme"), waiting("globex")), (Some(1), Some(0)));
    let code = |more: &[&str], exit| {
        bench
            .run(&[&["system", "list", "--json"], more].concat())
            .exits(exit)
            .error_code()
    };
    assert_eq!(code(&["--organization", "acne"], 1), "unknown-organization");
    assert_eq!(code(&["--product", "desq"], 1), "unknown-product");
    assert_eq!(code(&["--state", "lost"], 2), "usage");
    assert_eq!(code(&["--waiting", "--state", "active"], 2), "usage");
}
