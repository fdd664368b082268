//! A refusal of any kind.

use super::{
    elsewhere, file, given_up, hardware, key, licences, serial, subject, system, term, trial,
};
use crate::policy::refusal::Refusal;
use crate::words::refusal::audience::Audience;
use crate::words::refusal::said::Said;

/// The sentences of a refusal, without a contact.
pub(crate) fn refusal(refusal: &Refusal, to: Audience) -> Said {
    match refusal {
        Refusal::File(facts) => file::said(facts),
        Refusal::Subject(facts) => subject::said(facts, to),
        Refusal::Elsewhere(facts) => elsewhere::said(facts),
        Refusal::System(facts) => system::said(facts),
        Refusal::GivenUp(facts) => given_up::said(facts, to),
        Refusal::Hardware(facts) => hardware::said(facts),
        Refusal::Serial(facts) => serial::said(facts),
        Refusal::Key(facts) => key::said(facts),
        Refusal::Licences(facts) => licences::said(facts, to),
        Refusal::Term(facts) => term::said(facts),
        Refusal::Trial(facts) => trial::said(facts),
    }
}

/// A remedy, and whom to ask.
pub(crate) fn with_contact(remedy: &str, contact: &str) -> String {
    format!("{remedy} Contact: {contact}")
}
