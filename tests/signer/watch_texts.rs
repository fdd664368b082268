//! `watch` and texts that a program has open.

use crate::bench::Bench;
use crate::unit::{parts, qr};
use crate::watch::{Watch, asks, move_in};
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

/// No file settles within a test.
const WITHOUT_SETTLING: [&str; 5] = ["watch", "--rescan", "86400", "--settle", "3600"];

pub(crate) fn append(path: &PathBuf, text: &str) -> File {
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
