//! `refresh`: new activations for all systems that are due.

use super::error::OpsError;
use super::process::by_hand::Orders;
use crate::licence::ComputerId;
use crate::policy::by_hand;
use crate::policy::record::due;
use crate::policy::refusal::Refused;

/// The order's word in the history and in manifests.
const VERB: &str = "refresh";

/// Gives an order for every system that is due. What cannot get an activation now stays due, and is
/// given with the reason.
///
/// # Errors
/// [`OpsError::Ledger`], [`OpsError::Broken`].
pub fn plan(orders: &mut Orders<'_>) -> Result<Vec<(ComputerId, Refused)>, OpsError> {
    let mut left = Vec::new();
    let due = due::systems(&orders.session().state())?;
    for id in due {
        let order = |session: &super::Session<'_>, order, context: &_| {
            by_hand::refresh(&session.state(), id, order, context)
        };
        match orders.give(VERB, id, order) {
            Ok(()) => {}
            Err(OpsError::Refused(refused)) => left.push((id, refused)),
            Err(error) => return Err(error),
        }
    }
    Ok(left)
}
