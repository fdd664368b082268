//! What a device may use, and until when.

use crate::device::{Held, Status};
use crate::licence::Validity;

/// Whose device it is, a line each.
pub(crate) fn whose(name: &str, id: &str, organization: &str, product: &str) -> Vec<String> {
    vec![
        format!("device           {name}"),
        format!("computer id      {id}"),
        format!("organization     {organization}"),
        format!("product          {product}"),
    ]
}

/// What a device holds, a line each; `state` is the word for it in `--json`.
pub(crate) fn of(status: &Status, state: &str) -> Vec<String> {
    let mut lines = Vec::new();
    match &status.held {
        None => lines.push("status           not activated".to_owned()),
        Some(held) => lines.extend(of_held(held, state)),
    }
    if let Some(clock) = status.clock_set_back {
        lines.push(format!(
            "clock            shows {}, before this activation was issued; {} counts",
            clock.clock, clock.floor
        ));
    }
    lines
}

fn of_held(held: &Held, state: &str) -> Vec<String> {
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
        verdict(held, &entitlement.validity, state)
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

fn verdict(held: &Held, validity: &Validity, state: &str) -> String {
    match state {
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
