//! What is noted of each row until the last figures are computed.

use crate::licence::{ComputerId, Counts, Day};
use crate::policy::record::wallet::Lot;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// What the rows of a product leave behind for the figures that are computed last, and for the
/// actions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// The earliest end among the seats of active systems.
    pub(crate) earliest_end: Option<Day>,
    /// The last day of use of that one.
    pub(crate) earliest_last_use: Option<Day>,
    /// The latest last day of use among systems that have ended.
    pub(crate) ended: Option<Day>,
    /// The last day of the trial that runs.
    pub(crate) trial_until: Option<Day>,
    /// The wallet.
    pub(crate) lots: Vec<Lot>,
    /// Whether requests draw on the wallet by themselves.
    pub(crate) auto_assign: bool,
    /// Systems that wait for licences.
    pub(crate) waiting: BTreeSet<ComputerId>,
    /// Seats that end soon and that the signer need not have renewed by now, by their end.
    pub(crate) ending: BTreeMap<Day, Counts>,
    /// The first period that is not licensed, where the running one is.
    pub(crate) next: Option<NextPeriod>,
}

/// The first period without a licence after the licensed ones.
#[derive(Debug, Clone)]
pub struct NextPeriod {
    /// Its number, from 0.
    pub number: u32,
    /// Whether it follows the running one at once.
    pub is_next: bool,
    /// Whether it may be assigned to today.
    pub is_near: bool,
    /// The last day before it.
    pub licensed_until: Day,
    /// The shortfall for today's need.
    pub lacks: Counts,
}
