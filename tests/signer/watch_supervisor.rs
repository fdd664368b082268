//! `watch` and the supervisor of pictures.

use crate::bench::Bench;
use crate::unit::qr;
use crate::watch::{BY_EVENTS, Watch, asks, is_active, move_in};
use keyspool::wire::Envelope;
use rustix::process::{Pid, Signal, getpgid, kill_process};
use std::fs::{self};

/// The child processes of a process that have this argument.
fn children(of: u32, argument: &str) -> Vec<u32> {
    let listed = fs::read_to_string(format!("/proc/{of}/task/{of}/children"))
        .expect("the children of a process");
    let has = |id: &u32| {
        fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| {
            line.split(|byte| *byte == 0)
                .any(|word| word == argument.as_bytes())
        })
    };
    listed
        .split_whitespace()
        .filter_map(|id| id.parse().ok())
        .filter(has)
        .collect()
}

fn supervisor(watch: &Watch<'_>) -> Pid {
    let [supervisor] = children(watch.child.id(), "scan-supervisor")
        .try_into()
        .expect("one supervisor");
    i32::try_from(supervisor)
        .ok()
        .and_then(Pid::from_raw)
        .expect("a process")
}

fn kill_supervisor(watch: &Watch<'_>) {
    kill_process(supervisor(watch), Signal::KILL).expect("killed");
}

/// Ctrl-C goes to a whole group of processes, and what ends a service to all of its own.
#[test]
fn a_stop_for_all_ends_after_the_batch() {
    let bench = Bench::new();
    let [(first, one), (second, other)] = ["front", "back"].map(|name| asks(&bench, name));
    let picture =
        |request: &Envelope| keyspool::render::picture::png(&[qr(request)]).expect("a picture");
    let mut watch = Watch::ready(&bench, &BY_EVENTS);
    move_in(&bench, "first.png", &picture(&one));
    watch.line_with("1 activated");
    let supervisor = supervisor(&watch);
    assert_eq!(
        getpgid(Some(supervisor)).expect("it runs"),
        supervisor,
        "a group of its own"
    );
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        kill_process(supervisor, signal).expect("it runs");
    }
    move_in(&bench, "second.png", &picture(&other));
    watch.line_with("1 activated");
    watch.stopped();
    assert!(is_active(&bench, &first) && is_active(&bench, &second));
}

#[test]
fn a_dead_supervisor_ends_the_watch() {
    let bench = Bench::new();
    let ((file, document), (camera, pictured)) = (asks(&bench, "file"), asks(&bench, "pictured"));
    let picture = keyspool::render::picture::png(&[qr(&pictured)]).expect("a picture");
    let watch = Watch::ready(&bench, &BY_EVENTS);
    kill_supervisor(&watch);
    // Both in one batch, or in the two runs.
    move_in(&bench, "camera.png", &picture);
    move_in(&bench, "file.json", &document.to_json());
    let said = watch.ended().exits(1);
    assert!(
        said.stderr
            .contains("error: the process that reads pictures has ended"),
        "{said}"
    );
    assert!(
        said.stderr.contains("hint: run the same command again"),
        "{said}"
    );
    assert!(
        bench
            .names("spool/inbox")
            .contains(&"camera.png".to_owned())
            && bench.names("spool/work").is_empty()
    );
    Watch::ready(&bench, &BY_EVENTS).stopped();
    assert!(
        is_active(&bench, &file)
            && is_active(&bench, &camera)
            && bench.names("spool/inbox").is_empty()
    );
    bench.verify_history();
}

#[test]
fn a_dead_supervisor_ends_an_idle_watch() {
    let bench = Bench::new();
    let watch = Watch::ready(&bench, &["watch", "--rescan", "1"]);
    kill_supervisor(&watch);
    let said = watch.ended().exits(1);
    assert!(
        said.stderr
            .contains("error: the process that reads pictures has ended"),
        "{said}"
    );
}

/// A picture that would end every supervisor keeps nothing else from being answered.
#[test]
fn others_are_answered_when_the_supervisor_dies() {
    let bench = Bench::new();
    let ((file, document), (_, pictured)) = (asks(&bench, "file"), asks(&bench, "pictured"));
    let mut picture = keyspool::render::picture::png(&[qr(&pictured)]).expect("a picture");
    picture.extend_from_slice(b"keyspool-test-supervisor");
    move_in(&bench, "a.png", &picture);
    move_in(&bench, "b.json", &document.to_json());
    let mut command = bench.command(&BY_EVENTS);
    command.env("KEYSPOOL_TEST_SCAN", "4000");
    let said = Watch::start(&bench, command).ended().exits(1);
    assert!(
        said.stderr.contains("1 activated") && said.stderr.contains("1 left in the inbox"),
        "{said}"
    );
    assert!(is_active(&bench, &file));
    assert_eq!(bench.names("spool/inbox"), ["a.png"]);
}
