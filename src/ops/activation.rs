//! Activations that operators order: what is due, and what can be typed.

use super::error::OpsError;
use super::process::by_hand::{Issued, Orders};
use crate::licence::ComputerId;
use crate::policy::admit::known;
use crate::policy::ask::{Activating, Order};
use crate::policy::record::code::RefusalCode;
use crate::policy::record::due;
use crate::policy::refusal::Refusal;

/// Gives an order for every system that is due. What cannot get an activation now stays due, and is
/// given with the reason.
///
/// # Errors
/// [`OpsError::Ledger`], [`OpsError::Broken`].
pub fn refresh(orders: &mut Orders<'_>) -> Result<Vec<(ComputerId, Refusal)>, OpsError> {
    let mut left = Vec::new();
    let due = due::systems(&orders.session().state())?;
    for id in due {
        match orders.give(&Order::known(id, Activating::Refresh)) {
            Ok(()) => {}
            Err(OpsError::Refused(refusal)) => left.push((id, refusal)),
            Err(error) => return Err(error),
        }
    }
    Ok(left)
}

/// Whether what was ordered can be typed.
///
/// # Errors
/// [`OpsError::Refused`] with `no-computer-keys` or `too-many-for-computer-key`.
pub fn check_computer_key(orders: &Orders<'_>, issued: &Issued) -> Result<(), OpsError> {
    if issued.has_computer_key {
        return Ok(());
    }
    let product = known::product(&orders.session().state(), &issued.system.product)?;
    let id = &product.settings.id;
    if !product.settings.computer_keys {
        let message = format!("The product `{id}` has no Computer Keys.");
        let remedy =
            "Bring the bundle or its picture to the device, or set computer_keys in the catalogue.";
        return Err(OpsError::Refused(Refusal::new(
            RefusalCode::NoComputerKeys,
            message,
            remedy,
        )));
    }
    let message = format!(
        "The activation states {}, more than a Computer Key can hold.",
        issued.system.activation.licences
    );
    let remedy = "Bring the bundle or its picture to the device.";
    Err(OpsError::Refused(Refusal::new(
        RefusalCode::TooManyForComputerKey,
        message,
        remedy,
    )))
}
