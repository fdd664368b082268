//! `exchange` with real media: exFAT, FAT32, ext4, full, read-only, and pulled out in the middle.
//!
//! Mounts need root, loop devices and FUSE: where they are missing, every case is skipped, and
//! counted with the reason.

#[path = "../signer/bench.rs"]
#[allow(dead_code)]
mod bench;
mod errand;
#[path = "../signer/unit.rs"]
#[allow(dead_code)]
mod unit;
mod volume;

use bench::Bench;
use errand::Errand;
use std::fs::{self, File};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};
use volume::{Format, Volume};

/// A promise, the medium that it is tried with, and the test.
type Case = (&'static str, Format, fn(&Volume));

const CASES: &[Case] = &[
    (
        "exfat_holds_the_answers_as_the_outbox_does",
        Format::ExFat,
        answers_are_as_in_the_outbox,
    ),
    (
        "fat32_holds_the_answers_as_the_outbox_does",
        Format::Fat32,
        answers_are_as_in_the_outbox,
    ),
    (
        "ext4_holds_the_answers_as_the_outbox_does",
        Format::Ext4,
        answers_are_as_in_the_outbox,
    ),
    (
        "a_full_medium_costs_nothing",
        Format::Memory(64),
        a_full_medium_costs_nothing,
    ),
    (
        "an_exfat_medium_that_fills_up_costs_nothing",
        Format::ExFat,
        a_medium_that_fills_up_costs_nothing,
    ),
    (
        "a_fat32_medium_that_fills_up_costs_nothing",
        Format::Fat32,
        a_medium_that_fills_up_costs_nothing,
    ),
    (
        "a_read_only_medium_is_refused_before_anything_is_answered",
        Format::Ext4,
        a_read_only_medium_is_refused,
    ),
    (
        "a_medium_that_becomes_read_only_costs_nothing",
        Format::Ext4,
        a_medium_that_becomes_read_only_costs_nothing,
    ),
    (
        "an_exfat_medium_pulled_out_costs_nothing",
        Format::ExFat,
        a_medium_pulled_out_costs_nothing,
    ),
    (
        "a_fat32_medium_pulled_out_costs_nothing",
        Format::Fat32,
        a_medium_pulled_out_costs_nothing,
    ),
    (
        "a_spool_on_two_file_systems_is_refused_before_anything_is_taken",
        Format::Memory(1024),
        a_spool_on_two_file_systems_is_refused,
    ),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    let (mut passed, mut skipped, mut failed) = (0, 0, 0);
    for (name, format, test) in CASES.iter().filter(|(name, ..)| is_wanted(name)) {
        match Volume::new(*format) {
            Err(reason) => {
                println!("skipped: {name}: {reason}");
                skipped += 1;
            }
            Ok(volume) if catch_unwind(AssertUnwindSafe(|| test(&volume))).is_ok() => {
                println!("passed: {name}");
                passed += 1;
            }
            Ok(_) => {
                println!("FAILED: {name}");
                failed += 1;
            }
        }
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn answers_are_as_in_the_outbox(volume: &Volume) {
    let (name, folder) = if volume.takes_any_name() {
        ("東京 レコーダー", "Ünïcödé")
    } else {
        ("Tokyo Recorder", "Unicode")
    };
    let mut errand = Errand::new(volume, &[name, "MiXeD cAsE", "plain"]);
    let spoilt = errand.put(
        &format!("Requests/{folder}/Spoilt.JSON"),
        b"{\"no\": \"request\"}",
    );
    // A clock that runs fifty years ahead.
    let future = SystemTime::UNIX_EPOCH + Duration::from_secs(3_300_000_000);
    File::options()
        .write(true)
        .open(&spoilt)
        .and_then(|file| file.set_modified(future))
        .expect("stamped");
    let before = errand.by_name(&volume.path());
    let batch = errand.assert_completes("the first time");
    assert_eq!(
        errand.by_name(&volume.path().join("Requests")),
        before,
        "what was on it stays"
    );
    let refused = errand.by_name(&volume.path().join("answers"));
    assert!(
        refused.contains_key("Spoilt.JSON.refusal.json")
            && refused.contains_key("Spoilt.JSON.refusal.txt")
    );
    for (unit, request) in &mut errand.requests {
        unit.install(&batch.bundle(request));
    }
    // Again, with nothing new: nothing is written.
    let held = errand.by_name(&volume.path());
    let again = errand.assert_completes("the second time");
    assert_eq!(
        again.said.json()["medium"]["written"],
        serde_json::json!([]),
        "{}",
        again.said
    );
    assert_eq!(errand.by_name(&volume.path()), held);
}

fn a_full_medium_costs_nothing(volume: &Volume) {
    let errand = Errand::new(volume, &["one", "two", "three", "four"]);
    errand.assert_answered_but_not_written("64 KiB");
    let half = errand.by_name(&volume.path().join("answers"));
    assert!(
        half.keys().all(|name| !name.ends_with(".part")),
        "{:?}",
        half.keys()
    );
    volume.remount("size=4m");
    // What lies in memory is gone when it is plugged in again: the answers are compared where they
    // are.
    let said = errand.exchange().exits(0);
    assert!(said.stderr.ends_with("may be removed\n"), "{said}");
    let (own, held) = (
        errand.by_name(&errand.bench.path("spool/outbox")),
        errand.by_name(&volume.path().join("answers")),
    );
    let bundles: Vec<&String> = held.keys().filter(|name| name.ends_with(".zip")).collect();
    assert_eq!(bundles.len(), errand.requests.len(), "{bundles:?}");
    assert!(
        bundles
            .into_iter()
            .all(|name| own.get(name) == held.get(name))
    );
    errand.bench.verify_history();
}

fn a_medium_that_fills_up_costs_nothing(volume: &Volume) {
    let errand = Errand::new(volume, &["one", "two"]);
    let filler = volume.path().join("filler");
    let mut file = File::create(&filler).expect("made");
    while file.write_all(&[0x5A; 4096]).is_ok() {}
    drop(file);
    // A little room is left, for a file or two.
    File::options()
        .write(true)
        .open(&filler)
        .and_then(|file| file.set_len(file.metadata()?.len() - 40_000))
        .expect("shortened");
    errand.assert_answered_but_not_written("full");
    fs::remove_file(&filler).expect("removed");
    errand.assert_completes("with room");
}

fn a_read_only_medium_is_refused(volume: &Volume) {
    let errand = Errand::new(volume, &["one"]);
    volume.remount("ro");
    let events = errand.bench.events();
    let said = errand.exchange().exits(1);
    assert_eq!(said.error_code(), "medium", "{said}");
    assert_eq!(errand.bench.events(), events, "nothing is answered");
    assert!(
        errand.bench.names("spool/inbox").is_empty() && errand.bench.names("spool/work").is_empty()
    );
    volume.remount("rw");
    errand.assert_completes("writable");
}

fn a_medium_that_becomes_read_only_costs_nothing(volume: &Volume) {
    let errand = Errand::new(volume, &["one", "two"]);
    for step in ["after-commit", "written-to-medium"] {
        errand.bench.set(
            "KEYSPOOL_TEST_DO",
            Some(&format!(
                "{step}=mount -o remount,ro '{}'",
                volume.path().display()
            )),
        );
        errand.assert_answered_but_not_written(step);
        errand.bench.set("KEYSPOOL_TEST_DO", None);
        volume.remount("rw");
    }
    errand.assert_completes("writable");
}

fn a_medium_pulled_out_costs_nothing(volume: &Volume) {
    let errand = Errand::new(volume, &["one", "two"]);
    for step in [
        "staged",
        "after-take",
        "after-commit",
        "after-stage",
        "written-to-medium",
    ] {
        errand.bench.set(
            "KEYSPOOL_TEST_DO",
            Some(&format!("{step}=kill -9 {}", volume.driver())),
        );
        errand.assert_answered_but_not_written(step);
        errand.bench.set("KEYSPOOL_TEST_DO", None);
        volume.repair();
    }
    errand.assert_completes("plugged in again");
}

/// Found out only once a batch was answered, its files could not be moved to where they belong.
fn a_spool_on_two_file_systems_is_refused(volume: &Volume) {
    for (folder, code) in [("archive", 1), ("rejected", 1), ("inbox", 1), ("outbox", 0)] {
        let bench = Bench::new();
        let mut unit = bench.unit("one", "desk");
        let request = unit.activate_with(&bench.key("desk", "seat=1"));
        let said = {
            let _mounted = volume.also_at(&bench.path("spool").join(folder));
            bench.drop_file("one.json", &request.to_json());
            bench.run(&["process", "--settle", "0"]).exits(code)
        };
        if code == 1 {
            assert!(
                said.stderr.contains("lies on another file system than "),
                "{folder}: {said}"
            );
            assert!(
                said.stderr
                    .contains("hint: keep inbox, work, rejected and archive on one file system"),
                "{folder}: {said}"
            );
            assert!(bench.names("spool/work").is_empty(), "{folder}");
        } else {
            assert_eq!(bench.system(&unit)["state"], "active");
        }
    }
}
