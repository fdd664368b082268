//! The organization and the product that an order names.

use crate::licence::{ComputerId, Identifier};
use crate::policy::record::code::RefusalCode;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::policy::refusal::{Refusal, Stop};
use alloc::rc::Rc;

/// The organization of an identifier.
///
/// # Errors
/// [`RefusalCode::UnknownOrganization`].
pub fn organization<S: State>(state: &S, id: &Identifier) -> Result<Rc<OrganizationRow>, Stop> {
    let row = state.get::<OrganizationRow>(&key_of(&[id.as_str()]))?;
    row.ok_or_else(|| {
        let message = alloc::format!("The catalogue has no organization `{id}`.");
        Refusal::new(
            RefusalCode::UnknownOrganization,
            message,
            "Check its identifier with `keyspool catalogue show`.",
        )
        .into()
    })
}

/// The product of an identifier.
///
/// # Errors
/// [`RefusalCode::UnknownProduct`].
pub fn product<S: State>(state: &S, id: &Identifier) -> Result<Rc<ProductRow>, Stop> {
    let row = state.get::<ProductRow>(&key_of(&[id.as_str()]))?;
    row.ok_or_else(|| {
        let message = alloc::format!("The catalogue has no product `{id}`.");
        Refusal::new(
            RefusalCode::UnknownProduct,
            message,
            "Check its identifier with `keyspool catalogue show`.",
        )
        .into()
    })
}

/// Whether a system may still get something by an operator's hand.
///
/// # Errors
/// [`RefusalCode::ComputerIdRetired`], [`RefusalCode::Denied`].
pub fn check_not_given_up(system: &SystemRow) -> Result<(), Refusal> {
    match &system.state {
        SystemState::Active => Ok(()),
        SystemState::GivenUp { how, on, .. } => Err(Refusal::new(
            RefusalCode::ComputerIdRetired,
            alloc::format!(
                "The Computer ID {} was given up on {}.",
                system.computer_id,
                on.in_words()
            ),
            match how {
                GivenUp::Proven | GivenUp::Recovered => {
                    "Ask for the Computer ID that the device shows now."
                }
                GivenUp::Unproven | GivenUp::Ended => {
                    "Take that back with `keyspool activation reinstate` first."
                }
            },
        )),
        SystemState::Denied { .. } => Err(Refusal::new(
            RefusalCode::Denied,
            alloc::format!("The device {} was denied.", system.computer_id),
            "Undeny it with `keyspool activation undeny` first, if it may be trusted again.",
        )),
    }
}

/// The system of a Computer ID.
///
/// # Errors
/// [`RefusalCode::UnknownActivation`] where nothing was ever activated under it.
pub fn system<S: State>(state: &S, id: &ComputerId) -> Result<Rc<SystemRow>, Stop> {
    state.get::<SystemRow>(&id.0)?.ok_or_else(|| {
        let message = alloc::format!("The signer has activated no system {id}.");
        Refusal::new(
            RefusalCode::UnknownActivation,
            message,
            "Check the Computer ID with `keyspool system list`.",
        )
        .into()
    })
}
