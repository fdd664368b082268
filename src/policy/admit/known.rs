//! The organization and the product that an order names.

use crate::licence::{ComputerId, Identifier};
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::system::{SystemRow, SystemState};
use crate::policy::refusal::{GivenUpRefusal, Stop, SubjectRefusal, SystemRefusal};
use alloc::rc::Rc;

/// The organization of an identifier.
///
/// # Errors
/// [`SubjectRefusal::UnknownOrganization`].
pub fn organization<S: State>(state: &S, id: &Identifier) -> Result<Rc<OrganizationRow>, Stop> {
    let row = state.get::<OrganizationRow>(&key_of(&[id.as_str()]))?;
    row.ok_or_else(|| {
        let organization = id.clone();
        SubjectRefusal::UnknownOrganization { organization }.into()
    })
}

/// The product of an identifier.
///
/// # Errors
/// [`SubjectRefusal::UnknownProduct`].
pub fn product<S: State>(state: &S, id: &Identifier) -> Result<Rc<ProductRow>, Stop> {
    let row = state.get::<ProductRow>(&key_of(&[id.as_str()]))?;
    row.ok_or_else(|| {
        let product = id.clone();
        SubjectRefusal::UnknownProduct { product }.into()
    })
}

/// Checks that an operator may still give a system something.
///
/// # Errors
/// [`GivenUpRefusal::GivenUp`], [`GivenUpRefusal::Denied`].
pub fn check_not_given_up(system: &SystemRow) -> Result<(), GivenUpRefusal> {
    let computer_id = system.computer_id;
    match &system.state {
        SystemState::Active => Ok(()),
        SystemState::GivenUp { how, on, .. } => Err(GivenUpRefusal::GivenUp {
            computer_id,
            on: *on,
            how: *how,
        }),
        SystemState::Denied { on, .. } => Err(GivenUpRefusal::Denied {
            computer_id,
            on: *on,
        }),
    }
}

/// The system of a Computer ID.
///
/// # Errors
/// [`SystemRefusal::Unknown`] where nothing was ever activated under it.
pub fn system<S: State>(state: &S, id: &ComputerId) -> Result<Rc<SystemRow>, Stop> {
    let row = state.get::<SystemRow>(&id.0)?;
    row.ok_or_else(|| SystemRefusal::Unknown { computer_id: *id }.into())
}
