//! One change of the ledger: the clock is checked, the state brought to today, events are recorded,
//! and all is committed at once.

use super::clock::{check_clock, newest};
use super::defect::Defect;
use super::error::OpsError;
use super::parallel;
use super::records::{CHECKPOINTS, CLOCK, ClockRecord, Signed, put_json};
use super::signer::Signer;
use crate::ledger::{Committed, Entry, Reader, RowCache, StateView, Transaction, Value};
use crate::licence::{Day, Moment};
use crate::policy::ahead;
use crate::policy::ahead::RowName;
use crate::policy::apply::change;
use crate::policy::day::rollforward;
use crate::policy::record::event::Event;
use crate::policy::record::state::Table;
use crate::seal::Verified;
use crate::vault::attempts::{self, Attempts};
use crate::wire::request::Request;
use crate::wire::response::{Checkpoint, HistoryPoint};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

/// Rows that were read before they are asked for, as they stood after a transaction.
pub(super) struct RowsAhead {
    /// The transaction's number.
    number: u64,
    rows: Vec<(RowName, Option<Value>)>,
}

impl RowsAhead {
    /// Reads the rows that deciding these requests needs, each once. On a large ledger each row is
    /// a wait for the disk, and many can wait at once.
    ///
    /// # Errors
    /// [`OpsError::Ledger`].
    pub(super) fn read(signer: &Signer, requests: &[&Verified<Request>]) -> Result<Self, OpsError> {
        let snapshot = signer.ledger.read()?;
        let systems = rows(
            &snapshot,
            requests
                .iter()
                .map(|request| ahead::system_of(request))
                .collect(),
        )?;
        let further = requests.iter().flat_map(|request| {
            // Deciding says what is wrong with a row that cannot be read.
            let system = systems
                .get(&ahead::system_of(request))
                .and_then(Option::as_ref);
            ahead::further_rows(
                request,
                system
                    .and_then(|value| serde_json::from_slice(value).ok())
                    .as_ref(),
            )
        });
        let further = rows(&snapshot, further.collect())?;
        Ok(Self {
            number: snapshot.number(),
            rows: systems.into_iter().chain(further).collect(),
        })
    }
}

fn rows(
    reader: &(impl Reader + Sync),
    names: BTreeSet<RowName>,
) -> Result<BTreeMap<RowName, Option<Value>>, OpsError> {
    let names: Vec<RowName> = names.into_iter().collect();
    let values = parallel::map_waiting(&names, |(table, key)| reader.get((*table).into(), key))?;
    Ok(names.into_iter().zip(values).collect())
}

/// What the transactions of a batch changed, by rising number: a row that was read before a
/// transaction may be another after it.
#[derive(Default)]
pub(super) struct Changes(VecDeque<(u64, HashSet<RowName>)>);

impl Changes {
    /// Adds what one more transaction changed.
    pub(super) fn add(&mut self, transaction: u64, changed: HashSet<RowName>) {
        self.0.push_back((transaction, changed));
    }

    /// Forgets changes up to a transaction: every later reading sees them.
    fn forget_before(&mut self, transaction: u64) {
        while self
            .0
            .front()
            .is_some_and(|(number, _)| *number <= transaction)
        {
            self.0.pop_front();
        }
    }

    fn contain(&self, table: Table, key: &[u8]) -> bool {
        let name = (table, key.to_vec());
        self.0.iter().any(|(_, changed)| changed.contains(&name))
    }
}

/// A transaction of the ledger in which events are recorded. Dropping it forgets them all.
pub struct Session<'l> {
    pub(super) transaction: Transaction<'l>,
    cache: RowCache,
    signer: &'l Signer,
    clock: Moment,
    /// The time of entries: the later of the clock and the newest entry's.
    at: Moment,
    attempts: Attempts,
    size_before: u64,
}

impl<'l> Session<'l> {
    /// Begins a change by the clock, which must be plausible; the state is brought to today, failed
    /// unlocks are noted.
    ///
    /// # Errors
    /// [`OpsError::ClockBack`] and [`OpsError::ClockAhead`]; [`OpsError::Ledger`],
    /// [`OpsError::Broken`].
    pub fn begin(signer: &'l Signer, clock: Moment) -> Result<Self, OpsError> {
        let session = Self::begin_unchecked(signer, clock)?;
        check_clock(&session.transaction, clock)?;
        session.brought_to_today()
    }

    /// Begins a change whatever the clock says: only for accepting it, and for making a ledger.
    pub(super) fn begin_unchecked(signer: &'l Signer, clock: Moment) -> Result<Self, OpsError> {
        let transaction = signer.ledger.begin()?;
        let at = newest(&transaction)?.map_or(clock, |(_, at)| at.max(clock));
        let (cache, attempts, size_before) =
            (RowCache::default(), Attempts::default(), transaction.size());
        Ok(Self {
            transaction,
            cache,
            signer,
            clock,
            at,
            attempts,
            size_before,
        })
    }

    pub(super) fn brought_to_today(mut self) -> Result<Self, OpsError> {
        let today = self.today();
        let events = rollforward::bring_to(&mut self.state(), today)?;
        events.iter().try_for_each(|event| self.append(event))?;
        self.note_attempts()?;
        Ok(self)
    }

    fn note_attempts(&mut self) -> Result<(), OpsError> {
        let attempts = attempts::read(&self.signer.folder)?;
        if let (Some(first), Some(last)) =
            (attempts.times.iter().min(), attempts.times.iter().max())
        {
            let count = attempts.times.len() as u64;
            self.append(&Event::UnlocksFailed {
                count,
                first: *first,
                last: *last,
            })?;
        }
        self.attempts = attempts;
        Ok(())
    }

    /// The state as it is now, changes of this session among it.
    pub fn state(&self) -> StateView<'_, Transaction<'l>> {
        StateView::new(&self.transaction, &self.cache)
    }

    /// Holds rows that were read ahead, but for those that changed since.
    pub(super) fn hold(&mut self, ahead: RowsAhead, changes: &mut Changes) {
        changes.forget_before(ahead.number);
        for ((table, key), value) in ahead.rows {
            if !changes.contain(table, &key) {
                self.cache.hold(table, key, value);
            }
        }
    }

    /// The rows that this session changed so far.
    pub(super) fn changed(&self) -> HashSet<RowName> {
        self.cache.changed()
    }

    /// The day of every decision in this session.
    #[must_use]
    pub fn today(&self) -> Day {
        self.clock.day()
    }

    /// The time of every answer in this session.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock
    }

    /// Changes the state and writes the history.
    ///
    /// # Errors
    /// [`OpsError::Broken`] where the event does not fit the state; [`OpsError::Ledger`].
    pub fn record(&mut self, event: &Event) -> Result<(), OpsError> {
        change::apply(&mut self.state(), event)?;
        self.append(event)
    }

    fn append(&mut self, event: &Event) -> Result<(), OpsError> {
        let number = self.transaction.size() + 1;
        let entry = Entry::bytes_of(number, self.at, self.signer.vault.operator(), event)
            .map_err(Defect::Entry)?;
        self.transaction.append_history(&entry)?;
        Ok(())
    }

    /// The number that the next entry will have.
    #[must_use]
    pub fn next_entry(&self) -> u64 {
        self.transaction.size() + 1
    }

    /// The history as it will be when this is committed now.
    #[must_use]
    pub fn point(&self) -> HistoryPoint {
        HistoryPoint {
            origin: self.transaction.origin(),
            size: self.transaction.size(),
            head: self.transaction.head(),
        }
    }

    /// Commits everything with its checkpoint: when this returns, it is on disk.
    ///
    /// # Errors
    /// [`OpsError::Ledger`]; a failed commit ends the process.
    pub fn commit(mut self) -> Result<Committed, OpsError> {
        self.put_checkpoint()?;
        put_json(
            &mut self.transaction,
            CLOCK,
            0,
            &ClockRecord { clock: self.clock },
        )?;
        self.cache.write(&mut self.transaction)?;
        let committed = self.transaction.commit()?;
        // The entry is on disk: what a crash leaves in the file now is noted twice, never lost.
        attempts::clear(&self.signer.folder, &self.attempts)?;
        Ok(committed)
    }

    /// Commits where something was recorded, and forgets the session where nothing was.
    ///
    /// # Errors
    /// As [`Session::commit`].
    pub fn commit_if_changed(self) -> Result<Option<Committed>, OpsError> {
        if self.transaction.size() == self.size_before {
            Ok(None)
        } else {
            self.commit().map(Some)
        }
    }

    /// Puts the checkpoint. A size of the history has one for ever: without a new entry, the one
    /// before stands.
    fn put_checkpoint(&mut self) -> Result<(), OpsError> {
        if self.transaction.size() == self.size_before {
            return Ok(());
        }
        let checkpoint = Checkpoint {
            point: self.point(),
            issued_at: self.at,
        };
        let payload = String::from_utf8_lossy(&checkpoint.to_payload()).into_owned();
        let signed = Signed {
            payload,
            key_id: self.signer.vault.signing_key().key_id(),
        };
        put_json(
            &mut self.transaction,
            CHECKPOINTS,
            checkpoint.point.size,
            &signed,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::record::state::Row as _;
    use crate::policy::record::system::SystemRow;

    #[test]
    fn changes_before_a_reading_are_forgotten() {
        let key = |byte: u8| vec![byte; 15];
        let names = |bytes: &[u8]| {
            bytes
                .iter()
                .map(|byte| (SystemRow::TABLE, key(*byte)))
                .collect::<HashSet<_>>()
        };
        let mut changes = Changes::default();
        changes.add(5, names(&[1, 2]));
        changes.add(7, names(&[2, 3]));
        let contained = |changes: &Changes| {
            [1, 2, 3, 4].map(|byte| changes.contain(SystemRow::TABLE, &key(byte)))
        };
        for (read_after, wanted) in [
            (4, [true, true, true, false]),
            (5, [false, true, true, false]),
            (6, [false, true, true, false]),
            (7, [false; 4]),
        ] {
            changes.forget_before(read_after);
            assert_eq!(
                contained(&changes),
                wanted,
                "read after transaction {read_after}"
            );
        }
    }
}
