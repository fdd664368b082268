//! What goes wrong around the signer: a clear error with a hint, and nothing changed.

use crate::bench::{Bench, CATALOGUE, CATALOGUE_BEFORE};
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;

/// What the ledger says; the store's own file changes when it is opened, whatever is done then.
fn history(bench: &Bench) -> String {
    bench.run(&["history", "export"]).to_string()
}

/// The command fails so, says so in both voices, and changes nothing. Gives the line of the error.
fn assert_fails(bench: &Bench, arguments: &[&str], exit: i32, code: &str) -> String {
    let (before, told) = (bench.everything(), history(bench));
    let said = bench.run(&[arguments, &["--json"]].concat()).exits(exit);
    assert_eq!(said.error_code(), code, "{said}");
    let said = bench.run(arguments).exits(exit);
    assert!(
        said.stdout.is_empty() && said.stderr.contains("\nhint: "),
        "{said}"
    );
    assert_eq!(history(bench), told, "{arguments:?}");
    for (before, after) in before.iter().zip(&bench.everything()) {
        assert!(
            before.keys().eq(after.keys()),
            "{arguments:?}: {:?} {:?}",
            before.keys(),
            after.keys()
        );
        for (path, bytes) in before
            .iter()
            .filter(|(path, _)| !path.ends_with("ledger.redb"))
        {
            assert!(
                after.get(path) == Some(bytes),
                "{arguments:?} changed {}",
                path.display()
            );
        }
    }
    said.stderr
        .lines()
        .find_map(|line| line.strip_prefix("error: "))
        .expect("an error")
        .to_owned()
}

#[test]
fn a_wrong_passphrase_is_noted() {
    let bench = Bench::new();
    fs::write(bench.path("wrong"), "a wrong one\n").expect("written");
    let before = bench.everything();
    for arguments in [
        &["system", "list"][..],
        &["process", "--settle", "0"],
        &["key", "list"],
    ] {
        let mut command = bench.command(&[arguments, &["--json"]].concat());
        command.env("KEYSPOOL_PASSPHRASE_FILE", bench.path("wrong"));
        assert_eq!(bench.say(command).exits(4).error_code(), "wrong-passphrase");
        bench.pass_seconds(1);
    }
    let mut after = bench.everything();
    assert_eq!(
        after[0]
            .remove(std::path::Path::new("attempts"))
            .map(|bytes| bytes.len()),
        Some(3 * 21)
    );
    assert!(before == after);
    let size = bench.events().len();
    bench.key("desk", "seat=1");
    let events = bench.events();
    let noted: Vec<_> = events[size..]
        .iter()
        .filter(|event| event["event"] == "unlocks_failed")
        .collect();
    assert_eq!(noted.len(), 1);
    assert_eq!(
        (&noted[0]["count"], &noted[0]["first"], &noted[0]["last"]),
        (
            &3.into(),
            &"2024-03-01T09:00:00Z".into(),
            &"2024-03-01T09:00:02Z".into()
        )
    );
    bench.key("desk", "seat=1");
    assert_eq!(bench.events().len(), events.len() + 1, "noted once");
    bench.verify_history();
}

#[test]
fn a_damaged_vault_file_does_not_open() {
    let bench = Bench::new();
    let path = bench.path("vault/vault.json");
    let whole = fs::read(&path).expect("read");
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&path, &bytes).expect("written");
        let said = bench.run(&["system", "list", "--json"]);
        assert_eq!(said.code, Some(4), "byte {at}: {said}");
        assert!(
            ["vault", "wrong-passphrase"].contains(&said.error_code().as_str()),
            "byte {at}: {said}"
        );
        assert_eq!(fs::read(&path).expect("read"), bytes);
    }
    fs::write(&path, &whole[..whole.len() / 2]).expect("written");
    assert_fails(&bench, &["process", "--settle", "0"], 4, "vault");
    fs::remove_file(&path).expect("removed");
    assert_fails(&bench, &["process", "--settle", "0"], 4, "no-vault");
}

#[test]
fn the_ledger_of_another_vault_does_not_open() {
    let (bench, other) = (Bench::new(), Bench::empty());
    other.run(&["init"]).exits(0);
    fs::copy(
        other.path("vault/ledger.redb"),
        bench.path("vault/ledger.redb"),
    )
    .expect("copied");
    for arguments in [
        &["process", "--settle", "0"][..],
        &["system", "list"],
        &["history", "verify"],
    ] {
        let line = assert_fails(&bench, arguments, 4, "ledger");
        assert!(line.contains("belongs to another vault"), "{line}");
    }
}

#[test]
fn a_missing_ledger_is_said() {
    let bench = Bench::new();
    fs::remove_file(bench.path("vault/ledger.redb")).expect("removed");
    assert!(
        assert_fails(&bench, &["process", "--settle", "0"], 4, "ledger").contains("does not exist")
    );
}

#[test]
fn a_damaged_ledger_is_said() {
    let bench = Bench::new();
    let path = bench.path("vault/ledger.redb");
    let whole = fs::read(&path).expect("read");
    fs::write(&path, b"this is no ledger").expect("written");
    assert_fails(&bench, &["process", "--settle", "0"], 1, "ledger");
    // A sample of the pages after the store's own head.
    let mut refused = 0;
    for at in (4096..whole.len()).step_by(4096) {
        let mut bytes = whole.clone();
        bytes[at..(at + 4096).min(whole.len())].fill(0xA5);
        fs::write(&path, &bytes).expect("written");
        let said = bench.run(&["history", "verify", "--json"]);
        match said.code {
            // A page that is not in use.
            Some(0) => assert_eq!(said.json()["ok"], true),
            Some(1) => assert!(
                ["ledger", "ledger-broken"].contains(&said.error_code().as_str()),
                "{said}"
            ),
            Some(5) => assert_eq!(said.error_code(), "history"),
            _ => panic!("{said}"),
        }
        refused += i32::from(said.code != Some(0));
    }
    assert!(refused > 4, "{refused}");
}

#[test]
fn only_folders_of_a_spool_are_made_anew() {
    let bench = Bench::new();
    let spool = bench.path("spool");
    for folder in ["inbox", "work", "outbox", "rejected", "archive"] {
        fs::remove_dir_all(spool.join(folder)).expect("removed");
        assert_eq!(bench.process().id, None);
        assert!(spool.join(folder).is_dir(), "{folder}");
    }
    fs::remove_dir_all(&spool).expect("removed");
    assert_fails(&bench, &["process", "--settle", "0"], 1, "spool");
    assert!(!spool.exists());
}

#[test]
fn an_inbox_that_is_a_link_is_not_followed() {
    let bench = Bench::new();
    fs::create_dir(bench.path("elsewhere")).expect("made");
    fs::write(bench.path("elsewhere/a.json"), "{}").expect("written");
    fs::remove_dir_all(bench.path("spool/inbox")).expect("removed");
    symlink(bench.path("elsewhere"), bench.path("spool/inbox")).expect("linked");
    assert_fails(&bench, &["process", "--settle", "0"], 1, "spool");
    assert!(bench.path("elsewhere/a.json").exists());
}

fn catalogue(bench: &Bench, text: &str) -> String {
    fs::write(bench.path("catalogue.json"), text).expect("written");
    bench
        .path("catalogue.json")
        .to_str()
        .expect("UTF-8")
        .to_owned()
}

#[test]
fn a_wrong_catalogue_names_the_place() {
    let bench = Bench::new();
    for (from, to, place) in [
        (
            "\"early_renewal_years\": 0",
            "\"early_renewal\": 0",
            "early_renewal",
        ),
        (
            "\"early_renewal_years\": 0",
            "\"early_renewal_years\": 21",
            "early_renewal_years",
        ),
        (
            "\"count\": 0, \"days\": 365",
            "\"count\": 65, \"days\": 365",
            "recovery_limit",
        ),
        ("\"id\": \"globex\"", "\"id\": \"Globex\"", "line 4 column"),
        ("\"id\": \"globex\"", "\"id\": \"acme\"", "acme"),
        (
            "{\"id\": \"seat\", \"name\": \"Seat\"}, {\"id\": \"module\", \"name\": \"Module\"}",
            "{\"id\": \"module\", \"name\": \"Module\"}",
            "seat",
        ),
        (
            "\"Desk\", \"model\": \"device-subscription\"",
            "\"Desk\", \"model\": \"hardware\"",
            "model",
        ),
        ("\n  ]\n}", "\n  ]\n", "catalogue"),
    ] {
        let changed = CATALOGUE.replacen(from, to, 1);
        assert_ne!(changed, CATALOGUE, "{from}");
        let file = catalogue(&bench, &changed);
        let line = assert_fails(
            &bench,
            &["catalogue", "apply", &file, "--yes", "--withdraw"],
            1,
            "catalogue",
        );
        assert!(line.contains(place), "{line}");
    }
}

#[test]
fn dropping_an_organization_must_be_said() {
    let bench = Bench::new();
    let mut dropping: serde_json::Value = serde_json::from_str(CATALOGUE).expect("JSON");
    dropping["organizations"]
        .as_array_mut()
        .expect("organizations")
        .pop();
    let file = catalogue(&bench, &dropping.to_string());
    let line = assert_fails(
        &bench,
        &["catalogue", "apply", &file, "--yes"],
        1,
        "catalogue",
    );
    assert!(line.contains("globex"), "{line}");
    bench.json(&["catalogue", "apply", &file, "--yes", "--withdraw"]);
}

#[test]
fn a_catalogue_applied_twice_changes_nothing() {
    let bench = Bench::new();
    let file = catalogue(&bench, CATALOGUE);
    let size = bench.events().len();
    for arguments in [
        &["catalogue", "apply", file.as_str()][..],
        &["catalogue", "apply", &file, "--yes"],
    ] {
        assert_eq!(bench.json(arguments)["changes"], serde_json::json!([]));
    }
    assert_eq!(bench.events().len(), size);
    // The same with its members in another order.
    let value: serde_json::Value = serde_json::from_str(CATALOGUE).expect("JSON");
    let file = catalogue(&bench, &value.to_string());
    assert_eq!(
        bench.json(&["catalogue", "apply", &file])["changes"],
        serde_json::json!([])
    );
}

#[test]
fn a_vault_is_never_made_over_another() {
    let bench = Bench::new();
    assert_fails(&bench, &["init"], 1, "vault-exists");
    assert_fails(&bench, &["init", "--operator", "eve"], 1, "vault-exists");
    fs::remove_file(bench.path("vault/vault.json")).expect("removed");
    assert_fails(&bench, &["init"], 1, "file");
}

#[test]
fn no_passphrase_opens_nothing() {
    let bench = Bench::new();
    let before = bench.everything();
    for arguments in [
        &["process", "--json"][..],
        &["init", "--json"],
        &["system", "list", "--json"],
    ] {
        let said = bench.say(bench.bare_command(arguments)).exits(1);
        assert_eq!(said.error_code(), "no-terminal");
        assert!(said.stdout.contains("--passphrase-file"), "{said}");
    }
    let mut command = bench.bare_command(&["system", "list", "--json"]);
    command.env("KEYSPOOL_PASSPHRASE_FILE", bench.path("nowhere"));
    assert_eq!(bench.say(command).exits(1).error_code(), "file");
    fs::write(bench.path("empty"), "\n").expect("written");
    let mut command = bench.bare_command(&["system", "list", "--json"]);
    command.env("KEYSPOOL_PASSPHRASE_FILE", bench.path("empty"));
    assert_eq!(bench.say(command).exits(4).error_code(), "vault");
    assert!(bench.everything() == before);
}

#[test]
fn a_systemd_credential_is_a_passphrase_file() {
    let bench = Bench::new();
    fs::create_dir(bench.path("credentials")).expect("made");
    fs::copy(
        bench.path("passphrase"),
        bench.path("credentials/keyspool-passphrase"),
    )
    .expect("copied");
    let mut command = bench.bare_command(&["system", "list", "--json"]);
    command.env("CREDENTIALS_DIRECTORY", bench.path("credentials"));
    bench.say(command).exits(0);
}

#[test]
fn an_unasked_change_is_not_made() {
    let bench = Bench::new();
    let key = bench.key("desk", "seat=1");
    let id = keyspool::seal::redeem::licence_key_id(&key).to_string();
    let stored = keyspool::seal::redeem::licence_key_id(&bench.key("desk", "seat=1")).to_string();
    bench.json(&["wallet", "redeem", "acme", &stored]);
    let mut guest = bench.unit("guest", "approved");
    let request = guest.activate_with(&key);
    assert_eq!(
        bench
            .answer("guest.json", &request.to_json())
            .outcome(&request),
        "awaiting-approval"
    );
    let mut held = bench.activated("held", "held");
    let leaving = held.deactivate();
    let gone = held.twin();
    assert_eq!(
        bench
            .answer("held.json", &leaving.to_json())
            .outcome(&leaving),
        "deactivated"
    );
    let held_id = bench.json(&["system", "list"])["systems"]
        .as_array()
        .expect("systems")
        .iter()
        .find(|s| s["held"] == true)
        .expect("held")["computer_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert_ne!(held_id, gone.computer_id());
    let file = catalogue(&bench, CATALOGUE_BEFORE);
    let (state, events) = (bench.state(), bench.events());
    for arguments in [
        &["catalogue", "apply", file.as_str()][..],
        &["key", "void", &id, "--reason", "x"],
        &["wallet", "unredeem", &stored, "--reason", "x"],
        &["activation", "approve", &guest.computer_id()],
        &["activation", "approve", &held_id],
    ] {
        let spool = bench.files("spool");
        let said = bench.run(&[arguments, &["--json"]].concat()).exits(1);
        assert_eq!(said.error_code(), "no-terminal", "{arguments:?}");
        assert!(said.stdout.contains("--yes"), "{said}");
        assert!(bench.files("spool") == spool, "{arguments:?}");
        assert_eq!(
            (bench.state(), bench.events()),
            (state.clone(), events.clone()),
            "{arguments:?}"
        );
    }
}

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

#[test]
fn a_held_ledger_names_its_holder() {
    let bench = Bench::new();
    // Not whole, and just written by the test's clock: the holder waits before it judges the file.
    bench.drop_file("half.json", b"{\"payloadType\":");
    let mut holder = bench.spawn(&["process", "--settle", "600"]);
    let lock = bench.path("vault/ledger.lock");
    let holds = || {
        fs::read_to_string(&lock)
            .is_ok_and(|text| text.lines().nth(1) == Some(&holder.id().to_string()))
    };
    while !holds() {
        std::thread::yield_now();
    }
    bench.set("KEYSPOOL_TEST_PATIENCE_MS", Some("50"));
    for arguments in [
        &["key", "list", "--json"][..],
        &["process", "--settle", "0", "--json"],
    ] {
        let said = bench.run(arguments).exits(1);
        assert_eq!(said.error_code(), "ledger-held");
        assert!(
            said.stdout
                .contains(&format!("process {} (process)", holder.id())),
            "{said}"
        );
    }
    bench.set("KEYSPOOL_TEST_PATIENCE_MS", None);
    let waiting = bench.spawn(&["key", "list", "--json"]);
    holder.kill().expect("ended");
    holder.wait().expect("ended");
    let output = waiting.wait_with_output().expect("ended");
    assert!(output.status.success(), "{output:?}");
    // What the holder had looked at is not lost.
    assert_eq!(bench.process().outcomes("half.json"), ["malformed"]);
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
