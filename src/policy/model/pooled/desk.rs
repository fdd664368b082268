//! Serving a request: what it assigns from the wallet (LICENSING sections 9.4 and 9.6).

use crate::licence::LicenceKeyId;
use crate::policy::admit::asked::Asked;
use crate::policy::model::drawing;
use crate::policy::model::drawing::Drawing;
use crate::policy::model::pooled::assignment::{check_period, not_enough};
use crate::policy::model::pooled::course::Course;
use crate::policy::model::pooled::demand::Demand;
use crate::policy::model::pooled::overlap::assignment;
use crate::policy::model::pooled::{growth, renewal};
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::subscription::{Assignment, smaller};
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::{DrawnOn, LicencesRefusal, Stop, TermRefusal};
use crate::wire::request::Wanted;
use alloc::vec::Vec;

/// A request being served: the subscription and the wallet as they change.
pub(crate) struct Desk<'a> {
    pub(crate) asked: &'a Asked<'a>,
    pub(crate) settings: &'a ProductSettings,
    pub(crate) demand: &'a Demand,
    pub(crate) own: &'a [LicenceKeyId],
    pub(crate) course: Course,
    pub(crate) lots: Vec<Lot>,
    pub(crate) assignments: Vec<Assignment>,
}

impl Desk<'_> {
    /// Assigns what the request needs, or refuses it.
    pub(crate) fn serve(&mut self, wanted: Wanted) -> Result<(), Stop> {
        match wanted {
            Wanted::Refresh if !self.demand.larger.is_empty() => Err(self.larger_need().into()),
            Wanted::Extend => self.extend(),
            Wanted::Activate | Wanted::Refresh | Wanted::Trial => self.serve_need(),
        }
    }

    fn larger_need(&self) -> LicencesRefusal {
        LicencesRefusal::MoreThanStated {
            missing: self.demand.larger.clone(),
        }
    }

    fn running(&self) -> u32 {
        self.course.row.running
    }

    fn is_licensed(&self) -> bool {
        self.course.is_licensed(self.running(), &self.demand.need)
    }

    fn is_in_grace(&self) -> bool {
        self.course
            .is_in_grace(self.settings.grace_days, self.asked.context().today)
    }

    /// With `auto_assign` a request draws on the wallet, on the lot with the earliest store-until
    /// first; without, on its own keys only.
    fn drawing(&self) -> Drawing<'_> {
        let wallet = self.asked.draws_on_wallet();
        let own = if wallet { &[] } else { self.own };
        Drawing {
            own,
            wallet,
            returned: true,
            notice: self.settings.largest_notice(),
            today: self.asked.context().today,
        }
    }

    /// Serves the need in the running period (LICENSING section 9.4).
    fn serve_need(&mut self) -> Result<(), Stop> {
        match (self.is_in_grace(), self.is_licensed()) {
            (true, is_licensed) => self.draw_in_grace(is_licensed),
            (false, true) => self.grow(),
            (false, false) => self.draw_in_full(self.running()),
        }
    }

    /// Draws on the wallet first. The grace covers what it lacks, or growth where the period is
    /// licensed.
    fn draw_in_grace(&mut self, is_licensed: bool) -> Result<(), Stop> {
        let shortfall = self.course.shortfall(self.running(), &self.demand.need);
        let missing = smaller(&self.demand.increase, &shortfall);
        let (taken, lacking) = drawing::take_some(&self.lots, &missing, &self.drawing());
        if is_licensed && !lacking.is_empty() {
            let assigned = self.course.assigned(self.running());
            let after = assigned.plus(&wallet::counts(&taken)?)?;
            if !growth::missing(&self.demand.need, &after, self.settings)?.is_empty() {
                let missing = growth::missing(&self.demand.need, &assigned, self.settings)?;
                return Err(growth::beyond(missing, self.settings).into());
            }
        }
        self.assign(self.running(), taken)
    }

    /// Uses growth first, and draws on the wallet only for what exceeds the allowance.
    fn grow(&mut self) -> Result<(), Stop> {
        if self.demand.increase.is_empty() {
            return Ok(());
        }
        let missing = growth::missing(
            &self.demand.need,
            &self.course.assigned(self.running()),
            self.settings,
        )?;
        let taken = drawing::take(&self.lots, &missing, &self.drawing());
        let taken = taken.map_err(|_| growth::beyond(missing, self.settings))?;
        self.assign(self.running(), taken)
    }

    /// Draws the whole shortfall of a period, so that it becomes licensed.
    fn draw_in_full(&mut self, period: u32) -> Result<(), Stop> {
        let shortfall = self.course.shortfall(period, &self.demand.need);
        let taken = drawing::take(&self.lots, &shortfall, &self.drawing());
        let from = DrawnOn::wallet(self.asked.draws_on_wallet());
        let taken = taken.map_err(|missing| not_enough(&shortfall, missing, from))?;
        self.assign(period, taken)
    }

    /// Draws for the running period, or where it is licensed for the next one that is not.
    fn extend(&mut self) -> Result<(), Stop> {
        self.check_renews_itself()?;
        if !self.is_licensed() {
            return self.draw_in_full(self.running());
        }
        self.serve_need()?;
        let period = self.course.next_unlicensed(&self.demand.need);
        check_period(
            &self.course,
            self.settings,
            period,
            &self.demand.need,
            self.asked.context().today,
        )?;
        self.draw_in_full(period)
    }

    /// Checks that a request extends a product that renews itself only where the signer could not,
    /// and by a key of its own.
    fn check_renews_itself(&self) -> Result<(), TermRefusal> {
        if !self.asked.is_renewed_by_signer() {
            return Ok(());
        }
        let due = renewal::due(
            &self.course,
            self.settings,
            &self.demand.need,
            self.asked.context().today,
        );
        if !self.own.is_empty() && (due.is_some() || !self.is_licensed()) {
            return Ok(());
        }
        Err(TermRefusal::RenewsItself {
            product: self.settings.id.clone(),
        })
    }

    fn assign(&mut self, period: u32, taken: Vec<Lot>) -> Result<(), Stop> {
        if taken.is_empty() {
            return Ok(());
        }
        wallet::remove(&mut self.lots, &taken)?;
        let assignment = assignment(
            &self.course,
            self.settings,
            period,
            taken,
            self.asked.context().today,
        )?;
        self.course.assign(&assignment)?;
        self.assignments.push(assignment);
        Ok(())
    }
}
