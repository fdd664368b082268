//! What a system description is granted under the `hardware` model (LICENSING sections 6, 7 and
//! 11).

use crate::licence::{Plan, Validity};
use crate::policy::admit::asked::Asked;
use crate::policy::admit::recovery::SameHardware;
use crate::policy::admit::serial::held;
use crate::policy::admit::wish::Wish;
use crate::policy::model::grant::Grant;
use crate::policy::model::issue::{Change, before, issue};
use crate::policy::record::event::file::Redemption;
use crate::policy::record::event::granted::Outcome;
use crate::policy::record::state::State;
use crate::policy::refusal::{LicencesRefusal, Stop, TermRefusal};
use crate::wire::request::Wanted;
use alloc::vec::Vec;

pub(crate) fn decide<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    match wish.request {
        Wanted::Extend => return Err(TermRefusal::NoEnd {}.into()),
        Wanted::Refresh if asked.licensed().is_none() => {
            return Err(TermRefusal::NothingToRefresh {}.into());
        }
        // A trial is the same for every model, and decided before.
        Wanted::Activate | Wanted::Refresh | Wanted::Trial => {}
    }
    let licences = held(state, asked, wish, same)?;
    let missing = licences.lacking(wish.need);
    if !missing.is_empty() {
        return Err(LicencesRefusal::MoreThanHardware { missing }.into());
    }
    let goes_on = asked.licensed().filter(|_| same.recovered.is_none());
    // The hardware is the same, and so is the first day of its licence.
    let since = goes_on
        .or(same.recovered.as_ref())
        .map(|system| &system.activation);
    let since = since
        .filter(|issued| issued.plan == Plan::Hardware)
        .map(|issued| issued.validity.valid_from);
    let change = Change {
        outcome: if goes_on.is_some() {
            Outcome::Refreshed
        } else {
            Outcome::Activated
        },
        plan: Plan::Hardware,
        licences,
        validity: Validity {
            valid_from: since.unwrap_or(asked.context().today),
            valid_until: None,
            grace_until: None,
        },
        grace_days: 0,
        seats: Vec::new(),
        taken: Vec::new(),
        started: None,
        assignments: Vec::new(),
        temporary: asked.temporary_ended(),
    };
    issue(
        state,
        asked,
        wish,
        same,
        redeemed,
        before(asked, wish, same),
        change,
    )
}
