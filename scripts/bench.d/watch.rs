//! How long an idle `keyspool watch` takes from a file's last byte to its answer.

use crate::Fail;
use crate::requests::request;
use crate::site::{Site, sync};
use crate::table::Table;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest that an answer may take.
const GOAL: Duration = Duration::from_millis(100);
/// So long after a batch the inbox is idle again; a little more than the program's own measure.
const IDLE: Duration = Duration::from_millis(1_200);

/// Median and 99th percentile of some drops into an idle inbox, each seen by the line that `watch`
/// writes once the batch is published and marked.
pub(crate) fn measure(site: &Site, count: usize, table: &mut Table) -> Result<(), Fail> {
    let mut child = spawn(site)?;
    let mut lines = BufReader::new(child.stderr.take().ok_or("no standard error")?).lines();
    let mut wait_for = |part: &str| -> Result<(), Fail> {
        loop {
            let line = lines.next().ok_or("the watch ended")??;
            if line.contains(part) {
                return Ok(());
            }
        }
    };
    wait_for("watching ")?;
    sync()?;
    let mut took = Vec::with_capacity(count);
    for number in 0..count {
        std::thread::sleep(IDLE);
        let dropped = request(number, 0).map_err(|error| error.to_string())?;
        let path = site.path("spool/inbox").join(dropped.path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(&path, dropped.bytes)?;
        let since = Instant::now();
        wait_for("1 activated")?;
        took.push(since.elapsed());
    }
    child.kill()?;
    child.wait()?;
    took.sort_unstable();
    let at = |hundredths: usize| took[(took.len() * hundredths / 100).min(took.len() - 1)];
    let shown = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1e3);
    let figures = format!(
        "median {}, 99th percentile {} of {count}",
        shown(at(50)),
        shown(at(99))
    );
    table.judged(
        "watch, idle: from the last byte to the answer",
        &figures,
        "within 100 ms",
        at(99) <= GOAL,
    );
    Ok(())
}

fn spawn(site: &Site) -> Result<Child, Fail> {
    let mut command = Command::new(site.program());
    command
        .args(["watch", "--rescan", "3600"])
        .env("KEYSPOOL_VAULT", site.path("vault"));
    command
        .env("KEYSPOOL_SPOOL", site.path("spool"))
        .env("KEYSPOOL_PASSPHRASE_FILE", site.path("passphrase"));
    Ok(command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?)
}
