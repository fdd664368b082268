//! `watch`: answers by itself, beside other commands, until it is asked to stop.

use crate::bench::{Bench, Said};
use crate::unit::{Unit, one_seat, parts, qr};
use crate::watch_texts::append;
use keyspool::wire::Envelope;
use keyspool::wire::request::Wanted;
use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Longer than any line takes to come: who waits so long has found a defect.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// No look at the inbox comes of itself within a test.
pub(crate) const BY_EVENTS: [&str; 5] = ["watch", "--rescan", "86400", "--settle", "0"];

pub(crate) struct Watch<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) child: Child,
    pub(crate) lines: Receiver<String>,
    pub(crate) said: Vec<String>,
}

impl<'a> Watch<'a> {
    pub(crate) fn start(bench: &'a Bench, mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let stderr = BufReader::new(child.stderr.take().expect("piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            stderr
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        Self {
            bench,
            child,
            lines,
            said: Vec::new(),
        }
    }

    /// Watching, with everything answered that lay there.
    pub(crate) fn ready(bench: &'a Bench, arguments: &[&str]) -> Self {
        let mut watch = Self::start(bench, bench.command(arguments));
        watch.line_with("watching ");
        watch
    }

    pub(crate) fn line_with(&mut self, part: &str) -> String {
        loop {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("no line with {part:?}: {:?}", self.said));
            self.said.push(line.clone());
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Waits until so many requests were activated, in however many batches.
    pub(crate) fn activated(&mut self, count: usize) {
        let mut found = 0;
        while found < count {
            let line = self.line_with(" activated");
            let words: Vec<&str> = line.split([' ', ',']).collect();
            let at = words
                .iter()
                .position(|word| *word == "activated")
                .expect("the word");
            found += words[at - 1].parse::<usize>().expect("a count");
        }
        assert_eq!(found, count, "{:?}", self.said);
    }

    pub(crate) fn ask_to_stop(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("it runs");
    }

    pub(crate) fn ended(mut self) -> Said {
        // What it says ends when it does.
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.said.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end: {:?}", self.said),
            }
        }
        let code = self.child.wait().expect("it ends").code();
        let mut stdout = String::new();
        self.child
            .stdout
            .take()
            .expect("piped")
            .read_to_string(&mut stdout)
            .expect("UTF-8");
        let said = Said {
            code,
            stdout,
            stderr: self.said.join("\n"),
        };
        self.bench.assert_no_secret(&said.to_string());
        said
    }

    pub(crate) fn stopped(self) -> Said {
        self.ask_to_stop(Signal::TERM);
        self.ended().exits(0)
    }
}

/// A test that fails leaves no process behind.
impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A whole file appears in the inbox at once, as `mv` does it.
pub(crate) fn move_in(bench: &Bench, name: &str, bytes: &[u8]) -> PathBuf {
    let aside = bench.path("aside");
    fs::write(&aside, bytes).expect("written");
    let seconds = Duration::from_secs(bench.clock().unix().try_into().expect("after 1970"));
    File::options()
        .write(true)
        .open(&aside)
        .expect("opened")
        .set_modified(std::time::UNIX_EPOCH + seconds)
        .expect("stamped");
    let path = bench.path("spool/inbox").join(name);
    fs::rename(&aside, &path).expect("moved");
    path
}

pub(crate) fn asks(bench: &Bench, name: &str) -> (Unit, Envelope) {
    let mut unit = bench.unit(name, "desk");
    let request = unit.activate_with(&bench.key("desk", "seat=1"));
    (unit, request)
}

pub(crate) fn is_active(bench: &Bench, unit: &Unit) -> bool {
    bench.system(unit)["state"] == "active"
}

#[test]
fn a_dropped_file_is_answered_by_its_event() {
    let bench = Bench::new();
    let (lying, request) = asks(&bench, "lying");
    move_in(&bench, "lying.json", &request.to_json());
    let mut watch = Watch::ready(&bench, &BY_EVENTS);
    assert!(
        is_active(&bench, &lying),
        "what lay there at the start is answered before it is ready"
    );
    let (moved, request) = asks(&bench, "moved");
    move_in(&bench, "moved.json", &request.to_json());
    watch.line_with("1 activated, 1 new system(s)");
    assert!(is_active(&bench, &moved), "other commands work beside it");
    let (written, request) = asks(&bench, "written");
    fs::write(bench.path("spool/inbox/written.json"), request.to_json()).expect("written");
    watch.line_with("1 activated");
    let (deep, request) = asks(&bench, "deep");
    fs::create_dir_all(bench.path("spool/inbox/a/new/folder")).expect("made");
    move_in(&bench, "a/new/folder/deep.json", &request.to_json());
    watch.line_with("1 activated");
    let said = watch.stopped();
    assert!(said.stderr.ends_with("stopped: no batch is open"), "{said}");
    assert!(is_active(&bench, &written) && is_active(&bench, &deep));
    bench.verify_history();
}

#[test]
fn a_missed_event_is_found_by_looking() {
    let bench = Bench::new();
    let (unit, request) = asks(&bench, "linked");
    // A file with a second name is left alone; when that goes, nothing happens in the inbox.
    let path = bench.drop_file("linked.json", &request.to_json());
    fs::hard_link(&path, bench.path("second name")).expect("linked");
    let mut watch = Watch::ready(&bench, &["watch", "--rescan", "1", "--settle", "0"]);
    fs::remove_file(bench.path("second name")).expect("removed");
    watch.line_with("1 activated");
    watch.stopped();
    assert!(is_active(&bench, &unit));
}

#[test]
fn it_stops_only_after_the_running_batch() {
    for step in ["after-take", "after-commit", "after-stage"] {
        let bench = Bench::new();
        let (unit, request) = asks(&bench, "asked");
        let mut command = bench.command(&BY_EVENTS);
        command.env("KEYSPOOL_TEST_STOP", step);
        move_in(&bench, "asked.json", &request.to_json());
        let said = Watch::start(&bench, command).ended().exits(0);
        assert!(
            said.stderr.contains("1 activated") && said.stderr.contains("stopped"),
            "{step}: {said}"
        );
        assert!(is_active(&bench, &unit));
        assert!(
            bench.names("spool/work").is_empty() && bench.names("spool/inbox").is_empty(),
            "{step}"
        );
    }
}

#[test]
fn ctrl_c_stops_it_too() {
    let bench = Bench::new();
    let watch = Watch::ready(&bench, &BY_EVENTS);
    watch.ask_to_stop(Signal::INT);
    watch.ended().exits(0);
}

#[test]
fn a_file_under_way_waits_until_it_is_whole() {
    let bench = Bench::new();
    let (unit, request) = asks(&bench, "slow");
    let whole = request.to_json();
    let mut watch = Watch::ready(&bench, &["watch", "--rescan", "86400", "--settle", "3600"]);
    move_in(&bench, "slow.json", &whole[..whole.len() / 2]);
    let (_, other) = asks(&bench, "other");
    move_in(&bench, "other.json", &other.to_json());
    let line = watch.line_with("1 activated");
    assert!(line.contains("1 left in the inbox"), "{line}");
    move_in(&bench, "slow.json", &whole);
    watch.line_with("1 activated");
    watch.stopped();
    assert!(is_active(&bench, &unit));
    assert!(
        bench.names("spool/rejected").is_empty(),
        "no part of a good file is rejected"
    );
}

/// Transactions that were ever begun: the first line of the lock file.
fn transactions(bench: &Bench) -> u64 {
    let text = fs::read_to_string(bench.path("vault/ledger.lock")).expect("the lock file");
    text.lines()
        .next()
        .and_then(|line| line.parse().ok())
        .expect("a number")
}

#[test]
fn what_it_left_does_not_keep_it_busy() {
    let bench = Bench::new();
    let (_, request) = asks(&bench, "parted");
    let mut watch = Watch::ready(&bench, &BY_EVENTS);
    move_in(&bench, "part.txt", parts(&qr(&request), 2)[0].as_bytes());
    let open = append(&bench.path("spool/inbox/open.txt"), "KS1:");
    let (_, request) = asks(&bench, "one");
    move_in(&bench, "one.json", &request.to_json());
    let line = watch.line_with("1 activated");
    assert!(line.contains("2 left in the inbox"), "{line}");
    let before = transactions(&bench);
    // In this time it would look four times at what settles.
    assert_eq!(watch.lines.recv_timeout(Duration::from_secs(1)).ok(), None);
    assert_eq!(
        transactions(&bench),
        before,
        "it keeps looking at what it left"
    );
    drop(open);
    watch.line_with("1 refused");
    watch.stopped();
}

#[test]
fn it_waits_for_a_command_that_holds_the_ledger() {
    let bench = Bench::new();
    bench.set("KEYSPOOL_TEST_PATIENCE_MS", Some("40"));
    let mut watch = Watch::ready(&bench, &BY_EVENTS);
    let (unit, request) = asks(&bench, "patient");
    let lock = File::options()
        .write(true)
        .open(bench.path("vault/ledger.lock"))
        .expect("opened");
    flock(&lock, FlockOperation::LockExclusive).expect("held");
    move_in(&bench, "patient.json", &request.to_json());
    watch.line_with("which holds the ledger");
    drop(lock);
    watch.line_with("1 activated");
    watch.stopped();
    assert!(is_active(&bench, &unit));
}

#[test]
fn a_changed_vault_is_opened_anew() {
    let bench = Bench::new();
    let mut watch = Watch::ready(&bench, &BY_EVENTS);
    let path = bench.path("vault/vault.json");
    let good = fs::read(&path).expect("the vault");
    fs::write(&path, &good[..good.len() - 1]).expect("written");
    let (unit, request) = asks_of(&bench, good.clone(), &path);
    move_in(&bench, "late.json", &request.to_json());
    watch.line_with("error: ");
    watch.ended().exits(4);
    fs::write(&path, good).expect("written");
    bench.process();
    assert!(is_active(&bench, &unit), "nothing is lost");
}

/// A request made while the vault is well; then it is spoilt again.
fn asks_of(bench: &Bench, good: Vec<u8>, path: &std::path::Path) -> (Unit, Envelope) {
    let spoilt = fs::read(path).expect("the vault");
    fs::write(path, good).expect("written");
    let asked = asks(bench, "late");
    fs::write(path, spoilt).expect("written");
    asked
}

#[test]
fn what_stays_in_the_inbox_is_named_once() {
    let bench = Bench::new();
    let (_, request) = asks(&bench, "wide");
    let halves = parts(&qr(&request), 2);
    for json in [false, true] {
        let bench = bench.copy();
        let arguments: Vec<&str> = BY_EVENTS
            .into_iter()
            .chain(json.then_some("--json"))
            .collect();
        let mut watch = Watch::ready(&bench, &arguments);
        move_in(&bench, "one.txt", halves[0].as_bytes());
        let line = watch.line_with("one.txt");
        assert!(line.contains("part 2 of 2"), "what is missing: {line}");
        if json {
            let line: Value = serde_json::from_str(&line).expect("JSON");
            assert!(
                line["file"] == "one.txt" && line["left"].is_string() && line["at"].is_string(),
                "{line}"
            );
        } else {
            assert!(line.contains("left in the inbox: one.txt: "), "{line}");
        }
        let (_, other) = asks(&bench, "other");
        move_in(&bench, "other.json", &other.to_json());
        watch.line_with("activated");
        let said = watch.stopped();
        assert_eq!(said.stderr.matches("one.txt").count(), 1, "{said}");
        let is_object =
            |line: &str| serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object());
        assert!(
            said.stderr.lines().all(|line| is_object(line) == json),
            "with --json each line is an object: {said}"
        );
    }
}

#[test]
fn with_json_each_batch_is_one_line() {
    let bench = Bench::new();
    let mut watch = Watch::ready(&bench, &[&BY_EVENTS[..], &["--json"]].concat());
    let mut stranger = bench.unit("stranger", "desk");
    move_in(
        &bench,
        "stranger.json",
        &stranger.ask(Wanted::Activate, one_seat(), &[]).to_json(),
    );
    let line: Value = serde_json::from_str(&watch.line_with("\"batch\"")).expect("JSON");
    assert_eq!(line["documents"], 1);
    assert_eq!(
        line["refusals"],
        serde_json::json!({"awaiting-approval": 1})
    );
    assert_eq!(
        line["outcomes"],
        serde_json::json!({"acme": {"refused": 1}})
    );
    let said = watch.stopped();
    assert!(said.stdout.is_empty(), "{said}");
}
