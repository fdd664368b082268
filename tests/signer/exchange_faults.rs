//! `exchange` with sticks that fail, and exchanges that are killed.

use crate::bench::Bench;
use crate::exchange::{Stick, medium, own_key};
use crate::unit::one_seat;
use keyspool::wire::request::Wanted;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

#[test]
fn a_torn_answer_is_written_again() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    let (_, request) = own_key(&bench, "torn");
    stick.put("requests/torn.json", &request.to_json());
    stick.exchange();
    let whole = stick.answers();
    for (path, bytes) in bench.files("stick/answers") {
        fs::write(
            stick.path.join("answers").join(path),
            &bytes[..bytes.len() / 2],
        )
        .expect("torn");
    }
    stick.put("answers/unfinished/.x.zip.part", b"half");
    let batch = stick.exchange();
    assert_eq!(medium(&batch)["held"], 0);
    for (name, bytes) in &whole {
        let written = batch
            .folder("outbox")
            .file_name()
            .map(|folder| stick.path.join("answers").join(folder).join(name));
        assert_eq!(
            fs::read(written.expect("a folder")).ok().as_ref(),
            Some(bytes),
            "{name}"
        );
    }
    assert!(
        !stick.names().iter().any(|name| name.ends_with(".part")),
        "{:?}",
        stick.names()
    );
}

#[test]
fn nothing_outside_a_stick_is_read_through_it() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    let (_, request) = own_key(&bench, "outside");
    fs::create_dir_all(bench.path("outside")).expect("made");
    fs::write(bench.path("outside/request.json"), request.to_json()).expect("written");
    stick.put("requests/readme.txt.part", b"unfinished");
    symlink(
        bench.path("outside/request.json"),
        stick.path.join("requests/link.json"),
    )
    .expect("linked");
    symlink(bench.path("outside"), stick.path.join("requests/folder")).expect("linked");
    assert!(
        Command::new("mkfifo")
            .arg(stick.path.join("requests/pipe"))
            .status()
            .expect("mkfifo")
            .success()
    );
    fs::File::create(stick.path.join("requests/huge.json"))
        .and_then(|file| file.set_len(5 << 30))
        .expect("sparse");
    let said = stick.exchange_said(&[]).exits(0);
    assert_eq!(said.json()["batch"], Value::Null, "{said}");
    for reason in [
        "link.json: it is a symbolic link",
        "folder: it is a symbolic link",
        "pipe: it is a named pipe",
        "huge.json: it is larger",
    ] {
        assert!(
            said.stderr
                .contains(&format!("left on the medium: {reason}")),
            "{reason}: {said}"
        );
    }
    // Neither do answers leave it.
    fs::remove_dir_all(stick.path.join("requests")).expect("removed");
    symlink(bench.path("outside"), stick.path.join("answers")).expect("linked");
    stick.put("inside.json", &request.to_json());
    let said = stick.exchange_said(&[]).exits(1);
    assert_eq!(said.error_code(), "medium");
    assert_eq!(bench.names("outside"), ["request.json"]);
    assert!(bench.names("spool/inbox").is_empty());
}

#[test]
fn the_spool_and_the_vault_are_no_sticks() {
    let bench = Bench::new();
    for place in ["spool", "spool/inbox", "vault", "."] {
        let place = bench.path(place);
        let said = bench
            .run(&["exchange", place.to_str().expect("UTF-8"), "--json"])
            .exits(1);
        assert_eq!(said.error_code(), "file", "{said}");
    }
    let said = bench
        .run(&[
            "exchange",
            bench.path("nowhere").to_str().expect("UTF-8"),
            "--json",
        ])
        .exits(1);
    assert_eq!(said.error_code(), "file", "{said}");
}

#[test]
fn a_stick_that_vanishes_costs_nothing() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    let (unit, request) = own_key(&bench, "pulled");
    stick.put("requests/pulled.json", &request.to_json());
    let (here, there) = (
        stick.path.display().to_string(),
        bench.path("pulled").display().to_string(),
    );
    let vanish = |step: &str| format!("{step}=cp -a '{here}' '{there}' && rm -r '{here}'");
    for step in ["after-take", "after-commit", "written-to-medium"] {
        bench.set("KEYSPOOL_TEST_DO", Some(&vanish(step)));
        let said = stick.exchange_said(&[]).exits(1);
        assert_eq!(said.error_code(), "medium", "{step}");
        assert!(
            said.stderr
                .contains("all answers are in outbox/2024-03-01-")
                && !said.stderr.contains("may be removed"),
            "{said}"
        );
        bench.set("KEYSPOOL_TEST_DO", None);
        assert_eq!(bench.system(&unit)["state"], "active");
        fs::rename(bench.path("pulled"), &stick.path).expect("plugged in again");
    }
    let batch = stick.exchange();
    assert_eq!(batch.outcome(&request), "repeated");
    assert_eq!(stick.bundles().len(), 1, "{:?}", stick.names());
    assert_eq!(bench.stored("acme"), 0);
    bench.verify_history();
}

#[test]
fn a_killed_exchange_is_completed_by_the_next() {
    for step in [
        "staged",
        "copied",
        "file-taken",
        "after-take",
        "before-commit",
        "after-commit",
        "after-stage",
        "after-move",
        "written-to-medium",
    ] {
        let bench = Bench::new();
        let stick = Stick::new(&bench);
        let (_, request) = own_key(&bench, "killed");
        stick.put("requests/acme/killed.json", &request.to_json());
        stick.put("requests/again.json", &request.to_json());
        bench.abort_at(Some(step));
        assert_eq!(stick.exchange_said(&[]).code, None, "{step}");
        bench.abort_at(None);
        let batch = stick.exchange();
        let outcomes: Vec<String> = batch
            .entries_of(&request)
            .into_iter()
            .map(crate::bench::outcome)
            .collect();
        assert!(
            outcomes
                .iter()
                .all(|outcome| ["activated", "repeated"].contains(&outcome.as_str())),
            "{step}: {outcomes:?}"
        );
        assert_eq!(outcomes.len(), 2, "{step}: {}", batch.said);
        assert_eq!(stick.bundles().len(), 1, "{step}: {:?}", stick.names());
        assert_eq!(
            bench.system(&bench.unit("killed", "desk"))["activation"]["sequence"],
            1,
            "{step}"
        );
        assert!(
            bench.names("spool/inbox").is_empty() && bench.names("spool/work").is_empty(),
            "{step}"
        );
        bench.verify_history();
    }
}

#[test]
fn a_killed_exchange_vouches_for_nobody() {
    let bench = Bench::new();
    bench.store("acme", "desk", "seat=1");
    let stick = Stick::new(&bench);
    let mut stranger = bench.unit("stranger", "desk");
    let request = stranger.ask(Wanted::Activate, one_seat(), &[]);
    stick.put("requests/acme/stranger.json", &request.to_json());
    bench.abort_at(Some("after-take"));
    assert_eq!(stick.exchange_said(&["--trust-folders"]).code, None);
    bench.abort_at(None);
    let batch = bench.process();
    assert_eq!(
        batch.outcome(&request),
        "awaiting-approval",
        "{}",
        batch.said
    );
}

#[test]
fn too_deep_files_on_a_stick_are_named() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    let ((_, deep), (_, deeper)) = (own_key(&bench, "deep"), own_key(&bench, "deeper"));
    stick.put(
        &format!("requests/{}deep.json", "d/".repeat(14)),
        &deep.to_json(),
    );
    stick.put(
        &format!("requests/{}deeper.json", "e/".repeat(15)),
        &deeper.to_json(),
    );
    let batch = stick.exchange();
    assert_eq!(batch.outcome(&deep), "activated", "{}", batch.said);
    assert!(
        batch.said.stderr.contains("left on the medium: e/")
            && batch.entries_of(&deeper).is_empty(),
        "{}",
        batch.said
    );
    assert!(
        bench.names("spool/inbox").is_empty(),
        "{:?}",
        bench.names("spool/inbox")
    );
}
