//! `activation emergency`: an operator's help for a few days.

use super::error::OpsError;
use super::process::by_hand::Orders;
use crate::policy::model::emergency::{Issuing, Order, grant};

/// Orders an emergency activation.
///
/// # Errors
/// [`OpsError::Refused`] with `not-needed`, `emergency-limit`, or the code of another check.
pub fn plan(orders: &mut Orders<'_>, wanted: &Order) -> Result<(), OpsError> {
    orders.give(
        "activation emergency",
        wanted.computer_id,
        |session, order, context| {
            let (today, now, trust_list, fresh_id) = (
                context.today,
                context.now,
                context.trust_list,
                context.fresh_id,
            );
            grant(
                &session.state(),
                wanted,
                &Issuing {
                    today,
                    now,
                    trust_list,
                    fresh_id,
                    order,
                },
            )
        },
    )
}
