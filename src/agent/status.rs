//! `status`: what this device may use, and until when.

use super::error::AgentError;
use super::session::{Here, Session};
use crate::device::Held;
use crate::licence::{Counts, DayStatus};
use crate::wire::request::InstalledActivation;
use crate::words::device::en;
use serde::Serialize;

/// The status in the form of `--json`, and in words.
#[derive(Serialize)]
pub(super) struct StatusJson {
    name: String,
    computer_id: String,
    organization: String,
    product: String,
    /// `licensed`, `grace`, `not-yet`, `ended`, `hardware-changed`, `key-revoked` or `none`.
    state: &'static str,
    usable: bool,
    activation: Option<ActivationJson>,
    plan: Option<&'static str>,
    licences: Counts,
    valid_from: Option<String>,
    valid_until: Option<String>,
    grace_until: Option<String>,
    /// Days to the last day, from the first notice on.
    days_left: Option<u32>,
    /// Components that read something else than the activation states.
    changed_components: Vec<String>,
    /// The clock shows a time before the newest activation was issued.
    clock_set_back: bool,
    trust_list: Option<u64>,
    finished_deactivations: usize,
    #[serde(skip)]
    words: Vec<String>,
}

/// The installed activation.
#[derive(Serialize)]
pub(super) struct ActivationJson {
    id: Option<String>,
    sequence: u16,
}

impl From<InstalledActivation> for ActivationJson {
    fn from(activation: InstalledActivation) -> Self {
        Self {
            id: activation.id.map(|id| id.to_string()),
            sequence: activation.sequence,
        }
    }
}

/// Prints what may be used.
///
/// # Errors
/// [`AgentError`]: there is no device, or it cannot be read.
pub(super) fn run(session: &Session) -> Result<(), AgentError> {
    let status = status_of(session, &session.open()?);
    session.output.lines(&status.lines())?;
    session.output.json(&status)
}

/// The status of the device by its clock and its hardware as it reads now.
pub(super) fn status_of(session: &Session, device: &Here) -> StatusJson {
    let status = device.status(&session.components());
    let held = status.held.as_ref();
    let entitlement = held.map(|held| &held.entitlement);
    let validity = entitlement.map(|entitlement| entitlement.validity);
    let changed = held
        .and_then(|held| held.fingerprint.as_ref())
        .map(|f| f.changed.as_slice())
        .unwrap_or_default();
    StatusJson {
        name: device.computer_name().to_owned(),
        computer_id: status.computer_id.to_string(),
        organization: device.organization().to_string(),
        product: device.product().to_string(),
        state: state_of(held),
        usable: status.usable().is_some(),
        activation: entitlement.map(|entitlement| entitlement.activation.into()),
        plan: entitlement.map(|entitlement| entitlement.plan.as_str()),
        licences: entitlement
            .map(|entitlement| entitlement.licences.clone())
            .unwrap_or_default(),
        valid_from: validity.map(|validity| validity.valid_from.to_string()),
        valid_until: validity
            .and_then(|validity| validity.valid_until)
            .map(|day| day.to_string()),
        grace_until: validity
            .and_then(|validity| validity.grace_until)
            .map(|day| day.to_string()),
        days_left: held
            .and_then(|held| held.notice)
            .map(|notice| notice.days_left),
        changed_components: changed.iter().map(ToString::to_string).collect(),
        clock_set_back: status.clock_set_back.is_some(),
        trust_list: status.trust_list,
        finished_deactivations: device.deactivations().len(),
        words: en::status::of(&status, state_of(held)),
    }
}

/// The first reason why nothing may be used, or the status of the day.
fn state_of(held: Option<&Held>) -> &'static str {
    let Some(held) = held else { return "none" };
    if held.key_revoked {
        return "key-revoked";
    }
    if held
        .fingerprint
        .as_ref()
        .is_some_and(|fingerprint| !fingerprint.holds())
    {
        return "hardware-changed";
    }
    match held.day {
        DayStatus::NotYet => "not-yet",
        DayStatus::Valid => "licensed",
        DayStatus::InGrace => "grace",
        DayStatus::Ended => "ended",
    }
}

impl StatusJson {
    /// In plain words, a line each.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = en::status::whose(
            &self.name,
            &self.computer_id,
            &self.organization,
            &self.product,
        );
        lines.extend(self.words.iter().cloned());
        lines
    }
}
