//! A process that is killed.

use crate::bench::{BATCHES, LOTS, VAULT, create, open, sealer};
use keyspool::ledger::{Ledger, LedgerError, Reader};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The child of the test below: commits until it is killed, and says what is committed. Does
/// nothing in a usual run.
#[test]
fn child_that_commits_until_killed() {
    let Some(dir) = std::env::var_os("KEYSPOOL_TEST_LEDGER") else {
        return;
    };
    let ledger = Ledger::open_waiting(
        Path::new(&dir),
        VAULT,
        sealer("ours"),
        Duration::from_secs(10),
        "child",
    )
    .unwrap();
    for _ in 0..100_000 {
        let mut changes = ledger.begin().unwrap();
        let number = changes
            .append_history(format!("entry of {}", changes.number()).as_bytes())
            .unwrap();
        changes
            .numbered_put(BATCHES, number, &changes.number().to_be_bytes())
            .unwrap();
        changes.put(LOTS, b"newest", &number.to_be_bytes()).unwrap();
        let committed = changes.commit().unwrap();
        println!("\ncommitted {} {}", committed.transaction, committed.size);
    }
}

#[test]
fn a_killed_process_loses_no_commit() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    let (mut transaction, mut size) = (1, 0);
    for after in [1, 7, 2, 19, 4] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "killed::child_that_commits_until_killed",
                "--nocapture",
            ])
            .env("KEYSPOOL_TEST_LEDGER", dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reports =
            lines.filter_map(|line| line.unwrap().strip_prefix("committed ").map(str::to_owned));
        for (count, report) in reports.enumerate() {
            let (number, entries) = report.split_once(' ').unwrap();
            let number: u64 = number.parse().unwrap();
            assert!(number > transaction, "{number} after {transaction}");
            (transaction, size) = (number, entries.parse().unwrap());
            if count == after {
                let holder = format!("process {} (child)", child.id());
                assert!(matches!(
                    open(dir.path()).err(),
                    Some(LedgerError::Held { holder: found, .. }) if found == holder
                ));
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();

        let ledger = open(dir.path()).unwrap();
        let seen = ledger.read().unwrap();
        // One more may have been committed between the last report and the end.
        assert!(
            seen.size() == size || seen.size() == size + 1,
            "{} entries, {size} reported",
            seen.size()
        );
        let newest = seen.get(LOTS, b"newest").unwrap().unwrap();
        assert_eq!(
            (newest.as_slice(), seen.count(BATCHES)),
            (seen.size().to_be_bytes().as_slice(), seen.size())
        );
        seen.verify_chain(|_| Ok::<_, LedgerError>(())).unwrap();
        (transaction, size) = (seen.number(), seen.size());
    }
}
