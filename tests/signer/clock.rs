//! The clock: what a wrong one stops, and how an operator accepts it.

use crate::bench::{Bench, CATALOGUE_BEFORE};
use crate::catalogues::catalogue;

/// Commands that sign or change, none of which may work by a wrong clock.
const CHANGING: &[&[&str]] = &[
    &["process", "--settle", "0"],
    &["key", "mint", "desk", "--licences", "seat=1"],
    &["key", "void", "0000000000000000", "--reason", "x", "--yes"],
    &["wallet", "redeem", "acme", "0000000000000000"],
    &[
        "wallet",
        "unredeem",
        "0000000000000000",
        "--reason",
        "x",
        "--yes",
    ],
    &[
        "activation",
        "approve",
        "00000-00000-00000-00000-00000",
        "--yes",
    ],
];

#[test]
fn a_wrong_clock_stops_what_changes() {
    let bench = Bench::new();
    bench.drop_file("rubbish.json", b"{}");
    let file = catalogue(&bench, CATALOGUE_BEFORE);
    for clock in ["2024-03-01T08:54:00Z", "2025-04-06T09:00:00Z"] {
        bench.set_clock(clock);
        for arguments in CHANGING {
            let said = bench.run(&[*arguments, &["--json"]].concat());
            let events = if arguments[0] == "activation" {
                Some(2)
            } else {
                Some(5)
            };
            assert_eq!(said.code, events, "{clock} {arguments:?}: {said}");
        }
        assert_eq!(
            bench
                .run(&["catalogue", "apply", &file, "--yes", "--json"])
                .exits(5)
                .error_code(),
            "clock"
        );
        let said = bench.run(&["process", "--settle", "0", "--json"]).exits(5);
        assert_eq!(said.error_code(), "clock");
        assert!(
            said.stdout.contains("2024-03-01T09:00:00Z") && said.stdout.contains(clock),
            "{said}"
        );
        assert_eq!(bench.names("spool/inbox"), ["rubbish.json"], "{clock}");
    }
}

#[test]
fn a_plausible_clock_is_believed() {
    for clock in [
        "2024-03-01T08:56:00Z",
        "2024-03-01T08:55:00Z",
        "2025-04-05T09:00:00Z",
    ] {
        let bench = Bench::new();
        bench.set_clock(clock);
        assert_eq!(
            bench
                .run(&["process", "--settle", "0", "--json"])
                .exits(0)
                .json()["batch"],
            serde_json::Value::Null
        );
        let batch = bench.answer("rubbish.json", b"{}");
        assert_eq!(batch.outcomes("rubbish.json"), ["malformed"], "{clock}");
        bench.verify_history();
        let events = bench.events();
        let times: Vec<&str> = events
            .iter()
            .map(|event| event["at"].as_str().expect("a time"))
            .collect();
        assert!(times.is_sorted(), "{clock}: {times:?}");
    }
}

#[test]
fn an_operator_accepts_a_clock_once() {
    for clock in ["2024-02-01T09:00:00Z", "2030-01-01T00:00:00Z"] {
        let bench = Bench::new();
        assert_eq!(
            bench.json(&["clock", "accept", "--reason", "all is well"])["accepted"],
            false
        );
        let size = bench.events().len();
        bench.set_clock(clock);
        bench.run(&["process", "--settle", "0"]).exits(5);
        assert_eq!(bench.events().len(), size);
        assert_eq!(
            bench.json(&["clock", "accept", "--reason", "the battery was changed"])["accepted"],
            true
        );
        let events = bench.events();
        let accepted: Vec<_> = events
            .iter()
            .filter(|event| event["event"] == "clock_accepted")
            .collect();
        assert_eq!(
            (
                accepted.len(),
                &accepted[0]["reason"],
                &accepted[0]["clock"]
            ),
            (1, &"the battery was changed".into(), &clock.into())
        );
        assert_eq!(
            bench.json(&["clock", "accept", "--reason", "again"])["accepted"],
            false
        );
        assert_eq!(bench.events().len(), events.len());
        let key = bench.key("desk", "seat=1");
        let request = bench.unit("late", "desk").activate_with(&key);
        assert_eq!(
            bench
                .answer("late.json", &request.to_json())
                .outcome(&request),
            "activated"
        );
        bench.verify_history();
    }
}

#[test]
fn a_wrong_clock_is_a_warning_to_readers() {
    let bench = Bench::new();
    let id = bench.first().computer_id();
    let reading: &[&[&str]] = &[
        &["system", "list"],
        &["system", "list", "--waiting"],
        &["system", "show", &id],
        &["wallet", "show", "acme"],
        &["key", "list"],
        &["catalogue", "show"],
        &["history", "list"],
        &["history", "export"],
        &["history", "verify"],
    ];
    for (clock, warns) in [
        ("2024-02-01T09:00:00Z", true),
        ("2030-01-01T00:00:00Z", true),
        ("2024-12-01T00:00:00Z", false),
    ] {
        bench.set_clock(clock);
        let before = bench.everything();
        for arguments in reading {
            let said = bench.run(arguments).exits(0);
            assert_eq!(
                said.stderr.contains("warning: the clock says"),
                warns,
                "{clock} {arguments:?}: {said}"
            );
            bench
                .run(&[*arguments, &["--json"]].concat())
                .exits(0)
                .json();
        }
        assert!(bench.everything() == before, "{clock}");
    }
}
