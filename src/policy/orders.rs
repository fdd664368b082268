//! Operators' orders: minting, redeeming, taking back, voiding, the catalogue, approvals (LICENSING
//! sections 3, 8, 10, 13).
//!
//! Each gives the event that carries it out, or says why not; nothing is changed here.

use super::catalogue::{Catalogue, CatalogueError, check_change};
use super::event::Event;
use super::keys::check_row;
use super::refusal::{Refusal, RefusalCode, StateBroken, Stop};
use super::state::{
    CatalogueRow, GivenUp, KeyRow, KeyState, Lot, OrganizationRow, ProductRow, Seat, State,
    SystemRow, SystemState, WaitingRow, key_of,
};
use super::wallet;
use crate::licence::{ComputerId, Counts, Day, Identifier, LicenceKeyId};
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// Most licences of one type that a key may be worth: as many as a system may need.
pub const MAX_KEY_COUNT: u64 = 1_000_000;

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

/// Why a catalogue is not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogueStop {
    /// The catalogue is wrong.
    Catalogue(CatalogueError),
    /// The state cannot be read.
    Broken(StateBroken),
}

impl From<StateBroken> for CatalogueStop {
    fn from(broken: StateBroken) -> Self {
        Self::Broken(broken)
    }
}

impl From<CatalogueError> for CatalogueStop {
    fn from(error: CatalogueError) -> Self {
        Self::Catalogue(error)
    }
}

/// Applies a catalogue as a whole; `None` where nothing would change.
///
/// # Errors
/// [`CatalogueError::Drops`] where an entry is missing and `withdraw` was not said; changed models,
/// removed licence types.
pub fn apply_catalogue<S: State>(
    state: &S,
    catalogue: &Catalogue,
    withdraw: bool,
) -> Result<Option<Event>, CatalogueStop> {
    let known = state
        .get::<CatalogueRow>(&[])?
        .map_or_else(CatalogueRow::default, |row| (*row).clone());
    let mut changes = false;
    for entry in &catalogue.organizations {
        let row = state.get::<OrganizationRow>(&key_of(&[entry.id.as_str()]))?;
        changes |= row.is_none_or(|row| {
            row.withdrawn || super::catalogue::OrganizationEntry::from(&*row) != *entry
        });
    }
    for settings in &catalogue.products {
        let row = state.get::<ProductRow>(&key_of(&[settings.id.as_str()]))?;
        if let Some(row) = &row {
            check_change(&row.settings, settings, row.in_use)?;
        }
        changes |= row.is_none_or(|row| row.withdrawn || row.settings != *settings);
    }
    let withdrawn_organizations = dropped_organizations(state, &known, catalogue)?;
    let withdrawn_products = dropped_products(state, &known, catalogue)?;
    let dropped: Vec<String> = withdrawn_organizations
        .iter()
        .map(|id| alloc::format!("the organization `{id}`"))
        .chain(
            withdrawn_products
                .iter()
                .map(|id| alloc::format!("the product `{id}`")),
        )
        .collect();
    if !dropped.is_empty() && !withdraw {
        return Err(CatalogueError::Drops(dropped.join(" and ")).into());
    }
    if !changes && dropped.is_empty() {
        return Ok(None);
    }
    Ok(Some(Event::CatalogueApplied {
        organizations: catalogue.organizations.clone(),
        products: catalogue.products.clone(),
        withdrawn_organizations,
        withdrawn_products,
    }))
}

fn dropped_organizations<S: State>(
    state: &S,
    known: &CatalogueRow,
    catalogue: &Catalogue,
) -> Result<Vec<Identifier>, StateBroken> {
    let mut dropped = Vec::new();
    for id in known
        .organizations
        .iter()
        .filter(|id| catalogue.organizations.iter().all(|entry| entry.id != **id))
    {
        if state
            .get::<OrganizationRow>(&key_of(&[id.as_str()]))?
            .is_some_and(|row| !row.withdrawn)
        {
            dropped.push(id.clone());
        }
    }
    Ok(dropped)
}

fn dropped_products<S: State>(
    state: &S,
    known: &CatalogueRow,
    catalogue: &Catalogue,
) -> Result<Vec<Identifier>, StateBroken> {
    let mut dropped = Vec::new();
    for id in known
        .products
        .iter()
        .filter(|id| catalogue.products.iter().all(|entry| entry.id != **id))
    {
        if state
            .get::<ProductRow>(&key_of(&[id.as_str()]))?
            .is_some_and(|row| !row.withdrawn)
        {
            dropped.push(id.clone());
        }
    }
    Ok(dropped)
}

/// What an operator's approval does for a device.
#[derive(Debug, Clone, PartialEq)]
pub enum Approval {
    /// Its waiting request is to be judged anew, with this word given.
    Request {
        /// The event to record first.
        event: Event,
        /// What waits, and where its file lies.
        waiting: Rc<WaitingRow>,
    },
    /// Its held seats go back into the wallet.
    Seats(Event),
}

/// Approves the waiting request of a device, or gives back its held seats.
///
/// # Errors
/// [`RefusalCode::NotNeeded`] where nothing of it waits.
pub fn approve<S: State>(
    state: &S,
    id: &ComputerId,
    reason: String,
    today: Day,
) -> Result<Approval, Stop> {
    if let Some(system) = state.get::<SystemRow>(&id.0)?
        && matches!(system.state, SystemState::GivenUp { held: true, .. })
    {
        return Ok(Approval::Seats(release_seats(&system, reason, today)));
    }
    let Some(waiting) = state.get::<WaitingRow>(&id.0)? else {
        let message = alloc::format!("Nothing of the device {id} waits for an approval.");
        return Err(Refusal::new(
            RefusalCode::NotNeeded,
            message,
            "See what waits with `keyspool system list --waiting`.",
        )
        .into());
    };
    let event = Event::Approved {
        computer_id: *id,
        organization: waiting.organization.clone(),
        product: waiting.product.clone(),
        request: waiting.document,
        reason,
    };
    Ok(Approval::Request { event, waiting })
}

fn release_seats(system: &SystemRow, reason: String, today: Day) -> Event {
    let (running, ended): (Vec<Seat>, Vec<Seat>) = system
        .seats
        .iter()
        .cloned()
        .partition(|seat| seat.term.end() >= today);
    Event::SeatsReleased {
        computer_id: system.computer_id,
        organization: system.organization.clone(),
        product: system.product.clone(),
        returned: wallet::lots_of_seats(&running),
        ended,
        reason,
        on: today,
    }
}
