//! `status`: what this device may use, and until when.

use super::error::AgentError;
use super::session::{Here, Session};
use crate::device::{Held, Status};
use crate::licence::{Counts, DayStatus, Validity};
use crate::wire::request::InstalledActivation;
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
        words: words_of(&status),
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
        let mut lines = vec![
            format!("device           {}", self.name),
            format!("computer id      {}", self.computer_id),
            format!("organization     {}", self.organization),
            format!("product          {}", self.product),
        ];
        lines.extend(self.words.iter().cloned());
        lines
    }
}

fn words_of(status: &Status) -> Vec<String> {
    let mut lines = Vec::new();
    match &status.held {
        None => lines.push("status           not activated".to_owned()),
        Some(held) => lines.extend(words_of_held(held)),
    }
    if let Some(set_back) = status.clock_set_back {
        lines.push(format!(
            "clock            shows {}, before this activation was issued; {} counts",
            set_back.clock, set_back.floor
        ));
    }
    lines
}

fn words_of_held(held: &Held) -> Vec<String> {
    let entitlement = &held.entitlement;
    let mut lines = vec![
        format!("plan             {}", entitlement.plan),
        format!("licences         {}", entitlement.licences),
        format!(
            "valid from       {}",
            entitlement.validity.valid_from.in_words()
        ),
    ];
    match (
        entitlement.validity.valid_until,
        entitlement.validity.grace_until,
    ) {
        (Some(until), Some(grace)) => {
            lines.push(format!("valid until      {}", until.in_words()));
            lines.push(format!("last day of use  {}", grace.in_words()));
        }
        _ => lines.push("valid until      no end: for the lifetime of the hardware".to_owned()),
    }
    lines.push(format!(
        "status           {}",
        verdict(held, &entitlement.validity)
    ));
    let changed = held
        .fingerprint
        .as_ref()
        .map(|f| f.changed.as_slice())
        .unwrap_or_default();
    if !changed.is_empty() {
        let names: Vec<String> = changed.iter().map(ToString::to_string).collect();
        lines.push(format!(
            "hardware         {} changed since the activation",
            names.join(", ")
        ));
    }
    lines
}

fn verdict(held: &Held, validity: &Validity) -> String {
    match state_of(Some(held)) {
        "key-revoked" => "not licensed: the key that signed the activation was revoked".to_owned(),
        "hardware-changed" => {
            "not licensed: the hardware is not the one that was activated".to_owned()
        }
        "not-yet" => "not licensed yet".to_owned(),
        "grace" => "in grace: the licence has run out, the software still works".to_owned(),
        "ended" => "not licensed: the last day of use has passed".to_owned(),
        _ => match held.notice {
            Some(notice) if notice.days_left == 0 => "licensed, today is the last day".to_owned(),
            Some(notice) if notice.days_left == 1 => "licensed, 1 day left".to_owned(),
            Some(notice) => format!("licensed, {} days left", notice.days_left),
            None if validity.valid_until.is_none() => "licensed without end".to_owned(),
            None => "licensed".to_owned(),
        },
    }
}
