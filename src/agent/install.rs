//! `install`: takes the signer's answer.

use super::arguments::Install;
use super::error::AgentError;
use super::incoming::Incoming;
use super::session::{Here, Session};
use super::status::{self, ActivationAnswer, StatusAnswer};
use crate::device::{DeviceError, Installed, NotInstalled, Outcome, Refusal};
use crate::wire::Envelope;
use crate::words::device::en;
use serde::Serialize;

#[derive(Serialize)]
struct Answer {
    activation: Option<ActivationAnswer>,
    trust_list: &'static str,
    checkpoint: &'static str,
    status: StatusAnswer,
}

/// Installs what a file or stdin holds. What is installed already counts as done.
///
/// # Errors
/// [`AgentError`]; what was installed before stays.
pub(super) fn run(session: &Session, install: &Install) -> Result<(), AgentError> {
    let incoming = Incoming::read(&install.source, session.output)?;
    let mut device = session.open()?;
    let installed = match take(session, &mut device, incoming, install) {
        Err(DeviceError::Refused(refused)) => accept_again(session, &device, *refused)?,
        other => other?,
    };
    answer(session, &device, installed)
}

/// The same activation again is no failure: whoever installs a bundle twice wants it installed.
fn accept_again(
    session: &Session,
    device: &Here,
    refused: NotInstalled,
) -> Result<Installed, AgentError> {
    if refused.trust_list == Outcome::Stored {
        session.output.talk(en::talk::TRUST_LIST_STORED);
    }
    if refused.reason != Refusal::Already {
        return Err(DeviceError::Refused(Box::new(refused)).into());
    }
    session.output.talk(en::talk::INSTALLED_ALREADY);
    let NotInstalled { trust_list, .. } = refused;
    Ok(Installed {
        activation: device.installed_activation(),
        trust_list,
        checkpoint: Outcome::Ignored,
    })
}

type Taken = Result<Installed, DeviceError<AgentError>>;

fn take(session: &Session, device: &mut Here, incoming: Incoming, install: &Install) -> Taken {
    match incoming {
        Incoming::Documents(documents) => {
            let envelopes: Vec<Envelope> = documents
                .into_iter()
                .map(|(_, document)| document)
                .collect();
            device.install(&envelopes, &session.components())
        }
        Incoming::Typed(_) if install.licence_types.is_empty() => {
            Err(DeviceError::Store(AgentError::LicenceTypes))
        }
        Incoming::Typed(lines) => device.install_computer_key(&lines, &install.licence_types),
    }
}

fn answer(session: &Session, device: &Here, installed: Installed) -> Result<(), AgentError> {
    let output = session.output;
    for (name, outcome) in [
        ("trust list", &installed.trust_list),
        ("checkpoint", &installed.checkpoint),
    ] {
        if let Outcome::Refused(reason) = outcome {
            output.talk(&en::talk::refused_beside(name, reason));
        }
    }
    let status = status::answer_of(session, device);
    if installed.activation.is_some() {
        output.lines(&status.lines())?;
        output.talk(en::talk::CARRY_PROOF);
    } else {
        output.lines(&[en::talk::trust_list(word_of(&installed.trust_list))])?;
    }
    output.json(&Answer {
        activation: installed.activation.map(Into::into),
        trust_list: word_of(&installed.trust_list),
        checkpoint: word_of(&installed.checkpoint),
        status,
    })
}

fn word_of(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Absent => "absent",
        Outcome::Stored => "stored",
        Outcome::Ignored => "ignored",
        Outcome::Refused(_) => "refused",
    }
}
