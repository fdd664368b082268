//! `key mint`, `key list`, `key void`: licence keys, the purchases.

use super::error::OpsError;
use super::session::Session;
use super::signer::Signer;
use super::today::Today;
use crate::ledger::Reader;
use crate::ledger::state::LICENCE_KEYS;
use crate::licence::{Counts, Identifier, LicenceKey, LicenceKeyId, Moment};
use crate::policy::order::key;
use crate::policy::record::event::Event;
use crate::policy::record::key::{KeyRow, KeyState};
use crate::seal::redeem::licence_key_id;

/// Most keys of one command: what one entry of the history holds well.
pub const MAX_KEYS: usize = 10_000;

/// What the keys of one command are for.
pub struct Minting<'a> {
    /// The product.
    pub product: &'a Identifier,
    /// The only organization that may redeem them; any without one.
    pub organization: Option<&'a Identifier>,
    /// What each is worth.
    pub licences: &'a Counts,
}

/// Makes keys of a product from random bytes. The ledger keeps each whole, the history only its id.
///
/// # Errors
/// [`OpsError::Refused`] for an unknown or withdrawn product, organization or licence type.
pub fn mint(
    signer: &Signer,
    clock: Moment,
    minting: &Minting<'_>,
    keys: &[LicenceKey],
) -> Result<(), OpsError> {
    let mut session = Session::begin(signer, clock)?;
    let ids: Vec<LicenceKeyId> = keys.iter().map(licence_key_id).collect();
    let event = key::mint(
        &session.state(),
        minting.product,
        minting.organization,
        minting.licences,
        ids.clone(),
        session.today(),
    )?;
    for (id, key) in ids.iter().zip(keys) {
        if session.transaction.get(LICENCE_KEYS, &id.0)?.is_some() {
            return Err(OpsError::KeyDrawnTwice { id: *id });
        }
        session.transaction.put(LICENCE_KEYS, &id.0, key.bytes())?;
    }
    session.record(&event)?;
    session.commit()?;
    Ok(())
}

/// Declares a key void. Gives the event that does it and what it cannot take back; nothing is
/// changed yet.
///
/// # Errors
/// [`OpsError::Refused`].
pub fn plan_void(
    session: &Session<'_>,
    key: &LicenceKeyId,
    reason: &str,
) -> Result<(Event, Counts), OpsError> {
    Ok(key::void(
        &session.state(),
        key,
        reason.to_owned(),
        session.today(),
    )?)
}

/// A key as `key list` shows it: never the key itself.
#[derive(Debug, serde::Serialize)]
pub struct Listed {
    /// Its public name.
    pub id: LicenceKeyId,
    /// The product it is for.
    pub product: Identifier,
    /// What it is worth.
    pub licences: Counts,
    /// The only organization that may redeem it.
    pub organization: Option<Identifier>,
    /// `unused`, `redeemed` or `void`.
    pub state: &'static str,
    /// The organization that redeemed it.
    pub redeemed_by: Option<Identifier>,
    /// The day on which it was minted.
    pub minted: crate::licence::Day,
}

impl From<&KeyRow> for Listed {
    fn from(row: &KeyRow) -> Self {
        let (state, redeemed_by) = match &row.state {
            KeyState::Unused => ("unused", None),
            KeyState::Redeemed { organization, .. } => ("redeemed", Some(organization.clone())),
            KeyState::Void { redeemed_by, .. } => ("void", redeemed_by.clone()),
        };
        Self {
            id: row.id,
            product: row.product.clone(),
            licences: row.licences.clone(),
            organization: row.organization.clone(),
            state,
            redeemed_by,
            minted: row.minted,
        }
    }
}

/// Every key, by day of minting and id.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn list(signer: &Signer, clock: Moment) -> Result<Vec<Listed>, OpsError> {
    let mut listed = Vec::new();
    Today::of(signer, clock)?.each::<KeyRow>(|row| {
        listed.push(Listed::from(row));
        Ok(())
    })?;
    listed.sort_by_key(|key| (key.minted, key.id));
    Ok(listed)
}
