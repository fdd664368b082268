//! Answered requests, and how many answers were given.

use crate::licence::{ComputerId, Digest};
use crate::policy::apply::system::change_counter;
use crate::policy::record::counter::answers_given;
use crate::policy::record::given_up::SeenRow;
use crate::policy::record::request::AnsweredRow;
use crate::policy::record::state::{StateBroken, StateMut};
use crate::policy::record::system::SystemRow;

pub(crate) fn answered<S: StateMut>(
    state: &mut S,
    request: &Digest,
    system: &SystemRow,
    answer: Option<u64>,
    for_ever: bool,
) -> Result<(), StateBroken> {
    state.put(AnsweredRow {
        document: *request,
        activation_id: system.activation.id,
        answer,
        for_ever,
    })
}

/// Counts one more answer; gives its number, under which the ledger keeps it.
pub(crate) fn count_answer<S: StateMut>(state: &mut S) -> Result<u64, StateBroken> {
    let number = answers_given(state)? + 1;
    change_counter(state, |counter| counter.answers = number)?;
    Ok(number)
}

/// Notes the counter of a confirmation.
pub(crate) fn see<S: StateMut>(
    state: &mut S,
    id: &ComputerId,
    counter: u64,
) -> Result<(), StateBroken> {
    let seen = state.get::<SeenRow>(&id.0)?.map_or(0, |row| row.counter);
    if counter > seen {
        state.put(SeenRow {
            computer_id: *id,
            counter,
        })
    } else {
        Ok(())
    }
}
