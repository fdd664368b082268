//! Batches, approvals and vaults that were cut off, and what completes them.

use crate::bench::Bench;
use crate::crash::{Scene, scene};
use crate::unit::qr;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[test]
fn a_half_committed_batch_is_completed() {
    let scene = Scene {
        bench: Bench::new(),
        files: BTreeMap::new(),
        granted: Vec::new(),
        leaving: Bench::new().first_request(),
    };
    let bench = &scene.bench;
    let request = bench
        .unit("north", "desk")
        .activate_with(&bench.key("desk", "seat=1"));
    // The good document is decided in the first transaction; the rest of its file with all that is
    // refused, in the second.
    bench.drop_file(
        "zz.txt",
        format!("{}\nKS1:RUBBISH\n", qr(&request)).as_bytes(),
    );
    for number in 0..300 {
        bench.drop_file(
            format!("{number:03}.json"),
            format!("rubbish {number}").as_bytes(),
        );
    }
    for step in [
        "after-commit",
        "after-flush",
        "before-commit=2",
        "after-commit=2",
        "after-move=150",
    ] {
        let crashed = scene.copy();
        crashed.crash_at(step);
        let batch = crashed.bench.process();
        // While the first transaction is published, the second may have been committed or not.
        let is_whole = if step == "after-flush" {
            batch.id.is_none()
        } else {
            ["after-commit=2", "after-move=150"].contains(&step)
        };
        assert_eq!(
            batch.id.is_none(),
            is_whole,
            "{step}: {}",
            batch.said.stderr
        );
        if !is_whole {
            assert_eq!(
                batch.outcomes("zz.txt"),
                ["repeated", "malformed"],
                "{step}"
            );
        }
        assert_eq!(
            (
                crashed.bench.names("spool/inbox").len(),
                crashed.bench.names("spool/work").len()
            ),
            (0, 0),
            "{step}"
        );
        assert_eq!(crashed.shelved().values().sum::<usize>(), 301, "{step}");
        assert_decided_once(&crashed.bench, step);
    }
}

/// One request was granted beside that of the bench, 301 files were refused, and one bundle lies in
/// the outbox.
fn assert_decided_once(bench: &Bench, step: &str) {
    bench.verify_history();
    let events = bench.events();
    let granted = events
        .iter()
        .filter(|event| event["event"] == "granted")
        .count();
    let refused = events
        .iter()
        .filter(|event| event["event"] == "refused")
        .count();
    assert_eq!((granted, refused), (2, 301), "{step}: each is decided once");
    let zips = bench
        .files("spool/outbox")
        .into_iter()
        .filter(|(path, _)| path.to_string_lossy().contains("north_"));
    let zips: BTreeMap<Vec<u8>, PathBuf> = zips
        .filter(|(path, _)| path.extension().is_some_and(|e| e == "zip"))
        .map(|(p, b)| (b, p))
        .collect();
    assert_eq!(zips.len(), 1, "{step}: one answer, byte for byte");
}

#[test]
fn a_killed_init_can_be_run_again() {
    for step in ["init-vault", "init-ledger", "init-made", "init-spool"] {
        let bench = Bench::empty();
        bench.abort_at(Some(step));
        assert_eq!(bench.run(&["init"]).code, None, "{step}");
        bench.abort_at(None);
        assert!(!bench.path("vault").exists(), "{step}: half a vault");
        bench.run(&["init"]).exits(0);
        bench.verify_history();
        assert_eq!(bench.process().id, None, "{step}");
        assert!(
            bench
                .path("")
                .read_dir()
                .expect("a folder")
                .flatten()
                .all(|e| !e.file_name().to_string_lossy().starts_with('.'))
        );
    }
}

#[test]
fn a_cut_off_approval_can_be_given_again() {
    let bench = Bench::new();
    let mut guest = bench.unit("guest", "approved");
    let request = guest.activate_with(&bench.key("approved", "seat=1"));
    assert_eq!(
        bench
            .answer("guest.json", &request.to_json())
            .outcome(&request),
        "awaiting-approval"
    );
    let approve = [
        "activation",
        "approve",
        &guest.computer_id(),
        "--yes",
        "--json",
    ];
    for step in ["approved", "after-take", "after-commit"] {
        bench.abort_at(Some(step));
        assert_eq!(bench.run(&approve).code, None, "{step}");
        bench.abort_at(None);
        if step == "after-commit" {
            break;
        }
    }
    assert_eq!(bench.process().id, None);
    assert_eq!(bench.system(&guest)["state"], "active");
    assert_eq!(
        (
            bench.names("spool/inbox").len(),
            bench.names("spool/work").len()
        ),
        (0, 0)
    );
}

#[test]
fn a_completed_batch_names_its_refusals() {
    let scene = scene();
    scene.crash_at("after-commit");
    let said = scene.bench.run(&["process", "--settle", "0"]).exits(3);
    let line = said
        .stderr
        .lines()
        .find(|line| line.starts_with("completed batch "))
        .expect("it was completed");
    let folder = line.rsplit("rejected/").next().expect("a folder");
    assert!(
        line.contains(&format!(
            ": 9 document(s), outbox/{folder}; 4 refused, each with its reason in rejected/"
        )),
        "{said}"
    );
    assert!(
        scene.bench.path("spool/rejected").join(folder).is_dir()
            && scene.bench.path("spool/outbox").join(folder).is_dir()
    );
    scene.assert_complete("told");
}

#[test]
fn a_changed_published_batch_is_written_anew() {
    let scene = scene();
    let folder = scene.bench.path("spool/outbox");
    let before = scene.bench.files("spool/outbox");
    scene.crash_at("after-manifest");
    let mut shown = scene.bench.files("spool/outbox");
    shown.retain(|path, _| !before.contains_key(path));
    let (picture, bytes) = shown
        .iter()
        .find(|(path, _)| path.extension().is_some_and(|e| e == "png"))
        .expect("a picture");
    // As another version of the program might have drawn it.
    std::fs::write(folder.join(picture), &bytes[..bytes.len() - 1]).expect("written");
    let said = scene.bench.run(&["process", "--settle", "0"]).exits(1);
    assert!(
        said.stderr.contains("move the batch's whole folder away"),
        "{said}"
    );
    let batch = picture.components().next().expect("the batch's folder");
    std::fs::rename(folder.join(batch), scene.bench.path("set aside")).expect("moved");
    scene.restart();
    scene.assert_complete("moved away");
    let again = scene.bench.files("spool/outbox");
    assert!(
        shown
            .iter()
            .all(|(path, bytes)| again.get(path) == Some(bytes)),
        "byte for byte"
    );
}

#[test]
fn an_approval_finds_a_cut_off_batchs_file() {
    let bench = Bench::new();
    let mut guest = bench.unit("guest", "approved");
    let request = guest.activate_with(&bench.key("approved", "seat=1"));
    bench.drop_file("guest.json", &request.to_json());
    bench.abort_at(Some("after-commit"));
    assert_eq!(bench.run(&["process", "--settle", "0"]).code, None);
    bench.abort_at(None);
    let said = bench.run(&[
        "activation",
        "approve",
        &guest.computer_id(),
        "--yes",
        "--json",
    ]);
    assert_eq!(bench.batch_of(said).outcome(&request), "activated");
}
