//! Licence keys: proofs that a request brings, and what a key may be redeemed for (LICENSING
//! section 10).

use crate::licence::Identifier;
use crate::policy::admit::asked::Asked;
use crate::policy::record::event::file::Redemption;
use crate::policy::record::key::{KeyRow, KeyState};
use crate::policy::record::state::State;
use crate::policy::record::wallet;
use crate::policy::refusal::{KeyRefusal, Stop};
use crate::seal::redeem;
use crate::wire::request::Redeem;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// Redeems every key of a request, or none: the first bad one gives the refusal.
pub(crate) fn check<S: State>(
    state: &S,
    asked: &Asked<'_>,
    redeems: &[Redeem],
) -> Result<Vec<Redemption>, Stop> {
    let mut redemptions: Vec<Redemption> = Vec::new();
    for brought in redeems {
        let row = proven(state, asked, brought)?.ok_or(KeyRefusal::NotProven {})?;
        if redemptions.iter().any(|earlier| earlier.key == row.id) {
            return Err(KeyRefusal::Used { key: row.id }.into());
        }
        check_row(&row, &asked.organization.id, Some(&asked.settings().id))?;
        let lots = wallet::lots_of_key(&row, asked.settings(), asked.context().today);
        redemptions.push(Redemption { key: row.id, lots });
    }
    Ok(redemptions)
}

/// The row of a key that exists and that the device proved to know.
fn proven<S: State>(
    state: &S,
    asked: &Asked<'_>,
    brought: &Redeem,
) -> Result<Option<Rc<KeyRow>>, Stop> {
    let (Some(row), Some(key)) = (
        state.get::<KeyRow>(&brought.id.0)?,
        state.licence_key(&brought.id)?,
    ) else {
        return Ok(None);
    };
    let Some(device_key) = asked.device_key else {
        return Ok(None);
    };
    let organization = &asked.organization.id;
    let holds = redeem::verify_proof(
        &key,
        organization,
        &device_key,
        asked.counter,
        &brought.proof,
    );
    Ok(holds.then_some(row))
}

/// Checks that an organization may redeem a key for a product, or for any product where none is
/// named.
///
/// # Errors
/// The codes of LICENSING section 10.
pub fn check_row(
    row: &KeyRow,
    organization: &Identifier,
    product: Option<&Identifier>,
) -> Result<(), KeyRefusal> {
    let key = row.id;
    match &row.state {
        KeyState::Redeemed { .. } => return Err(KeyRefusal::Used { key }),
        KeyState::Void { .. } => return Err(KeyRefusal::Void { key }),
        KeyState::Unused => {}
    }
    if product.is_some_and(|product| *product != row.product) {
        let product = row.product.clone();
        return Err(KeyRefusal::OtherProduct { key, product });
    }
    if row
        .organization
        .as_ref()
        .is_some_and(|only| only != organization)
    {
        return Err(KeyRefusal::OtherOrganization { key });
    }
    Ok(())
}
