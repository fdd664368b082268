//! What the activation of a pooled system states (LICENSING section 6).

use crate::licence::{Day, Plan, Validity};
use crate::policy::admit::wish::Wish;
use crate::policy::model::pooled::desk::Desk;
use crate::policy::record::seat::last_day_of_use;
use crate::policy::record::state::StateBroken;
use crate::policy::record::system::SystemRow;
use crate::policy::refusal::Stop;

impl Desk<'_> {
    /// The plan and the dates of the activation; never earlier than those of the one it replaces.
    pub(crate) fn statement(
        &self,
        replaced: Option<&SystemRow>,
        wish: &Wish<'_>,
    ) -> Result<(Plan, Validity), Stop> {
        let (plan, validity) = match self.course.licensed_until(&self.demand.need) {
            Some(until) => {
                let grace_until =
                    last_day_of_use(until, self.settings.grace_days).unwrap_or(Day::LAST);
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
            .filter(|before| before.licences.covers(wish.need));
        let Some(before) = before else {
            return Ok((plan, validity));
        };
        Ok(never_earlier(plan, validity, before.plan, &before.validity))
    }

    fn within_grace(&self) -> Result<Validity, StateBroken> {
        let last = self.course.grace_until(self.settings.grace_days);
        let last = last.ok_or_else(|| {
            StateBroken::Row(
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

/// Keeps the last days of the replaced activation where they are later: an activation never ends
/// earlier than the one it replaces.
fn never_earlier(
    plan: Plan,
    now: Validity,
    plan_before: Plan,
    before: &Validity,
) -> (Plan, Validity) {
    let grace_until = now.grace_until.max(before.grace_until);
    // A trial or an emergency ends. One that would have lasted longer adds to the days of grace.
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
    // Within the grace nothing is licensed, and both last days are the same (section 6).
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
