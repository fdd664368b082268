//! Parts of QR texts in several files.

use crate::bench::Bench;
use crate::documents::own_key;
use crate::unit::{parts, qr};

#[test]
fn parts_in_several_files_are_one_request() {
    let bench = Bench::new();
    let request = own_key(&bench, "wide");
    let parts = parts(&qr(&request), 4);
    bench.drop_file("a.txt", format!("{}\n{}\n", parts[3], parts[0]).as_bytes());
    bench.drop_file("deep/b.txt", parts[2].as_bytes());
    // A part that came twice, and a document of its own beside it.
    let other = own_key(&bench, "other");
    bench.drop_file(
        "c.txt",
        format!("{}\n{}\n{}\n", parts[1], qr(&other), parts[0]).as_bytes(),
    );
    let batch = bench.process();
    let mut outcomes: Vec<String> = batch
        .entries_of(&request)
        .into_iter()
        .map(crate::bench::outcome)
        .collect();
    outcomes.sort();
    assert_eq!(
        outcomes,
        ["activated", "repeated", "repeated"],
        "{}",
        batch.said
    );
    assert_eq!(batch.outcome(&other), "activated");
    assert_eq!(
        (batch.entries.len(), bench.names("spool/inbox").len()),
        (4, 0)
    );
    batch.bundle(&request);
}

#[test]
fn parts_wait_with_the_rest_of_their_file() {
    let bench = Bench::new();
    let (request, other) = (own_key(&bench, "split"), own_key(&bench, "other"));
    let parts = parts(&qr(&request), 2);
    bench.drop_file(
        "a.txt",
        format!("{}\n{}\n", parts[0], qr(&other)).as_bytes(),
    );
    let said = bench.run(&["process", "--settle", "0"]).exits(0);
    assert!(
        said.stderr
            .contains("left in the inbox: a.txt: it waits for part 2 of 2"),
        "{said}"
    );
    assert_eq!(bench.names("spool/inbox"), ["a.txt"]);
    bench.pass_seconds(23 * 60 * 60);
    assert_eq!(bench.process().id, None);
    bench.drop_file("b.txt", parts[1].as_bytes());
    let batch = bench.process();
    assert_eq!(batch.outcome(&other), "activated");
    assert_eq!(
        (batch.entries.len(), bench.names("spool/inbox").len()),
        (3, 0)
    );
}

#[test]
fn a_new_part_makes_the_others_wait_a_day() {
    let bench = Bench::new();
    let parts = parts(&qr(&own_key(&bench, "slow")), 3);
    bench.drop_file("1.txt", parts[0].as_bytes());
    assert_eq!(bench.process().id, None);
    bench.pass_seconds(20 * 60 * 60);
    bench.drop_file("2.txt", parts[1].as_bytes());
    assert_eq!(bench.process().id, None);
    bench.pass_seconds(23 * 60 * 60);
    assert_eq!(bench.process().id, None);
    bench.pass_seconds(60 * 60);
    let batch = bench.process();
    assert_eq!(
        (batch.outcomes("1.txt"), batch.outcomes("2.txt")),
        (vec!["parts-missing".into()], vec!["parts-missing".into()])
    );
    bench.verify_history();
}

#[test]
fn two_parts_of_one_number_void_the_set() {
    let bench = Bench::new();
    let parts = parts(&qr(&own_key(&bench, "torn")), 2);
    let (head, characters) = parts[1].split_once(':').expect("a part");
    let other: String = characters.chars().rev().collect();
    bench.drop_file(
        "a.txt",
        format!("{}\n{head}:{}", parts.join("\n"), other.trim()).as_bytes(),
    );
    let batch = bench.process();
    assert_eq!(batch.outcomes("a.txt"), ["malformed"], "{}", batch.said);
}

#[test]
fn missing_parts_do_not_hold_up_a_request() {
    let bench = Bench::new();
    let (never, other) = (own_key(&bench, "never"), own_key(&bench, "other"));
    bench.drop_file(
        "a.txt",
        format!("{}\n{}\n", parts(&qr(&never), 2)[0], qr(&other)).as_bytes(),
    );
    assert_eq!(bench.process().id, None);
    bench.pass_seconds(25 * 60 * 60);
    let batch = bench.process();
    assert_eq!(batch.outcome(&other), "activated", "{}", batch.said);
    let mut outcomes = batch.outcomes("a.txt");
    outcomes.sort();
    assert_eq!(outcomes, ["activated", "parts-missing"]);
}

#[test]
fn files_that_share_a_request_wait_together() {
    let bench = Bench::new();
    let (shared, late) = (own_key(&bench, "shared"), own_key(&bench, "late"));
    let (shared_parts, late_parts) = (parts(&qr(&shared), 2), parts(&qr(&late), 2));
    bench.drop_file(
        "a.txt",
        format!("{}\n{}\n", shared_parts[0], late_parts[0]).as_bytes(),
    );
    bench.drop_file("b.txt", shared_parts[1].as_bytes());
    for _ in 0..2 {
        assert_eq!(bench.process().id, None);
        assert_eq!(
            (
                bench.names("spool/inbox").len(),
                bench.names("spool/work").len()
            ),
            (2, 0)
        );
    }
    let too_late = bench.copy();
    too_late.pass_seconds(25 * 60 * 60);
    let batch = too_late.process();
    let outcomes = |file: &str| {
        let mut outcomes = batch.outcomes(file);
        outcomes.sort();
        outcomes.join(" ")
    };
    assert_eq!(
        (outcomes("a.txt").as_str(), outcomes("b.txt").as_str()),
        ("activated parts-missing", "repeated")
    );
    assert_eq!(
        (
            too_late.names("spool/inbox").len(),
            too_late.names("spool/work").len()
        ),
        (0, 0)
    );

    bench.drop_file("c.txt", late_parts[1].as_bytes());
    let batch = bench.process();
    assert_eq!(
        (
            batch.entries_of(&shared).len(),
            batch.entries_of(&late).len()
        ),
        (2, 2),
        "{}",
        batch.said
    );
    assert_eq!(
        (
            bench.names("spool/inbox").len(),
            bench.names("spool/work").len()
        ),
        (0, 0)
    );
    bench.verify_history();
}
