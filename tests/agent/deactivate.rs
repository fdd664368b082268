//! How the tool gives a device up.

use crate::bench::Bench;
use std::fs;

#[test]
fn nothing_is_given_up_without_an_answer() {
    let bench = Bench::with_device();
    bench.install(1).done();
    let id = bench.computer_id();
    assert!(
        bench
            .run(&["deactivate", "--reason", "moved"])
            .failed(2)
            .stderr
            .contains("hint: add --yes")
    );
    assert!(
        bench
            .run(&["deactivate", "--yes"])
            .failed(2)
            .stderr
            .contains("--reason")
    );
    assert!(
        bench
            .run(&["deactivate", "--again"])
            .failed(1)
            .stderr
            .contains("no deactivation")
    );
    bench
        .run(&["deactivate", "--yes", "--reason", "moved", "--out", "d.doc"])
        .failed(2);
    assert_eq!(bench.computer_id(), id);
}

#[test]
fn a_deactivation_is_final_and_repeatable() {
    let bench = Bench::with_device();
    bench.install(1).done();
    let old = bench.bundle(&bench.activation(bench.computer_id(), 2));
    let lost = bench
        .run(&[
            "deactivate",
            "--reason",
            "retired",
            "--yes",
            "--out",
            "no/such/d.json",
        ])
        .failed(1);
    assert!(
        lost.stderr.contains("is given up") && lost.stderr.contains("--again"),
        "{}",
        lost.stderr
    );
    bench.run(&["deactivate", "--out", "first.json"]).done();
    assert!(
        bench
            .run(&["install", &old])
            .failed(1)
            .stderr
            .contains("has given up")
    );
    bench.install(1).done();
    bench
        .run(&["deactivate", "--again", "--out", "second.json"])
        .done();
    let read = |name| fs::read(bench.path(name)).expect("a file");
    assert_eq!(read("first.json"), read("second.json"));
    assert_eq!(
        bench.run(&["status", "--json"]).done().json()["state"],
        "licensed"
    );
}
