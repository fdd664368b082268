//! What goes wrong around the signer: a clear error with a hint, and nothing changed.

use crate::bench::{Bench, CATALOGUE_BEFORE};
use crate::catalogues::catalogue;
use std::fs;
use std::os::unix::fs::symlink;

/// What the ledger says; the store's own file changes when it is opened, whatever is done then.
pub(crate) fn history(bench: &Bench) -> String {
    bench.run(&["history", "export"]).to_string()
}

/// The command fails so, says so in both voices, and changes nothing. Gives the line of the error.
pub(crate) fn assert_fails(bench: &Bench, arguments: &[&str], exit: i32, code: &str) -> String {
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
