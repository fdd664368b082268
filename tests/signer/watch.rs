//! `watch`: answers by itself, beside other commands, until it is asked to stop.

use crate::bench::{Bench, Said};
use crate::unit::{Unit, one_seat, parts, qr};
use keyspool::wire::Envelope;
use keyspool::wire::request::Wanted;
use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, getpgid, kill_process};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Longer than any line takes to come: who waits so long has found a defect.
const PATIENCE: Duration = Duration::from_secs(60);
/// No look at the inbox comes of itself within a test.
const BY_EVENTS: [&str; 5] = ["watch", "--rescan", "86400", "--settle", "0"];

struct Watch<'a> {
    bench: &'a Bench,
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl<'a> Watch<'a> {
    fn start(bench: &'a Bench, mut command: Command) -> Self {
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
    fn ready(bench: &'a Bench, arguments: &[&str]) -> Self {
        let mut watch = Self::start(bench, bench.command(arguments));
        watch.line_with("watching ");
        watch
    }

    fn line_with(&mut self, part: &str) -> String {
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
    fn activated(&mut self, count: usize) {
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

    fn ask_to_stop(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("it runs");
    }

    fn ended(mut self) -> Said {
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

    fn stopped(self) -> Said {
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
fn move_in(bench: &Bench, name: &str, bytes: &[u8]) -> PathBuf {
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

fn asks(bench: &Bench, name: &str) -> (Unit, Envelope) {
    let mut unit = bench.unit(name, "desk");
    let request = unit.activate_with(&bench.key("desk", "seat=1"));
    (unit, request)
}

fn is_active(bench: &Bench, unit: &Unit) -> bool {
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

/// No file settles within a test.
const WITHOUT_SETTLING: [&str; 5] = ["watch", "--rescan", "86400", "--settle", "3600"];

fn append(path: &PathBuf, text: &str) -> File {
    let mut file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .expect("opened");
    file.write_all(text.as_bytes()).expect("written");
    file
}

#[test]
fn a_closed_text_is_answered_at_once() {
    let bench = Bench::new();
    let mut watch = Watch::ready(&bench, &WITHOUT_SETTLING);
    let [(_, one), (_, two), (_, three), (_, cut)] =
        ["one", "two", "three", "cut"].map(|name| asks(&bench, name));
    // Without an end of its last line it is a whole request all the same; a part may be the
    // beginning of a longer one.
    move_in(
        &bench,
        "lines.txt",
        format!("{}\r\n{}", qr(&one), qr(&two)).as_bytes(),
    );
    watch.line_with("2 activated");
    move_in(
        &bench,
        "parts.txt",
        format!("{}\n", parts(&qr(&three), 3).join("\n")).as_bytes(),
    );
    watch.line_with("1 activated");
    let cut = parts(&qr(&cut), 2).join("\n");
    move_in(&bench, "cut.txt", &cut.as_bytes()[..cut.len() - 5]);
    let (_, other) = asks(&bench, "other");
    move_in(&bench, "other.json", &other.to_json());
    let line = watch.line_with("1 activated");
    assert!(line.contains("1 left in the inbox"), "{line}");
    move_in(&bench, "cut.txt", format!("{cut}\n").as_bytes());
    watch.line_with("1 activated");
    watch.stopped();
    assert!(bench.names("spool/inbox").is_empty() && bench.names("spool/rejected").is_empty());
}

#[test]
fn an_open_text_is_answered_when_closed() {
    let bench = Bench::new();
    let ((_, one), (_, two), (_, other)) = (
        asks(&bench, "one"),
        asks(&bench, "two"),
        asks(&bench, "other"),
    );
    let mut watch = Watch::ready(&bench, &WITHOUT_SETTLING);
    let path = bench.path("spool/inbox/lines.txt");
    let mut lines = append(&path, &format!("{}\n", qr(&one)));
    // Its time stamp is far from the clock of the test, and says nothing.
    move_in(&bench, "other.json", &other.to_json());
    let line = watch.line_with("1 activated");
    assert!(line.contains("1 left in the inbox"), "{line}");
    lines
        .write_all(format!("{}\n", qr(&two)).as_bytes())
        .expect("written");
    drop(lines);
    let line = watch.line_with("2 activated");
    assert!(!line.contains("left"), "{line}");
    // Also one that looks the same before and after.
    let [(_, one), (_, other)] = ["third", "fourth"].map(|name| asks(&bench, name));
    let same = append(&path, &qr(&one));
    move_in(&bench, "other.json", &other.to_json());
    assert!(
        watch
            .line_with("1 activated")
            .contains("1 left in the inbox")
    );
    drop(same);
    watch.line_with("1 activated");
    watch.stopped();
}

/// Nothing tells the inbox that a file in `work/` was let go of.
#[test]
fn a_text_closed_during_a_look_is_answered() {
    let bench = Bench::new();
    let [(_, one), (_, two), (_, other)] = ["one", "two", "other"].map(|name| asks(&bench, name));
    let (mark, path) = (bench.path("looked at"), bench.path("spool/inbox/lines.txt"));
    fs::write(bench.path("second"), qr(&two)).expect("written");
    // And meanwhile another file takes its place in the inbox.
    let command = format!(
        "not-whole=cat '{}' >> '{}'; touch '{2}'; while [ -e '{2}' ]; do sleep 0.01; done",
        bench.path("second").display(),
        path.display(),
        mark.display()
    );
    bench.set("KEYSPOOL_TEST_DO", Some(&command));
    let mut watch = Watch::ready(&bench, &WITHOUT_SETTLING);
    let lines = append(&path, &qr(&one));
    while !mark.exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    drop(lines);
    fs::remove_file(&mark).expect("removed");
    watch.activated(2);
    move_in(&bench, "other.json", &other.to_json());
    watch.activated(1);
    watch.stopped();
    assert!(bench.names("spool/inbox").is_empty());
}

#[test]
fn every_added_line_of_a_text_is_answered() {
    // Before it is taken, while it is taken, and after it was answered.
    for step in ["file-taken", "after-take", "after-commit", "after-move"] {
        let bench = Bench::new();
        let requests = ["one", "two", "three"].map(|name| asks(&bench, name).1);
        let path = bench.path("spool/inbox/lines.txt");
        fs::write(bench.path("second"), format!("{}\n", qr(&requests[1]))).expect("written");
        let add = format!(
            "{step}=cat '{}' >> '{}'",
            bench.path("second").display(),
            path.display()
        );
        bench.set("KEYSPOOL_TEST_DO", Some(&add));
        let mut watch = Watch::ready(&bench, &WITHOUT_SETTLING);
        drop(append(&path, &format!("{}\n", qr(&requests[0]))));
        watch.activated(2);
        drop(append(&path, &format!("{}\n", qr(&requests[2]))));
        watch.activated(1);
        watch.stopped();
        assert!(
            bench.names("spool/inbox").is_empty() && bench.names("spool/rejected").is_empty(),
            "{step}"
        );
    }
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

/// What systemd would hear.
struct Ears {
    socket: UnixDatagram,
}

impl Ears {
    fn new(bench: &Bench) -> Self {
        let socket = UnixDatagram::bind(bench.path("notify")).expect("bound");
        socket.set_read_timeout(Some(PATIENCE)).expect("set");
        Self { socket }
    }

    /// Who is to give a sign of life within so many microseconds.
    fn command(&self, bench: &Bench, watchdog: &str) -> Command {
        let mut command = bench.command(&BY_EVENTS);
        command
            .env("NOTIFY_SOCKET", bench.path("notify"))
            .env("WATCHDOG_USEC", watchdog);
        command
    }

    fn message(&self) -> Option<String> {
        let mut buffer = [0; 256];
        let length = self.socket.recv(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    /// All that is said until this is.
    fn until(&self, wanted: &str) -> Vec<String> {
        let mut heard = Vec::new();
        while heard.len() < 100_000 {
            let message = self
                .message()
                .unwrap_or_else(|| panic!("never said {wanted}: {heard:?}"));
            if message.contains(wanted) {
                return heard;
            }
            heard.push(message);
        }
        panic!("never said {wanted}");
    }

    /// Whether nothing is said for a time in which a process that works would say much.
    fn hear_nothing(&self) -> bool {
        self.socket
            .set_read_timeout(Some(Duration::from_millis(300)))
            .expect("set");
        let is_silent = self.message().is_none();
        self.socket.set_read_timeout(Some(PATIENCE)).expect("set");
        is_silent
    }
}

fn signs(heard: &[String]) -> usize {
    heard
        .iter()
        .filter(|message| message.contains("WATCHDOG=1"))
        .count()
}

#[test]
fn systemd_hears_ready_alive_and_stopping() {
    let bench = Bench::new();
    let ears = Ears::new(&bench);
    let watch = Watch::start(&bench, ears.command(&bench, "20000"));
    ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
        .into_iter()
        .for_each(|wanted| drop(ears.until(wanted)));
    watch.ask_to_stop(Signal::TERM);
    ears.until("STOPPING=1");
    watch.ended().exits(0);
}

/// A batch of any size is no silence: each file is a sign of life as it is taken, read from a
/// picture, and moved on. While it starts, and once it is asked to stop, systemd waits longer.
#[test]
fn systemd_hears_of_each_file_of_a_long_batch() {
    let bench = Bench::new();
    let ears = Ears::new(&bench);
    let count = 20;
    let request = asks(&bench, "often").1;
    (0..count).for_each(|n| drop(move_in(&bench, &format!("{n}.json"), &request.to_json())));
    // Anything done is worth a sign where one is due every microsecond.
    let watch = Watch::start(&bench, ears.command(&bench, "1"));
    let heard = ears.until("READY=1");
    assert!(signs(&heard) >= 2 * count, "{heard:?}");
    assert!(
        heard
            .iter()
            .all(|message| message.contains("EXTEND_TIMEOUT_USEC=")),
        "{heard:?}"
    );
    let heard = ears.until("WATCHDOG=1");
    assert!(
        heard.iter().all(|message| !message.contains("EXTEND")),
        "{heard:?}"
    );
    watch.ask_to_stop(Signal::TERM);
    ears.until("STOPPING=1");
    watch.ended().exits(0);
}

/// No clock keeps a process alive that hangs in the middle of a batch.
#[test]
fn systemd_hears_nothing_of_a_hung_process() {
    for step in ["file-taken", "before-commit", "after-stage", "after-move"] {
        let bench = Bench::new();
        let ears = Ears::new(&bench);
        move_in(&bench, "hangs.json", &asks(&bench, "hangs").1.to_json());
        let hanging = bench.path("hanging");
        let hang = format!(
            "touch '{0}'; while [ -e '{0}' ]; do sleep 0.01; done",
            hanging.display()
        );
        bench.set("KEYSPOOL_TEST_DO", Some(&format!("{step}={hang}")));
        let mut watch = Watch::start(&bench, ears.command(&bench, "20000"));
        while !hanging.exists() {
            ears.hear_nothing();
        }
        // What was said before is heard first.
        assert!(
            (0..1_000).any(|_| ears.hear_nothing()),
            "{step}: it hangs, and says that it is alive"
        );
        fs::remove_file(&hanging).expect("removed");
        ears.until("READY=1");
        watch.line_with("1 activated");
        watch.ask_to_stop(Signal::TERM);
        ears.until("STOPPING=1");
        watch.ended().exits(0);
    }
}

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
