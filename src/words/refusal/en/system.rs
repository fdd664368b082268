//! Refusals about a system, in English.

use crate::licence::{ComputerId, Day};
use crate::policy::refusal::{SystemRefusal, Unstated};
use crate::words::refusal::said::Said;

pub(super) fn said(refusal: &SystemRefusal) -> Said {
    match refusal {
        SystemRefusal::Unknown { computer_id } => Said::new(
            format!("The signer has activated no system {computer_id}."),
            "Check the Computer ID with `keyspool system list`.",
        ),
        SystemRefusal::Unstated {
            computer_id,
            missing,
        } => Said::new(
            format!(
                "The signer has activated no system {computer_id}, so its {} must be named.",
                unstated(*missing)
            ),
            "Name organization, product and need, or check the Computer ID with `keyspool system \
                list`.",
        ),
        SystemRefusal::NeverSeen { computer_id } => never_seen(computer_id),
        SystemRefusal::NotEvenWaiting { computer_id } => Said::new(
            format!("The signer knows no system {computer_id}, and no request of it waits."),
            "Bring the device's request first, or check the Computer ID with `keyspool system \
                list`.",
        ),
        SystemRefusal::NotItsActivation { sequence } => Said::new(
            format!(
                "The activation that the file names (sequence {sequence}) was not given to this \
                    device."
            ),
            "Check that the file comes from the device that the activation was issued for.",
        ),
        SystemRefusal::NoSequenceLeft { computer_id } => Said::new(
            format!("The Computer ID {computer_id} has had all its 65,535 activations."),
            "Deactivate the device and let it write a new request with its next Computer ID.",
        ),
        SystemRefusal::NothingWaits { computer_id } => Said::new(
            format!("Nothing of the device {computer_id} waits for an approval."),
            "See what waits with `keyspool system list --waiting`.",
        ),
        SystemRefusal::Works { computer_id, until } => works(computer_id, *until),
        SystemRefusal::EmergencyLimit {
            computer_id,
            count,
            days,
        } => emergency_limit(computer_id, *count, *days),
        SystemRefusal::Stale { counter, granted } => Said::new(
            format!(
                "Request {counter} of this device is older than request {granted}, which was \
                    granted."
            ),
            "Let the device write a new request.",
        ),
        SystemRefusal::OtherCode {} => Said::new(
            "The Deactivation Verification Code in the file is not the one of this device.",
            "Let the device write its deactivation again.",
        ),
        SystemRefusal::WrongCode {
            computer_id,
            count,
            allowed,
        } => Said::new(
            format!("This is not the code of {computer_id}; wrong code {count} of {allowed}."),
            "Check the Computer ID and the code that the device shows after it was deactivated.",
        ),
        SystemRefusal::Locked { computer_id, count } => Said::new(
            format!(
                "{count} wrong codes were typed for {computer_id}: no further one is looked at."
            ),
            "Bring the deactivation that the device wrote as a file or as a picture.",
        ),
    }
}

fn unstated(what: Unstated) -> &'static str {
    match what {
        Unstated::Organization => "organization",
        Unstated::Product => "product",
        Unstated::Need => "need",
    }
}

fn works(computer_id: &ComputerId, until: Option<Day>) -> Said {
    let until = until.map_or_else(
        || "for good".to_owned(),
        |day| format!("until {}", day.in_words()),
    );
    Said::new(
        format!("The device {computer_id} has an activation with which it works {until}."),
        "Install that activation; if the device is broken, give its replacement an emergency with \
            --for.",
    )
}

fn never_seen(computer_id: &ComputerId) -> Said {
    Said::new(
        format!(
            "The signer has never seen {computer_id} and cannot know whose it is and what it \
                needs."
        ),
        "Name the system that it replaces with --for, or say --organization, --product and --need.",
    )
}

fn emergency_limit(computer_id: &ComputerId, count: usize, days: u32) -> Said {
    Said::new(
        format!(
            "The system {computer_id} had {count} emergencies within {days} days, which is the \
                limit."
        ),
        "Activate it in the ordinary way.",
    )
}
