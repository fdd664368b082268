//! `system list` and `system show`.

use super::damage::Damage;
use super::error::OpsError;
use super::signer::Signer;
use super::today::Today;
use crate::licence::{ComputerId, Counts, Day, Identifier, Moment, Plan, Ulid};
use crate::policy::admit::known;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::due;
use crate::policy::record::given_up::Abuse;
use crate::policy::record::given_up::SuspicionRow;
use crate::policy::record::product::ProductRow;
use crate::policy::record::request::WaitingRow;
use crate::policy::record::seat::Seat;
use crate::policy::record::state::key_of;
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::policy::refusal::SystemRefusal;
use crate::wire::request::Fingerprint;

/// A system as the command line shows it.
#[derive(Debug, serde::Serialize)]
pub struct Shown {
    /// Its Computer ID.
    pub computer_id: ComputerId,
    /// Whose it is.
    pub organization: Identifier,
    /// What is installed.
    pub product: Identifier,
    /// `active`, `ended`, `deactivated`, `released`, `recovered` or `denied`.
    pub state: &'static str,
    /// On what grounds its newest activation was granted.
    pub plan: Plan,
    /// The day since which it is not active, where it was given up or denied.
    pub since: Option<Day>,
    /// Whether its seats are held until an operator approves.
    pub held: bool,
    /// The need as last stated.
    pub need: Counts,
    /// The newest activation.
    pub activation: ShownActivation,
    /// What people call it.
    pub computer_name: String,
    /// The software's version.
    pub product_version: String,
    /// The hardware's serial number.
    pub serial: Option<String>,
    /// Counter of the last request granted.
    pub counter: u64,
    /// Seats held, each with its end.
    pub seats: Vec<ShownSeat>,
    /// Components as last granted.
    pub fingerprint: Fingerprint,
    /// What it did after it was given up without proof: `possible` or `proven` abuse.
    pub suspected: Option<Abuse>,
    /// Since when a new activation is due.
    pub due_since: Option<Day>,
}

/// An activation as the command line shows it.
#[derive(Debug, serde::Serialize)]
pub struct ShownActivation {
    /// Its id.
    pub id: Ulid,
    /// Its sequence.
    pub sequence: u16,
    /// On what grounds.
    pub plan: Plan,
    /// What it states.
    pub licences: Counts,
    /// First day.
    pub valid_from: Day,
    /// Last day.
    pub valid_until: Option<Day>,
    /// Last day of use.
    pub grace_until: Option<Day>,
    /// The newest sequence that the device has confirmed; none: issued, not confirmed.
    pub confirmed: Option<u16>,
}

/// Seats as the command line shows them.
#[derive(Debug, serde::Serialize)]
pub struct ShownSeat {
    /// Licence type.
    #[serde(rename = "type")]
    pub licence_type: Identifier,
    /// How many.
    pub count: u64,
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
}

impl ShownSeat {
    fn of(seat: &Seat) -> Self {
        let (first, last) = (seat.term.first, seat.term.end());
        Self {
            licence_type: seat.licence_type.clone(),
            count: seat.count,
            first,
            last,
        }
    }
}

/// What a system's state can be.
pub const STATES: [&str; 6] = [
    "active",
    "ended",
    "deactivated",
    "released",
    "recovered",
    "denied",
];

fn state_word(system: &SystemRow, model: Model) -> (&'static str, Option<Day>, bool) {
    match &system.state {
        SystemState::Active if system.is_active(model) => ("active", None, false),
        SystemState::Active => ("ended", None, false),
        SystemState::GivenUp { how, on, held, .. } => {
            let word = match how {
                GivenUp::Proven => "deactivated",
                GivenUp::Unproven | GivenUp::Ended => "released",
                GivenUp::Recovered => "recovered",
            };
            (word, Some(*on), *held)
        }
        SystemState::Denied { on, .. } => ("denied", Some(*on), false),
    }
}

fn shown(today: &Today<'_>, system: &SystemRow) -> Result<Shown, OpsError> {
    let model = model_of(today, &system.product)?;
    let (state, since, held) = state_word(system, model);
    let issued = &system.activation;
    let suspicion = today.get::<SuspicionRow>(&system.computer_id.0)?;
    Ok(Shown {
        computer_id: system.computer_id,
        organization: system.organization.clone(),
        product: system.product.clone(),
        state,
        plan: issued.plan,
        since,
        held,
        need: system.need.clone(),
        activation: ShownActivation {
            id: issued.id,
            sequence: issued.sequence,
            plan: issued.plan,
            licences: issued.licences.clone(),
            valid_from: issued.validity.valid_from,
            valid_until: issued.validity.valid_until,
            grace_until: issued.validity.grace_until,
            confirmed: issued.confirmed,
        },
        computer_name: system.computer_name.clone(),
        product_version: system.product_version.clone(),
        serial: system.serial.clone(),
        counter: system.counter,
        seats: system.seats.iter().map(ShownSeat::of).collect(),
        fingerprint: system.fingerprint.clone(),
        suspected: suspicion.map(|row| row.abuse),
        due_since: due::since(&today.state(), &system.computer_id)?,
    })
}

fn model_of(today: &Today<'_>, product: &Identifier) -> Result<Model, OpsError> {
    let row = today.get::<ProductRow>(&key_of(&[product.as_str()]))?;
    let row = row.ok_or_else(|| Damage::NoProduct {
        id: product.clone(),
    })?;
    Ok(row.settings.model)
}

/// Which systems somebody asks for: all that is named must hold.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Of this organization.
    pub organization: Option<Identifier>,
    /// With this product.
    pub product: Option<Identifier>,
    /// In this state, one of [`STATES`].
    pub state: Option<String>,
    /// Whose newest activation has this plan.
    pub plan: Option<String>,
}

impl Selection {
    fn takes_shown(&self, system: &Shown) -> bool {
        self.state
            .as_ref()
            .is_none_or(|state| state == system.state)
            && self
                .plan
                .as_ref()
                .is_none_or(|plan| plan == system.plan.as_str())
    }

    fn takes(&self, organization: &Identifier, product: &Identifier) -> bool {
        self.organization
            .as_ref()
            .is_none_or(|id| id == organization)
            && self.product.as_ref().is_none_or(|id| id == product)
    }

    /// An unknown name is an error, and no empty list.
    fn check(&self, today: &Today<'_>) -> Result<(), OpsError> {
        self.organization
            .as_ref()
            .map(|id| known::organization(&today.state(), id))
            .transpose()?;
        self.product
            .as_ref()
            .map(|id| known::product(&today.state(), id))
            .transpose()?;
        Ok(())
    }
}

/// The systems that are asked for, by organization, product and name.
///
/// # Errors
/// [`OpsError::Refused`] for an unknown organization or product; [`OpsError::Ledger`].
pub fn list(signer: &Signer, clock: Moment, selection: &Selection) -> Result<Vec<Shown>, OpsError> {
    let today = Today::of(signer, clock)?;
    selection.check(&today)?;
    let mut systems = Vec::new();
    today.each::<SystemRow>(|system| {
        if selection.takes(&system.organization, &system.product) {
            let system = shown(&today, system)?;
            systems.extend(Some(system).filter(|system| selection.takes_shown(system)));
        }
        Ok(())
    })?;
    systems.sort_by(|a, b| {
        (&a.organization, &a.product, &a.computer_name, a.computer_id).cmp(&(
            &b.organization,
            &b.product,
            &b.computer_name,
            b.computer_id,
        ))
    });
    Ok(systems)
}

/// Requests that wait for an operator or for licences, oldest first; a waiting one is in no state.
///
/// # Errors
/// As [`list`].
pub fn waiting(
    signer: &Signer,
    clock: Moment,
    selection: &Selection,
) -> Result<Vec<WaitingRow>, OpsError> {
    let today = Today::of(signer, clock)?;
    selection.check(&today)?;
    let mut waiting = Vec::new();
    today.each::<WaitingRow>(|row| {
        waiting.extend(
            selection
                .takes(&row.organization, &row.product)
                .then(|| row.clone()),
        );
        Ok(())
    })?;
    waiting.sort_by_key(|row| (row.on, row.computer_id));
    Ok(waiting)
}

/// One system.
///
/// # Errors
/// [`OpsError::Refused`] with `unknown-activation` where the signer has no such system.
pub fn show(signer: &Signer, clock: Moment, id: ComputerId) -> Result<Shown, OpsError> {
    let today = Today::of(signer, clock)?;
    let Some(system) = today.get::<SystemRow>(&id.0)? else {
        return Err(OpsError::Refused(
            SystemRefusal::Unknown { computer_id: id }.into(),
        ));
    };
    shown(&today, &system)
}
