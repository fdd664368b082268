//! Refusals because of how many licences there are, in English.

use crate::licence::Counts;
use crate::policy::refusal::{DrawnOn, LicencesRefusal};
use crate::words::refusal::audience::Audience;
use crate::words::refusal::said::Said;

pub(super) fn said(refusal: &LicencesRefusal, to: Audience) -> Said {
    match refusal {
        LicencesRefusal::NotEnough { missing, from } => {
            Said::new(lacking(missing, *from), buy(*from, to))
        }
        LicencesRefusal::NotEnoughForPeriod {
            shortfall,
            missing,
            from,
        } => Said::new(
            format!("The period lacks {shortfall}. {}", lacking(missing, *from)),
            buy(*from, to),
        ),
        LicencesRefusal::Growth {
            missing,
            percent,
            from,
        } => Said::new(
            format!(
                "This device would exceed the {percent} % by which systems may be added within a \
                    period; licences missing: {missing}."
            ),
            buy(*from, to),
        ),
        LicencesRefusal::MoreThanStated { missing } => Said::new(
            format!("The device needs more than its activation states; missing: {missing}."),
            "Let the device ask with `activate`.",
        ),
        LicencesRefusal::MoreThanSeats { missing } => Said::new(
            format!("The device needs more than it holds; missing: {missing}."),
            "Let the device ask with `activate`, which adds seats.",
        ),
        LicencesRefusal::MoreThanHardware { missing } => Said::new(
            format!("The device needs more than its hardware holds; missing: {missing}."),
            format!(
                "Redeem expansions into the wallet, assign them with `keyspool hardware assign`, \
                    then {}.",
                again(to)
            ),
        ),
        LicencesRefusal::TooFewForPeriod { shortfall, wanted } => Said::new(
            format!(
                "The period lacks {shortfall}, and {wanted} would be assigned; nothing was taken."
            ),
            "Assign at least what it lacks.",
        ),
        LicencesRefusal::Surplus { shortfall, wanted } => Said::new(
            format!(
                "The period lacks {shortfall}, and {wanted} would be assigned; assigned licences \
                    never return."
            ),
            "Assign what it lacks, or say --surplus.",
        ),
        LicencesRefusal::TooManyForComputerKey { licences } => Said::new(
            format!("The activation states {licences}, more than a Computer Key can hold."),
            "Bring the bundle or its picture to the device.",
        ),
    }
}

fn lacking(missing: &Counts, from: DrawnOn) -> String {
    let place = match from {
        DrawnOn::Wallet => "the organization's wallet",
        DrawnOn::OwnKeys => "the licence keys of this request",
    };
    format!("Licences are missing in {place}: {missing}.")
}

/// Where a request may not draw on the wallet, redeeming licence keys into it does not help.
fn buy(from: DrawnOn, to: Audience) -> String {
    match from {
        DrawnOn::Wallet => format!(
            "Buy and redeem licence keys for what is missing, then {}.",
            again(to)
        ),
        DrawnOn::OwnKeys => {
            "Let the device bring a licence key for what is missing with a new request, or let the \
                operator give it licences of the wallet with `keyspool activation issue` or \
                `keyspool activation extend`."
                .to_owned()
        }
    }
}

/// How what was refused is asked for again.
fn again(to: Audience) -> &'static str {
    if to.has_ordered() {
        "give this order again"
    } else {
        "bring this file again"
    }
}
