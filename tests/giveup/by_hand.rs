//! Refresh, activation and one more term by hand.

use crate::bench::{Bench, trust, word};
use crate::unit::{Unit, one_seat};
use crate::{WHY, asks, done, order, refused};
use keyspool::licence::{ComputerId, Identifier};
use keyspool::seal::computer_key::{Owner, verify};
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};

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
    let mut catalogue: Value = serde_json::from_str(crate::bench::CATALOGUE).expect("JSON");
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
