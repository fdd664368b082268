//! Parts of QR texts that are not all there (LICENSING section 14).

use super::intake::{Intake, WaitingSet, not_after, refuse_parts};
use super::{Left, Options};
use crate::licence::Moment;
use crate::ops::error::OpsError;
use crate::ops::records::{WAITING_PARTS, WaitingPartsRecord, find_json, written};
use crate::ops::session::Session;
use crate::ops::signer::Signer;
use crate::policy::Event;
use crate::spool::{Spool, escape_path};

/// Parts of a QR text wait this long for the rest, in seconds.
const PARTS_WAIT_SECONDS: i64 = 24 * 60 * 60;

/// Parts that are not all there wait in the inbox for 24 hours after the newest came; then they are refused.
pub(super) fn settle_waiting_parts(
    signer: &Signer,
    spool: &Spool,
    batch: &str,
    options: &Options<'_>,
    intake: &mut Intake,
) -> Result<(), OpsError> {
    let waiting = std::mem::take(&mut intake.waiting);
    if waiting.is_empty() {
        return Ok(());
    }
    let mut session = Session::begin(signer, options.clock)?;
    for set in waiting {
        let since = waiting_since(&mut session, intake, &set)?;
        if session.now().unix() - since.unix() >= PARTS_WAIT_SECONDS {
            session.transaction.delete(WAITING_PARTS, set.tag.as_bytes())?;
            refuse_parts(intake, &set);
            continue;
        }
        let missing: Vec<String> = (1..=set.count).filter(|i| !set.have.contains(i)).map(|i| i.to_string()).collect();
        let reason = format!("it waits for part {} of {} of its QR code", missing.join(", "), set.count);
        for file in set.files.iter().filter_map(|file| intake.files.get(*file)) {
            let work = file.work(spool, batch)?;
            if work.work_path.symlink_metadata().is_ok() {
                let path = spool.put_back(&work)?;
                intake.left.push(Left { file: escape_path(&path), reason: reason.clone() });
            }
        }
    }
    session.commit_if_changed()?;
    Ok(())
}

fn waiting_since(session: &mut Session<'_>, intake: &Intake, set: &WaitingSet) -> Result<Moment, OpsError> {
    let now = session.now();
    let known: Option<WaitingPartsRecord> = find_json(&session.transaction, WAITING_PARTS, set.tag.as_bytes())?;
    if let Some(known) = known.filter(|known| known.have == set.have && known.count == set.count) {
        return Ok(known.since);
    }
    let arrivals = set.files.iter().filter_map(|file| intake.files.get(*file)).map(|file| not_after(file.arrived, now));
    let since = arrivals.max().unwrap_or(now);
    let record = WaitingPartsRecord { have: set.have.clone(), count: set.count, since };
    session.transaction.put(WAITING_PARTS, set.tag.as_bytes(), &written(WAITING_PARTS, &record)?)?;
    session.record(&Event::PartsWaiting { tag: set.tag.clone(), have: set.have.clone(), count: set.count, since })?;
    Ok(since)
}
