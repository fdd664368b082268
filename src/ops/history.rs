//! `history list`, `history verify`, `history export`.

use super::catalogue::InForce;
use super::damage::{Damage, HistoryFault};
use super::error::OpsError;
use super::records::{ANSWERS, AnswerForm, AnswerRecord, find_json, read_json};
use super::signer::Signer;
use super::today::Today;
use crate::ledger::{Entry, HistoryEntry, Reader, Snapshot};
use crate::licence::{Day, Digest, Moment};
use crate::policy::admit::known;
use crate::policy::apply::change;
use crate::policy::order::key;
use crate::policy::record::counter::answers_given;
use crate::policy::record::event::Event;
use crate::policy::record::event::search::{Search, Wanted};
use crate::policy::record::key::KeyRow;
use crate::policy::record::memory::Memory;
use crate::policy::record::state::Row;
use crate::policy::record::state::Table;
use crate::wire::envelope::pae;
use crate::wire::response::Checkpoint;
use crate::wire::{Envelope, Kind, sha256};
use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;

/// Shows every entry's bytes, line n of `history export` without its line feed.
///
/// # Errors
/// What `visit` says; [`OpsError::Ledger`].
pub fn each(
    signer: &Signer,
    mut visit: impl FnMut(&[u8]) -> Result<(), OpsError>,
) -> Result<(), OpsError> {
    signer.ledger.read()?.history(1, |entry: &HistoryEntry| {
        visit(entry.bytes())?;
        Ok::<_, OpsError>(ControlFlow::Continue(()))
    })
}

/// Which entries are wanted: every condition must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// By what happened, and to whom.
    pub wanted: Wanted,
    /// Made by this operator.
    pub operator: Option<String>,
    /// Made on this day or later.
    pub since: Option<Day>,
    /// Made on this day or earlier.
    pub until: Option<Day>,
    /// Only so many, the newest of them.
    pub newest: Option<usize>,
    /// Without the days that began: most entries of a quiet signer.
    pub without_days: bool,
}

/// An entry that was found.
pub struct Found<'f> {
    /// What it says.
    pub entry: &'f Entry,
    /// As it stands in the history.
    pub bytes: &'f [u8],
    /// What a catalogue changed, in the lines of `catalogue apply`.
    pub changes: &'f [String],
    /// The licence key that it is about: its worth and its product.
    pub key: Option<KeyRow>,
}

impl Filter {
    fn takes(&self, search: &mut Search<'_>, entry: &Entry) -> bool {
        let day = entry.at.day();
        search.takes(&entry.event)
            && !(self.without_days && matches!(entry.event, Event::DayBegan { .. }))
            && self.since.is_none_or(|first| first <= day)
            && self.until.is_none_or(|last| day <= last)
            && self
                .operator
                .as_ref()
                .is_none_or(|name| *name == entry.operator)
    }
}

/// Shows the wanted entries, one by one and oldest first, and gives their number. Memory holds one
/// entry, the catalogue, and the numbers of the newest entries where only these are wanted.
///
/// # Errors
/// [`OpsError::Refused`] for an organization or a licence key that the signer does not know; what
/// `visit` says; [`OpsError::Ledger`].
pub fn find(
    signer: &Signer,
    clock: Moment,
    filter: &Filter,
    mut visit: impl FnMut(&Found<'_>) -> Result<(), OpsError>,
) -> Result<u64, OpsError> {
    check_known(signer, clock, &filter.wanted)?;
    let snapshot = signer.ledger.read()?;
    let mut show = |entry: &Entry, bytes: &[u8], changes: &[String]| {
        visit(&Found {
            entry,
            bytes,
            changes,
            key: key_of(&snapshot, &entry.event)?,
        })
    };
    let mut search = Search::new(&filter.wanted);
    let mut in_force = InForce::default();
    let (mut count, mut newest) = (0, VecDeque::new());
    snapshot.history(1, |found: &HistoryEntry| {
        let entry = Entry::read(found.bytes())?;
        let changes = in_force.apply(&entry.event);
        if !filter.takes(&mut search, &entry) {
            return Ok(ControlFlow::Continue(()));
        }
        count += 1;
        match filter.newest {
            None => show(&entry, found.bytes(), &changes)?,
            Some(limit) => {
                newest.push_back((found.number, changes));
                newest.drain(..newest.len().saturating_sub(limit));
            }
        }
        Ok::<_, OpsError>(ControlFlow::Continue(()))
    })?;
    for (number, changes) in newest {
        let found = snapshot.history_entry(number)?;
        let found = found.ok_or(Damage::NoEntry { number })?;
        show(&Entry::read(found.bytes())?, found.bytes(), &changes)?;
    }
    Ok(count)
}

/// The licence key that an event is about; what it is worth never changes.
fn key_of(snapshot: &Snapshot<'_>, event: &Event) -> Result<Option<KeyRow>, OpsError> {
    match event {
        Event::KeyRedeemed { key, .. }
        | Event::KeyUnredeemed { key, .. }
        | Event::KeyVoided { key, .. } => find_json(snapshot, KeyRow::TABLE.into(), &key.0),
        _ => Ok(None),
    }
}

/// An unknown name is an error, and no empty list. A system that was only ever refused stands in no
/// table.
fn check_known(signer: &Signer, clock: Moment, wanted: &Wanted) -> Result<(), OpsError> {
    if wanted.organization.is_none() && wanted.key.is_none() {
        return Ok(());
    }
    let today = Today::of(signer, clock)?;
    wanted
        .organization
        .as_ref()
        .map(|id| known::organization(&today.state(), id))
        .transpose()?;
    wanted
        .key
        .map(|id| key::key(&today.state(), &id))
        .transpose()?;
    Ok(())
}

/// A history that verified.
#[derive(Debug, serde::Serialize)]
pub struct Verified {
    /// Entries.
    pub size: u64,
    /// The head after the newest.
    pub head: Digest,
    /// Always true: what does not verify is an error.
    pub ok: bool,
}

/// Computes the chain anew, replays every entry, and compares every row of the state and every
/// recorded answer with it.
///
/// # Errors
/// [`OpsError::History`] with the first place that differs.
pub fn verify(signer: &Signer, checkpoint: Option<&[u8]>) -> Result<Verified, OpsError> {
    let snapshot = signer.ledger.read()?;
    let mut state = Memory::default();
    snapshot.verify_chain(|entry: &HistoryEntry| replay(&snapshot, &mut state, entry))?;
    compare(&snapshot, &state)?;
    if let Some(file) = checkpoint {
        verify_checkpoint(signer, &snapshot, file)?;
    }
    Ok(Verified {
        size: snapshot.size(),
        head: snapshot.head(),
        ok: true,
    })
}

fn replay(
    snapshot: &Snapshot<'_>,
    state: &mut Memory,
    entry: &HistoryEntry,
) -> Result<(), OpsError> {
    let number = entry.number;
    let read = Entry::read(entry.bytes()).map_err(|fault| HistoryFault::Entry { number, fault })?;
    if read.number != number {
        let found = read.number;
        return Err(HistoryFault::Number { number, found }.into());
    }
    let began = if let Event::Began { origin, .. } = &read.event {
        Some(*origin)
    } else {
        None
    };
    if began.is_some() != (number == 1) || began.is_some_and(|origin| origin != snapshot.origin()) {
        return Err(HistoryFault::Origin { number }.into());
    }
    change::apply(state, &read.event).map_err(|fault| HistoryFault::Event { number, fault })?;
    match &read.event {
        Event::Granted(granted) | Event::Issued(granted) => {
            check_answer(snapshot, state, number, (granted.request, granted.answer))
        }
        Event::Deactivated(deactivated) => check_answer(
            snapshot,
            state,
            number,
            (deactivated.request, deactivated.answer),
        ),
        Event::EmergencyGranted(granted) => {
            check_answer(snapshot, state, number, (granted.order, granted.answer))
        }
        _ => Ok(()),
    }
}

/// Checks that the newest recorded answer is the one that the entry names, by its request and its
/// own digest.
fn check_answer(
    snapshot: &Snapshot<'_>,
    state: &Memory,
    number: u64,
    (request, answer): (Digest, Digest),
) -> Result<(), OpsError> {
    let given = answers_given(state).map_err(|fault| HistoryFault::Event { number, fault })?;
    let record: Option<AnswerRecord> = read_json(snapshot, ANSWERS, given)?;
    let record = record.ok_or(HistoryFault::NoAnswer { number, request })?;
    let kind = match record.form {
        AnswerForm::Activation => Kind::Activation,
        AnswerForm::Receipt => Kind::Receipt,
    };
    let document = sha256(&[&pae(&kind.payload_type(), record.payload.as_bytes())]);
    let is_named = record.request == request && record.document == answer && document == answer;
    if is_named {
        Ok(())
    } else {
        Err(HistoryFault::OtherAnswer { number, request }.into())
    }
}

fn compare(snapshot: &Snapshot<'_>, state: &Memory) -> Result<(), OpsError> {
    let mut counts: BTreeMap<Table, u64> = BTreeMap::new();
    for (table, key, row) in state.rows() {
        let found = snapshot.get(table.into(), key)?;
        if found.is_none_or(|found| found.as_slice() != row) {
            return Err(HistoryFault::Row { table: table.name }.into());
        }
        *counts.entry(table).or_default() += 1;
    }
    for table in crate::policy::record::tables::TABLES {
        let (found, replayed) = (
            snapshot.count(table.into()),
            counts.get(&table).copied().unwrap_or(0),
        );
        if found != replayed {
            let table = table.name;
            let fault = HistoryFault::Rows {
                table,
                found,
                replayed,
            };
            return Err(fault.into());
        }
    }
    let (found, given) = (snapshot.count(ANSWERS), answers_given(state)?);
    if found != given {
        return Err(HistoryFault::Answers { found, given }.into());
    }
    Ok(())
}

fn verify_checkpoint(
    signer: &Signer,
    snapshot: &Snapshot<'_>,
    file: &[u8],
) -> Result<(), OpsError> {
    let envelope = Envelope::read(file).map_err(OpsError::CheckpointForm)?;
    let checkpoint = signer
        .vault
        .trust_store()
        .verify_document::<Checkpoint>(&envelope, |checkpoint| checkpoint.issued_at);
    let point = checkpoint.map_err(OpsError::CheckpointSigner)?.point;
    if point.origin != snapshot.origin() {
        return Err(OpsError::CheckpointOrigin {
            found: point.origin,
            own: snapshot.origin(),
        });
    }
    if snapshot.head_at(point.size)? == Some(point.head) {
        return Ok(());
    }
    Err(HistoryFault::Checkpoint { size: point.size }.into())
}
