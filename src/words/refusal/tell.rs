//! From the facts of a refusal to its sentences, in the language of the reader.

use super::audience::Audience;
use super::en;
use super::said::Said;
use crate::policy::refusal::{
    GivenUpRefusal as GivenUp, HardwareRefusal as Hardware, LicencesRefusal as Licences, Refusal,
    Refused, SerialRefusal as Serial, SubjectRefusal as Subject, TermRefusal as Term,
    TrialRefusal as Trial,
};

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
    match refusal {
        Refusal::Subject(
            Subject::WithdrawnOrganization { .. } | Subject::WithdrawnProduct { .. },
        )
        | Refusal::GivenUp(GivenUp::Denied { .. }) => !to.is_operator(),
        Refusal::Hardware(Hardware::RecoveryLimit { .. })
        | Refusal::Serial(Serial::Unknown { .. })
        | Refusal::Licences(
            Licences::NotEnough { .. }
            | Licences::NotEnoughForPeriod { .. }
            | Licences::Growth { .. }
            | Licences::MoreThanStated { .. }
            | Licences::MoreThanSeats { .. }
            | Licences::MoreThanHardware { .. },
        )
        | Refusal::Term(Term::NotStarted { .. })
        | Refusal::Trial(
            Trial::NoTrial { .. } | Trial::TrialOver {} | Trial::HardwareHadTrial {},
        ) => true,
        _ => false,
    }
}
