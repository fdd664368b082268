//! Refusals of licence keys, in English.

use super::remedies::NOTHING_LEFT;
use crate::policy::refusal::KeyRefusal;
use crate::words::refusal::said::Said;

pub(super) fn said(refusal: &KeyRefusal) -> Said {
    match refusal {
        KeyRefusal::Mistyped { error } => Said::new(
            format!("This licence key cannot be read: {error}."),
            "Look at it again and redeem it by itself: type its 25 characters, or its id of 16 hex \
                digits.",
        ),
        KeyRefusal::NotProven {} => Said::new(
            "A licence key of this request is not known to the signer, or was not proven.",
            "Check the licence key typed on the device, then let it write a new request.",
        ),
        KeyRefusal::Unknown { key } => Said::new(
            format!("The signer knows no licence key {key}."),
            "Check the licence key with `keyspool key list`.",
        ),
        KeyRefusal::Used { key } => Said::new(
            format!("The licence key {key} was redeemed already."),
            "Use another licence key; what this one bought is in its organization's wallet or in \
                use.",
        ),
        KeyRefusal::Void { key } => Said::new(
            format!("The licence key {key} was declared void."),
            "Ask whoever sold the licence key.",
        ),
        KeyRefusal::VoidAlready { key } => Said::new(
            format!("The licence key {key} is void already."),
            NOTHING_LEFT,
        ),
        KeyRefusal::OtherProduct { key, product } => Said::new(
            format!("The licence key {key} is for the product `{product}`."),
            "Redeem it on a device with that product.",
        ),
        KeyRefusal::OtherOrganization { key } => Said::new(
            format!("The licence key {key} was sold to another organization."),
            "Use a licence key of your own organization.",
        ),
        KeyRefusal::Exists { key } => Said::new(
            format!("The licence key {key} exists already."),
            "Make other licence keys.",
        ),
        KeyRefusal::NotRedeemed { key } => Said::new(
            format!("The licence key {key} is not redeemed."),
            NOTHING_LEFT,
        ),
        KeyRefusal::InUse { key, missing } => Said::new(
            format!(
                "The licence key {key} is in use: {missing} of its licences do not lie unused."
            ),
            "Deactivate the systems that use it first.",
        ),
    }
}
