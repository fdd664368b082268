//! What is owned, stored, used and ends soon: devices and hardware.

use crate::bench::Bench;
use crate::report_unit::{apply, found, holding, kinds, signer};
use crate::unit::{Unit, counts};
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};

#[test]
fn seat_in_use_is_unconfirmed_at_first() {
    let bench = signer();
    let desk = holding(&bench, "acme", "desk");
    let seat = json!({"seat": 1});
    assert_eq!(
        (
            &desk["owned"],
            &desk["assigned"],
            &desk["used"],
            &desk["need"]
        ),
        (&seat, &seat, &seat, &seat)
    );
    assert_eq!(
        (&desk["stored"], &desk["missing"], &desk["held"]),
        (&json!({}), &json!({}), &json!({}))
    );
    assert_eq!(
        desk["standing"],
        json!({"status": "licensed", "until": "2025-02-28", "since": null})
    );
    assert_eq!(
        (&desk["systems"]["active"], &desk["systems"]["ended"]),
        (&json!(1), &json!(0))
    );
    let mut first = bench.first();
    let id = first.computer_id();
    assert_eq!(
        desk["unconfirmed"],
        json!([{"day": "2024-03-01", "computer_name": "first", "computer_id": id}])
    );
    let confirmation = first.confirm();
    assert_eq!(
        bench
            .answer("confirmed.json", &confirmation.to_json())
            .outcome(&confirmation),
        "confirmed"
    );
    assert_eq!(holding(&bench, "acme", "desk")["unconfirmed"], json!([]));
}

#[test]
fn seats_end_soon_from_90_days_before() {
    let bench = signer();
    bench.set_clock("2024-11-29T09:00:00Z");
    assert_eq!(
        holding(&bench, "acme", "desk")["expiring"],
        json!([]),
        "91 days"
    );
    bench.set_clock("2024-11-30T09:00:00Z");
    let id = bench.first().computer_id();
    let ends = json!([{"until": "2025-02-28", "kind": "seats", "grace_until": null,
        "days_left": 90, "licences": {"seat": 1}, "computer_id": id,
        "computer_name": "first"}]);
    assert_eq!(holding(&bench, "acme", "desk")["expiring"], ends);
    bench.set_clock("2025-01-28T09:00:00Z");
    assert_eq!(
        holding(&bench, "acme", "desk")["standing"]["status"],
        "licensed",
        "31 days"
    );
    bench.set_clock("2025-01-29T09:00:00Z");
    assert_eq!(
        holding(&bench, "acme", "desk")["standing"]["status"],
        "expires-soon",
        "30 days"
    );
    bench.set_clock("2025-02-28T09:00:00Z");
    assert_eq!(
        holding(&bench, "acme", "desk")["expiring"][0]["days_left"],
        0
    );
    bench.set_clock("2025-03-01T09:00:00Z");
    let ended = holding(&bench, "acme", "desk");
    assert_eq!(
        (
            &ended["expiring"],
            &ended["assigned"],
            &ended["systems"]["ended"]
        ),
        (&json!([]), &json!({}), &json!(1))
    );
    assert_eq!(
        ended["standing"],
        json!({"status": "expired", "until": null, "since": "2025-03-01"})
    );
}

#[test]
fn stored_licences_end_soon_then_expire() {
    let bench = signer();
    bench.store("acme", "short", "seat=3");
    bench.set_clock("2024-11-29T09:00:00Z");
    let short = holding(&bench, "acme", "short");
    assert_eq!(
        (&short["stored"], &short["owned"], &short["expiring"]),
        (&json!({"seat": 3}), &json!({"seat": 3}), &json!([]))
    );
    assert_eq!(short["standing"]["status"], "not-started");
    bench.set_clock("2024-11-30T09:00:00Z");
    let ends = json!([{"until": "2025-02-28", "kind": "stored", "grace_until": null,
        "days_left": 90, "licences": {"seat": 3}, "computer_id": null,
        "computer_name": null}]);
    assert_eq!(holding(&bench, "acme", "short")["expiring"], ends);
    bench.set_clock("2025-03-01T09:00:00Z");
    let report = bench.json(&["report"]);
    assert_eq!(
        found(&report, "acme", "short"),
        Value::Null,
        "nothing is left to speak of"
    );
    let stock = report["products"]
        .as_array()
        .expect("products")
        .iter()
        .find(|one| one["id"] == "short")
        .expect("short")
        .clone();
    assert_eq!(
        (&stock["tally"]["minted"], &stock["tally"]["expired"]),
        (&json!({"seat": 3}), &json!({"seat": 3}))
    );
}

#[test]
fn a_returned_seat_lies_in_store_with_its_end() {
    let bench = signer();
    let mut first = bench.first();
    let proof = first.deactivate();
    assert_eq!(
        bench.answer("gone.json", &proof.to_json()).outcome(&proof),
        "deactivated"
    );
    bench.set_clock("2025-02-01T09:00:00Z");
    let desk = holding(&bench, "acme", "desk");
    let seat = json!({"seat": 1});
    assert_eq!(
        (&desk["stored"], &desk["returned"], &desk["owned"]),
        (&seat, &seat, &seat)
    );
    assert_eq!(
        (
            &desk["systems"]["deactivated"],
            &desk["systems"]["released_without_proof"]
        ),
        (&json!(1), &json!(0))
    );
    assert_eq!(
        (&desk["expiring"][0]["kind"], &desk["expiring"][0]["until"]),
        (&json!("returned"), &json!("2025-02-28"))
    );
}

#[test]
fn keys_for_an_organization_are_its_own() {
    let bench = signer();
    bench.key_for("short", "seat=2", &["--organization", "globex"]);
    bench.key("short", "seat=5");
    let short = holding(&bench, "globex", "short");
    assert_eq!(
        (&short["unredeemed"], &short["owned"]),
        (&json!({"seat": 2}), &json!({}))
    );
}

#[test]
fn a_system_waits_for_licences_for_30_days() {
    let bench = signer();
    let mut unit = bench.unit("poor", "open");
    let request = unit.ask(Wanted::Activate, counts(&[("seat", 2)]), &[]);
    assert_eq!(
        bench
            .answer("poor.json", &request.to_json())
            .outcome(&request),
        "not-enough-licences"
    );
    let waiting = |day: &str| {
        bench.set_clock(day);
        let open = holding(&bench, "acme", "open");
        (open["waiting"].clone(), open["waiting_systems"].clone())
    };
    assert_eq!(
        waiting("2024-03-30T09:00:00Z"),
        (json!({"seat": 2}), json!(1))
    );
    assert_eq!(kinds(&bench, "open"), ["waiting"]);
    assert_eq!(waiting("2024-03-31T09:00:00Z"), (json!({}), json!(0)));
    let mut stranger = bench.unit("stranger", "desk");
    let request = stranger.activate();
    assert_eq!(
        bench
            .answer("stranger.json", &request.to_json())
            .outcome(&request),
        "awaiting-approval"
    );
    let desk = holding(&bench, "acme", "desk");
    assert_eq!(
        (&desk["awaiting_approval"], &desk["waiting"]),
        (&json!(1), &json!({}))
    );
}

#[test]
fn seats_that_the_signer_could_not_renew_are_named() {
    let bench = signer();
    bench.store("acme", "renewing", "seat=2");
    for name in ["north", "south"] {
        bench.activated(name, "renewing");
    }
    bench.set_clock("2025-01-28T09:00:00Z");
    assert_eq!(
        holding(&bench, "acme", "renewing")["could_not_renew"],
        json!({}),
        "31 days before the end"
    );
    bench.set_clock("2025-01-29T09:00:00Z");
    let renewed = holding(&bench, "acme", "renewing");
    assert_eq!(
        (
            &renewed["could_not_renew"],
            &renewed["due"].as_array().map(Vec::len)
        ),
        (&json!({}), &Some(2)),
        "both were renewed"
    );
    let poor = signer();
    let unit = poor.activated("alone", "renewing");
    poor.set_clock("2025-01-29T09:00:00Z");
    let alone = holding(&poor, "acme", "renewing");
    assert_eq!(alone["could_not_renew"], json!({"seat": 1}));
    assert_eq!(
        (
            &alone["not_renewed"][0]["computer_id"],
            &alone["not_renewed"][0]["until"]
        ),
        (&json!(unit.computer_id()), &json!("2025-02-28"))
    );
    assert_eq!(kinds(&poor, "renewing")[0], "could_not_renew");
}

fn camera(bench: &Bench, name: &str, serial: &str) -> Unit {
    let mut unit = bench.unit(name, "cam");
    unit.serial = Some(serial.into());
    unit
}

#[test]
fn hardware_has_what_was_preloaded_and_expanded() {
    let bench = signer();
    std::fs::write(
        bench.path("records.csv"),
        "serial,product,organization,channel\nS1,cam,acme,4\nS2,cam,acme,8\nS3,cam,,16\n",
    )
    .expect("written");
    bench.json(&["hardware", "import", "records.csv"]);
    let mut unit = camera(&bench, "gate", "S1");
    let request = unit.ask(Wanted::Activate, counts(&[("channel", 3)]), &[]);
    assert_eq!(
        bench
            .answer("gate.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    bench.store("acme", "cam", "channel=5");
    bench.json(&[
        "hardware",
        "assign",
        &unit.computer_id(),
        "channel=2",
        "--yes",
    ]);
    let cam = holding(&bench, "acme", "cam");
    let channels = |count: u64| json!({"channel": count});
    assert_eq!(
        (&cam["preloaded"], &cam["assigned"], &cam["stored"]),
        (&channels(12), &channels(2), &channels(3))
    );
    assert_eq!(
        (&cam["owned"], &cam["need"], &cam["used"]),
        (&channels(17), &channels(3), &channels(3))
    );
    assert_eq!(
        cam["standing"],
        json!({"status": "licensed", "until": null, "since": null})
    );
    assert_eq!(
        cam["due"].as_array().map(Vec::len),
        Some(1),
        "its expansion was not issued"
    );
}

#[test]
fn trials_and_emergencies_have_a_last_day() {
    let bench = signer();
    let mut unit = camera(&bench, "trial", "S1");
    let request = unit.ask(Wanted::Trial, counts(&[("channel", 9)]), &[]);
    assert_eq!(
        bench
            .answer("trial.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    let cam = holding(&bench, "acme", "cam");
    assert_eq!(
        cam["standing"],
        json!({"status": "trial", "until": "2024-03-30", "since": null})
    );
    assert_eq!(
        (&cam["systems"]["trial"], &cam["need"], &cam["owned"]),
        (&json!(1), &json!({}), &json!({}))
    );
    let id = bench.unit("lost", "cam").computer_id();
    let whole = [
        "--organization",
        "acme",
        "--product",
        "cam",
        "--need",
        "channel=4",
        "--reason",
        "fire",
        "--yes",
    ];
    bench.json(&[&["activation", "emergency", &id], &whole[..]].concat());
    let running = holding(&bench, "acme", "cam")["emergencies"].clone();
    assert_eq!(
        (&running[0]["day"], &running[0]["computer_id"]),
        (&json!("2024-03-07"), &json!(id))
    );
    bench.pass_days(7);
    assert_eq!(holding(&bench, "acme", "cam")["emergencies"], json!([]));
}

#[test]
fn withdrawn_names_stay_in_the_report() {
    let bench = signer();
    let report = bench.json(&["report"]);
    let fading = report["organizations"]
        .as_array()
        .expect("some")
        .iter()
        .find(|one| one["id"] == "fading")
        .expect("withdrawn")
        .clone();
    assert_eq!(
        (&fading["withdrawn"], &fading["products"]),
        (&json!(true), &json!([]))
    );
    bench.store("globex", "short", "seat=1");
    let mut catalogue: Value = serde_json::from_str(
        &std::fs::read_to_string(bench.path("report-catalogue.json")).expect("it"),
    )
    .expect("JSON");
    catalogue["products"]
        .as_array_mut()
        .expect("products")
        .retain(|product| product["id"] != "short");
    std::fs::write(bench.path("less.json"), catalogue.to_string()).expect("written");
    bench.json(&["catalogue", "apply", "less.json", "--yes", "--withdraw"]);
    assert_eq!(holding(&bench, "globex", "short")["withdrawn"], true);
    let text = bench.run(&["report"]).exits(0).stdout;
    assert!(
        text.contains("(fading, withdrawn)")
            && text.contains("(short, device subscription, withdrawn)"),
        "{text}"
    );
    apply(&bench, |_| ());
    assert_eq!(holding(&bench, "globex", "short")["withdrawn"], false);
}
