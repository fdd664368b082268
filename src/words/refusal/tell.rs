//! From the facts of a refusal to its sentences, in the language of the reader.

use super::audience::Audience;
use super::en;
use super::said::Said;
use crate::policy::record::code::RefusalCode as Code;
use crate::policy::refusal::{Refusal, Refused};

/// The sentences of a refusal. The remedy ends with the organization's contact where asking or
/// buying there helps.
#[must_use]
pub fn said(refused: &Refused, to: Audience) -> Said {
    let said = en::refusal(&refused.refusal, to);
    match &refused.contact {
        Some(contact) if contact_helps(&refused.refusal, to) => Said {
            remedy: en::with_contact(&said.remedy, contact),
            ..said
        },
        _ => said,
    }
}

/// Whether the reader gets on by asking the organization's contact, or by buying there. An operator
/// asks nobody for what only operators can change.
fn contact_helps(refusal: &Refusal, to: Audience) -> bool {
    match refusal.code() {
        Code::UnknownSerial
        | Code::RecoveryLimit
        | Code::NotStarted
        | Code::NoTrial
        | Code::TrialUsed
        | Code::NotEnoughLicences
        | Code::GrowthAllowance => true,
        Code::WithdrawnOrganization | Code::WithdrawnProduct | Code::Denied => !to.is_operator(),
        _ => false,
    }
}
