//! What a customer has to purchase: what lacks, beyond the licences of the wallet that may serve
//! for it.

use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day};
use crate::policy::model::drawing;
use crate::policy::model::drawing::Drawing;
use crate::policy::record::catalogue::settings::{Model, ProductSettings};
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::policy::report::ends::{EXPIRING_DAYS, Expiring, ExpiringKind};
use crate::policy::report::holding::Holding;
use crate::policy::report::purchase::Purchase;
use alloc::vec::Vec;

/// The rest of a wallet while it covers one want after the other.
struct Purse {
    lots: Vec<Lot>,
    notice: u32,
}

impl Purse {
    /// Covers `wanted`, which is used on a day; gives what the wallet lacks. `returned` seats serve
    /// for activating only.
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
        let (taken, missing) = drawing::take_some(&self.lots, wanted, &drawing);
        wallet::remove(&mut self.lots, &taken)?;
        Ok(missing)
    }
}

impl Holding {
    /// Whether the running period is licensed, so that what it lacks is growth.
    #[must_use]
    fn is_growing(&self) -> bool {
        self.model == Model::PooledSubscription
            && self.periods.first().is_some_and(|period| period.licensed)
    }

    /// Whether what could not be renewed is what the running period lacks.
    #[must_use]
    pub fn renews_running(&self) -> bool {
        self.model == Model::PooledSubscription && !self.is_growing()
    }

    /// Whether an end asks nothing of the customer: the wallet covers the renewal, and the signer
    /// or its operator makes it.
    #[must_use]
    pub fn is_provided_for(&self, end: &Expiring) -> bool {
        self.purchase.ending.is_empty()
            && match end.kind {
                ExpiringKind::Subscription => self.could_not_renew.is_empty(),
                ExpiringKind::Seats => self.auto_renew && !self.is_overdue(end),
                ExpiringKind::Stored | ExpiringKind::Returned => false,
            }
    }

    /// Whether the signer had to renew these seats and could not.
    pub(crate) fn is_overdue(&self, end: &Expiring) -> bool {
        end.kind == ExpiringKind::Seats && !self.marks.ending.contains_key(&end.until)
    }

    /// Computes the purchase, once everything else is known.
    pub(crate) fn note_purchase(
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
        let mut purchase = Purchase::default();
        if !self.is_growing() {
            purchase.missing = purse.lacks(&self.missing, true, today)?;
        }
        purchase.waiting = purse.lacks(&self.waiting_beyond, true, today)?;
        if !self.renews_running() {
            purchase.not_renewed = purse.lacks(&self.could_not_renew, is_pooled, today)?;
        }
        // The signer renews only when the end is near. Licences that expire in the wallet before
        // that do not count.
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
        if let Some(next) =
            due.filter(|next| next.licensed_until.days_since(today) <= i64::from(EXPIRING_DAYS))
        {
            purchase.ending = purse.lacks(&next.lacks, true, used_on(next.licensed_until))?;
        }
        for (end, licences) in &self.marks.ending {
            purchase.ending =
                purchase
                    .ending
                    .plus(&purse.lacks(licences, false, used_on(*end))?)?;
        }
        for seats in self
            .ended_seats
            .iter()
            .filter(|seats| !self.marks.waiting.contains(&seats.computer_id))
        {
            purchase.ending =
                purchase
                    .ending
                    .plus(&purse.lacks(&seats.licences, true, today)?)?;
        }
        if self.is_growing() {
            purchase.growth = purse.lacks(&self.missing, true, today)?;
        }
        self.purchase = purchase;
        Ok(())
    }
}
