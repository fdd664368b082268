//! `activation issue` and `activation extend`: activations by Computer ID, the typed Computer Key
//! among them.

use super::error::OpsError;
use super::process::by_hand::{Issued, Orders};
use crate::licence::ComputerId;
use crate::policy::admit::known;
use crate::policy::by_hand;
use crate::policy::by_hand::Typed;
use crate::policy::refusal::{LicencesRefusal, SubjectRefusal};

/// Orders an activation for a Computer ID.
///
/// # Errors
/// [`OpsError::Refused`] with the code of the first check that fails.
pub fn plan(orders: &mut Orders<'_>, typed: &Typed) -> Result<(), OpsError> {
    let order = |session: &super::Session<'_>, order, context: &_| {
        by_hand::issue(&session.state(), typed, order, context)
    };
    orders.give("activation issue", typed.computer_id, order)
}

/// Orders one more term for a known system.
///
/// # Errors
/// As [`plan`].
pub fn plan_extend(orders: &mut Orders<'_>, id: ComputerId) -> Result<(), OpsError> {
    let order = |session: &super::Session<'_>, order, context: &_| {
        by_hand::extend(&session.state(), id, order, context)
    };
    orders.give("activation extend", id, order)
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
