//! Steps 5 and 6 beside steps 3 and 4: groups are signed and written while the next is decided.

use super::batch::Batch;
use super::deliver::{self, Delivered, Group, Outputs};
use super::sequence::LARGEST_COMMIT;
use crate::ops::defect::Defect;
use crate::ops::error::OpsError;
use crate::ops::parallel;
use crate::spool::Publisher;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// Answers that a thread signs and writes at a time.
const ANSWERS_PER_UNIT: usize = 16;

/// Units under way at a time: those of two of the largest transactions, so that one is signed and
/// written while the other is delivered.
const UNITS_UNDER_WAY: usize = 2 * LARGEST_COMMIT / ANSWERS_PER_UNIT;

/// Some answers of what one transaction decided. Refusals are cut up like answers, so that the
/// number of units bounds the memory of both.
struct Unit {
    group: Arc<Group>,
    places: Range<usize>,
    is_last: bool,
}

impl Unit {
    /// All of a group, in sequence; at least one.
    fn all(group: Group) -> VecDeque<Self> {
        let group = Arc::new(group);
        let count = group.size();
        let firsts = (0..count.max(1)).step_by(ANSWERS_PER_UNIT);
        let unit = |first| {
            let end = count.min(first + ANSWERS_PER_UNIT);
            Self {
                group: group.clone(),
                places: first..end,
                is_last: end == count,
            }
        };
        firsts.map(unit).collect()
    }
}

/// Signs, renders and writes the groups that `decide` gives. Meanwhile it decides the next, and the
/// disk takes what was written.
pub(super) fn sign_and_write(
    batch: &Batch<'_>,
    publisher: &Publisher<'_>,
    mut decide: impl FnMut() -> Result<Option<Group>, OpsError>,
    delivered: &mut Delivered,
    count: usize,
) -> Result<(), OpsError> {
    let mut undone = VecDeque::new();
    let next = || -> Result<Option<Unit>, OpsError> {
        if undone.is_empty() {
            undone = decide()?.map(Unit::all).unwrap_or_default();
        }
        Ok(undone.pop_front())
    };
    let stage = |unit: Unit| {
        Ok((
            unit.group
                .stage(batch.signer, publisher, unit.places.clone())?,
            unit,
        ))
    };
    let mut outputs = Outputs::new();
    parallel::with_aside(
        || deliver::sync(publisher),
        |ask_for_sync| {
            let take = |(staged, unit): (Outputs, Unit)| {
                (batch.progress.alive)();
                outputs.extend(staged);
                if !unit.is_last {
                    return Ok(());
                }
                unit.group
                    .deliver(batch, publisher, &std::mem::take(&mut outputs), delivered)?;
                (batch.progress.step)(delivered.count, count);
                if ask_for_sync() {
                    Ok(())
                } else {
                    Err(Defect::SyncEnded.into())
                }
            };
            parallel::pipeline(UNITS_UNDER_WAY, next, stage, take)
        },
    )
}
