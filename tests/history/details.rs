//! What a line of `history list` says beside its event.

use crate::bench::{Bench, word};
use crate::unit::counts;
use crate::{list, names};
use keyspool::seal::redeem::licence_key_id;
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};

/// The lines of the list without number, time and operator.
fn lines(bench: &Bench, options: &[&str]) -> Vec<String> {
    let said = bench
        .run(&[&["history", "list"], options].concat())
        .exits(0);
    let what = |line: &str| {
        line.trim_start()
            .splitn(4, "  ")
            .nth(3)
            .expect("an event")
            .to_owned()
    };
    said.stdout.lines().map(what).collect()
}

fn apply(bench: &Bench, change: impl FnOnce(&mut Value)) -> Vec<Value> {
    let mut catalogue: Value = serde_json::from_str(crate::bench::CATALOGUE).expect("JSON");
    change(&mut catalogue);
    std::fs::write(bench.path("changed.json"), catalogue.to_string()).expect("written");
    let said = bench.json(&["catalogue", "apply", "changed.json", "--yes", "--withdraw"]);
    said["changes"].as_array().expect("changes").clone()
}

#[test]
fn catalogue_entry_says_what_it_changed() {
    let bench = Bench::new();
    let first = apply(&bench, |catalogue| {
        catalogue["products"][0]["grace_days"] = json!(14)
    });
    assert_eq!(first, ["product desk, grace_days: 0 becomes 14"]);
    let second = apply(&bench, |catalogue| {
        catalogue["products"][0]["grace_days"] = json!(3);
        catalogue["organizations"]
            .as_array_mut()
            .expect("organizations")
            .remove(1);
    });
    let third = apply(&bench, |_| {});
    let shown = lines(&bench, &["--event", "catalogue_applied", "--newest", "3"]);
    for (line, changes) in shown.iter().zip([&first, &second, &third]) {
        let changes: Vec<String> = changes.iter().map(word).collect();
        assert!(
            line.starts_with(&format!("catalogue_applied: {}  ", changes.join("; "))),
            "{line}"
        );
    }
    assert_eq!((shown.len(), second.len()), (3, 2));
    assert!(
        shown[1].contains("grace_days: 14 becomes 3; organization globex: withdrawn"),
        "{}",
        shown[1]
    );
    assert!(
        shown[2].contains("organization globex: brought back"),
        "{}",
        shown[2]
    );
}

#[test]
fn grant_says_what_the_request_did() {
    let bench = Bench::new();
    let key = bench.key("grown", "core=9");
    let mut unit = bench.unit("hall", "grown");
    let request = unit.ask(Wanted::Activate, counts(&[("core", 8)]), &[&key]);
    assert_eq!(
        bench
            .answer("hall.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    let key = licence_key_id(&key);
    let what = format!(
        "granted: activated, 8 core until 2025-02-28; key {key} redeemed, 9 core; subscription \
            started, periods of 12 months from \
         2024-03-01; 8 core assigned to period 0  acme grown {} key {key}  file hall.json",
        unit.computer_id()
    );
    for event in [
        "subscription_started",
        "licences_assigned",
        "key_redeemed",
        "granted",
    ] {
        assert!(
            lines(&bench, &["--event", event]).contains(&what),
            "{event}"
        );
        let found = list(&bench, &["--event", event, "--system", &unit.computer_id()]);
        assert_eq!(names(&found), ["granted"], "{event}");
    }
    assert!(!lines(&bench, &["--event", "seats_renewed"]).contains(&what));
    // Another system's grant is listed for the first, whose subscription it changed, and says so.
    bench.store("acme", "grown", "core=7");
    let mut other = bench.unit("yard", "grown");
    let request = other.ask(Wanted::Activate, counts(&[("core", 8)]), &[]);
    assert_eq!(
        bench
            .answer("yard.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    let (first, other) = (unit.computer_id(), other.computer_id());
    let listed = lines(&bench, &["--system", &first]);
    let note = format!(
        "acme grown {other} 2 keys (the subscription is that of {first}, too)  file yard.json"
    );
    assert!(
        listed.len() == 2 && listed[1].ends_with(&note),
        "{listed:?}"
    );
    assert!(
        !lines(&bench, &["--system", &other])
            .join("")
            .contains("(the subscription")
    );
}

#[test]
fn days_are_listed_where_asked_for() {
    let bench = Bench::new();
    bench.json(&["subscription", "start", "acme", "pooled", "--yes"]);
    bench.set_clock("2025-03-23T09:00:00Z");
    bench.run(&["process", "--settle", "0"]).exits(0);
    let days = |options: &[&str]| {
        lines(&bench, options)
            .iter()
            .filter(|line| line.starts_with("day_began"))
            .count()
    };
    assert_eq!(days(&[]), 0);
    assert!(days(&["--all"]) > 0);
    assert_eq!(days(&["--event", "day_began"]), days(&["--all"]));
    let in_json = list(&bench, &[])
        .iter()
        .filter(|entry| entry["event"] == "day_began")
        .count();
    assert_eq!(in_json, days(&["--all"]), "JSON has every entry");
    assert_eq!(lines(&bench, &["--newest", "1"]).len(), 1);
    assert!(!lines(&bench, &["--newest", "1"])[0].starts_with("day_began"));
    let began = lines(&bench, &["--event", "period_began"]);
    assert_eq!(
        began,
        ["period_began: period 1, not licensed, on 2025-03-01  acme pooled  the day came"]
    );
    let ended = lines(&bench, &["--event", "seats_ended"]);
    assert!(
        ended[0].starts_with("seats_ended: 1 seat, on 2025-03-01  acme desk "),
        "{ended:?}"
    );
    assert!(
        lines(&bench, &["--event", "subscription_started"])[0]
            .starts_with("subscription_started: periods of 12 months from 2024-03-01  ")
    );
}

#[test]
fn what_operators_took_and_gave_back_is_counted() {
    let bench = Bench::new();
    let id = bench.first().computer_id();
    let reason = ["--reason", "lost", "--yes"];
    bench.json(&[&["activation", "deny", &id][..], &reason].concat());
    bench.json(&["activation", "undeny", &id, "--yes"]);
    bench.json(
        &[
            &["activation", "release", &id, "--without-proof"][..],
            &reason,
        ]
        .concat(),
    );
    bench.json(&["activation", "reinstate", &id, "--yes"]);
    let one = |event: &str| lines(&bench, &["--event", event]).remove(0);
    assert!(
        one("denied").starts_with("denied: 1 seat held  acme desk "),
        "{}",
        one("denied")
    );
    assert!(
        one("undenied").starts_with("undenied: 1 seat held now  "),
        "{}",
        one("undenied")
    );
    assert!(
        one("reinstated").starts_with("reinstated: 1 seat taken; 1 seat held now  "),
        "{}",
        one("reinstated")
    );
    let key = bench.key("desk", "seat=3");
    let key_id = licence_key_id(&key).to_string();
    bench.json(&["wallet", "redeem", "acme", &key_id]);
    let mut unit = bench.unit("lobby", "desk");
    let request = unit.activate();
    assert_eq!(
        bench
            .answer("acme/lobby.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    bench.json(&[&["key", "void", &key_id][..], &reason].concat());
    let voided = format!(
        "key_voided: 2 seat removed from the wallet; 1 seat out of reach  acme desk key {key_id}  \
            because: lost"
    );
    assert_eq!(one("key_voided"), voided);
    let entries = bench.json(&["history", "list", "--event", "key_voided"])["entries"].clone();
    let last = entries
        .as_array()
        .and_then(|entries| entries.last())
        .expect("an entry")
        .to_string();
    assert!(last.contains("\"out_of_reach\":{\"seat\":1}"), "{last}");
    let mut renewing = bench.unit("renewing", "renewing");
    let request = renewing.activate_with(&bench.key("renewing", "seat=1"));
    assert_eq!(
        bench
            .answer("renewing.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    bench.store("acme", "renewing", "seat=1");
    bench.set_clock("2025-02-20T09:00:00Z");
    bench.run(&["process", "--settle", "0"]).exits(0);
    let renewed = one("seats_renewed");
    assert!(
        renewed.starts_with(
            "seats_renewed: 1 seat taken; licensed until 2026-02-28, on 2025-01-29  acme renewing "
        ),
        "{renewed}"
    );
}
