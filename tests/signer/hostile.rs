//! What a hostile hand puts into the inbox: nothing outside is read, nothing blocks, and what is
//! good is answered.

use crate::bench::{Bench, Said, entries, os, word};
use crate::documents::{at, own_key, process_settling};
use crate::unit::{parts, qr};
use keyspool::wire::response::ManifestEntry;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Duration;

/// No batch of these tests takes a second; one that takes this long waits for something that never
/// comes.
const DEADLINE: Duration = Duration::from_secs(120);

/// Answers the inbox, or ends the process and the test at the deadline.
fn process_in_time(bench: &Bench) -> Said {
    let child = bench.spawn(&["process", "--settle", "0", "--json"]);
    let id = child.id().to_string();
    let (done, wait) = channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    let Ok(output) = wait.recv_timeout(DEADLINE) else {
        let _ = Command::new("kill").args(["-9", &id]).status();
        panic!("the signer waits for something in the inbox");
    };
    let output = output.expect("ended");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

fn run(tool: &str, arguments: &[&str], path: &Path) -> bool {
    let output = Command::new(tool)
        .arg(path)
        .args(arguments)
        .output()
        .expect("the tool starts");
    output.status.success()
}

#[test]
fn only_plain_files_are_taken() {
    let bench = Bench::new();
    let inbox = bench.path("spool/inbox");
    // A request that would be granted if it were read.
    let outside = own_key(&bench, "outside");
    fs::create_dir(bench.path("outside")).expect("made");
    fs::write(bench.path("outside/request.json"), outside.to_json()).expect("written");
    symlink(bench.path("outside/request.json"), inbox.join("link.json")).expect("linked");
    symlink(bench.path("outside"), inbox.join("acme")).expect("linked");
    symlink("/dev/zero", inbox.join("zero.json")).expect("linked");
    fs::hard_link(bench.path("outside/request.json"), inbox.join("hard.json")).expect("linked");
    assert!(run("mkfifo", &[], &inbox.join("pipe.json")));
    let _socket = UnixListener::bind(inbox.join("socket.json")).expect("bound");
    fs::create_dir_all(inbox.join("folder.json/deep.json")).expect("made");
    File::create(inbox.join("huge.json"))
        .and_then(|file| file.set_len(1 << 40))
        .expect("sparse");
    File::create(inbox.join("sparse.json"))
        .and_then(|file| file.set_len(64 << 20))
        .expect("sparse");
    let mut left = vec![
        "link.json: it is a symbolic link",
        "acme: it is a symbolic link",
        "zero.json: it is a symbolic link",
        "hard.json: it is a hard link",
        "pipe.json: it is a named pipe",
        "socket.json: it is a socket",
        "huge.json: it is larger than 4 GiB",
    ];
    // Only root makes devices: one that never ends, and one that rings when it is opened.
    if run("mknod", &["c", "1", "5"], &inbox.join("endless.json"))
        && run("mknod", &["c", "5", "2"], &inbox.join("terminal.json"))
    {
        left.extend([
            "endless.json: it is a device",
            "terminal.json: it is a device",
        ]);
    } else {
        println!("skipped: devices, which only root makes");
    }
    let good = own_key(&bench, "good");
    bench.drop_file("good.json", &good.to_json());
    let said = process_in_time(&bench);
    let batch = bench.batch_of(said.clone());
    for reason in &left {
        assert!(
            said.stderr
                .contains(&format!("left in the inbox: {reason}")),
            "{reason}: {said}"
        );
    }
    assert_eq!(batch.entries.len(), 2, "{said}");
    assert_eq!(
        (batch.outcome(&good), batch.outcomes("sparse.json")),
        ("activated".into(), vec!["too-large".into()])
    );
    assert_eq!(
        fs::read(bench.path("outside/request.json")).ok(),
        Some(outside.to_json())
    );
    // Without its second name it is a file like any other.
    fs::remove_file(bench.path("outside/request.json")).expect("removed");
    let said = process_in_time(&bench);
    assert_eq!(bench.batch_of(said).outcome(&outside), "activated");
}

#[test]
fn every_prefix_of_a_good_file_waits() {
    let bench = Bench::new();
    let [first, second, third] =
        ["first file", "second file", "third file"].map(|name| own_key(&bench, name));
    let lines = format!("{}\r\n{}\n", qr(&second), qr(&first));
    let in_parts = format!("{}\n", parts(&qr(&third), 2).join("\n"));
    for (kind, whole) in [
        ("json", first.to_json()),
        ("txt", lines.into_bytes()),
        ("parts.txt", in_parts.into_bytes()),
    ] {
        let name = |length: usize| format!("{length:05}.{kind}");
        let (inbox, now) = (bench.path("spool/inbox"), at(&bench));
        let write = |length: usize, bytes: &[u8]| {
            let path = inbox.join(name(length));
            fs::write(&path, bytes).expect("written");
            File::options()
                .write(true)
                .open(&path)
                .and_then(|file| file.set_modified(now))
                .expect("stamped");
        };
        (0..whole.len()).for_each(|length| write(length, &whole[..length]));
        // Each is one byte longer at the second look.
        let result = process_settling(&bench, now, &|_| {
            (0..whole.len()).for_each(|length| write(length, &whole[..=length]));
        });
        let answered = entries(&result);
        let refused: Vec<_> = answered
            .iter()
            .filter(|entry| entry.refusal.is_some())
            .collect();
        assert!(refused.is_empty(), "{kind}: {refused:?}");
        // White space at an end is nothing that a reader waits for, and the lines of a text that
        // nobody has open are whole each.
        let ends_line = |length: usize| {
            kind != "json"
                && whole[..length]
                    .last()
                    .is_some_and(|byte| is_line_end(*byte))
        };
        let rest_of = |length: usize| {
            whole[length..]
                .split(|byte| kind != "json" && is_line_end(*byte))
                .next()
                .unwrap_or_default()
        };
        let is_whole = |length: usize| ends_line(length) || rest_of(length).trim_ascii().is_empty();
        let lengths = answered
            .iter()
            .map(|entry| entry.file[..5].parse::<usize>().expect("a length"));
        let torn: Vec<usize> = lengths
            .filter(|length| !is_whole(*length) && !is_whole(length + 1))
            .collect();
        assert_eq!(torn, [0; 0], "{kind}");
        (0..whole.len())
            .filter(|length| {
                bench
                    .path(&format!("spool/inbox/{}", name(*length)))
                    .exists()
            })
            .for_each(|length| {
                bench.drop_file(name(length), &whole);
            });
        assert_all_answered(&bench, kind, &answered, whole.len());
    }
    bench.verify_history();
}

/// The next run answers what waits; by then `count` files were answered, and none was refused.
fn assert_all_answered(bench: &Bench, kind: &str, answered: &[ManifestEntry], count: usize) {
    let batch = bench.process();
    let outcomes: Vec<String> = batch
        .entries
        .iter()
        .map(|entry| word(&entry["outcome"]))
        .collect();
    assert!(
        outcomes
            .iter()
            .all(|outcome| ["activated", "repeated"].contains(&outcome.as_str())),
        "{kind}: {}",
        batch.said
    );
    let mut files: BTreeSet<String> = batch
        .entries
        .iter()
        .map(|entry| word(&entry["file"]))
        .collect();
    files.extend(answered.iter().map(|entry| entry.file.clone()));
    assert_eq!(files.len(), count, "{kind}");
    assert!(
        bench.names("spool/inbox").is_empty() && bench.names("spool/work").is_empty(),
        "{kind}"
    );
}

#[test]
fn an_open_text_stays_and_is_named() {
    let bench = Bench::new();
    let request = own_key(&bench, "log");
    let path = bench.drop_file("log.txt", format!("{}\n", qr(&request)).as_bytes());
    let program = File::options().append(true).open(&path).expect("opened");
    bench.pass_seconds(60);
    let said = bench.run(&["process", "--json"]).exits(0);
    assert!(
        said.stderr
            .contains("left in the inbox: log.txt: a program has it open for writing"),
        "{said}"
    );
    assert_eq!(bench.names("spool/inbox"), ["log.txt"]);
    drop(program);
    assert_eq!(bench.process().outcome(&request), "activated");
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[test]
fn folder_names_never_steer_a_terminal() {
    let bench = Bench::new();
    let request = own_key(&bench, "named");
    let longest = "長".repeat(85);
    let folders: [&[u8]; 5] = [
        b"new\nline",
        b"\x1b]0;owned\x07",
        "\u{202e}emca".as_bytes(),
        b"\xff\xfe",
        longest.as_bytes(),
    ];
    for folder in folders {
        let path = [folder, b"/", &b"x".repeat(250), b".json"].concat();
        bench.drop_file(os(&path), &request.to_json());
    }
    let said = process_in_time(&bench);
    let steers = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(
        !said.stdout.contains(steers) && !said.stderr.contains(steers),
        "{said}"
    );
    let batch = bench.batch_of(said);
    let outcomes: Vec<String> = batch
        .entries
        .iter()
        .map(|entry| word(&entry["outcome"]))
        .collect();
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| *outcome == "activated")
            .count(),
        1
    );
    assert_eq!(
        (outcomes.len(), bench.names("spool/inbox").len()),
        (folders.len(), 0)
    );
}
