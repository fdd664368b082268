//! `install`: takes the signer's answer.

use super::arguments::Install;
use super::error::AgentError;
use super::incoming::Incoming;
use super::session::{Here, Session};
use super::status::{self, ActivationJson, StatusJson};
use crate::device::{DeviceError, Installed, NotInstalled, Reception, Refusal};
use crate::wire::Envelope;
use crate::words::device::en;
use serde::Serialize;

#[derive(Serialize)]
struct InstalledJson {
    activation: Option<ActivationJson>,
    trust_list: &'static str,
    checkpoint: &'static str,
    status: StatusJson,
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
    tell(session, &device, installed)
}

/// The same activation again is no failure: whoever installs a bundle twice wants it installed.
fn accept_again(
    session: &Session,
    device: &Here,
    refused: NotInstalled,
) -> Result<Installed, AgentError> {
    if refused.trust_list == Reception::Stored {
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
        checkpoint: Reception::Ignored,
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

fn tell(session: &Session, device: &Here, installed: Installed) -> Result<(), AgentError> {
    let output = session.output;
    for (name, reception) in [
        ("trust list", &installed.trust_list),
        ("checkpoint", &installed.checkpoint),
    ] {
        if let Reception::Refused(reason) = reception {
            output.talk(&en::talk::refused_beside(name, reason));
        }
    }
    let status = status::status_of(session, device);
    if installed.activation.is_some() {
        output.lines(&status.lines())?;
        output.talk(en::talk::CARRY_PROOF);
    } else {
        output.lines(&[en::talk::trust_list(word_of(&installed.trust_list))])?;
    }
    output.json(&InstalledJson {
        activation: installed.activation.map(Into::into),
        trust_list: word_of(&installed.trust_list),
        checkpoint: word_of(&installed.checkpoint),
        status,
    })
}

fn word_of(reception: &Reception) -> &'static str {
    match reception {
        Reception::Absent => "absent",
        Reception::Stored => "stored",
        Reception::Ignored => "ignored",
        Reception::Refused(_) => "refused",
    }
}
