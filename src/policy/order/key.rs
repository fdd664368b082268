//! Minting, redeeming, taking back and voiding licence keys (LICENSING sections 8 and 10).

use crate::licence::{Counts, Day, Identifier, LicenceKeyId};
use crate::policy::admit::keys::check_row;
use crate::policy::admit::known::{organization, product};
use crate::policy::admit::subject::has_types;
use crate::policy::record::event::Event;
use crate::policy::record::key::{KeyRow, KeyState};
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::{Fresh, KeyRefusal, Stop, SubjectRefusal};
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// Most licences of one type in a key: as many as a system may need.
pub const MAX_KEY_COUNT: u64 = 1_000_000;

/// The licence key of an id.
///
/// # Errors
/// [`KeyRefusal::Unknown`].
pub fn key<S: State>(state: &S, id: &LicenceKeyId) -> Result<Rc<KeyRow>, Stop> {
    let row = state.get::<KeyRow>(&id.0)?;
    row.ok_or_else(|| KeyRefusal::Unknown { key: *id }.into())
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
        return Err(SubjectRefusal::WithdrawnProduct {
            product: id.clone(),
            wanted: Fresh::LicenceKeys,
        }
        .into());
    }
    if let Some(only) = for_organization
        && organization(state, only)?.withdrawn
    {
        return Err(SubjectRefusal::WithdrawnOrganization {
            organization: only.clone(),
            wanted: Fresh::LicenceKeys,
        }
        .into());
    }
    has_types(&row.settings, licences)?;
    check_new(state, &keys)?;
    Ok(Event::KeysMinted {
        product: id.clone(),
        organization: for_organization.cloned(),
        licences: licences.clone(),
        keys,
        on: today,
    })
}

/// Checks that a key does not exist: minting it again would lose what it was worth.
fn check_new<S: State>(state: &S, keys: &[LicenceKeyId]) -> Result<(), Stop> {
    let mut seen = BTreeSet::new();
    for id in keys {
        if !seen.insert(*id) || state.get::<KeyRow>(&id.0)?.is_some() {
            return Err(KeyRefusal::Exists { key: *id }.into());
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
/// [`KeyRefusal::InUse`] where some are in use; the other refusals of a key.
pub fn unredeem<S: State>(
    state: &S,
    key_id: &LicenceKeyId,
    reason: String,
    today: Day,
) -> Result<Event, Stop> {
    let row = key(state, key_id)?;
    let KeyState::Redeemed { organization, .. } = &row.state else {
        let key = *key_id;
        return Err(match row.state {
            KeyState::Unused => KeyRefusal::NotRedeemed { key }.into(),
            _ => KeyRefusal::VoidAlready { key }.into(),
        });
    };
    let lots = unused_lots(state, &row, organization)?;
    if wallet::counts(&lots)? != row.licences {
        let missing = wallet::counts(&lots)?.lacking(&row.licences);
        return Err(KeyRefusal::InUse {
            key: *key_id,
            missing,
        }
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

/// Declares a key void. What still lies in the wallet of a redeemed key goes. Also gives what could
/// not be taken back.
///
/// # Errors
/// [`KeyRefusal::VoidAlready`] where it is void already; an unknown key.
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
            return Err(KeyRefusal::VoidAlready { key: *key_id }.into());
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
