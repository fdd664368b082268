//! `history list` as an auditor asks it: everything about an organization, a system or a licence
//! key, in some days.
#![cfg(feature = "test-build")]

#[allow(dead_code)]
#[path = "signer/bench.rs"]
mod bench;
#[path = "history/details.rs"]
mod details;
#[allow(dead_code)]
#[path = "signer/unit.rs"]
mod unit;

use bench::{Bench, word};
use keyspool::seal::redeem::licence_key_id;
use serde_json::{Value, json};

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
