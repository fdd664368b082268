//! `subscription start`, `assign` and `show` as an operator runs them: exact JSON, refusal codes,
//! what asks.
#![cfg(feature = "test-build")]

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const CATALOGUE: &str = r#"{"organizations":[{"id":"acme","name":"Acme"}],"products":[
    {"id":"vms","name":"Video","model":"pooled-subscription","auto_assign":false,
     "registration":"open",
     "licence_types":[{"id":"core","name":"Core"},{"id":"universal","name":"Universal"}]},
    {"id":"nas","name":"NAS","model":"device-subscription",
     "licence_types":[{"id":"seat","name":"Seat"}]}]}"#;

struct Signer {
    folder: TempDir,
    root: String,
}

impl Signer {
    fn new() -> Self {
        let mut signer = Self {
            folder: TempDir::new().expect("a folder"),
            root: String::new(),
        };
        std::fs::write(signer.path("passphrase"), "a passphrase\n").expect("written");
        std::fs::write(signer.path("catalogue.json"), CATALOGUE).expect("written");
        let made = signer.json("2026-11-22", &["init"]);
        signer.root = made["root_public_key"].as_str().expect("a key").to_owned();
        let file = signer.path("catalogue.json");
        signer.json("2026-11-22", &["catalogue", "apply", &file, "--yes"]);
        signer
    }

    fn path(&self, name: &str) -> String {
        self.folder
            .path()
            .join(name)
            .to_str()
            .expect("UTF-8")
            .to_owned()
    }

    fn run(&self, day: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyspool"));
        command.args([
            "--json",
            "--vault",
            &self.path("vault"),
            "--spool",
            &self.path("spool"),
        ]);
        command
            .args(["--passphrase-file", &self.path("passphrase")])
            .args(arguments);
        command
            .env("KEYSPOOL_TEST_CLOCK", format!("{day}T09:00:00Z"))
            .stdin(Stdio::null());
        command.output().expect("the program runs")
    }

    fn json(&self, day: &str, arguments: &[&str]) -> Value {
        let output = self.run(day, arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).expect("one JSON document")
    }

    /// The refusal code of an order that is refused with exit code 1.
    fn code(&self, day: &str, arguments: &[&str]) -> String {
        let output = self.run(day, arguments);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        let said: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
        said["error"]["code"].as_str().expect("a code").to_owned()
    }

    fn device(&self, name: &str, need: &str) {
        let state = self.path(name);
        let device = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_keyspool-device"));
            let output = command
                .args(arguments)
                .stdin(Stdio::null())
                .output()
                .expect("the program runs");
            assert!(
                output.status.success(),
                "{arguments:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        };
        if !Path::new(&state).exists() {
            let root = [
                "--root",
                &self.root,
                "--organization",
                "acme",
                "--product",
                "vms",
            ];
            device(&[&["init"], &root[..], &["--name", name, "--state", &state]].concat());
        }
        let file = self.path(&format!("spool/inbox/{name}.json"));
        device(&[
            "describe", "--state", &state, "--need", need, "--out", &file,
        ]);
    }

    fn process(&self, day: &str) -> Value {
        let output = self.run(day, &["process", "--settle", "0"]);
        serde_json::from_slice(&output.stdout).expect("one JSON document")
    }

    fn stock(&self, day: &str, licences: &str) {
        let minted = self.json(day, &["key", "mint", "vms", "--licences", licences]);
        let key = minted["keys"][0]["key"].as_str().expect("a key");
        self.json(day, &["wallet", "redeem", "acme", key]);
    }
}

fn assign<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    [
        &["subscription", "assign", "acme", "vms", "--yes", "--period"],
        rest,
    ]
    .concat()
}

#[test]
fn a_subscription_is_started_assigned_and_shown() {
    let signer = Signer::new();
    let show = ["subscription", "show", "acme", "vms"];
    let none = json!({"organization": "acme", "product": "vms", "status": "not-started",
        "periods": [], "need": {},
        "waiting": {}, "carry_days": {}});
    assert_eq!(signer.json("2026-11-22", &show), none);
    let started = signer.json(
        "2026-11-22",
        &["subscription", "start", "acme", "vms", "--yes"],
    );
    assert_eq!(
        (&started["status"], &started["periods"][0]["grace_until"]),
        (&json!("started"), &json!("2026-12-21"))
    );
    signer.device("one", "core=8");
    assert_eq!(
        signer.process("2026-11-23")["entries"][0]["outcome"],
        "activated"
    );
    signer.stock("2027-05-23", "core=20");
    signer.json("2027-05-23", &assign(&["current"]));
    let shown = json!({"organization": "acme", "product": "vms", "status": "licensed",
        "need": {"core": 8}, "waiting": {},
        "carry_days": {"core": 8 * 182 - 3 * 365}, "periods": [
        {"number": 0, "first": "2026-11-22", "last": "2027-11-21", "grace_until": "2026-12-21",
            "assigned": {"core": 8},
         "licensed": true, "missing": {}},
        {"number": 1, "first": "2027-11-22", "last": "2028-11-21", "grace_until": "2027-12-21",
            "assigned": {},
         "licensed": false, "missing": {"core": 8}}]});
    assert_eq!(signer.json("2027-05-23", &show), shown);
    assert_eq!(
        signer.json("2027-05-23", &["subscription", "show", "acme"]),
        json!({"subscriptions": [shown]})
    );
    let lots = signer.json("2027-05-23", &["wallet", "show", "acme"])["lots"].clone();
    let credit = lots
        .as_array()
        .expect("lots")
        .iter()
        .find(|lot| lot["origin"] == "credit")
        .expect("a credit")
        .clone();
    assert_eq!(
        (&credit["count"], &credit["store_until"]),
        (&json!(3), &json!("2032-05-22"))
    );
    assert_eq!(
        signer.json("2027-05-23", &["history", "verify"])["ok"],
        true
    );
}

#[test]
fn orders_are_refused_by_the_codes_of_the_rules() {
    let signer = Signer::new();
    let refused = |rest: &[&str]| signer.code("2026-11-22", &assign(rest));
    assert_eq!(refused(&["current"]), "not-started");
    assert_eq!(
        signer.code("2026-11-22", &["subscription", "start", "acme", "vms"]),
        "no-terminal",
        "nobody to ask"
    );
    assert_eq!(
        signer.code(
            "2026-11-22",
            &["subscription", "start", "acme", "nas", "--yes"]
        ),
        "unknown-product"
    );
    assert_eq!(
        signer.code("2026-11-22", &["subscription", "show", "globex"]),
        "unknown-organization"
    );
    signer.json(
        "2026-11-22",
        &["subscription", "start", "acme", "vms", "--yes"],
    );
    assert_eq!(refused(&["next", "core=1", "--surplus"]), "out-of-order");
    assert_eq!(refused(&["9", "core=1", "--surplus"]), "too-far-ahead");
    assert_eq!(
        refused(&["current", "core=1", "--surplus"]),
        "not-enough-licences"
    );
    assert_eq!(refused(&["current", "core=1"]), "not-needed");
    assert_eq!(
        signer.run("2026-11-22", &assign(&["last"])).status.code(),
        Some(2)
    );
}

#[test]
fn refused_systems_are_shown_as_waiting_for_30_days() {
    let signer = Signer::new();
    signer.json(
        "2026-11-22",
        &["subscription", "start", "acme", "vms", "--yes"],
    );
    signer.device("one", "core=8");
    let refused = signer.process("2027-01-10");
    assert_eq!(
        refused["entries"][0]["refusal"]["code"],
        "not-enough-licences"
    );
    let waiting =
        |day: &str| signer.json(day, &["subscription", "show", "acme", "vms"])["waiting"].clone();
    assert_eq!(
        (waiting("2027-02-08"), waiting("2027-02-09")),
        (json!({"core": 8}), json!({}))
    );
}
