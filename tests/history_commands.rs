//! `history list` as an auditor asks it: everything about an organization, a system or a licence
//! key, in some days.
#![cfg(feature = "test-build")]

#[allow(dead_code)]
#[path = "signer/bench.rs"]
mod bench;
#[allow(dead_code)]
#[path = "signer/unit.rs"]
mod unit;

use bench::{Bench, word};
use keyspool::seal::redeem::licence_key_id;
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};
use unit::counts;

fn list(bench: &Bench, options: &[&str]) -> Vec<Value> {
    bench.json(&[&["history", "list"], options].concat())["entries"]
        .as_array()
        .expect("entries")
        .clone()
}

fn names(entries: &[Value]) -> Vec<String> {
    entries.iter().map(|entry| word(&entry["event"])).collect()
}

#[test]
fn history_of_a_system_is_found_whole() {
    let bench = Bench::new();
    let mut unit = bench.unit("lobby", "desk");
    let id = unit.computer_id();
    let refused = unit.activate();
    assert_eq!(
        bench
            .answer("lobby.json", &refused.to_json())
            .outcome(&refused),
        "awaiting-approval"
    );
    let key = bench.key("desk", "seat=1");
    let granted = unit.activate_with(&key);
    unit.install(
        &bench
            .answer("lobby.json", &granted.to_json())
            .bundle(&granted),
    );
    let mut reinstalled = bench.unit("lobby again", "desk").on("lobby");
    let back = reinstalled.activate();
    assert_eq!(
        bench
            .answer("acme/again.json", &back.to_json())
            .outcome(&back),
        "activated"
    );
    bench.json(&[
        "activation",
        "deny",
        &reinstalled.computer_id(),
        "--reason",
        "stolen",
        "--yes",
    ]);
    let entries = list(&bench, &["--system", &id]);
    assert_eq!(names(&entries), ["refused", "granted", "granted"]);
    assert_eq!(
        entries[2]["recovered_from"],
        id.as_str(),
        "where it is only mentioned"
    );
    let both = list(
        &bench,
        &["--system", &id, "--event", "granted", "--newest", "1"],
    );
    assert_eq!(both, entries[2..]);
    let by_key = list(&bench, &["--key", &licence_key_id(&key).to_string()]);
    assert_eq!(
        names(&by_key),
        ["keys_minted", "granted", "granted", "denied"]
    );
    assert_eq!(
        by_key[1]["system"]["computer_id"],
        id.as_str(),
        "which system consumed it"
    );
    // Bench::say looks for the key in all that is said.
    assert_eq!(list(&bench, &["--key", &key.reveal()]), by_key);
}

#[test]
fn history_follows_a_key_until_it_is_void() {
    let bench = Bench::new();
    let key = bench.key("desk", "seat=1");
    let id = licence_key_id(&key).to_string();
    bench.json(&["wallet", "redeem", "acme", &id]);
    bench.json(&[
        "wallet",
        "unredeem",
        &id,
        "--reason",
        "typed for the wrong customer",
        "--yes",
    ]);
    bench.json(&["key", "void", &id, "--reason", "refunded", "--yes"]);
    let said = bench.run(&["history", "list", "--key", &id]).exits(0);
    let lines: Vec<&str> = said.stdout.lines().collect();
    let ends = [
        format!("operator  keys_minted: 1 each worth 1 seat  desk key {id}  by command"),
        format!("operator  key_redeemed: 1 seat  acme desk key {id}  by command"),
        format!(
            "operator  key_unredeemed: 1 seat  acme desk key {id}  because: typed for the wrong \
                customer"
        ),
        format!("operator  key_voided: it was unused  desk key {id}  because: refunded"),
    ];
    assert_eq!(lines.len(), ends.len(), "{said}");
    for (line, end) in lines.iter().zip(&ends) {
        assert!(
            line.ends_with(&format!("  2024-03-01T09:00:00Z  {end}")),
            "{line}"
        );
    }
}

#[test]
fn options_narrow_the_list() {
    let bench = Bench::new();
    bench.store("acme", "desk", "seat=1");
    bench.set_clock("2024-03-02T00:00:00Z");
    bench.store("globex", "desk", "seat=1");
    bench.set_clock("2024-03-03T23:59:59Z");
    bench.store("acme", "open", "seat=1");
    let redeemed = |options: &[&str]| {
        let entries = list(&bench, &[options, &["--event", "key_redeemed"]].concat());
        entries
            .iter()
            .map(|entry| word(&entry["on"]))
            .collect::<Vec<_>>()
    };
    // The first device brought its key with its request, which redeemed it.
    assert_eq!(
        redeemed(&[]),
        ["2024-03-01", "2024-03-01", "2024-03-02", "2024-03-03"]
    );
    assert_eq!(
        redeemed(&["--organization", "acme"]),
        ["2024-03-01", "2024-03-01", "2024-03-03"]
    );
    assert_eq!(
        redeemed(&["--since", "2024-03-02"]),
        ["2024-03-02", "2024-03-03"]
    );
    assert_eq!(
        redeemed(&["--until", "2024-03-02"]),
        ["2024-03-01", "2024-03-01", "2024-03-02"]
    );
    assert_eq!(
        redeemed(&["--since", "2024-03-03", "--until", "2024-03-03"]),
        ["2024-03-03"]
    );
    assert_eq!(
        redeemed(&["--operator", "operator", "--newest", "2"]),
        ["2024-03-02", "2024-03-03"]
    );
    let all = list(&bench, &[]);
    assert_eq!(list(&bench, &["--newest", "100000"]), all);
    assert_eq!(
        all.iter()
            .map(|entry| entry["number"].clone())
            .collect::<Vec<_>>(),
        (1..=all.len()).map(|n| json!(n)).collect::<Vec<_>>()
    );
}

#[test]
fn what_is_not_there_is_said_and_never_silent() {
    let bench = Bench::new();
    let code = |options: &[&str], exit: i32| {
        bench
            .run(&[&["history", "list", "--json"], options].concat())
            .exits(exit)
            .error_code()
    };
    assert_eq!(code(&["--organization", "acne"], 1), "unknown-organization");
    assert_eq!(code(&["--key", &"ab".repeat(8)], 1), "unknown-licence-key");
    for wrong in [
        &["--event", "grant"][..],
        &["--since", "yesterday"],
        &["--since", "2024-03-02", "--until", "2024-03-01"],
        &["--system", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA"],
        &["--newest", "0"],
        &["--organization", "A C"],
    ] {
        assert_eq!(code(wrong, 2), "usage", "{wrong:?}");
    }
    let stranger = bench.unit("stranger", "desk").computer_id();
    for nothing in [
        &["--system", &stranger][..],
        &["--operator", "nobody"],
        &["--since", "2030-01-01"],
        &["--organization", "globex", "--event", "granted"],
    ] {
        let said = bench
            .run(&[&["history", "list", "--json"], nothing].concat())
            .exits(0);
        assert_eq!(
            (said.json(), said.stderr.as_str()),
            (json!({"entries": []}), "the history has no such entry\n")
        );
        let said = bench
            .run(&[&["history", "list"], nothing].concat())
            .exits(0);
        assert_eq!(
            (said.stdout.as_str(), said.stderr.as_str()),
            ("", "the history has no such entry\n")
        );
    }
}

#[test]
fn list_escapes_what_others_wrote() {
    let bench = Bench::new();
    let id = bench.first().computer_id();
    bench.json(&[
        "activation",
        "deny",
        &id,
        "--reason",
        "\u{1b}[2Jstolen\u{202e}",
        "--yes",
    ]);
    let said = bench
        .run(&["history", "list", "--event", "denied"])
        .exits(0);
    assert!(
        said.stdout.contains("stolen") && !said.stdout.contains(['\u{1b}', '\u{202e}']),
        "{said}"
    );
    assert_eq!(said.stdout.lines().count(), 1);
}

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
    let mut catalogue: Value = serde_json::from_str(bench::CATALOGUE).expect("JSON");
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
