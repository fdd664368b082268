//! `watch`: the main job again and again, until it is asked to stop.
//!
//! Events of the inbox only wake it; what it does follows from what lies there. The ledger is held
//! for a batch at a time, so that other commands work beside it.

use super::error::OpsError;
use super::process::{BatchResult, Fresh, Left, Options, Progress, WaitsFor, process};
use super::signer::{Access, Signer};
use crate::ledger::LedgerError;
use crate::licence::{Day, Moment};
use crate::scan::Scanner;
use crate::spool::{InboxPath, ListOptions, ListedKind, Spool, Wake, WakeUp};
use crate::vault::{Passphrase, Vault};
use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Within so long after a batch the inbox counts as busy: more files come, and are answered
/// together.
const BUSY: Duration = Duration::from_secs(1);
/// So long a busy inbox must be quiet before the next batch.
const QUIET: Duration = Duration::from_millis(250);
/// So long a batch waits for a busy inbox at most.
const MAX_GATHERING: Duration = Duration::from_secs(5);

/// A vault that stays open while its ledger is not held.
pub struct Keeper<'a> {
    folder: &'a Path,
    passphrase: &'a Passphrase,
    vault: Arc<Vault>,
}

impl<'a> Keeper<'a> {
    /// Opens the vault.
    ///
    /// # Errors
    /// [`OpsError::Vault`].
    pub fn open(
        folder: &'a Path,
        passphrase: &'a Passphrase,
        clock: Moment,
    ) -> Result<Self, OpsError> {
        Ok(Self {
            folder,
            passphrase,
            vault: Arc::new(Signer::unlock(folder, passphrase, clock)?),
        })
    }

    /// The signer with its ledger, for one batch. A vault file that changed meanwhile is opened
    /// anew: keys may have been rotated, or this passphrase taken away.
    fn signer(&mut self, clock: Moment) -> Result<Signer, OpsError> {
        if !self.vault.is_current(self.folder)? {
            self.vault = Arc::new(Signer::unlock(self.folder, self.passphrase, clock)?);
        }
        Signer::of_vault(self.vault.clone(), self.folder, Access::Changing, "watch")
    }
}

/// How often it looks.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between two looks at the inbox where no event comes; more often under a watchdog.
    pub rescan: Duration,
    /// How long a file that may not be whole must have been left alone.
    pub settle: Duration,
    /// Longest time between two signs of life.
    pub sign_of_life: Duration,
}

/// What watching needs from outside.
pub struct Around<'a, E> {
    /// The signer's clock.
    pub clock: &'a dyn Fn() -> Result<Moment, E>,
    /// The clock that file times are compared with.
    pub now: &'a (dyn Fn() -> SystemTime + Sync),
    /// A fresh ULID.
    pub fresh: &'a Fresh<'a>,
    /// What reads pictures.
    pub scanner: &'a Scanner,
    /// Can be read once it is to stop.
    pub stop: BorrowedFd<'a>,
    /// Called at each sign of life: as often as something was done, and when nothing is to be done.
    pub alive: &'a (dyn Fn() + Sync),
    /// Called once everything that was there at the start is answered.
    pub ready: &'a dyn Fn(),
    /// Called after each batch.
    pub tell: &'a dyn Fn(Moment, &BatchResult),
    /// Called once for each file that stays in the inbox, and each reason.
    pub tell_left: &'a dyn Fn(Moment, &Left),
    /// Talk.
    pub say: &'a (dyn Fn(&str) + Sync),
}

/// Answers what comes into the inbox until it is asked to stop; a running batch is finished first.
///
/// # Errors
/// As [`process`]; what was committed is published by the next start. [`OpsError::ScannerGone`]
/// where pictures can be read no more.
pub fn watch<E: From<OpsError>>(
    keeper: &mut Keeper<'_>,
    spool: &Spool,
    pace: Pace,
    around: &Around<'_, E>,
) -> Result<(), E> {
    let wake_up = WakeUp::begin();
    let mut watching = Watching {
        keeper,
        spool,
        pace,
        around,
        wake_up,
        seen: None,
        told: Vec::new(),
        last_batch: None,
        uncovered: 0,
    };
    watching.look()?;
    (around.ready)();
    loop {
        // The start of a new process is the start of a new supervisor; what the batch could answer,
        // it has answered.
        if around.scanner.has_ended() {
            return Err(OpsError::ScannerGone.into());
        }
        match watching.rest()? {
            Wake::Stop => return Ok(()),
            // A file that somebody had open may be whole now, though it looks as it did.
            Wake::Written if watching.waits_for(None) => watching.forget_left(),
            Wake::Timeout => watching.forget_left(),
            Wake::Inbox | Wake::Written => {}
        }
        watching.look()?;
    }
}

/// Files that can be taken, each with its size and time, which change with it.
type Lying = BTreeMap<InboxPath, (u64, Option<SystemTime>)>;

/// What the last batch left.
struct Seen {
    day: Day,
    left: Lying,
    /// What some of it waits for.
    waits_for: Vec<WaitsFor>,
}

struct Watching<'a, 'k, E> {
    keeper: &'a mut Keeper<'k>,
    spool: &'a Spool,
    pace: Pace,
    around: &'a Around<'a, E>,
    wake_up: WakeUp,
    seen: Option<Seen>,
    /// What was said to stay in the inbox, sorted by name.
    told: Vec<Left>,
    last_batch: Option<Instant>,
    uncovered: usize,
}

impl<E: From<OpsError>> Watching<'_, '_, E> {
    /// Runs a batch where something lies in the inbox that was not there before, or where a day
    /// began.
    fn look(&mut self) -> Result<(), E> {
        self.cover();
        let lying = self.lying()?;
        let clock = (self.around.clock)()?;
        let is_known = |seen: &Seen| {
            seen.day == clock.day()
                && lying
                    .iter()
                    .all(|(path, look)| seen.left.get(path) == Some(look))
        };
        if self.seen.as_ref().is_some_and(is_known) {
            return Ok(());
        }
        self.gather()?;
        let Some(result) = self.batch()? else {
            return Ok(());
        };
        if result.batch.is_some() || !result.completed.is_empty() {
            self.last_batch = Some(Instant::now());
            (self.around.tell)(clock, &result);
        }
        self.tell_left(clock, &result);
        // A file that was there before the batch and still is was left by it; others are new.
        let mut left = self.lying()?;
        left.retain(|path, look| lying.get(path) == Some(look));
        let waits_for = result
            .left
            .iter()
            .filter_map(|left| left.waits_for)
            .collect();
        self.seen = Some(Seen {
            day: clock.day(),
            left,
            waits_for,
        });
        Ok(())
    }

    /// Says what stays: a picture whose second part never comes, or a link, must not wait unseen.
    fn tell_left(&mut self, clock: Moment, result: &BatchResult) {
        let mut left = result.left.clone();
        left.sort_unstable_by(|a, b| (&a.file, &a.reason).cmp(&(&b.file, &b.reason)));
        let is_told = |left: &&Left| {
            self.told
                .binary_search_by(|told| {
                    (&told.file, &told.reason).cmp(&(&left.file, &left.reason))
                })
                .is_ok()
        };
        left.iter()
            .filter(|left| !is_told(left))
            .for_each(|left| (self.around.tell_left)(clock, left));
        self.told = left;
    }

    fn cover(&mut self) {
        let uncovered = self.wake_up.cover(self.spool);
        if uncovered > 0 && self.uncovered == 0 {
            let (folders, seconds) = (uncovered, self.pace.rescan.as_secs());
            (self.around.say)(&format!(
                "the system watches no more folders: {folders} of the inbox are looked at every \
                    {seconds} s"
            ));
        }
        self.uncovered = uncovered;
    }

    fn lying(&self) -> Result<Lying, E> {
        let listed = self
            .spool
            .list(&ListOptions::default())
            .map_err(OpsError::from)?;
        let taken = listed
            .into_iter()
            .filter(|listed| listed.kind == ListedKind::Regular);
        Ok(taken
            .map(|listed| (listed.path, (listed.size, listed.modified)))
            .collect())
    }

    /// In a busy inbox, waits until it is quiet: ten thousand files that are being copied are no
    /// ten thousand batches.
    fn gather(&self) -> Result<(), E> {
        if self.last_batch.is_none_or(|last| last.elapsed() > BUSY) {
            return Ok(());
        }
        let since = Instant::now();
        // Counted as well as timed: a clock that stands still must not make this wait for ever.
        for _ in 0..MAX_GATHERING.as_millis() / QUIET.as_millis() * 100 {
            (self.around.alive)();
            let wake = self
                .wake_up
                .wait(self.spool, self.around.stop, QUIET)
                .map_err(OpsError::from)?;
            if matches!(wake, Wake::Stop | Wake::Timeout) || since.elapsed() > MAX_GATHERING {
                break;
            }
        }
        Ok(())
    }

    /// One batch; none where another command holds the ledger until this is asked to stop.
    fn batch(&mut self) -> Result<Option<BatchResult>, E> {
        let signer = loop {
            (self.around.alive)();
            match self.keeper.signer((self.around.clock)()?) {
                Ok(signer) => break signer,
                Err(OpsError::Ledger(LedgerError::Held { holder, .. })) => {
                    (self.around.say)(&format!("waiting for {holder}, which holds the ledger"));
                    if self
                        .wake_up
                        .wait(self.spool, self.around.stop, Duration::ZERO)
                        .map_err(OpsError::from)?
                        == Wake::Stop
                    {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        };
        let around = self.around;
        let options = Options {
            clock: (around.clock)()?,
            only: None,
            organization: None,
            trust_folders: false,
            settle: self.pace.settle,
            now: around.now,
            wait: None,
            fresh: around.fresh,
            scanner: around.scanner,
        };
        let progress = Progress {
            say: around.say,
            step: &|_, _| (around.alive)(),
            alive: around.alive,
        };
        Ok(Some(process(&signer, self.spool, &options, &progress)?))
    }

    /// Waits for the next look, showing signs of life.
    fn rest(&self) -> Result<Wake, E> {
        let mut remaining = if self.waits_for(Some(WaitsFor::Settling)) {
            self.pace.settle.clamp(QUIET, self.pace.rescan)
        } else {
            self.pace.rescan
        };
        loop {
            (self.around.alive)();
            let step = remaining.min(self.pace.sign_of_life);
            let wake = self
                .wake_up
                .wait(self.spool, self.around.stop, step)
                .map_err(OpsError::from)?;
            remaining = remaining.saturating_sub(step);
            if wake != Wake::Timeout || remaining.is_zero() {
                return Ok(wake);
            }
        }
    }

    /// Whether something that it left waits for this, or for anything at all.
    fn waits_for(&self, what: Option<WaitsFor>) -> bool {
        self.seen.as_ref().is_none_or(|seen| {
            seen.waits_for
                .iter()
                .any(|waits_for| what.is_none_or(|what| *waits_for == what))
        })
    }

    /// At the next look everything in the inbox counts as new.
    fn forget_left(&mut self) {
        if let Some(seen) = &mut self.seen {
            seen.left.clear();
        }
    }
}
