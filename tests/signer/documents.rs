//! Several documents in a file, one document in several files, and files that are not whole yet.

use crate::bench::{Bench, PASSPHRASE, entries};
use crate::unit::qr;
use keyspool::ops::process::{BatchResult, Options, Progress, process};
use keyspool::ops::{Access, Signer};
use keyspool::spool::Spool;
use keyspool::vault::Passphrase;
use keyspool::wire::Envelope;
use std::fs::{self, File};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

pub(crate) fn own_key(bench: &Bench, name: &str) -> Envelope {
    bench
        .unit(name, "desk")
        .activate_with(&bench.key("desk", "seat=1"))
}

#[test]
fn every_document_of_a_file_has_its_outcome() {
    let bench = Bench::new();
    let (a, b) = (own_key(&bench, "a"), own_key(&bench, "b"));
    let stranger = bench.unit("stranger", "desk").activate();
    let lines = [&qr(&a), "KS1:RUBBISH", &qr(&stranger), &qr(&b), "KS2:LATER"].join("\n");
    let batch = bench.answer("lines.txt", lines.as_bytes());
    assert_eq!(batch.said.code, Some(3));
    let outcomes = [&a, &b, &stranger].map(|request| batch.outcome(request));
    assert_eq!(outcomes, ["activated", "activated", "awaiting-approval"]);
    let mut all = batch.outcomes("lines.txt");
    all.sort();
    assert_eq!(
        all,
        [
            "activated",
            "activated",
            "awaiting-approval",
            "malformed",
            "unsupported-version"
        ]
    );
    // One file, with a reason for each document that is refused.
    let mut names = bench.names("spool/rejected");
    names
        .iter_mut()
        .for_each(|name| *name = name.split_once('/').expect("a folder").1.to_owned());
    let reasons = [
        "lines.txt.refusal-2",
        "lines.txt.refusal-3",
        "lines.txt.refusal-5",
    ];
    let mut expected = vec!["lines.txt".to_owned()];
    expected.extend(
        reasons
            .iter()
            .flat_map(|name| [format!("{name}.json"), format!("{name}.txt")]),
    );
    assert_eq!(names, expected);
    bench.verify_history();
}

#[test]
fn a_partly_refused_file_can_come_again() {
    let bench = Bench::new();
    let a = own_key(&bench, "a");
    let poor = bench.unit("poor", "open").activate();
    let lines = format!("{}\r\n{}\r\n", qr(&a), qr(&poor));
    bench.answer("two.txt", lines.as_bytes());
    bench.store("acme", "open", "seat=1");
    let batch = bench.answer("two.txt", lines.as_bytes());
    assert_eq!(
        (batch.outcome(&a).as_str(), batch.outcome(&poor).as_str()),
        ("repeated", "activated")
    );
}

/// Answers the inbox in this process, where a test says what time it is and what happens while it
/// waits.
pub(crate) fn process_settling(
    bench: &Bench,
    now: SystemTime,
    wait: &(dyn Fn(Duration) + Sync),
) -> BatchResult {
    let passphrase = Passphrase::new(PASSPHRASE.into()).expect("a passphrase");
    let signer = Signer::open(
        &bench.path("vault"),
        &passphrase,
        Access::Changing,
        "a test",
        bench.clock(),
    )
    .expect("a signer");
    let spool = Spool::open(&bench.path("spool")).expect("a spool");
    let options = Options {
        only: None,
        clock: bench.clock(),
        organization: None,
        trust_folders: false,
        settle: Duration::from_secs(2),
        now: &|| now,
        wait: Some(wait),
        fresh: &keyspool::cli::entropy::ulid,
        scanner: &bench.scanner(),
    };
    process(&signer, &spool, &options, &Progress::UNTOLD).expect("answered")
}

pub(crate) fn at(bench: &Bench) -> SystemTime {
    SystemTime::UNIX_EPOCH
        + Duration::from_secs(bench.clock().unix().try_into().expect("after 1970"))
}

fn stamp(bench: &Bench, name: &str, time: SystemTime) {
    let file = File::options()
        .write(true)
        .open(bench.path("spool/inbox").join(name))
        .expect("opened");
    file.set_modified(time).expect("stamped");
}

#[test]
fn a_settling_file_is_judged_when_it_is_whole() {
    let bench = Bench::new();
    let request = own_key(&bench, "slow").to_json();
    let path = bench.drop_file("slow.json", &request[..request.len() / 2]);
    let now = at(&bench);
    let result = process_settling(&bench, now, &|settle| {
        assert_eq!(settle, Duration::from_secs(2));
        assert!(path.exists(), "it waits where it was dropped");
        fs::write(&path, &request).expect("written");
        File::options()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_modified(now))
            .expect("stamped");
    });
    assert_eq!(entries(&result).len(), 1);
    assert_eq!(entries(&result)[0].outcome.as_str(), "activated");
}

#[test]
fn a_growing_file_stays_in_the_inbox() {
    let bench = Bench::new();
    let request = own_key(&bench, "slow").to_json();
    let path = bench.drop_file("slow.json", &request[..request.len() / 2]);
    let now = at(&bench);
    let result = process_settling(&bench, now, &|_| {
        fs::write(&path, &request[..request.len() - 9]).expect("written");
        File::options()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_modified(now))
            .expect("stamped");
    });
    assert_eq!((result.count, result.left.len()), (0, 1));
    assert!(path.exists(), "the writer goes on with it");
}

#[test]
fn a_cut_file_is_refused_after_the_wait() {
    let bench = Bench::new();
    let request = own_key(&bench, "cut").to_json();
    bench.drop_file("cut.json", &request[..request.len() / 2]);
    let good = own_key(&bench, "good");
    bench.drop_file("good.json", &good.to_json());
    let waits = AtomicUsize::new(0);
    let result = process_settling(&bench, at(&bench), &|_| {
        waits.fetch_add(1, Ordering::SeqCst);
    });
    assert_eq!(waits.into_inner(), 1, "once for all files");
    let entries = entries(&result);
    let words: Vec<(&str, &str)> = entries
        .iter()
        .map(|entry| (entry.file.as_str(), entry.outcome.as_str()))
        .collect();
    assert_eq!(words, [("cut.json", "refused"), ("good.json", "activated")]);
    // Whole, it is judged anew.
    let whole = Envelope::read(&request).expect("a request");
    assert_eq!(
        bench.answer("cut.json", &request).outcome(&whole),
        "activated"
    );
}

#[test]
fn a_far_time_stamp_is_judged_at_once() {
    for seconds in [-2_i64, 2, -86_400, 86_400 * 365] {
        let bench = Bench::new();
        bench.drop_file("cut.json", b"{\"payloadType\":");
        let apart = Duration::from_secs(seconds.unsigned_abs());
        let time = if seconds < 0 {
            at(&bench) - apart
        } else {
            at(&bench) + apart
        };
        stamp(&bench, "cut.json", time);
        let result = process_settling(&bench, at(&bench), &|_| {
            panic!("nothing settles at {seconds} s")
        });
        assert_eq!(entries(&result).len(), 1, "{seconds}");
    }
}

#[test]
fn unfinished_names_and_links_stay_in_the_inbox() {
    let bench = Bench::new();
    let request = own_key(&bench, "good").to_json();
    for name in [
        ".hidden.json",
        "copy.part",
        "download.crdownload",
        "draft.json~",
        "~lock.json",
        "x.tmp",
    ] {
        bench.drop_file(name, &request);
    }
    bench.drop_file(format!("{}a.json", "d/".repeat(16)), &request);
    std::os::unix::fs::symlink("/etc/hostname", bench.path("spool/inbox/link.json"))
        .expect("linked");
    fs::hard_link(
        bench.path("passphrase"),
        bench.path("spool/inbox/hard.json"),
    )
    .expect("linked");
    let before = bench.names("spool/inbox");
    let said = bench.run(&["process", "--settle", "0"]).exits(0);
    assert_eq!(bench.names("spool/inbox"), before);
    assert_eq!(
        said.stderr
            .lines()
            .filter(|line| line.starts_with("left in the inbox: "))
            .count(),
        9,
        "{said}"
    );
    assert_eq!(bench.names("spool/work").len(), 0);
}

#[test]
fn an_empty_inbox_brings_the_state_to_today() {
    let bench = Bench::new();
    let shown = bench.json(&["process"]);
    assert_eq!(
        (&shown["batch"], &shown["entries"]),
        (&serde_json::Value::Null, &serde_json::json!([]))
    );
    let size = bench.events().len();
    assert_eq!(shown["checkpoint"]["size"], size);
    bench.pass_days(366);
    assert_eq!(bench.json(&["process"])["entries"], serde_json::json!([]));
    assert!(bench.events().len() > size);
    assert_eq!(bench.system(&bench.first())["state"], "ended");
    assert!(
        bench
            .run(&["process"])
            .exits(0)
            .stdout
            .contains("nothing to answer")
    );
}
