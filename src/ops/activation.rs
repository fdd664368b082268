//! Activations that operators order: those that are due, and those with a Computer Key.

use super::error::OpsError;
use super::process::by_hand::{Issued, Orders};
use crate::licence::ComputerId;
use crate::policy::admit::known;
use crate::policy::ask::{Activating, Order};
use crate::policy::record::due;
use crate::policy::refusal::{LicencesRefusal, Refused, SubjectRefusal};

/// Orders a refresh for every system that is due. Gives the systems that cannot get one now and
/// stay due, with the reasons.
///
/// # Errors
/// [`OpsError::Ledger`], [`OpsError::Broken`].
pub fn refresh(orders: &mut Orders<'_>) -> Result<Vec<(ComputerId, Refused)>, OpsError> {
    let mut left = Vec::new();
    let due = due::systems(&orders.session().state())?;
    for id in due {
        match orders.give(&Order::known(id, Activating::Refresh)) {
            Ok(()) => {}
            Err(OpsError::Refused(refused)) => left.push((id, refused)),
            Err(error) => return Err(error),
        }
    }
    Ok(left)
}

/// Whether what was ordered has a Computer Key.
///
/// # Errors
/// [`OpsError::Refused`] with `no-computer-keys` or `too-many-for-computer-key`.
pub fn check_computer_key(orders: &Orders<'_>, issued: &Issued) -> Result<(), OpsError> {
    if issued.has_computer_key {
        return Ok(());
    }
    let product = known::product(&orders.session().state(), &issued.system.product)?;
    if !product.settings.computer_keys {
        let product = product.settings.id.clone();
        return Err(OpsError::Refused(
            SubjectRefusal::NoComputerKeys { product }.into(),
        ));
    }
    let licences = issued.system.activation.licences.clone();
    Err(OpsError::Refused(
        LicencesRefusal::TooManyForComputerKey { licences }.into(),
    ))
}
