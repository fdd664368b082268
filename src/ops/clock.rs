//! Whether the signer's clock can be right, by the newest change.

use super::error::OpsError;
use super::records::{CLOCK, ClockRecord, read_json};
use crate::ledger::{Entry, Reader};
use crate::licence::Moment;

/// How far the clock may be behind the newest change, in seconds.
const MAX_SECONDS_BACK: i64 = 5 * 60;
/// How far it may be ahead, in seconds: 400 days.
const MAX_SECONDS_AHEAD: i64 = 400 * 24 * 60 * 60;

/// The time of the newest change and of the newest entry.
pub(super) fn newest(reader: &impl Reader) -> Result<Option<(Moment, Moment)>, OpsError> {
    let Some(entry) = reader.newest_entry()? else {
        return Ok(None);
    };
    let at = Entry::read_at(entry.bytes())?;
    let clock = read_json::<ClockRecord>(reader, CLOCK, 0)?.map_or(at, |record| record.clock);
    Ok(Some((clock, at)))
}

/// Whether the clock can be right: not over 5 minutes before the newest change, not over 400 days
/// after it.
///
/// # Errors
/// [`OpsError::ClockBack`], [`OpsError::ClockAhead`].
pub fn check_clock(reader: &impl Reader, clock: Moment) -> Result<(), OpsError> {
    let Some((newest, _)) = newest(reader)? else {
        return Ok(());
    };
    let ahead = clock.unix() - newest.unix();
    if ahead < -MAX_SECONDS_BACK {
        return Err(OpsError::ClockBack { clock, newest });
    }
    if ahead > MAX_SECONDS_AHEAD {
        return Err(OpsError::ClockAhead { clock, newest });
    }
    Ok(())
}
