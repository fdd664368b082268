//! A device from its first command to its last.

use crate::bench::Bench;
use keyspool::seal::verify_request;
use keyspool::wire::Envelope;
use keyspool::wire::request::RequestBody;
use std::fs;

#[test]
fn an_errand_from_init_to_deactivation() {
    let bench = Bench::with_device();
    assert!(
        bench
            .run(&["status"])
            .done()
            .stdout
            .contains("not activated")
    );
    bench
        .run(&[
            "describe",
            "--need",
            "core=16",
            "--need",
            "universal=4",
            "--out",
            "request.json",
        ])
        .done();
    let request =
        Envelope::read(&fs::read(bench.path("request.json")).expect("a file")).expect("a document");
    let request = verify_request(&request).expect("a good request");
    assert_eq!(
        (request.computer_id, request.counter),
        (bench.computer_id(), 1)
    );

    let installed = bench.install(1).done();
    for words in [
        "16 core, 4 universal",
        "31 December 2198",
        "30 January 2199",
        "licensed",
    ] {
        assert!(
            installed.stdout.contains(words),
            "{words} in {}",
            installed.stdout
        );
    }
    assert!(
        installed.stderr.contains("hint: ") && installed.stderr.contains("keyspool-device confirm")
    );
    let confirmation = bench.request(&["confirm"]);
    assert!(
        matches!(confirmation.body, RequestBody::Confirmation(installed) if installed.sequence == 1)
    );
    assert!(confirmation.witness.is_some() && confirmation.counter == 2);

    let before = bench.computer_id();
    let deactivation = bench.request(&["deactivate", "--reason", "moved", "--yes"]);
    assert!(
        matches!(deactivation.body, RequestBody::Deactivation(_))
            && deactivation.computer_id == before
    );
    assert_ne!(bench.computer_id(), before);
    assert_eq!(
        bench.run(&["status", "--json"]).done().json()["state"],
        "none"
    );
}

#[test]
fn two_at_a_time_wait_for_each_other() {
    let bench = Bench::with_device();
    let children: Vec<_> = (0..6)
        .map(|_| {
            bench
                .command(&["describe", "--need", "core=1"])
                .spawn()
                .expect("the program starts")
        })
        .collect();
    let mut counters: Vec<u64> = children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().expect("the program ends");
            let envelope = Envelope::read(output.stdout.trim_ascii_end()).expect("a document");
            verify_request(&envelope).expect("a good request").counter
        })
        .collect();
    counters.sort_unstable();
    assert_eq!(counters, [1, 2, 3, 4, 5, 6]);
}

#[cfg(not(feature = "test-build"))]
#[test]
fn the_released_program_knows_no_test_clock() {
    let program = fs::read(env!("CARGO_BIN_EXE_keyspool-device")).expect("the program");
    assert!(
        !program
            .windows(19)
            .any(|window| window == b"KEYSPOOL_TEST_CLOCK")
    );
}

#[cfg(feature = "test-build")]
#[test]
fn the_status_follows_the_days() {
    let bench = Bench::with_device();
    bench.install(1).done();
    for (now, state, words) in [
        ("2198-11-01T12:00:00Z", "licensed", "licensed"),
        ("2198-12-30T12:00:00Z", "licensed", "licensed, 1 day left"),
        (
            "2198-12-31T23:59:59Z",
            "licensed",
            "licensed, today is the last day",
        ),
        ("2199-01-01T00:00:00Z", "grace", "in grace"),
        (
            "2199-01-31T00:00:00Z",
            "ended",
            "not licensed: the last day of use has passed",
        ),
        (
            "2023-01-01T00:00:00Z",
            "licensed",
            "shows 2023-01-01T00:00:00Z, before this activation was issued",
        ),
    ] {
        let at = |arguments: &[&str]| {
            let mut command = bench.command(arguments);
            command.env("KEYSPOOL_TEST_CLOCK", now);
            bench.run_with(command, "").done()
        };
        assert_eq!(at(&["status", "--json"]).json()["state"], state, "{now}");
        assert!(at(&["status"]).stdout.contains(words), "{now}");
    }
}
