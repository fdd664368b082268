//! Refusals because a system was given up or denied, in English.

use super::remedies::NOTHING_LEFT;
use crate::licence::{ComputerId, Day};
use crate::policy::record::system::GivenUp;
use crate::policy::refusal::GivenUpRefusal;
use crate::words::refusal::audience::Audience;
use crate::words::refusal::said::Said;

pub(super) fn said(refusal: &GivenUpRefusal, to: Audience) -> Said {
    match refusal {
        GivenUpRefusal::GivenUp {
            computer_id,
            on,
            how,
        } => Said::new(given_up(computer_id, *on), after_giving_up(*how, to)),
        GivenUpRefusal::GivenUpAlready { computer_id, on } => {
            Said::new(given_up(computer_id, *on), NOTHING_LEFT)
        }
        GivenUpRefusal::Recovered { computer_id } => Said::new(
            format!(
                "The hardware of {computer_id} goes on under another Computer ID, with its seats."
            ),
            "See `keyspool system list`.",
        ),
        GivenUpRefusal::OtherDeactivation {} => Said::new(
            "This Computer ID was given up by another deactivation already.",
            "Nothing is left to do: bring the first deactivation again if its receipt is needed.",
        ),
        GivenUpRefusal::Proven { computer_id } => Said::new(
            format!("The device has proven already that it gave the Computer ID {computer_id} up."),
            NOTHING_LEFT,
        ),
        GivenUpRefusal::Denied { computer_id, on } if to.is_operator() => Said::new(
            denied(computer_id, *on),
            "Undeny it with `keyspool activation undeny` first, if it may be trusted again.",
        ),
        GivenUpRefusal::Denied { .. } => Said::new(
            "This device was denied by the operator.",
            "Ask the licence manager of the organization.",
        ),
        GivenUpRefusal::DeniedNotReleased { computer_id, on } => Said::new(
            denied(computer_id, *on),
            "Give its seat back with `keyspool activation deny --return-seat`, or take the denial \
                back first.",
        ),
        GivenUpRefusal::DeniedAlready { computer_id, on } => {
            Said::new(denied(computer_id, *on), NOTHING_LEFT)
        }
        GivenUpRefusal::NotDenied { computer_id } => Said::new(
            format!("The device {computer_id} is not denied."),
            NOTHING_LEFT,
        ),
        GivenUpRefusal::NotGivenUp { computer_id } => Said::new(
            format!("The Computer ID {computer_id} was not given up."),
            NOTHING_LEFT,
        ),
        GivenUpRefusal::Confirmed { sequence } => Said::new(
            format!(
                "The device has confirmed its activation (sequence {sequence}), so it cannot be \
                    cancelled."
            ),
            "Let the device deactivate, or release it with `keyspool activation release`.",
        ),
    }
}

fn given_up(computer_id: &ComputerId, on: Day) -> String {
    format!(
        "The Computer ID {computer_id} was given up on {}.",
        on.in_words()
    )
}

fn denied(computer_id: &ComputerId, on: Day) -> String {
    format!("The device {computer_id} was denied on {}.", on.in_words())
}

/// A device that gave its Computer ID up has another now; without its proof it may go on.
fn after_giving_up(how: GivenUp, to: Audience) -> &'static str {
    match (how, to.is_operator()) {
        (GivenUp::Proven | GivenUp::Recovered, true) => {
            "Ask for the Computer ID that the device shows now."
        }
        (GivenUp::Proven | GivenUp::Recovered, false) => {
            "Let the device write a new request with its present Computer ID."
        }
        (GivenUp::Unproven | GivenUp::Ended, true) => {
            "Take that back with `keyspool activation reinstate` first."
        }
        (GivenUp::Unproven | GivenUp::Ended, false) => {
            "Ask the operator to take that back with `keyspool activation reinstate`, or \
                deactivate the device: it gets a new Computer ID then."
        }
    }
}
