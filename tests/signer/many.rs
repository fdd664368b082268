//! Many files in one run.

use crate::bench::{Bench, Said};
use std::fs;
use std::io::Read;

const FILES: usize = 2_000;
const MAX_KIB: u64 = 200 * 1024;

/// The most memory that a process ever had, in KiB.
fn peak_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("its peak");
    line.trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number")
}

#[test]
fn two_thousand_files_need_little_memory() {
    let bench = Bench::new();
    bench.store("acme", "open", "seat=1000");
    let mut good = 0;
    for number in 0..FILES {
        match number % 4 {
            0 => drop(bench.drop_file(
                format!("r/{number}.json"),
                format!("rubbish {number}").as_bytes(),
            )),
            1 => drop(bench.drop_file(
                format!("l/{number}.json"),
                &vec![b' '; 66 * 1024 + 1 + number],
            )),
            _ => {
                bench.drop_file(
                    format!("{}/{number}.json", number % 7),
                    &bench
                        .unit(&format!("unit {number}"), "open")
                        .activate()
                        .to_json(),
                );
                good += 1;
            }
        }
    }
    let mut child = bench.spawn(&["process", "--settle", "0", "--json"]);
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut stderr = child.stderr.take().expect("a pipe");
    let talk = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).expect("text");
        text
    });
    // More than a pipe holds: the program has done its work, and waits until the rest is read.
    let mut first = [0; 1];
    stdout.read_exact(&mut first).expect("a document");
    let peak = peak_kib(child.id());
    let mut text = String::from("{");
    stdout.read_to_string(&mut text).expect("text");
    let code = child.wait().expect("it ends").code();
    assert!(text.len() > 256 * 1024 && first == *b"{");
    assert!(peak < MAX_KIB, "{peak} KiB");

    let batch = bench.batch_of(Said {
        code,
        stdout: text,
        stderr: talk.join().expect("talk"),
    });
    assert_eq!(batch.entries.len(), FILES);
    let activated = batch
        .entries
        .iter()
        .filter(|entry| entry["outcome"] == "activated")
        .count();
    assert_eq!((activated, good, bench.stored("acme")), (1_000, 1_000, 0));
    assert_eq!(
        (
            bench.names("spool/inbox").len(),
            bench.names("spool/work").len()
        ),
        (0, 0)
    );
    bench.verify_history();
}

/// Rows are read ahead of the transactions that need them: what an earlier one of the batch changed
/// must not be taken as it was.
#[test]
fn one_device_may_span_transactions() {
    let bench = Bench::new();
    bench.store("acme", "open", "seat=10");
    let mut unit = bench.unit("desk", "open");
    for number in 0..700 {
        bench.drop_file(format!("{number:03}.json"), &unit.activate().to_json());
    }
    let batch = bench.process();
    let of = |word: &str| {
        batch
            .entries
            .iter()
            .filter(|entry| entry["outcome"] == word)
            .count()
    };
    assert_eq!(
        (of("activated"), of("refreshed"), bench.stored("acme")),
        (1, 699, 9)
    );
    assert_eq!(bench.system(&unit)["activation"]["sequence"], 700);
    bench.verify_history();
}
