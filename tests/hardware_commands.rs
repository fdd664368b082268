//! Manufacturing records, expansions, trials and emergencies through the command line, by a clock
//! of the test.
#![cfg(feature = "test-build")]

#[allow(dead_code)]
#[path = "signer/bench.rs"]
mod bench;
#[allow(dead_code)]
#[path = "signer/unit.rs"]
mod unit;

use bench::{Bench, trust, word};
use keyspool::licence::{ComputerId, Identifier, Plan};
use keyspool::seal::computer_key::{Owner, verify};
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};
use unit::{Unit, counts};

/// A signer with the product `cam`: preloaded licences, a trial, Computer Keys.
fn signer() -> Bench {
    let bench = Bench::new();
    let mut catalogue: Value = serde_json::from_str(bench::CATALOGUE).expect("JSON");
    let types = json!([{"id": "channel", "name": "Channel"}, {"id": "audio", "name": "Audio"}]);
    let cam = json!({"id": "cam", "name": "Camera", "model": "hardware", "licence_types": types,
        "trial_days": 30, "computer_keys": true});
    catalogue["products"]
        .as_array_mut()
        .expect("products")
        .push(cam);
    std::fs::write(bench.path("cam.json"), catalogue.to_string()).expect("written");
    bench.json(&["catalogue", "apply", "cam.json", "--yes"]);
    bench
}

fn camera(bench: &Bench, name: &str, serial: &str) -> Unit {
    let mut unit = bench.unit(name, "cam");
    unit.serial = Some(serial.into());
    unit
}

fn imports(bench: &Bench, text: &str, code: i32) -> Value {
    std::fs::write(bench.path("records.csv"), text).expect("written");
    bench
        .run(&["hardware", "import", "records.csv", "--json"])
        .exits(code)
        .json()
}

#[test]
fn wrong_lines_of_records_are_named() {
    let bench = signer();
    let text = "\u{FEFF}serial,product,organization,channel,audio,seat\r\nS1,cam,acme,4,,\
        \r\n\"S2\",cam,,8,1,\r\nS3,cam,,four,,\r\nS4,cam,,1,,1\r\nS5,toy,,1,,\r\nS1,cam,,5,,\
        \r\n\r\nS6,cam,nobody,1,,\r\nS2,cam,,8,1,0\r\n";
    let said = imports(&bench, text, 3);
    assert_eq!(
        (said["imported"].clone(), said["unchanged"].clone()),
        (json!(2), json!(1))
    );
    let refused: Vec<_> = said["refused"].as_array().expect("lines").iter().collect();
    let places: Vec<Value> = refused
        .iter()
        .map(|bad| json!([bad["line"], bad["column"], bad["code"]]))
        .collect();
    assert_eq!(
        places,
        [
            json!([4, "channel", "malformed"]),
            json!([5, "seat", "unknown-licence-type"]),
            json!([6, "product", "unknown-product"]),
            json!([7, "serial", "serial-in-use"]),
            json!([9, "organization", "unknown-organization"]),
        ]
    );
    let before = bench.state();
    let again = imports(
        &bench,
        "serial,product,organization,channel,audio\nS1,cam,acme,4,\nS2,cam,,8,1\n",
        0,
    );
    assert_eq!(again, json!({"imported": 0, "unchanged": 2, "refused": []}));
    assert_eq!(bench.state(), before, "importing twice changes nothing");
    assert_eq!(
        bench
            .run(&["hardware", "import", "gone.csv", "--json"])
            .exits(1)
            .error_code(),
        "file"
    );
    std::fs::write(bench.path("records.csv"), "serial;channel\nS1;4\n").expect("written");
    assert_eq!(
        bench
            .run(&["hardware", "import", "records.csv", "--json"])
            .exits(1)
            .error_code(),
        "file"
    );
    bench.verify_history();
}

#[test]
fn a_registered_camera_is_activated_and_expanded() {
    let bench = signer();
    let mut unit = camera(&bench, "gate", "S1");
    let id = unit.computer_id();
    imports(
        &bench,
        &format!("serial,product,organization,computer_id,channel\nS1,cam,acme,{id},4\n"),
        0,
    );
    let request = unit.ask(Wanted::Activate, counts(&[("channel", 1)]), &[]);
    let batch = bench.answer("gate.json", &request.to_json());
    assert_eq!(batch.outcome(&request), "activated");
    unit.install(&batch.bundle(&request));
    let shown = bench.system(&unit);
    assert_eq!(
        (
            shown["activation"]["plan"].clone(),
            shown["activation"]["licences"].clone()
        ),
        (json!("hardware"), json!({"channel": 4}))
    );
    assert_eq!(shown["activation"]["valid_until"], Value::Null);
    let assign = |more: &[&str]| {
        bench.run(
            &[
                &["hardware", "assign", &id, "channel=2", "audio=1", "--json"],
                more,
            ]
            .concat(),
        )
    };
    assert_eq!(
        assign(&["--yes"]).exits(1).error_code(),
        "not-enough-licences"
    );
    bench.store("acme", "cam", "channel=2,audio=3");
    assert_eq!(assign(&[]).exits(1).error_code(), "no-terminal");
    let said = assign(&["--yes"]).exits(0).json();
    assert_eq!(said["licences"], json!({"channel": 6, "audio": 1}));
    assert_eq!(bench.stored("acme"), 2);
    let said = bench.json(&["refresh", "--yes"]);
    assert_eq!(
        said["systems"][0]["after"]["licences"],
        json!({"channel": 6, "audio": 1}),
        "it is due"
    );
    assert_eq!(said["systems"].as_array().map(Vec::len), Some(1));
    bench.verify_history();
}

#[test]
fn device_never_seen_is_helped_by_a_typed_key() {
    let bench = signer();
    let mut unit = camera(&bench, "spare", "S1");
    let id = unit.computer_id();
    let help = |more: &[&str]| {
        let fixed = [
            "activation",
            "emergency",
            &id,
            "--reason",
            "the gate camera is broken",
            "--json",
        ];
        bench.run(&[&fixed[..], more].concat())
    };
    assert_eq!(help(&["--yes"]).exits(1).error_code(), "unknown-activation");
    let whole = [
        "--organization",
        "acme",
        "--product",
        "cam",
        "--need",
        "channel=4",
        "--computer-key",
    ];
    assert_eq!(help(&whole).exits(1).error_code(), "no-terminal");
    let said = help(&[&whole[..], &["--yes"]].concat()).exits(0).json();
    assert_eq!(said["entries"][0]["outcome"], "activated");
    let lines: Vec<String> = said["systems"][0]["computer_key"]
        .as_array()
        .expect("lines")
        .iter()
        .map(word)
        .collect();
    let (organization, product) = (
        Identifier::new("acme").expect("legal"),
        Identifier::new("cam").expect("legal"),
    );
    let owner = Owner {
        organization: &organization,
        product: &product,
        computer_id: ComputerId::read(&id).expect("an id"),
    };
    let key = verify(&lines.join("\n"), &owner, trust()).expect("the signer's own");
    assert_eq!(
        (key.plan, key.sequence, key.licences.clone()),
        (Plan::Emergency, 1, vec![(0, 4)])
    );
    assert!(
        bench
            .names("spool/outbox")
            .iter()
            .any(|name| name.ends_with(".zip")),
        "the bundle lies in the outbox"
    );
    assert_eq!(help(&["--yes"]).exits(1).error_code(), "not-needed");
    let id_of = |unit: &Unit| bench.system(unit)["activation"]["id"].clone();
    let emergency = id_of(&unit);
    imports(&bench, "serial,product,channel\nS1,cam,4\n", 0);
    let request = unit.ask(Wanted::Activate, counts(&[("channel", 4)]), &[]);
    assert_eq!(
        bench
            .answer("spare.json", &request.to_json())
            .outcome(&request),
        "activated",
        "the operator has vouched for it"
    );
    assert_eq!(id_of(&unit), emergency, "the same id");
    bench.pass_days(8);
    assert_eq!(bench.system(&unit)["state"], "active");
    bench.verify_history();
}

#[test]
fn a_trial_runs_and_ends() {
    let bench = signer();
    let mut unit = camera(&bench, "trial", "S1");
    let request = unit.ask(Wanted::Trial, counts(&[("channel", 9)]), &[]);
    bench.drop_file("acme/trial.json", &request.to_json());
    let batch = bench.process();
    assert_eq!(batch.outcome(&request), "activated");
    unit.install(&batch.bundle(&request));
    assert_eq!(bench.system(&unit)["activation"]["plan"], "trial");
    bench.pass_days(29);
    assert_eq!(bench.system(&unit)["state"], "active");
    bench.pass_days(1);
    assert_eq!(bench.system(&unit)["state"], "ended");
    bench.run(&["process"]).exits(0);
    bench.verify_history();
}
