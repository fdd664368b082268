//! What the tool prints.

use crate::bench::Bench;

#[test]
fn text_from_media_is_escaped() {
    let bench = Bench::with_device();
    let name = "a\u{1b}[2J\u{202e}.json";
    let file = bench.write(name, b"{\"payloadType\":\"\x1b\"}");
    for arguments in [
        ["install", &file, "--quiet"],
        ["install", &file, "--json"],
        ["inspect", "none\u{9b}31m", "--json"],
    ] {
        let said = bench.run(&arguments).failed(1);
        let steers = |c: char| c != '\n' && keyspool::licence::identifier::is_control_or_format(c);
        assert!(
            !said.stdout.chars().chain(said.stderr.chars()).any(steers),
            "{}{}",
            said.stdout,
            said.stderr
        );
    }
}

#[test]
fn errors_are_json_where_json_is_asked() {
    let bench = Bench::new();
    let error = bench.run(&["status", "--json"]).failed(1).json();
    assert_eq!(error["error"]["code"], "no-state");
    assert!(
        error["error"]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("init"))
    );
    assert_eq!(
        bench.run(&["frobnicate", "--json"]).failed(2).json()["error"]["code"],
        "usage"
    );
    assert!(bench.run(&["frobnicate"]).failed(2).stdout.is_empty());
    let root = bench
        .run(&[
            "init",
            "--root",
            "AAAA",
            "--organization",
            "acme",
            "--product",
            "vms",
            "--name",
            "x",
        ])
        .failed(2);
    assert!(
        root.stderr.contains("3 bytes, a public key has 32"),
        "{}",
        root.stderr
    );
}

#[test]
fn help_names_every_command() {
    let bench = Bench::new();
    let help = bench.run(&["--help"]).done();
    for command in [
        "init",
        "describe",
        "install",
        "confirm",
        "status",
        "deactivate",
        "inspect",
    ] {
        assert!(
            help.stdout.contains(&format!("\n  {command} ")),
            "{command}"
        );
        assert!(
            bench
                .run(&[command, "--help"])
                .done()
                .stdout
                .contains("With --json:"),
            "{command}"
        );
    }
    assert!(help.stderr.is_empty());
}
