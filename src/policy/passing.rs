//! Trials and emergencies: activations for some days, which take no licence and count in no need
//! (LICENSING section 12).

use super::decide::{Asked, Grant};
use super::event::{Event, Outcome, Redemption};
use super::issue::{Change, before, issue};
use super::refusal::{Refusal, RefusalCode, StateBroken, Stop};
use super::standing::Standing;
use super::state::{State, SystemRow, key_of, row};
use crate::licence::{ComputerId, Day, Identifier, Plan};
use crate::wire::request::{SystemDescription, Wanted};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Days of emergencies that a system keeps: as many as the largest limit counts.
const MAX_EMERGENCIES: usize = 64;

/// What a system has beside its ordinary activation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passing {
    /// The trial or emergency that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    /// Whether the system has had no ordinary activation yet: it is active only as long as
    /// something runs.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub only: bool,
    /// Days of its emergencies, and of those in its place, newest last; at most 64 kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emergencies: Vec<Day>,
}

/// A trial or an emergency that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Which of both.
    pub plan: Plan,
    /// Its last day.
    pub until: Day,
}

impl Passing {
    /// Whether the system never had a trial or an emergency.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Counts an emergency of this day.
    pub(super) fn remember_emergency(&mut self, on: Day) {
        self.emergencies.push(on);
        let surplus = self.emergencies.len().saturating_sub(MAX_EMERGENCIES);
        self.emergencies.drain(..surplus);
    }

    /// What is left once an ordinary activation was granted: the emergencies that count.
    #[must_use]
    pub fn ended(&self) -> Self {
        Self {
            running: None,
            only: false,
            emergencies: self.emergencies.clone(),
        }
    }
}

/// The trial of an organization for a product: a stretch of days, the same for all its systems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialRow {
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// The day of the first grant.
    pub first: Day,
    /// Its last day.
    pub last: Day,
}
row!(TrialRow, "trial", |row| key_of(&[
    row.organization.as_str(),
    row.product.as_str()
]));

impl Asked<'_> {
    /// What the system keeps of its trials and emergencies with an ordinary activation.
    pub(super) fn passing_ended(&self) -> Passing {
        self.known()
            .map_or_else(Passing::default, |system| system.passing.ended())
    }

    /// What runs of the system, if it is active by that alone.
    pub(super) fn running(&self) -> Option<Running> {
        if self.licensed().is_some() {
            None
        } else {
            self.active().and_then(|system| system.passing.running)
        }
    }
}

/// `refresh` and `extend` of a system that has only a trial or an emergency; none where the
/// product's model decides.
pub(super) fn decide<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
    standing: &Standing,
    redeemed: &[Redemption],
) -> Result<Option<Grant>, Stop> {
    let Some(running) = asked.running() else {
        return Ok(None);
    };
    match description.request {
        Wanted::Refresh => {
            restate(state, asked, description, standing, redeemed.to_vec()).map(Some)
        }
        Wanted::Extend
            if running.plan == Plan::Trial
                || asked.known().is_some_and(|system| system.passing.only) =>
        {
            Err(nothing_to_extend(running).into())
        }
        _ => Ok(None),
    }
}

fn nothing_to_extend(running: Running) -> Refusal {
    Refusal::new(
        RefusalCode::NothingToExtend,
        alloc::format!(
            "This device has a {} until {}, which cannot be extended.",
            running.plan,
            running.until.in_words()
        ),
        "Let the device ask for an activation instead.",
    )
}

/// The same trial or emergency again, for a need that is not larger.
fn restate<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
    standing: &Standing,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    let Some(system) = asked.active() else {
        return Err(StateBroken("no system whose trial runs".into()).into());
    };
    let missing = system.activation.licences.lacking(&description.need);
    if !missing.is_empty() {
        return Err(Refusal::new(
            RefusalCode::NotEnoughLicences,
            alloc::format!("The device needs more than its activation states; missing: {missing}."),
            "Let the device ask with `activate`.",
        )
        .into());
    }
    let change = Change {
        outcome: Outcome::Refreshed,
        plan: system.activation.plan,
        licences: description.need.clone(),
        validity: system.activation.validity,
        grace_days: 0,
        seats: Vec::new(),
        taken: Vec::new(),
        started: None,
        assignments: Vec::new(),
        passing: system.passing.clone(),
    };
    // Only an ordinary activation takes the place of another system on the same hardware.
    let standing = Standing {
        hardware: standing.hardware.clone(),
        recovered: None,
    };
    issue(
        state,
        asked,
        description,
        &standing,
        redeemed,
        before(asked, description, &standing),
        change,
    )
}

/// What ends so that `day` is the first day without it.
pub(super) fn ended<S: State>(state: &S, id: &str, day: Day) -> Result<Option<Event>, StateBroken> {
    let id = ComputerId::from_canonical(id)
        .ok_or_else(|| StateBroken(alloc::format!("`{id}` in a list of what is due")))?;
    let Some(system) = state.get::<SystemRow>(&id.0)? else {
        return Ok(None);
    };
    let Some(running) = system.passing.running.filter(|running| running.until < day) else {
        return Ok(None);
    };
    let (organization, product) = (system.organization.clone(), system.product.clone());
    Ok(Some(Event::PassingEnded {
        computer_id: id,
        organization,
        product,
        plan: running.plan,
        on: day,
    }))
}
