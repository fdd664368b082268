//! `watch`: one line a batch, signs of life for systemd, and an end that is asked for.

use super::batch::tell_completed;
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, passphrase};
use crate::licence::Moment;
use crate::ops::process::{BatchResult, Left};
use crate::ops::watch::{Around, Keeper, Pace, watch as run};
use crate::scan::Scanner;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};
use sd_notify::NotifyState;
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longest time between two signs of life while work goes on.
const MAX_SILENCE: Duration = Duration::from_secs(10);
/// How long systemd waits for the next sign while this starts or stops, in microseconds
/// (`EXTEND_TIMEOUT_USEC`, sd_notify(3)).
const EXTENSION: u32 = 90_000_000;

/// `watch`.
///
/// # Errors
/// [`CliError`].
pub(super) fn watch(desk: &Desk<'_>, rescan: u64, settle: u64) -> Result<Exit, CliError> {
    // First of all: a signal that comes while the vault is opened counts too.
    let stop = stop_signals()?;
    let spool = desk.spool()?;
    let scanner = Scanner::start();
    let secret = passphrase::get(desk.global)?;
    let mut keeper = Keeper::open(&desk.global.vault, &secret, entropy::clock()?)?;
    // A watchdog of no time at all is none.
    let life = Life::new(
        sd_notify::watchdog_enabled().filter(|limit| !limit.is_zero()),
        &stop,
    );
    let rescan = Duration::from_secs(rescan.max(1));
    // Half the time: systemd gives up on a service that is late once.
    let sign_of_life = life.watchdog.map_or(rescan, |limit| limit / 2);
    let pace = Pace {
        rescan,
        settle: Duration::from_secs(settle),
        sign_of_life,
    };
    let around = Around {
        clock: &entropy::clock,
        now: &entropy::now,
        fresh: &entropy::ulid,
        scanner: &scanner,
        stop: stop.as_fd(),
        alive: &|| life.sign(),
        ready: &|| {
            life.is_ready.store(true, Ordering::Relaxed);
            notify(&[NotifyState::Ready]);
            talk(
                desk,
                &format!(
                    "watching {}",
                    desk.global
                        .spool
                        .join(crate::spool::folders::INBOX)
                        .display()
                ),
            );
        },
        tell: &|clock, report| tell(desk, clock, report),
        tell_left: &|clock, left| tell_left(desk, clock, left),
        say: &|line| talk(desk, line),
    };
    run(&mut keeper, &spool, pace, &around)?;
    notify(&[NotifyState::Stopping]);
    talk(desk, "stopped: no batch is open");
    Ok(Exit::Done)
}

/// A pipe that can be read once SIGTERM or SIGINT came.
fn stop_signals() -> Result<OwnedFd, CliError> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)
        .map_err(|error| CliError::Signals(error.into()))?;
    for signal in [SIGTERM, SIGINT] {
        let write = write.try_clone().map_err(CliError::Signals)?;
        signal_hook::low_level::pipe::register(signal, write).map_err(CliError::Signals)?;
    }
    Ok(read)
}

/// Tells systemd, if it runs this. A service manager that does not listen is no reason to stop.
fn notify(states: &[NotifyState<'_>]) {
    drop(sd_notify::notify(states));
}

/// What systemd hears while work goes on. A sign is given only after something was done, so that a
/// process that hangs is noticed.
struct Life<'a> {
    /// How long systemd waits for a sign; none where it does not watch.
    watchdog: Option<Duration>,
    stop: &'a OwnedFd,
    is_ready: AtomicBool,
    last: Mutex<Option<Instant>>,
}

impl<'a> Life<'a> {
    fn new(watchdog: Option<Duration>, stop: &'a OwnedFd) -> Self {
        Self {
            watchdog,
            stop,
            is_ready: AtomicBool::new(false),
            last: Mutex::new(None),
        }
    }

    /// A sign of life, unless one was given just now. At the start and after the request to stop it
    /// also asks systemd to wait longer: the first inbox and the last batch may take hours.
    fn sign(&self) {
        let every = self
            .watchdog
            .map_or(MAX_SILENCE, |limit| MAX_SILENCE.min(limit / 8));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < every) {
            return;
        }
        *last = Some(Instant::now());
        let waits = !self.is_ready.load(Ordering::Relaxed) || self.is_to_stop();
        let longer = waits.then_some(NotifyState::ExtendTimeoutUsec(EXTENSION));
        let states: Vec<_> = self
            .watchdog
            .map(|_| NotifyState::Watchdog)
            .into_iter()
            .chain(longer)
            .collect();
        if !states.is_empty() {
            notify(&states);
        }
    }

    fn is_to_stop(&self) -> bool {
        let mut stop = [PollFd::new(self.stop, PollFlags::IN)];
        poll(
            &mut stop,
            Some(&Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            }),
        )
        .is_ok_and(|ready| ready > 0)
    }
}

/// Talk; with `--json` in an object too, so that whoever reads the lines understands each of them.
fn talk(desk: &Desk<'_>, line: &str) {
    if desk.console.json {
        desk.console.say(&json!({"said": line}).to_string());
    } else {
        desk.console.say(line);
    }
}

/// One line for a file that stays in the inbox. A file that is still being written is left out.
fn tell_left(desk: &Desk<'_>, clock: Moment, left: &Left) {
    if left.waits_for.is_some() {
        return;
    }
    if desk.console.json {
        desk.console
            .say(&json!({"at": clock, "file": left.file, "left": left.reason}).to_string());
    } else {
        desk.console.say(&format!(
            "{clock} left in the inbox: {}: {}",
            left.file, left.reason
        ));
    }
}

/// One line a batch.
fn tell(desk: &Desk<'_>, clock: Moment, report: &BatchResult) {
    tell_completed(
        desk,
        if desk.console.json {
            &[]
        } else {
            &report.completed
        },
    );
    let left = report.left.len();
    if desk.console.json {
        let completed = report.completed.iter().map(|completed| completed.batch);
        let completed: Vec<_> = completed.collect();
        let line = json!({
            "at": clock, "batch": report.batch, "documents": report.count,
            "outcomes": report.summary.outcomes, "refusals": report.summary.refusals,
            "new_systems": report.summary.new_systems, "left": left, "completed": completed,
        });
        desk.console.say(&line.to_string());
    } else if let Some(batch) = report.batch {
        desk.console.say(&format!(
            "{clock} batch {batch}: {}",
            in_words(report, left)
        ));
    }
}

fn in_words(report: &BatchResult, left: usize) -> String {
    let new: usize = report.summary.new_systems.values().map(Vec::len).sum();
    let mut outcomes = std::collections::BTreeMap::<&str, usize>::new();
    for (outcome, count) in report.summary.outcomes.values().flatten() {
        *outcomes.entry(outcome).or_default() += count;
    }
    let mut words: Vec<String> = outcomes
        .iter()
        .map(|(outcome, count)| format!("{count} {outcome}"))
        .collect();
    words.extend((new > 0).then(|| format!("{new} new system(s)")));
    words.extend((left > 0).then(|| format!("{left} left in the inbox")));
    words.join(", ")
}
