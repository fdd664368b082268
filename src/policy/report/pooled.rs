//! What a pooled subscription adds to the figures of its organization and product.

use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day, Identifier};
use crate::policy::model::pooled::course::Course;
use crate::policy::model::pooled::{growth, renewal};
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::state::{State, StateBroken, key_of};
use crate::policy::record::subscription::smaller;
use crate::policy::record::temporary::TrialRow;
use crate::policy::report::ends::{Expiring, ExpiringKind};
use crate::policy::report::holding::{Growth, Holding, NeedSwing, Standing};
use crate::policy::report::marks::NextPeriod;
use crate::policy::report::status::{Status, outlook};

impl Holding {
    /// The organization's subscription of a pooled product, started or not.
    ///
    /// # Errors
    /// [`StateBroken`].
    pub fn note_subscription<S: State>(
        &mut self,
        state: &S,
        organization: &Identifier,
        settings: &ProductSettings,
        today: Day,
    ) -> Result<(), StateBroken> {
        let found = outlook(state, organization, settings, today)?;
        self.standing = Standing {
            status: found.status,
            until: None,
            since: None,
        };
        let Some(course) = Course::of(state, organization, &settings.id)? else {
            let trial =
                state.get::<TrialRow>(&key_of(&[organization.as_str(), settings.id.as_str()]))?;
            self.standing.until = trial
                .filter(|_| found.status == Status::Trial)
                .map(|trial| trial.last);
            return Ok(());
        };
        let running = course.row.running;
        self.periods = found
            .periods
            .into_iter()
            .filter(|period| period.number >= running)
            .collect();
        self.carry_days = found.carry_days;
        self.assigned = course.assigned(running);
        self.used = smaller(&self.assigned, &found.need);
        self.missing = course.shortfall(running, &found.need);
        self.standing = standing_of(&course, settings, &found.need, found.status);
        self.growth = growth_of(&course, settings, &found.need)?;
        self.swing = swing_of(&course);
        self.need = found.need;
        self.note_end_of_licence(&course, settings, today);
        if let Some(period) =
            renewal::due(&course, settings, &self.need, today).filter(|_| settings.auto_renew)
        {
            self.could_not_renew = course.shortfall(period, &self.need);
        }
        Ok(())
    }

    fn note_end_of_licence(&mut self, course: &Course, settings: &ProductSettings, today: Day) {
        let Some(until) = course.licensed_until(&self.need) else {
            return;
        };
        let number = course.next_unlicensed(&self.need);
        let last = number.saturating_sub(1);
        let (end, licences) = ((until, settings.grace_days), course.assigned(last));
        self.expiring.extend(Expiring::within(
            ExpiringKind::Subscription,
            end,
            licences,
            None,
            today,
        ));
        let horizon = today
            .plus_months(settings.early_renewal_years * 12)
            .unwrap_or(Day::LAST);
        self.marks.next = Some(NextPeriod {
            number,
            is_next: last == course.row.running,
            is_near: until < horizon,
            licensed_until: until,
            lacks: course.shortfall(number, &self.need),
        });
    }
}

fn standing_of(
    course: &Course,
    settings: &ProductSettings,
    need: &Counts,
    status: Status,
) -> Standing {
    let grace = course.grace_until(settings.grace_days);
    let (until, since) = match status {
        Status::Licensed | Status::ExpiresSoon => (course.licensed_until(need), None),
        Status::Started | Status::Grace => (grace, None),
        Status::Expired => {
            let began = course
                .row
                .first_of(course.row.running)
                .max(Some(course.row.started));
            (None, grace.and_then(|last| last.plus_days(1)).max(began))
        }
        Status::NotStarted | Status::Trial => (None, None),
    };
    Standing {
        status,
        until,
        since,
    }
}

/// Growth within the running period, where that is licensed and so much of the allowance is used
/// that it is reported.
fn growth_of(
    course: &Course,
    settings: &ProductSettings,
    need: &Counts,
) -> Result<Option<Growth>, CountsOverflow> {
    let running = course.row.running;
    let (assigned, percent) = (course.assigned(running), settings.growth_allowance_percent);
    if !course.is_licensed(running, need) || !growth::is_reported(need, &assigned, percent)? {
        return Ok(None);
    }
    let (assigned, need) = (assigned.total()?, need.total()?);
    let added = need.saturating_sub(assigned);
    let allowance = u128::from(assigned) * u128::from(percent);
    let used = (u128::from(added) * 100 * 100).checked_div(allowance);
    Ok(Some(Growth {
        assigned,
        need,
        added,
        allowance: u64::try_from(allowance / 100).map_err(|_| CountsOverflow)?,
        used_percent: used
            .map(u64::try_from)
            .transpose()
            .map_err(|_| CountsOverflow)?,
        over: u128::from(added) * 100 > allowance,
        until: course.row.last_of(running),
    }))
}

/// A need that only fell has not swung.
fn swing_of(course: &Course) -> Option<NeedSwing> {
    let swing = course.row.swing.as_ref()?;
    let (raised, to) = swing.raised.clone()?;
    let (from, judged) = (swing.from.clone(), swing.judged.clone());
    Some(NeedSwing {
        renewed: swing.renewed,
        lowered: swing.lowered,
        from,
        judged,
        raised,
        to,
    })
}
