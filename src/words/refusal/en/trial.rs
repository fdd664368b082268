//! Refusals of trials, in English.

use super::remedies::ASK_FOR_ACTIVATION;
use crate::policy::refusal::TrialRefusal;
use crate::words::refusal::said::Said;

const ASK_FOR_THE_SAME: &str =
    "Let the device ask for an activation instead, or with `refresh` for the same again.";
const REDEEM_KEY: &str = "Redeem a licence key and ask for an activation.";

pub(super) fn said(refusal: &TrialRefusal) -> Said {
    match refusal {
        TrialRefusal::NotExtended { plan, until } => Said::new(
            format!(
                "This device has a {plan} until {}, which cannot be extended.",
                until.in_words()
            ),
            ASK_FOR_ACTIVATION,
        ),
        TrialRefusal::Licensed {} => Said::new(
            "This device is licensed and needs no trial.",
            ASK_FOR_THE_SAME,
        ),
        TrialRefusal::Running { plan, until } => Said::new(
            format!(
                "This device has a {plan} already, until {}.",
                until.in_words()
            ),
            ASK_FOR_THE_SAME,
        ),
        TrialRefusal::NoTrial { product } => {
            Said::new(format!("The product `{product}` has no trial."), REDEEM_KEY)
        }
        TrialRefusal::TrialOver {} => Said::new(
            "The organization has had its trial of this product.",
            REDEEM_KEY,
        ),
        TrialRefusal::HardwareHadTrial {} => {
            Said::new("This hardware has had a trial of this product.", REDEEM_KEY)
        }
    }
}
