//! What a command says, and what it does where nobody reads it.

use crate::bench::Bench;
use std::fs;
use std::io::Write;

#[test]
fn wrong_usage_is_one_json_document_too() {
    let bench = Bench::new();
    let before = bench.everything();
    for arguments in [
        &["--json"][..],
        &["frobnicate", "--json"],
        &["--json", "process", "--bogus"],
        &["process", "--settle", "soon", "--json"],
        &["key", "mint", "desk", "--json"],
        &["key", "mint", "desk", "--licences", "seat", "--json"],
        &["key", "mint", "desk", "--licences", "seat=0", "--json"],
        &[
            "key",
            "mint",
            "desk",
            "--licences",
            "seat=1,seat=2",
            "--json",
        ],
        &[
            "key",
            "mint",
            "desk",
            "--licences",
            "seat=1",
            "--count",
            "10001",
            "--json",
        ],
        &["key", "void", "x", "--reason", "y", "--json"],
        &["wallet", "--json"],
        &["wallet", "redeem", "acme", "--json"],
        &["wallet", "show", "Not An Organization", "--json"],
        &["system", "show", "x", "--json"],
        &["clock", "accept", "--json"],
        &["process", "--organization", "ACME", "--json"],
    ] {
        let said = bench.run(arguments).exits(2);
        assert_eq!(said.error_code(), "usage", "{arguments:?}: {said}");
        assert_eq!(said.stdout.lines().count(), 1, "{said}");
    }
    let said = bench.run(&["process", "--bogus"]).exits(2);
    assert!(
        said.stdout.is_empty() && said.stderr.starts_with("error: unexpected argument"),
        "{said}"
    );
    assert!(said.stderr.contains("\nhint: "), "{said}");
    bench.run(&["--help"]).exits(0);
    bench.run(&["wallet", "redeem", "--help"]).exits(0);
    assert!(
        bench
            .run(&["--version"])
            .exits(0)
            .stdout
            .starts_with("keyspool ")
    );
    assert!(bench.everything() == before);
}

#[test]
fn unread_output_is_an_error_and_no_panic() {
    let bench = Bench::new();
    let mut command = bench.command(&["system", "list"]);
    let full = fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("a full device");
    command.stdout(full);
    let said = bench.say(command).exits(1);
    assert!(
        said.stderr.contains("the output cannot be written") && !said.stderr.contains("panicked"),
        "{said}"
    );
    std::io::stderr().flush().expect("flushed");
}

#[test]
fn unheard_talk_changes_nothing() {
    let bench = Bench::new();
    bench.drop_file("bad.json", b"{}");
    let mut command = bench.command(&["process", "--settle", "0", "--json"]);
    command.stderr(
        fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("a full device"),
    );
    let said = bench.say(command).exits(3);
    assert_eq!(said.json()["entries"].as_array().expect("entries").len(), 1);
}

#[test]
fn each_refused_key_is_named() {
    let bench = Bench::new();
    let said = bench
        .run(&[
            "wallet",
            "redeem",
            "acme",
            "0000000000000001",
            "0000000000000002",
            "--json",
        ])
        .exits(1);
    assert_eq!(
        said.json()["refused"].as_array().expect("refused").len(),
        2,
        "{said}"
    );
}

#[test]
fn a_file_that_is_no_checkpoint_is_named_so() {
    let bench = Bench::new();
    let file = bench.path("no-checkpoint.json");
    fs::write(&file, b"{}").expect("written");
    let said = bench
        .run(&[
            "history",
            "verify",
            "--checkpoint",
            file.to_str().expect("UTF-8"),
            "--json",
        ])
        .exits(1);
    assert_eq!(said.error_code(), "file");
}

/// Too few descriptors are no fault of the files that then cannot be opened.
#[test]
fn too_few_file_handles_change_nothing() {
    let bench = Bench::new();
    let deep = "a/b/c/d/e/f/g/h/i/j/k/l/one.json";
    bench.drop_file(deep, &bench.first_request().to_json());
    let plain = bench.command(&["process", "--settle", "0"]);
    let mut limited = std::process::Command::new("sh");
    limited
        .args(["-c", "ulimit -n 20; exec \"$0\" \"$@\""])
        .arg(plain.get_program())
        .args(plain.get_args());
    limited.envs(
        plain
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let said = bench.say(limited).exits(1);
    assert!(said.stderr.contains("Too many open files"), "{said}");
    assert_eq!(bench.names("spool/inbox"), [deep]);
    assert_eq!(bench.process().entries.len(), 1);
}

/// A thread that cannot be started, or a defect, is an error like any other.
#[test]
fn a_panic_names_its_place() {
    let bench = Bench::new();
    bench.drop_file("one.json", &bench.first_request().to_json());
    for step in ["after-take", "after-stage", "after-flush"] {
        let bench = bench.copy();
        bench.set("KEYSPOOL_TEST_PANIC", Some(step));
        let said = bench.run(&["process", "--settle", "0", "--json"]).exits(1);
        assert_eq!(said.error_code(), "stopped");
        assert!(
            said.stderr
                .contains(&format!("asked to panic at {step} (crash.rs, line ")),
            "{said}"
        );
        assert_eq!(
            said.stderr.lines().count(),
            2,
            "an error and a hint: {said}"
        );
        bench.set("KEYSPOOL_TEST_PANIC", None);
        bench.process();
        assert_eq!(
            bench
                .events()
                .iter()
                .filter(|event| event["event"] == "granted")
                .count(),
            1,
            "{step}"
        );
        assert_eq!(
            (
                bench.names("spool/inbox").len(),
                bench.names("spool/work").len()
            ),
            (0, 0),
            "{step}"
        );
        bench.verify_history();
    }
}

#[test]
fn unwritable_completions_are_an_error() {
    let bench = Bench::empty();
    let mut command = bench.bare_command(&["completions", "bash"]);
    let full = fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("a full device");
    command.stdout(full);
    let said = bench.say(command).exits(1);
    assert!(
        said.stderr.contains("error: the output cannot be written"),
        "{said}"
    );
}

/// A limit of the size of files stands for a full disk.
#[test]
fn a_failed_commit_names_its_cause() {
    let bench = Bench::new();
    bench.drop_file("one.json", &bench.first_request().to_json());
    let plain = bench.command(&["process", "--settle", "0"]);
    let mut limited = std::process::Command::new("sh");
    // Unless it is heard, the signal of this limit ends a process without a word.
    limited
        .args(["-c", "ulimit -f 64; exec \"$0\" \"$@\""])
        .arg(plain.get_program())
        .args(plain.get_args());
    limited.envs(
        plain
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let said = bench.say(limited).exits(1);
    assert!(said.stderr.contains("File too large"), "{}", said.stderr);
    assert_eq!(bench.process().entries.len(), 1);
    assert_eq!(
        (
            bench.names("spool/inbox").len(),
            bench.names("spool/work").len()
        ),
        (0, 0)
    );
    bench.verify_history();
}
