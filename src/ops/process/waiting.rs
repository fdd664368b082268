//! Parts of QR texts that are not all there (LICENSING section 14).

use super::batch::Batch;
use super::refusal::Refusal;
use super::taken::{Content, Intake, Left, WaitingSet};
use crate::licence::Moment;
use crate::ops::error::OpsError;
use crate::ops::records::{WAITING_PARTS, WaitingPartsRecord, find_json, written};
use crate::ops::session::Session;
use crate::policy::record::event::Event;
use crate::policy::refusal::FileRefusal;
use std::collections::BTreeMap;

/// Parts of a QR text wait this long for the rest, in hours.
const PARTS_WAIT_HOURS: i64 = 24;

/// The same, in seconds.
const PARTS_WAIT_SECONDS: i64 = PARTS_WAIT_HOURS * 60 * 60;

/// Leaves incomplete sets of parts in the inbox for 24 hours after the newest part, then refuses
/// them. A file waits whole, together with every file that holds parts of the same document.
pub(super) fn settle_waiting_parts(batch: &Batch<'_>, intake: &mut Intake) -> Result<(), OpsError> {
    let sets = std::mem::take(&mut intake.waiting);
    if sets.is_empty() {
        return Ok(());
    }
    let mut session = Session::begin(batch.signer, batch.clock)?;
    let (mut expired, mut stay) = (Vec::new(), BTreeMap::new());
    for set in sets {
        let since = waiting_since(&mut session, &set)?;
        if session.now().unix() - since.unix() >= PARTS_WAIT_SECONDS {
            expired.push(set);
        } else {
            let missing: Vec<String> = set.missing().iter().map(u8::to_string).collect();
            let reason = format!(
                "it waits for part {} of {} of its QR code",
                missing.join(", "),
                set.count
            );
            stay.extend(set.files.iter().map(|file| (*file, reason.clone())));
        }
    }
    add_companions(intake, &expired, &mut stay);
    intake.documents.retain(|document| {
        document
            .files
            .iter()
            .all(|(file, _)| !stay.contains_key(file))
    });
    for set in expired
        .iter()
        .filter(|set| set.files.iter().all(|file| !stay.contains_key(file)))
    {
        session
            .transaction
            .delete(WAITING_PARTS, set.tag.as_bytes())?;
        refuse_parts(intake, set);
    }
    put_back(batch, intake, &stay)?;
    session.commit_if_changed()?;
    Ok(())
}

/// Adds the files of every document, or set of parts, that has a file among those that stay.
fn add_companions(intake: &Intake, expired: &[WaitingSet], stay: &mut BTreeMap<usize, String>) {
    let documents = intake
        .documents
        .iter()
        .map(|document| document.files.iter().map(|(file, _)| *file).collect());
    let groups: Vec<Vec<usize>> = documents
        .chain(expired.iter().map(|set| set.files.clone()))
        .collect();
    let mut before = 0;
    while stay.len() > before {
        before = stay.len();
        for group in groups.iter().filter(|group| group.len() > 1) {
            if group.iter().any(|file| stay.contains_key(file)) {
                for file in group {
                    stay.entry(*file).or_insert_with(|| {
                        "it waits with a file that holds parts of the same QR code".to_owned()
                    });
                }
            }
        }
    }
}

fn put_back(
    batch: &Batch<'_>,
    intake: &mut Intake,
    stay: &BTreeMap<usize, String>,
) -> Result<(), OpsError> {
    for (file, reason) in stay {
        let Some(file) = intake.files.get(*file) else {
            continue;
        };
        let path = batch.spool.put_back(&file.work(batch)?)?;
        intake.left.push(Left::new(&path, reason));
    }
    Ok(())
}

fn waiting_since(session: &mut Session<'_>, set: &WaitingSet) -> Result<Moment, OpsError> {
    let now = session.now();
    let known: Option<WaitingPartsRecord> =
        find_json(&session.transaction, WAITING_PARTS, set.tag.as_bytes())?;
    if let Some(known) = known.filter(|known| known.have == set.have && known.count == set.count) {
        return Ok(known.since);
    }
    // The newest part came since the last look. Time stamps of files are no clock of the signer.
    let record = WaitingPartsRecord {
        have: set.have.clone(),
        count: set.count,
        since: now,
    };
    session.transaction.put(
        WAITING_PARTS,
        set.tag.as_bytes(),
        &written(WAITING_PARTS, &record)?,
    )?;
    session.record(&Event::PartsWaiting {
        tag: set.tag.clone(),
        have: set.have.clone(),
        count: set.count,
        since: now,
    })?;
    Ok(now)
}

/// Refuses a set of parts whose rest did not come.
fn refuse_parts(intake: &mut Intake, set: &WaitingSet) {
    let refusal = Box::new(Refusal::from(FileRefusal::PartsMissing {
        count: set.count,
        missing: set.missing(),
        hours: PARTS_WAIT_HOURS,
    }));
    for file in &set.files {
        intake.add(&[*file], Content::Refused(refusal.clone()));
    }
}
