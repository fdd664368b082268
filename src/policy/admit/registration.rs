//! Who may speak for an organization (LICENSING section 8).

use crate::policy::admit::asked::Asked;
use crate::policy::admit::keys;
use crate::policy::admit::wish::Wish;
use crate::policy::record::catalogue::settings::Registration;
use crate::policy::record::preloaded;
use crate::policy::record::request::ApprovalRow;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::refusal::{HardwareRefusal, Stop};
use alloc::rc::Rc;

/// The approval of the device for this organization and product.
fn approval<S: State>(
    state: &S,
    asked: &Asked<'_>,
) -> Result<Option<Rc<ApprovalRow>>, StateBroken> {
    let row = state.get::<ApprovalRow>(&asked.computer_id.0)?;
    Ok(row.filter(|row| {
        row.organization == asked.organization.id && row.product == asked.settings().id
    }))
}

/// Whether an operator approved this very request.
pub(crate) fn is_approved<S: State>(state: &S, asked: &Asked<'_>) -> Result<bool, StateBroken> {
    Ok(approval(state, asked)?.is_some_and(|row| row.document == asked.document))
}

/// Checks that the device is registered, or vouched for.
pub(crate) fn check<S: State>(state: &S, asked: &Asked<'_>, wish: &Wish<'_>) -> Result<(), Stop> {
    if asked.known().is_some() || approval(state, asked)?.is_some() {
        return Ok(());
    }
    let vouched = asked.context().vouched.as_ref() == Some(&asked.organization.id);
    match asked.settings().registration {
        Registration::Open => Ok(()),
        Registration::Vouched
            if vouched
                || preloaded::registers(
                    state,
                    &asked.organization.id,
                    &asked.settings().id,
                    asked.computer_id,
                    wish.serial,
                )? =>
        {
            Ok(())
        }
        Registration::Vouched if !wish.redeem.is_empty() => {
            keys::check(state, asked, wish.redeem).map(|_| ())
        }
        Registration::Vouched | Registration::Approved => Err(HardwareRefusal::AwaitingApproval {
            organization: asked.organization.id.clone(),
        }
        .into()),
    }
}
