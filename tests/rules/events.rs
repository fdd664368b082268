//! Whom and what each kind of event concerns, compared with every name that stands in its history
//! entry.

use keyspool::licence::{ComputerId, Identifier, LicenceKeyId};
use keyspool::policy::record::event::Event;
use keyspool::policy::record::event::about::Why;
use keyspool::policy::record::event::search::{Search, Wanted};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DAY: &str = "2026-11-22";

fn system_id(seed: u8) -> ComputerId {
    ComputerId([seed; 15])
}

fn key_id(seed: u8) -> LicenceKeyId {
    LicenceKeyId::read(&format!("{seed:02x}").repeat(8)).expect("a key id")
}

fn identifier(text: &str) -> Identifier {
    Identifier::new(text).expect("an identifier")
}

fn digest() -> String {
    "ab".repeat(32)
}

fn ulid() -> String {
    "01HQWKVSM0SGJEKAQ73KMZ9MN2".into()
}

fn source() -> Value {
    json!({"batch": ulid(), "file": "acme/lobby.json", "digest": digest()})
}

fn lot(key: u8) -> Value {
    json!({"type": "core", "count": 2, "redeemed": DAY, "store_until": "2031-11-21",
        "key": key_id(key), "returned": null})
}

fn seat(key: u8) -> Value {
    json!({"type": "core", "count": 1, "term": {"first": DAY, "months": 12}, "key": key_id(key),
        "redeemed": DAY})
}

fn system(id: u8) -> Value {
    json!({"computer_id": system_id(id), "organization": "acme", "product": "vms",
        "device_key": digest(),
        "computer_name": "lobby", "product_version": "1", "serial": null, "hardware": 1,
            "fingerprint": {}, "counter": 3,
        "state": "active", "need": {"core": 1}, "stated": [], "seats": [seat(7)], "grace_days": 0,
        "activation": {"id": ulid(), "sequence": 1, "plan": "subscription",
            "licences": {"core": 1}, "issued": DAY,
            "validity": {"valid_from": DAY, "valid_until": "2027-11-21",
                "grace_until": "2027-12-21"}, "confirmed": null}})
}

fn record(id: u8) -> Value {
    json!({"serial": "S1", "product": "vms", "organization": "acme",
        "computer_id": system_id(id), "licences": {}})
}

fn assignment() -> Value {
    json!({"period": 0, "taken": [lot(4)], "credited": [lot(5)]})
}

fn granted(name: &str) -> Value {
    json!({"event": name, "outcome": "activated", "request": digest(), "system": system(1),
        "redeemed": [{"key": key_id(1), "lots": [lot(1)]}], "taken": [lot(2)], "returned": [lot(3)],
        "assignments": [assignment()], "recovered_from": system_id(2), "answer": digest(),
            "source": source(), "on": DAY})
}

/// An event about a system, with its own members.
fn of_a_system(name: &str, more: Value) -> Value {
    let mut event = json!({"event": name, "computer_id": system_id(1), "organization": "acme",
        "product": "vms", "on": DAY});
    let members = event.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("an object").clone());
    event
}

fn of_a_subscription(name: &str, more: Value) -> Value {
    let mut event = of_a_system(name, more);
    event
        .as_object_mut()
        .expect("an object")
        .remove("computer_id");
    event
}

/// One event of each kind, with every member that can name anything.
fn samples() -> Vec<Value> {
    let products = crate::bench::catalogue("pooled-subscription", "", &["acme"], &["vms"]).products;
    vec![
        json!({"event": "began", "origin": "ab".repeat(8), "vault": ulid()}),
        json!({"event": "catalogue_applied", "organizations": [{"id": "acme", "name": "Acme"}],
            "products": products,
            "withdrawn_organizations": ["globex"], "withdrawn_products": ["nas"]}),
        json!({"event": "keys_minted", "product": "vms", "organization": "acme",
            "licences": {"core": 2},
            "keys": [key_id(1), key_id(2)], "on": DAY}),
        json!({"event": "key_voided", "key": key_id(1), "organization": "acme",
            "removed": [lot(1)], "reason": "lost", "on": DAY}),
        json!({"event": "key_redeemed", "organization": "acme", "key": key_id(1), "lots": [lot(1)],
            "on": DAY}),
        json!({"event": "key_unredeemed", "organization": "acme", "key": key_id(1),
            "lots": [lot(1)], "reason": "typo", "on": DAY}),
    ]
    .into_iter()
    .chain(system_samples())
    .collect()
}

/// One event of each kind that concerns a system or a subscription.
fn system_samples() -> Vec<Value> {
    let seats = json!({"taken": [lot(1)], "seats": [seat(2)], "reason": "found again"});
    vec![
        granted("granted"),
        granted("issued"),
        of_a_system(
            "deactivated",
            json!({"request": digest(), "activation_id": ulid(), "sequence": 1, "reason": "moved",
            "destination": "wallet", "returned": [lot(1)], "held": false, "answer": digest(),
                "source": source()}),
        ),
        of_a_system(
            "confirmed",
            json!({"request": digest(), "sequence": 1, "counter": 4, "stated": [],
                "seats": [seat(1)],
            "returned": [lot(2)], "source": source()}),
        ),
        of_a_system(
            "refused",
            json!({"code": "denied", "request": digest(), "need": {"core": 1}, "source": source()}),
        ),
        of_a_system("approved", json!({"request": digest(), "reason": "seen"})),
        of_a_system(
            "seats_released",
            json!({"returned": [lot(1)], "ended": [seat(2)], "reason": "seen"}),
        ),
        of_a_system(
            "released",
            json!({"activation_id": ulid(), "sequence": 1, "how": "unproven",
                "destination": "wallet",
            "returned": [lot(1)], "held": false, "entry": 9, "reason": "burnt"}),
        ),
        of_a_system("code_refused", json!({})),
        of_a_system(
            "denied",
            json!({"seats": [seat(1)], "returned": [lot(2)], "entry": 9, "reason": "stolen"}),
        ),
        of_a_system("undenied", seats.clone()),
        of_a_system("reinstated", seats),
        of_a_system(
            "suspected",
            json!({"abuse": "possible", "request": digest(), "source": source()}),
        ),
        of_a_system("seats_ended", json!({"ended": [seat(1)]})),
        of_a_subscription("lots_expired", json!({"lots": [lot(1)]})),
        of_a_system(
            "seats_renewed",
            json!({"taken": [lot(1)], "seats": [seat(2)]}),
        ),
        of_a_subscription(
            "subscription_started",
            json!({"started": {"first": DAY, "skipped": 0, "term_months": 12}}),
        ),
        of_a_subscription(
            "licences_assigned",
            json!({"assignment": assignment(), "renewed": false}),
        ),
        of_a_subscription(
            "period_began",
            json!({"period": 1, "licensed": true, "graced": true}),
        ),
        of_a_system("passing_ended", json!({"plan": "trial"})),
        json!({"event": "emergency_granted", "system": system(1), "in_place_of": [system_id(2)],
            "reason": "burnt",
            "order": digest(), "answer": digest(), "on": DAY}),
        json!({"event": "records_imported", "records": [record(1), record(2)], "on": DAY}),
        of_a_system(
            "expansions_assigned",
            json!({"holder": "serial/S1", "taken": [lot(1)]}),
        ),
        json!({"event": "day_began", "day": DAY}),
        json!({"event": "clock_accepted", "newest": "2026-11-22T05:00:00Z", "clock": "2026-11-22T05\
            :00:00Z", "reason": "set"}),
        json!({"event": "parts_waiting", "tag": "T", "have": [1], "count": 2, "since": "2026-11-22T\
            05:00:00Z"}),
        json!({"event": "unlocks_failed", "count": 1, "first": "2026-11-22T05:00:00Z", "last": "202\
            6-11-22T05:00:00Z"}),
    ]
}

fn read(sample: &Value) -> Event {
    serde_json::from_value(sample.clone()).unwrap_or_else(|error| panic!("{error}: {sample}"))
}

fn events() -> Vec<Event> {
    samples().iter().map(read).collect()
}

/// Every text that stands anywhere in a document.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn set<T: ToString>(items: &[T]) -> BTreeSet<String> {
    items.iter().map(ToString::to_string).collect()
}

#[test]
fn every_event_has_a_sample_and_a_name() {
    let names: Vec<&str> = events().iter().map(Event::name).collect();
    let told: Vec<Value> = samples()
        .iter()
        .map(|sample| sample["event"].clone())
        .collect();
    assert_eq!(told, names);
    assert_eq!(
        names.iter().collect::<BTreeSet<_>>(),
        Event::NAMES.iter().collect(),
        "a kind without a sample"
    );
}

#[test]
fn an_event_concerns_exactly_what_its_entry_names() {
    for event in events() {
        let mut named = BTreeSet::new();
        texts(&serde_json::to_value(&event).expect("JSON"), &mut named);
        let of = |all: BTreeSet<String>| all.intersection(&named).cloned().collect::<BTreeSet<_>>();
        let about = event.about();
        let name = event.name();
        assert_eq!(
            set(&about.organizations),
            of(set(&["acme", "globex"])),
            "{name}: organizations"
        );
        assert_eq!(
            set(&about.products),
            of(set(&["vms", "nas"])),
            "{name}: products"
        );
        assert_eq!(
            set(&about.systems),
            of((1..9).map(|seed| system_id(seed).to_string()).collect()),
            "{name}: systems"
        );
        assert_eq!(
            set(&about.keys),
            of((1..9).map(|seed| key_id(seed).to_string()).collect()),
            "{name}: keys"
        );
    }
}

#[test]
fn an_event_says_why() {
    for event in events() {
        let entry = serde_json::to_value(&event).expect("JSON");
        let about = event.about();
        let said = match about.why {
            Why::Reason(reason) => json!([reason, null]),
            Why::File(source) => json!([null, source.file]),
            Why::Order(text) => json!([null, text]),
            Why::Stated(reason, source) => json!([reason, source.file]),
            Why::Command | Why::Day | Why::Found => json!([null, null]),
        };
        assert_eq!(
            said,
            json!([entry.get("reason"), entry["source"].get("file")]),
            "{}",
            event.name()
        );
    }
}

#[test]
fn the_system_that_an_event_is_about_comes_first() {
    for event in events() {
        let about = event.about();
        assert!(
            about.systems.first().is_none_or(|id| *id == system_id(1)),
            "{}",
            event.name()
        );
    }
}

#[test]
fn all_that_is_asked_for_must_hold() {
    let taken = |wanted: &Wanted| {
        let mut search = Search::new(wanted);
        events()
            .iter()
            .filter(|event| search.takes(event))
            .map(Event::name)
            .collect::<Vec<_>>()
    };
    assert_eq!(taken(&Wanted::default()).len(), Event::NAMES.len());
    let globex = Wanted {
        organization: Some(identifier("globex")),
        ..Wanted::default()
    };
    assert_eq!(taken(&globex), ["catalogue_applied"]);
    let recovered = Wanted {
        system: Some(system_id(2)),
        ..Wanted::default()
    };
    assert_eq!(
        taken(&recovered),
        ["granted", "issued", "emergency_granted", "records_imported"]
    );
    let both = Wanted {
        key: Some(key_id(5)),
        event: Some("licences_assigned"),
        ..Wanted::default()
    };
    assert_eq!(
        taken(&both),
        ["granted", "issued", "licences_assigned"],
        "grants within which licences were assigned"
    );
    assert!(
        taken(&Wanted {
            organization: Some(identifier("globex")),
            ..both
        })
        .is_empty()
    );
}

#[test]
fn subscription_concerns_its_active_systems() {
    let all = samples();
    let named = |name: &str| {
        read(
            all.iter()
                .find(|sample| sample["event"] == name)
                .expect("a sample"),
        )
    };
    let walk = [
        "licences_assigned",
        "granted",
        "licences_assigned",
        "denied",
        "period_began",
        "undenied",
        "period_began",
        "released",
        "licences_assigned",
    ];
    let takes = |id: u8, event: Option<&'static str>| {
        let wanted = Wanted {
            system: Some(system_id(id)),
            event,
            ..Wanted::default()
        };
        let mut search = Search::new(&wanted);
        walk.iter()
            .map(|name| search.takes(&named(name)))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        takes(1, None),
        [false, true, true, true, false, true, true, true, false]
    );
    assert_eq!(
        takes(1, Some("licences_assigned")),
        [false, true, true, false, false, false, false, false, false]
    );
    assert_eq!(
        takes(2, None),
        [false, true, false, false, false, false, false, false, false],
        "its place was passed on"
    );
    let other = Event::LicencesAssigned {
        organization: identifier("globex"),
        product: identifier("vms"),
        assignment: serde_json::from_value(assignment()).expect("an assignment"),
        renewed: false,
        on: keyspool::licence::Day::read(DAY).expect("a day"),
    };
    let wanted = Wanted {
        system: Some(system_id(1)),
        ..Wanted::default()
    };
    let mut search = Search::new(&wanted);
    assert!(
        search.takes(&named("granted")) && !search.takes(&other),
        "of another organization"
    );
}
