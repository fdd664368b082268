//! What a customer has to order: what lacks, beyond what their wallet holds that may be used for
//! it.

use super::holding::Holding;
use super::{Expiring, ExpiringKind};
use crate::licence::counts::CountsOverflow;
use crate::licence::{ComputerId, Counts, Day};
use crate::policy::catalogue::{Model, ProductSettings};
use crate::policy::state::Lot;
use crate::policy::wallet::{self, Drawing};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use serde::Serialize;

/// What the wallet does not hold. A stored licence covers one thing only, in the order of these
/// members.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ToOrder {
    /// Of what active systems lack now; growth within a licensed period is not part of it.
    pub missing: Counts,
    /// Of what waiting systems need beyond what counts for them already.
    pub waiting: Counts,
    /// Of what the signer could not renew, unless it is missing already.
    pub not_renewed: Counts,
    /// For going on after what has ended or ends within 90 days, unless it is one of these.
    pub ending: Counts,
    /// For what grew beyond the licences of a licensed period.
    pub growth: Counts,
}

/// What is noted while rows are shown, and only [`Holding::finish`] and the actions need.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    /// The earliest end among the seats of active systems.
    pub(super) earliest_end: Option<Day>,
    /// The last day of use of that one.
    pub(super) earliest_last_use: Option<Day>,
    /// The latest last day of use among systems that have ended.
    pub(super) ended: Option<Day>,
    /// The last day of the trial that runs.
    pub(super) trial_until: Option<Day>,
    /// The wallet.
    pub(super) lots: Vec<Lot>,
    /// Whether requests draw on the wallet by themselves.
    pub(super) auto_assign: bool,
    /// Systems that wait for licences.
    pub(super) waiting: BTreeSet<ComputerId>,
    /// Seats that end soon and that the signer need not have renewed by now, by their end.
    pub(super) ending: BTreeMap<Day, Counts>,
    /// The first period that is not licensed, where the running one is.
    pub(super) next: Option<NextPeriod>,
}

/// The first period without a licence after the licensed ones.
#[derive(Debug, Clone)]
pub(super) struct NextPeriod {
    /// Its number.
    pub(super) number: u32,
    /// Whether it follows the running one at once.
    pub(super) is_next: bool,
    /// Whether it may be assigned to today.
    pub(super) is_near: bool,
    /// The last day before it.
    pub(super) licensed_until: Day,
    /// What it lacks of today's need.
    pub(super) lacks: Counts,
}

/// What is left of a wallet while one want after the other is covered.
struct Purse {
    lots: Vec<Lot>,
    notice: u32,
}

impl Purse {
    /// What the wallet lacks of `wanted`, which is used on a day; returned seats serve for
    /// activating only.
    fn lacks(
        &mut self,
        wanted: &Counts,
        returned: bool,
        on: Day,
    ) -> Result<Counts, CountsOverflow> {
        let drawing = Drawing {
            own: &[],
            wallet: true,
            returned,
            notice: self.notice,
            today: on,
        };
        let (taken, missing) = wallet::take_some(&self.lots, wanted, &drawing);
        wallet::remove(&mut self.lots, &taken)?;
        Ok(missing)
    }
}

impl Holding {
    /// Whether the running period is licensed, so that what it lacks is growth.
    #[must_use]
    pub fn is_growing(&self) -> bool {
        self.model == Model::PooledSubscription
            && self.periods.first().is_some_and(|period| period.licensed)
    }

    /// Whether what could not be renewed is what the running period lacks.
    #[must_use]
    pub fn renews_running(&self) -> bool {
        self.model == Model::PooledSubscription && !self.is_growing()
    }

    /// Whether something that ends asks nothing of the customer: the wallet has the renewal, and
    /// the signer or its operator does it.
    #[must_use]
    pub fn is_provided_for(&self, end: &Expiring) -> bool {
        self.to_order.ending.is_empty()
            && match end.kind {
                ExpiringKind::Subscription => self.could_not_renew.is_empty(),
                ExpiringKind::Seats => self.auto_renew && !self.is_overdue(end),
                ExpiringKind::Stored | ExpiringKind::Returned => false,
            }
    }

    /// Whether the signer was to renew these seats and could not.
    pub(super) fn is_overdue(&self, end: &Expiring) -> bool {
        end.kind == ExpiringKind::Seats && !self.marks.ending.contains_key(&end.until)
    }

    /// What is to be ordered, once everything else is known.
    pub(super) fn note_order(
        &mut self,
        settings: &ProductSettings,
        today: Day,
    ) -> Result<(), CountsOverflow> {
        self.marks.auto_assign = settings.auto_assign;
        let is_pooled = self.model == Model::PooledSubscription;
        let mut purse = Purse {
            lots: self.marks.lots.clone(),
            notice: settings.largest_notice(),
        };
        let mut order = ToOrder::default();
        if !self.is_growing() {
            order.missing = purse.lacks(&self.missing, true, today)?;
        }
        order.waiting = purse.lacks(&self.waiting_beyond, true, today)?;
        if !self.renews_running() {
            order.not_renewed = purse.lacks(&self.could_not_renew, is_pooled, today)?;
        }
        // The signer renews only when the end is near: what expires in the wallet before that does
        // not count.
        let used_on = |end: Day| match settings.auto_renew {
            true => end
                .minus_days(settings.largest_notice())
                .unwrap_or(Day::FIRST)
                .max(today),
            false => today,
        };
        let due = if self.could_not_renew.is_empty() {
            self.marks.next.as_ref()
        } else {
            None
        };
        if let Some(next) = due
            .filter(|next| next.licensed_until.days_since(today) <= i64::from(super::EXPIRING_DAYS))
        {
            order.ending = purse.lacks(&next.lacks, true, used_on(next.licensed_until))?;
        }
        for (end, licences) in &self.marks.ending {
            order.ending = order
                .ending
                .plus(&purse.lacks(licences, false, used_on(*end))?)?;
        }
        for seats in self
            .ended_seats
            .iter()
            .filter(|seats| !self.marks.waiting.contains(&seats.computer_id))
        {
            order.ending = order
                .ending
                .plus(&purse.lacks(&seats.licences, true, today)?)?;
        }
        if self.is_growing() {
            order.growth = purse.lacks(&self.missing, true, today)?;
        }
        self.to_order = order;
        Ok(())
    }
}
