//! What came of an exchange.

use crate::ops::process::{BatchResult, Left};

/// What an exchange did.
#[derive(Debug)]
pub struct Exchanged {
    /// The batch.
    pub result: BatchResult,
    /// Files of the medium that were not read, and why.
    pub not_read: Vec<Left>,
    /// How many of them the medium or this machine failed to read.
    pub faults: usize,
    /// Files written to the medium, relative to its folder of answers.
    pub written: Vec<String>,
    /// Answers that the medium holds already.
    pub held: usize,
    /// Answers that a later one for the same activation replaces.
    pub replaced: usize,
}
