//! What a system description is granted under the `pooled-subscription` model (LICENSING sections
//! 6, 7, 9.1, 9.4 and 9.6).

use crate::licence::{Counts, LicenceKeyId, Plan, Validity};
use crate::policy::admit::asked::Asked;
use crate::policy::admit::standing::Standing;
use crate::policy::admit::wish::Wish;
use crate::policy::model::drawing;
use crate::policy::model::drawing::Drawing;
use crate::policy::model::grant::Grant;
use crate::policy::model::issue::{Before, Change, before, issue};
use crate::policy::model::pooled::assignment::{check_period, not_enough, not_started};
use crate::policy::model::pooled::course::{Course, need_of};
use crate::policy::model::pooled::overlap::assignment;
use crate::policy::model::pooled::start::start_of;
use crate::policy::model::pooled::{growth, renewal};
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::event::file::Redemption;
use crate::policy::record::event::granted::Outcome;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::subscription::{Assignment, Start, larger};
use crate::policy::record::system::SystemRow;
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::{DrawnOn, LicencesRefusal, Stop, TermRefusal};
use crate::wire::request::Wanted;
use alloc::vec::Vec;

pub(crate) fn decide<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    standing: &Standing,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    check_kind(asked, wish)?;
    let before = before(asked, wish, standing);
    let (started, course) = course(state, asked, wish)?;
    let demand = Demand::of(state, asked, wish, standing, &before)?;
    let mut lots = wallet::lots(state, &asked.organization.id, &asked.settings().id)?;
    redeemed
        .iter()
        .try_for_each(|redemption| wallet::add(&mut lots, &redemption.lots))?;
    let lots = drawing::in_order_of_codes(state, lots)?;
    let own: Vec<LicenceKeyId> = redeemed.iter().map(|redemption| redemption.key).collect();
    let mut desk = Desk {
        asked,
        settings: asked.settings(),
        demand: &demand,
        own: &own,
        course,
        lots,
        assignments: Vec::new(),
    };
    desk.serve(wish.request)?;
    let (plan, validity) = desk.statement(replaced(standing, asked), wish)?;
    let assignments = desk.assignments;
    let goes_on = asked.licensed().is_some() && standing.recovered.is_none();
    let change = Change {
        outcome: match wish.request {
            Wanted::Extend => Outcome::Extended,
            _ if goes_on => Outcome::Refreshed,
            _ => Outcome::Activated,
        },
        plan,
        licences: wish.need.clone(),
        validity,
        grace_days: asked.settings().grace_days,
        seats: Vec::new(),
        taken: Vec::new(),
        passing: asked.passing_ended(),
        started,
        assignments,
    };
    issue(state, asked, wish, standing, redeemed, before, change)
}

fn replaced<'a>(standing: &'a Standing, asked: &'a Asked<'_>) -> Option<&'a SystemRow> {
    standing
        .recovered
        .as_deref()
        .or(asked.active().map(|system| &**system))
}

fn check_kind(asked: &Asked<'_>, wish: &Wish<'_>) -> Result<(), TermRefusal> {
    let is_licensed = asked.licensed().is_some();
    match wish.request {
        Wanted::Refresh if !is_licensed => Err(TermRefusal::NothingToRefresh {}),
        Wanted::Extend if !is_licensed => Err(TermRefusal::NothingToExtend {}),
        // A trial is the same for every model, and decided before.
        Wanted::Activate | Wanted::Refresh | Wanted::Extend | Wanted::Trial => Ok(()),
    }
}

/// The organization's subscription, started by this request where there is none yet.
fn course<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
) -> Result<(Option<Start>, Course), Stop> {
    let (organization, product) = (&asked.organization.id, &asked.settings().id);
    if let Some(course) = Course::of(state, organization, product)? {
        return Ok((None, course));
    }
    if !asked.settings().auto_start || wish.request != Wanted::Activate {
        return Err(not_started(organization, product).into());
    }
    let start = start_of(state, organization, asked.settings(), asked.context().today)?;
    Ok((
        Some(start),
        Course::starting(organization, product, start, asked.context().today),
    ))
}

/// The need that a request is judged with.
struct Demand {
    /// Of the organization, the request's own counted.
    need: Counts,
    /// By how much the system's need counts more than before: all of it, where a trial or an
    /// emergency counted in no need.
    increase: Counts,
    /// By how much it is larger than what the system's activation was issued for.
    larger: Counts,
}

impl Demand {
    fn of<S: State>(
        state: &S,
        asked: &Asked<'_>,
        wish: &Wish<'_>,
        standing: &Standing,
        before: &Before,
    ) -> Result<Self, Stop> {
        let counts =
            replaced(standing, asked).filter(|system| system.counts(asked.settings().model));
        let was = counts.map_or_else(Counts::new, SystemRow::counted_need);
        let others = need_of(state, &asked.organization.id, &asked.settings().id)?.minus(&was)?;
        let stated = before.stated.iter().fold(Counts::new(), |counted, stated| {
            larger(&counted, &stated.need)
        });
        let after = larger(&stated, &wish.need);
        let need = others.plus(&after)?;
        let larger = stated.lacking(&wish.need);
        let increase = if counts.is_some() {
            larger.clone()
        } else {
            after
        };
        Ok(Self {
            need,
            increase,
            larger,
        })
    }
}

/// A request being served: the subscription and the wallet as they change.
struct Desk<'a> {
    asked: &'a Asked<'a>,
    settings: &'a ProductSettings,
    demand: &'a Demand,
    own: &'a [LicenceKeyId],
    course: Course,
    lots: Vec<Lot>,
    assignments: Vec<Assignment>,
}

impl Desk<'_> {
    fn serve(&mut self, wanted: Wanted) -> Result<(), Stop> {
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

    /// With `auto_assign` the wallet is drawn on, the lot with the earliest store-until first; else
    /// only the request's own keys.
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

    /// LICENSING section 9.4, for the running period.
    fn serve_need(&mut self) -> Result<(), Stop> {
        match (self.is_in_grace(), self.is_licensed()) {
            (true, is_licensed) => self.draw_in_grace(is_licensed),
            (false, true) => self.grow(),
            (false, false) => self.draw_in_full(self.running()),
        }
    }

    /// First the wallet; what it lacks is covered by the grace, or by growth where the period is
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

    /// First growth; the wallet only for what exceeds the allowance.
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

    /// The whole shortfall of a period, so that it becomes licensed.
    fn draw_in_full(&mut self, period: u32) -> Result<(), Stop> {
        let shortfall = self.course.shortfall(period, &self.demand.need);
        let taken = drawing::take(&self.lots, &shortfall, &self.drawing());
        let from = DrawnOn::wallet(self.asked.draws_on_wallet());
        let taken = taken.map_err(|missing| not_enough(&shortfall, missing, from))?;
        self.assign(period, taken)
    }

    /// The running period where that is not licensed, else the next one that is not.
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

    /// A product that renews itself is extended only where the signer could not, and by a key of
    /// the request's own.
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

    /// What the activation states (LICENSING section 6).
    fn statement(
        &self,
        replaced: Option<&SystemRow>,
        wish: &Wish<'_>,
    ) -> Result<(Plan, Validity), Stop> {
        let (plan, validity) = match self.course.licensed_until(&self.demand.need) {
            Some(until) => {
                let grace_until = until
                    .plus_days(self.settings.grace_days)
                    .unwrap_or(crate::licence::Day::LAST);
                let valid_from = self.course.first_day()?;
                let validity = Validity {
                    valid_from,
                    valid_until: Some(until),
                    grace_until: Some(grace_until),
                };
                (Plan::Subscription, validity)
            }
            None => (Plan::Grace, self.within_grace()?),
        };
        let before = replaced
            .map(|system| &system.activation)
            .filter(|before| before.licences.covers(&wish.need));
        let Some(before) = before else {
            return Ok((plan, validity));
        };
        Ok(never_earlier(plan, validity, before.plan, &before.validity))
    }

    fn within_grace(&self) -> Result<Validity, StateBroken> {
        let last = self.course.grace_until(self.settings.grace_days);
        let last = last.ok_or_else(|| {
            StateBroken(
                "an activation in a period that is neither licensed nor in its grace".into(),
            )
        })?;
        Ok(Validity {
            valid_from: self.asked.context().today,
            valid_until: Some(last),
            grace_until: Some(last),
        })
    }
}

/// An activation never ends earlier than the one it replaces: where that one ends later, its last
/// days stay.
fn never_earlier(
    plan: Plan,
    now: Validity,
    plan_before: Plan,
    before: &Validity,
) -> (Plan, Validity) {
    let grace_until = now.grace_until.max(before.grace_until);
    // A trial or an emergency that would have lasted longer adds to the days of grace; it ends all
    // the same.
    let goes_on = matches!(plan_before, Plan::Grace | Plan::Subscription);
    if goes_on && before.valid_until > now.valid_until {
        let valid_from = if plan_before == plan {
            now.valid_from
        } else {
            before.valid_from
        };
        return (
            plan_before,
            Validity {
                valid_from,
                valid_until: before.valid_until,
                grace_until,
            },
        );
    }
    // Within the grace nothing is licensed, and the two last days are one (section 6).
    let valid_until = if plan == Plan::Grace {
        grace_until
    } else {
        now.valid_until
    };
    (
        plan,
        Validity {
            valid_until,
            grace_until,
            ..now
        },
    )
}

/// Of each type the smaller count.
fn smaller(one: &Counts, other: &Counts) -> Counts {
    one.iter()
        .map(|(licence_type, count)| (licence_type.clone(), count.min(other.of(licence_type))))
        .collect()
}
