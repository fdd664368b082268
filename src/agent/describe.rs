//! `describe`: asks the signer for an activation.

use super::arguments::{Describe, counts_of};
use super::error::AgentError;
use super::outgoing::Outgoing;
use super::session::{Here, Session};
use crate::device::Description;
use crate::licence::{Counts, LicenceKey};
use crate::wire::request::MAX_TYPES;
use fs_err::File;
use std::io::{self, Read};
use zeroize::Zeroizing;

/// Most bytes of a list of licence keys: 64 lines of any likely length.
const MAX_KEY_BYTES: u64 = 16 * 1024;

/// Writes a system description.
///
/// # Errors
/// [`AgentError`]; nothing was written then, and the request's number is not used again.
pub(super) fn run(session: &Session, describe: Describe) -> Result<(), AgentError> {
    describe.delivery.check()?;
    let redeem = licence_keys(&describe)?;
    let components = session.components();
    if components.is_empty() {
        return Err(AgentError::NoComponents);
    }
    let mut device = session.open()?;
    let need = need_of(&describe, &device)?;
    let description = Description {
        redeem,
        serial: describe.serial,
        witness: describe.delivery.witness(),
        ..Description::new(
            describe.request.into(),
            &describe.product_version,
            need,
            components,
        )
    };
    let envelope = device.describe(description)?;
    let outgoing = Outgoing {
        envelope: &envelope,
        computer_id: device.computer_id(),
        verification_code: None,
    };
    describe.delivery.deliver(session.output, &outgoing)
}

/// As stated, or as the installed activation states.
fn need_of(describe: &Describe, device: &Here) -> Result<Counts, AgentError> {
    if !describe.need.is_empty() {
        return Ok(counts_of(&describe.need));
    }
    let held = device.status(&crate::device::Components::new()).held;
    held.map(|held| held.entitlement.licences)
        .filter(|licences| !licences.is_empty())
        .ok_or(AgentError::NoNeed)
}

/// The keys of the arguments, of a file and of stdin, in this sequence.
fn licence_keys(describe: &Describe) -> Result<Vec<LicenceKey>, AgentError> {
    let mut lines = Zeroizing::new(String::new());
    for key in &describe.redeem {
        if key == "-" {
            read_into(&mut lines, io::stdin().lock())?;
        } else {
            lines.push_str(key);
        }
        lines.push('\n');
    }
    if let Some(path) = &describe.redeem_file {
        read_into(&mut lines, File::open(path)?)?;
    }
    let keys: Vec<&str> = lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if keys.len() > MAX_TYPES {
        return Err(AgentError::LicenceKeys {
            found: keys.len(),
            allowed: MAX_TYPES,
        });
    }
    let read = |(i, line): (usize, &&str)| {
        LicenceKey::read(line).map_err(|fault| AgentError::LicenceKey {
            number: i + 1,
            fault,
        })
    };
    keys.iter().enumerate().map(read).collect()
}

fn read_into(lines: &mut String, source: impl Read) -> Result<(), AgentError> {
    source.take(MAX_KEY_BYTES).read_to_string(lines)?;
    Ok(())
}
