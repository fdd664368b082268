//! How fast the signer is: against the sum of what a request cannot do without, with a million
//! systems, against a script. Run by `scripts/bench`; every ratio is of figures of one run.

mod floor;
mod plain;
mod requests;
mod scale;
mod site;
mod table;
mod watch;

use site::{Run, Site, sync};
use std::path::{Path, PathBuf};
use std::time::Duration;
use table::{Table, median};

/// Tells by its time when a run last deleted what it had made.
const DELETED: &str = "deleted";
/// How long ext4 remembers deleted files and makes new ones slowly.
const RECENTLY: Duration = Duration::from_secs(305);

/// Anything that stops the driver.
type Fail = Box<dyn std::error::Error>;

const HELP: &str = "usage: scripts/bench [--quick] [--only NAME] [--systems N] [--program FILE] \
    [--folder DIR] [--keep]

Builds the released program, makes vaults and requests under target/bench, measures, prints a table.

  --quick         small counts: minutes become seconds, and the figures rough
  --only NAME     floor, process, plain, watch, scale or memory; floor and plain need a batch of
                  process first and run one
  --systems N     systems in the ledger of scale, 1000000 unless named; its vault is kept for the
                  next run
  --program FILE  another build of keyspool in place of this checkout's
  --folder DIR    where vaults and spools are made, in place of target/bench: another disk
  --keep          leave the vaults and spools of this run where they are

ext4 makes files slowly for up to five minutes after many were deleted. Each run deletes what it
made, so a run that begins this soon after another waits; it cannot know what others deleted.
";

/// Requests a second that are asked for, on a machine with two cores.
const GOAL_RATE: f64 = 6_000.0;
/// Part of the floor's rate that is asked for.
const GOAL_OF_FLOOR: f64 = 0.7;
/// How many times the script's rate is asked for.
const GOAL_OF_PLAIN: f64 = 100.0;

/// What is asked for on the command line, and how much of it.
struct Plan {
    quick: bool,
    only: Option<String>,
    keep: bool,
    systems: usize,
    program: PathBuf,
    target: PathBuf,
    folder: PathBuf,
}

impl Plan {
    fn read() -> Result<Option<Self>, Fail> {
        let target = Path::new(env!("CARGO_BIN_EXE_keyspool"))
            .ancestors()
            .nth(2)
            .ok_or("no target folder")?
            .join("bench");
        let program = PathBuf::from(env!("CARGO_BIN_EXE_keyspool"));
        let mut plan = Self {
            quick: false,
            only: None,
            keep: false,
            systems: 1_000_000,
            program,
            folder: target.clone(),
            target,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                // Cargo says so to every benchmark.
                "--bench" => {}
                "--quick" => plan.quick = true,
                "--keep" => plan.keep = true,
                "--only" => plan.only = Some(arguments.next().ok_or("--only NAME")?),
                "--systems" => plan.systems = arguments.next().ok_or("--systems N")?.parse()?,
                "--folder" => plan.folder = arguments.next().ok_or("--folder DIR")?.into(),
                "--program" => plan.program = arguments.next().ok_or("--program FILE")?.into(),
                "--help" | "-h" => return Ok(None),
                other => return Err(format!("unknown argument {other}\n{HELP}").into()),
            }
        }
        Ok(Some(plan))
    }

    fn wants(&self, names: &[&str]) -> bool {
        self.only
            .as_deref()
            .is_none_or(|only| names.contains(&only))
    }

    /// A count, or a small one.
    fn count(&self, whole: usize, quick: usize) -> usize {
        if self.quick { quick } else { whole }
    }
}

fn main() -> Result<(), Fail> {
    let Some(plan) = Plan::read()? else {
        print!("{HELP}");
        return Ok(());
    };
    let mut table = Table::new();
    machine(&mut table);
    settle(&plan)?;
    let mut made = Vec::new();
    if plan.wants(&["floor", "process", "plain"]) {
        made.push(speed(&plan, &mut table)?);
    }
    if plan.wants(&["watch"]) {
        made.push(watch_latency(&plan, &mut table)?);
    }
    if plan.wants(&["memory"]) {
        made.push(memory(&plan, &mut table)?);
    }
    if plan.wants(&["scale"]) {
        made.push(scale::measure(&plan, &mut table)?);
    }
    clear(&plan, &made)?;
    if table.missed {
        println!("\nnot every goal was reached");
    }
    Ok(())
}

fn machine(table: &mut Table) {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let info = read("/proc/cpuinfo");
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or("")
        .trim_start_matches([':', ' ', '\t']);
    let load = read("/proc/loadavg")
        .split(' ')
        .next()
        .unwrap_or("")
        .to_owned();
    table.row(
        "machine",
        &format!("{cores} cores, {model}, load {load} at the start"),
        "",
    );
}

/// What the program without anything to answer takes: the passphrase's derivation, mostly.
fn fixed(site: &Site) -> Result<Run, Fail> {
    let mut runs = (0..3)
        .map(|_| site.process())
        .collect::<Result<Vec<_>, Fail>>()?;
    runs.sort_by_key(|run| run.wall);
    Ok(runs[1])
}

/// The program's exit code where something was refused.
const SOME_REFUSED: i32 = 3;

/// What a batch took, the fixed time taken off.
struct Cost {
    /// Microseconds of wall time a request.
    wall: f64,
    /// Microseconds of processor time a request.
    cpu: f64,
    peak_kib: u64,
}

/// Answers the requests of some devices in one batch.
fn batch(
    site: &Site,
    numbers: std::ops::Range<usize>,
    depth: usize,
    fixed: Run,
) -> Result<Cost, Fail> {
    let count = numbers.len() as f64;
    site.drop_requests(numbers, depth)?;
    let run = site.process()?;
    let each =
        |whole: Duration, fixed: Duration| whole.saturating_sub(fixed).as_secs_f64() * 1e6 / count;
    Ok(Cost {
        wall: each(run.wall, fixed.wall),
        cpu: each(run.cpu, fixed.cpu),
        peak_kib: run.peak_kib,
    })
}

/// Floor, process and the plain alternative.
fn speed(plan: &Plan, table: &mut Table) -> Result<PathBuf, Fail> {
    let count = plan.count(10_000, 1_000);
    let batches = plan.count(3, 1);
    let site = Site::make(
        plan.folder.join(format!("speed-{}", std::process::id())),
        &plan.program,
    )?;
    let fixed = fixed(&site)?;
    let mut costs = Vec::new();
    let before = site.ledger_bytes()?;
    for number in 0..batches {
        costs.push(batch(
            &site,
            number * count..(number + 1) * count,
            0,
            fixed,
        )?);
    }
    let grown = (site.ledger_bytes()? - before) as f64 / (batches * count) as f64;
    let cost = median(costs.iter().map(|cost| cost.wall));
    let cpu = median(costs.iter().map(|cost| cost.cpu));
    let peak = costs.iter().map(|cost| cost.peak_kib).max().unwrap_or(0);
    let rate = 1e6 / cost;
    table.row(
        "process: nothing to answer (key derivation)",
        &format!("{:.2} s", fixed.wall.as_secs_f64()),
        "",
    );
    let all: Vec<String> = costs
        .iter()
        .map(|cost| format!("{:.0}", cost.wall))
        .collect();
    let shown = format!(
        "{cost:.0} us a request, {rate:.0} requests/s (batches of {count}: {} us)",
        all.join(", ")
    );
    table.judged(
        "process",
        &shown,
        &format!("at least {GOAL_RATE}/s"),
        rate >= GOAL_RATE,
    );
    let shown = format!(
        "{cpu:.0} us of processor time, {grown:.0} bytes of ledger a request; {} MiB",
        peak / 1024
    );
    table.row("process: what it takes", &shown, "");
    if plan.wants(&["floor", "process"]) {
        let floor = floor::measure(&site, plan.count(8_192, 1_024), table)?;
        let ratio = floor / cost;
        table.judged(
            "process / floor",
            &format!("{ratio:.2}"),
            &format!("at least {GOAL_OF_FLOOR}"),
            ratio >= GOAL_OF_FLOOR,
        );
    }
    if plan.wants(&["plain"]) {
        let plain = plain::measure(&site, &plan.target, plan.count(600, 60))?;
        table.row(
            "plain alternative (Python, no ledger)",
            &format!("{plain:.0} requests/s"),
            "",
        );
        let times = rate / plain;
        table.judged(
            "process / plain alternative",
            &format!("{times:.0} times"),
            "at least 100 times",
            times >= GOAL_OF_PLAIN,
        );
    }
    Ok(site.folder)
}

/// From a file in the inbox to its answer in the outbox.
fn watch_latency(plan: &Plan, table: &mut Table) -> Result<PathBuf, Fail> {
    let site = Site::make(
        plan.folder.join(format!("watch-{}", std::process::id())),
        &plan.program,
    )?;
    watch::measure(&site, plan.count(100, 10), table)?;
    Ok(site.folder)
}

/// 100,000 files in nested folders in one batch; then as many that are refused.
fn memory(plan: &Plan, table: &mut Table) -> Result<PathBuf, Fail> {
    let count = plan.count(100_000, 5_000);
    let site = Site::make(
        plan.folder.join(format!("memory-{}", std::process::id())),
        &plan.program,
    )?;
    let fixed = fixed(&site)?;
    let Cost {
        wall,
        peak_kib: peak,
        ..
    } = batch(&site, 0..count, 3, fixed)?;
    let shown = format!("{} MiB, {wall:.0} us a request", peak / 1024);
    table.judged(
        &format!("{count} files in nested folders: peak memory"),
        &shown,
        "under 200 MiB",
        peak < 200 * 1024,
    );
    site.drop_bad_requests(count..2 * count, 3)?;
    let peak = site.process_to(SOME_REFUSED)?.peak_kib;
    let shown = format!("{} MiB", peak / 1024);
    table.judged(
        &format!("{count} files that are refused: peak memory"),
        &shown,
        "under 200 MiB",
        peak < 200 * 1024,
    );
    Ok(site.folder)
}

/// What this run made goes at its very end, since deleting slows what is made after it.
fn clear(plan: &Plan, folders: &[PathBuf]) -> Result<(), Fail> {
    for folder in folders.iter().filter(|_| !plan.keep) {
        std::fs::remove_dir_all(folder)?;
        std::fs::write(plan.folder.join(DELETED), "")?;
        sync()?;
    }
    Ok(())
}

/// Waits until ext4 has forgotten what an earlier run has deleted.
fn settle(plan: &Plan) -> Result<(), Fail> {
    let deleted = std::fs::metadata(plan.folder.join(DELETED)).and_then(|file| file.modified());
    let Ok(since) = deleted.map(|at| at.elapsed().unwrap_or_default()) else {
        return Ok(());
    };
    if !plan.quick && since < RECENTLY {
        let rest = RECENTLY - since;
        eprintln!(
            "waiting {} s: many files were deleted here a moment ago",
            rest.as_secs()
        );
        std::thread::sleep(rest);
    }
    Ok(())
}
