//! What the vault has counted.

use crate::licence::Day;
use crate::policy::record::state::{State, StateBroken, row};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What the vault has counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterRow {
    /// Pieces of hardware known.
    pub hardware: u64,
    /// Activations and receipts given.
    pub answers: u64,
    /// The day to which the state was brought.
    pub brought_to: Option<Day>,
}

row!(CounterRow, "counter", |_row| Vec::new());

/// Activations and receipts given so far: the number of the newest.
///
/// # Errors
/// [`StateBroken`].
pub fn answers_given<S: State>(state: &S) -> Result<u64, StateBroken> {
    Ok(state
        .get::<CounterRow>(&[])?
        .map_or(0, |counter| counter.answers))
}
