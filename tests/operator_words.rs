//! What operators are told: each key for itself, remedies that can work, lines that say which one
//! to correct.
#![cfg(feature = "test-build")]

#[allow(dead_code)]
#[path = "signer/bench.rs"]
mod bench;
#[allow(dead_code)]
#[path = "signer/unit.rs"]
mod unit;

use bench::{Bench, Said};
use keyspool::licence::LicenceKey;
use keyspool::seal::redeem::licence_key_id;
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};
use unit::{Unit, counts};

/// The key with its first character read wrongly.
fn mistyped(key: &LicenceKey) -> String {
    let text = key.reveal();
    let other = if text.starts_with('7') { "8" } else { "7" };
    format!("{other}{}", &text[1..])
}

fn hint(said: &Said) -> String {
    said.stderr
        .lines()
        .find_map(|line| line.strip_prefix("hint: "))
        .expect("a hint")
        .to_owned()
}

fn change_catalogue(bench: &Bench, product: &str, setting: &str, value: Value) {
    let mut catalogue: Value = serde_json::from_str(bench::CATALOGUE).expect("JSON");
    let products = catalogue["products"].as_array_mut().expect("products");
    products
        .iter_mut()
        .find(|entry| entry["id"] == product)
        .expect("the product")[setting] = value;
    std::fs::write(bench.path("changed.json"), catalogue.to_string()).expect("written");
    bench.json(&["catalogue", "apply", "changed.json", "--yes"]);
}

#[test]
fn mistyped_key_is_named_by_its_place() {
    let bench = Bench::new();
    let [one, two, three] = [1, 2, 3].map(|count| bench.key("desk", &format!("seat={count}")));
    let id = |key: &LicenceKey| licence_key_id(key).to_string();
    let wrong = mistyped(&two);
    let typed = [
        "wallet",
        "redeem",
        "acme",
        &one.reveal(),
        &wrong,
        &three.reveal(),
        "--json",
    ];
    let said = bench.run(&typed).exits(3);
    assert!(
        !said.to_string().contains(&wrong),
        "what was mistyped is a key but for one character"
    );
    let document = said.json();
    assert_eq!(document["redeemed"].as_array().map(Vec::len), Some(2));
    let refused = &document["refused"][0];
    assert_eq!(
        (&refused["place"], &refused["id"], &refused["code"]),
        (&json!(2), &Value::Null, &json!("malformed"))
    );
    assert_eq!(bench.stored("acme"), 4);
    let said = bench
        .run(&["wallet", "redeem", "acme", &id(&one), &wrong])
        .exits(1);
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert!(
        lines[0].starts_with(&format!("{}: refused, licence-key-used: ", id(&one))),
        "{said}"
    );
    assert!(
        lines[1].starts_with("key 2: refused, malformed: ") && lines[1].contains("misread"),
        "{said}"
    );
    assert_eq!(
        bench
            .run(&["wallet", "redeem", "acme", &wrong, "--json"])
            .exits(2)
            .error_code(),
        "usage"
    );
    let single = bench
        .run(&["wallet", "redeem", "acme", &id(&one), "--json"])
        .exits(1);
    assert_eq!(single.error_code(), "licence-key-used");
    let help = bench.run(&["wallet", "redeem", "--help"]).exits(0).stdout;
    assert!(
        help.contains("A single key that is refused is an error"),
        "{help}"
    );
    let mut command = bench.command(&["wallet", "redeem", "acme", "-", "--json"]);
    let input = bench.path("typed");
    std::fs::write(&input, format!("{wrong}\n\n{}\n", two.reveal())).expect("written");
    command.stdin(std::fs::File::open(&input).expect("opened"));
    let document = bench.say(command).exits(3).json();
    assert_eq!(
        (
            &document["refused"][0]["place"],
            &document["redeemed"][0]["id"]
        ),
        (&json!(1), &json!(id(&two)))
    );
}

#[test]
fn remedies_name_what_can_be_done() {
    let bench = Bench::new();
    change_catalogue(&bench, "open", "auto_assign", json!(false));
    bench.store("acme", "open", "seat=5");
    let mut unit = bench.unit("lobby", "open");
    let request = unit.activate();
    let batch = bench.answer("lobby.json", &request.to_json());
    assert_eq!(batch.outcome(&request), "not-enough-licences");
    let remedy = batch.entries[0]["refusal"]["remedy"]
        .as_str()
        .expect("a remedy");
    assert!(
        !remedy.contains("this file again") && remedy.contains("`keyspool activation issue`"),
        "{remedy}"
    );
    bench.json(&[
        "activation",
        "issue",
        &unit.computer_id(),
        "--organization",
        "acme",
        "--product",
        "open",
        "--need",
        "seat=1",
        "--yes",
    ]);
    let order = |typed: &[&str]| {
        let said = bench.run(&[typed, &["--yes"]].concat()).exits(1);
        assert!(said.stderr.contains("missing"), "{said}");
        let hint = hint(&said);
        assert!(
            hint.contains("give this order again") && !hint.contains("file"),
            "{said}"
        );
    };
    let stranger = bench.unit("stranger", "desk").computer_id();
    order(&[
        "activation",
        "issue",
        &stranger,
        "--organization",
        "acme",
        "--product",
        "desk",
        "--need",
        "seat=1",
    ]);
    order(&["activation", "extend", &bench.first().computer_id()]);
    bench.json(&["subscription", "start", "acme", "pooled", "--yes"]);
    let mut hall = bench.unit("hall", "pooled");
    let request = hall.ask(Wanted::Activate, counts(&[("core", 8)]), &[]);
    assert_eq!(
        bench
            .answer("hall.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    order(&[
        "subscription",
        "assign",
        "acme",
        "pooled",
        "--period",
        "current",
    ]);
    let mut gate = Unit::from_blob("gate", "gate", bench.unit("gate", "gate").blob());
    let request = gate.ask(Wanted::Activate, counts(&[("channel", 1)]), &[]);
    assert_eq!(
        bench
            .answer("gate.json", &request.to_json())
            .outcome(&request),
        "not-enough-licences"
    );
    order(&["hardware", "assign", &gate.computer_id(), "channel=1"]);
}

#[test]
fn wrong_records_say_which_line_to_correct() {
    let bench = Bench::new();
    let import = |bytes: &[u8], exit: i32| {
        std::fs::write(bench.path("records.csv"), bytes).expect("written");
        bench
            .run(&["hardware", "import", "records.csv"])
            .exits(exit)
    };
    for (bytes, found) in [
        (&b""[..], "the file is empty"),
        (
            b"serial;channel\n",
            "no column `product`, what stands there is serial,channel",
        ),
        (b"\xFF\xFEs\0", "UTF-16"),
        (
            b"serial,product,channel,channel\n",
            "`channel` stands there twice",
        ),
    ] {
        let said = import(bytes, 1);
        assert!(
            said.stderr.contains("line 1")
                && said.stderr.contains(found)
                && hint(&said).contains("correct line 1"),
            "{said}"
        );
    }
}

#[test]
fn computer_id_belongs_to_one_serial() {
    let bench = Bench::new();
    let import = |lines: &str, exit: i32| {
        std::fs::write(
            bench.path("records.csv"),
            format!("serial,product,computer_id,channel\n{lines}"),
        )
        .expect("written");
        bench
            .run(&["hardware", "import", "records.csv", "--json"])
            .exits(exit)
            .json()
    };
    let id = bench.unit("first camera", "gate").computer_id();
    let twice = import(&format!("S1,gate,{id},4\nS2,gate,{id},4\nS3,gate,,4\n"), 3);
    let bad = &twice["refused"][0];
    assert_eq!(
        (&twice["imported"], &bad["line"], &bad["column"]),
        (&json!(2), &json!(3), &json!("computer_id"))
    );
    assert!(
        bad["message"]
            .as_str()
            .is_some_and(|text| text.contains("S1")),
        "{bad}"
    );
    assert_eq!(import(&format!("S1,gate,{id},4\n"), 0)["unchanged"], 1);
    assert_eq!(
        import(&format!("S4,gate,{id},4\n"), 3)["refused"][0]["line"],
        2,
        "recorded by an earlier file"
    );
    let mut unit = bench.unit("active camera", "gate");
    unit.serial = Some("S3".into());
    let request = unit.ask(Wanted::Activate, counts(&[("channel", 4)]), &[]);
    assert_eq!(
        bench
            .answer("camera.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    let id = unit.computer_id();
    let other = import(&format!("S5,gate,{id},4\n"), 3);
    let message = other["refused"][0]["message"].as_str().expect("a message");
    assert!(
        message.contains("is active") && message.contains("S3"),
        "{message}"
    );
    assert_eq!(
        import(&format!("S3,gate,{id},4\n"), 0)["imported"],
        1,
        "its own serial"
    );
    bench.verify_history();
}

#[test]
fn systems_are_found_by_plan() {
    let bench = Bench::new();
    let mut trial = bench.unit("trial", "tasting");
    trial.serial = Some("T-1".into());
    let request = trial.ask(Wanted::Trial, counts(&[("seat", 1)]), &[]);
    assert_eq!(
        bench
            .answer("trial.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    let found = |plan: &str| {
        let said = bench.json(&["system", "list", "--plan", plan]);
        said["systems"]
            .as_array()
            .expect("systems")
            .iter()
            .map(|system| system["computer_id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("trial"), [json!(trial.computer_id())]);
    assert_eq!(found("subscription"), [json!(bench.first().computer_id())]);
    assert_eq!(found("emergency"), Vec::<Value>::new());
    assert_eq!(
        bench
            .run(&["system", "list", "--plan", "tasting", "--json"])
            .exits(2)
            .error_code(),
        "usage"
    );
    assert_eq!(bench.system(&trial)["plan"], "trial");
    let text = bench.run(&["system", "list"]).exits(0).stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].contains("STATE   PLAN          LICENCES"),
        "{text}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.contains("active  trial         1 seat")),
        "{text}"
    );
    let show = |id: &str| bench.run(&["system", "show", id]).exits(0).stdout;
    let shown = show(&trial.computer_id());
    assert!(
        shown.contains("serial:        T-1\n")
            && shown.contains("seats:         none of its own\n"),
        "{shown}"
    );
    let shown = show(&bench.first().computer_id());
    assert!(
        shown.contains("serial:        none stated\n")
            && shown.contains("seat:          1 seat, 2024-03-01 to 2025-02-28"),
        "{shown}"
    );
}

#[test]
fn an_organization_without_subscriptions_is_told() {
    let bench = Bench::new();
    let said = bench.run(&["subscription", "show", "acme"]).exits(0);
    assert_eq!(
        (said.stdout.as_str(), said.stderr.as_str()),
        ("", "no subscription of acme\n")
    );
    assert_eq!(
        bench.json(&["subscription", "show", "acme"]),
        json!({"subscriptions": []})
    );
}

#[test]
fn a_limit_of_reinstallations_is_said_in_words() {
    let bench = Bench::new();
    change_catalogue(
        &bench,
        "open",
        "recovery_limit",
        json!({"count": 1, "days": 365}),
    );
    bench.store("acme", "open", "seat=1");
    let mut refusal = String::new();
    for (name, outcome) in [
        ("lobby", "activated"),
        ("lobby again", "activated"),
        ("lobby for ever", "recovery-limit"),
    ] {
        let mut unit = bench.unit(name, "open").on("lobby");
        let request = unit.activate();
        let batch = bench.answer(&format!("{name}.json"), &request.to_json());
        assert_eq!(batch.outcome(&request), outcome);
        refusal = batch.entries[0]["refusal"]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
    }
    assert_eq!(
        refusal,
        "This hardware was reinstalled once within 365 days, which is the limit."
    );
}
