//! Minting, redeeming, taking back and voiding licence keys (LICENSING sections 8 and 10).

use crate::licence::{Counts, Day, Identifier, LicenceKeyId};
use crate::policy::admit::keys::check_row;
use crate::policy::admit::known::{organization, product};
use crate::policy::record::code::RefusalCode;
use crate::policy::record::event::Event;
use crate::policy::record::key::{KeyRow, KeyState};
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::{Refusal, Stop};
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// Most licences of one type that a key may be worth: as many as a system may need.
pub const MAX_KEY_COUNT: u64 = 1_000_000;

/// The licence key of an id.
///
/// # Errors
/// [`RefusalCode::UnknownLicenceKey`].
pub fn key<S: State>(state: &S, id: &LicenceKeyId) -> Result<Rc<KeyRow>, Stop> {
    state.get::<KeyRow>(&id.0)?.ok_or_else(|| {
        let message = alloc::format!("The signer knows no licence key {id}.");
        Refusal::new(
            RefusalCode::UnknownLicenceKey,
            message,
            "Check the licence key with `keyspool key list`.",
        )
        .into()
    })
}

/// Makes licence keys of a product.
///
/// # Errors
/// Unknown or withdrawn product, organization or licence type; a key that exists already.
pub fn mint<S: State>(
    state: &S,
    id: &Identifier,
    for_organization: Option<&Identifier>,
    licences: &Counts,
    keys: Vec<LicenceKeyId>,
    today: Day,
) -> Result<Event, Stop> {
    let row = product(state, id)?;
    if row.withdrawn {
        let message =
            alloc::format!("The product `{id}` was withdrawn and gets no new licence keys.");
        return Err(Refusal::new(
            RefusalCode::WithdrawnProduct,
            message,
            "Apply a catalogue that has it again.",
        )
        .into());
    }
    if let Some(only) = for_organization
        && organization(state, only)?.withdrawn
    {
        let message =
            alloc::format!("The organization `{only}` was withdrawn and gets no new licence keys.");
        return Err(Refusal::new(
            RefusalCode::WithdrawnOrganization,
            message,
            "Apply a catalogue that has it again.",
        )
        .into());
    }
    if let Some((unknown, _)) = licences
        .iter()
        .find(|(licence_type, _)| !row.settings.has_type(licence_type))
    {
        let message = alloc::format!("The product `{id}` has no licence type `{unknown}`.");
        return Err(Refusal::new(
            RefusalCode::UnknownLicenceType,
            message,
            "Check its types with `keyspool catalogue show`.",
        )
        .into());
    }
    check_new(state, &keys)?;
    Ok(Event::KeysMinted {
        product: id.clone(),
        organization: for_organization.cloned(),
        licences: licences.clone(),
        keys,
        on: today,
    })
}

/// A key that exists must not be minted again: what it was worth would be forgotten.
fn check_new<S: State>(state: &S, keys: &[LicenceKeyId]) -> Result<(), Stop> {
    let mut seen = BTreeSet::new();
    for id in keys {
        if !seen.insert(*id) || state.get::<KeyRow>(&id.0)?.is_some() {
            let message = alloc::format!("The licence key {id} exists already.");
            return Err(Refusal::new(
                RefusalCode::LicenceKeyUsed,
                message,
                "Make other licence keys.",
            )
            .into());
        }
    }
    Ok(())
}

/// Redeems one key into an organization's wallet.
///
/// # Errors
/// The codes of LICENSING section 10.
pub fn redeem<S: State>(
    state: &S,
    id: &Identifier,
    key_id: &LicenceKeyId,
    today: Day,
) -> Result<Event, Stop> {
    organization(state, id)?;
    let row = key(state, key_id)?;
    check_row(&row, id, None)?;
    let settings = product(state, &row.product)?;
    let lots = wallet::lots_of_key(&row, &settings.settings, today);
    Ok(Event::KeyRedeemed {
        organization: id.clone(),
        key: *key_id,
        lots,
        on: today,
    })
}

/// Takes a redemption back while all licences of the key lie unused.
///
/// # Errors
/// [`RefusalCode::LicenceKeyUsed`] where some do not; the key's other codes.
pub fn unredeem<S: State>(
    state: &S,
    key_id: &LicenceKeyId,
    reason: String,
    today: Day,
) -> Result<Event, Stop> {
    let row = key(state, key_id)?;
    let KeyState::Redeemed { organization, .. } = &row.state else {
        let code = if row.state == KeyState::Unused {
            RefusalCode::NotNeeded
        } else {
            RefusalCode::LicenceKeyVoid
        };
        let message = alloc::format!("The licence key {key_id} is not redeemed.");
        return Err(Refusal::new(code, message, "Nothing is left to do.").into());
    };
    let lots = unused_lots(state, &row, organization)?;
    if wallet::counts(&lots)? != row.licences {
        let missing = wallet::counts(&lots)?.lacking(&row.licences);
        let message = alloc::format!(
            "The licence key {key_id} is in use: {missing} of its licences do not lie unused."
        );
        return Err(Refusal::new(
            RefusalCode::LicenceKeyUsed,
            message,
            "Deactivate the systems that use it first.",
        )
        .into());
    }
    Ok(Event::KeyUnredeemed {
        organization: organization.clone(),
        key: *key_id,
        lots,
        reason,
        on: today,
    })
}

fn unused_lots<S: State>(
    state: &S,
    row: &KeyRow,
    organization: &Identifier,
) -> Result<Vec<Lot>, StateBroken> {
    let lots = wallet::lots(state, organization, &row.product)?;
    Ok(lots
        .into_iter()
        .filter(|lot| lot.key == Some(row.id) && lot.returned.is_none())
        .collect())
}

/// Declares a key void; of a redeemed one, what still lies in the wallet goes. Gives what could not
/// be taken back, too.
///
/// # Errors
/// [`RefusalCode::LicenceKeyVoid`] where it is void already; an unknown key.
pub fn void<S: State>(
    state: &S,
    key_id: &LicenceKeyId,
    reason: String,
    today: Day,
) -> Result<(Event, Counts), Stop> {
    let row = key(state, key_id)?;
    let (organization, removed) = match &row.state {
        KeyState::Unused => (None, Vec::new()),
        KeyState::Redeemed { organization, .. } => {
            let lots = wallet::lots(state, organization, &row.product)?;
            (
                Some(organization.clone()),
                lots.into_iter()
                    .filter(|lot| lot.key == Some(row.id))
                    .collect(),
            )
        }
        KeyState::Void { .. } => {
            let message = alloc::format!("The licence key {key_id} is void already.");
            return Err(Refusal::new(
                RefusalCode::LicenceKeyVoid,
                message,
                "Nothing is left to do.",
            )
            .into());
        }
    };
    let out_of_reach = match organization {
        Some(_) => wallet::counts(&removed)?.lacking(&row.licences),
        None => Counts::new(),
    };
    Ok((
        Event::KeyVoided {
            key: *key_id,
            organization,
            removed,
            out_of_reach: out_of_reach.clone(),
            reason,
            on: today,
        },
        out_of_reach,
    ))
}
