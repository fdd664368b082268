//! Refusals because of the time, in English.

use super::remedies::{ASK_FOR_ACTIVATION, NOTHING_LEFT};
use crate::policy::refusal::TermRefusal;
use crate::words::refusal::said::Said;

pub(super) fn said(refusal: &TermRefusal) -> Said {
    match refusal {
        TermRefusal::NotStarted {
            organization,
            product,
        } => Said::new(
            format!("The subscription of `{product}` for `{organization}` has not been started."),
            "Let an operator start it with `keyspool subscription start`.",
        ),
        TermRefusal::Started {
            organization,
            product,
            on,
        } => Said::new(
            format!(
                "The subscription of `{product}` for `{organization}` was started on {}.",
                on.in_words()
            ),
            NOTHING_LEFT,
        ),
        TermRefusal::NothingToRefresh {} => Said::new(
            "This device has no activation that could be refreshed.",
            ASK_FOR_ACTIVATION,
        ),
        TermRefusal::NothingToExtend {} => Said::new(
            "This device has no activation, so there is nothing to extend.",
            ASK_FOR_ACTIVATION,
        ),
        TermRefusal::NoEnd {} => Said::new(
            "The licences of this hardware have no end, so there is nothing to extend.",
            "Let the device ask with `activate` for what it holds.",
        ),
        TermRefusal::RenewsItself { product } => Said::new(
            format!("The product `{product}` is renewed by the signer."),
            "Nothing is left to do now; where licences are missing, redeem a licence key with the \
                request.",
        ),
        TermRefusal::TooFarAhead { until, allowed } => Said::new(
            format!(
                "With one more term this device would be licensed until {}, and the latest day \
                    allowed today is {}.",
                until.in_words(),
                allowed.in_words()
            ),
            "Extend it again at a later time.",
        ),
        TermRefusal::PeriodTooFarAhead { period, allowed } => Said::new(
            format!(
                "Period {period} begins later than {}, the latest day allowed today.",
                allowed.in_words()
            ),
            "Assign to it at a later time.",
        ),
        TermRefusal::PeriodPast { period, running } => Said::new(
            format!("Period {period} is past; period {running} is running."),
            "Assign to the running period or a later one.",
        ),
        TermRefusal::PeriodBeforeLacks { period, before } => Said::new(
            format!("Period {before} is not licensed yet, and comes before period {period}."),
            "Assign to the earlier period first.",
        ),
    }
}
