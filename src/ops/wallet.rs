//! `wallet redeem`, `wallet unredeem`, `wallet show`.

use super::error::OpsError;
use super::session::Session;
use super::signer::Signer;
use super::today::Today;
use crate::licence::{Counts, Day, Identifier, LicenceKeyId, Moment};
use crate::policy::admit::known;
use crate::policy::order::key;
use crate::policy::record::event::Event;
use crate::policy::record::key::KeyRow;
use crate::policy::record::product::CatalogueRow;
use crate::policy::record::state::State;
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::{Refused, Stop};

/// What came of one key.
#[derive(Debug)]
pub struct Redeemed {
    /// The key's public name.
    pub id: LicenceKeyId,
    /// Product and worth, or why not.
    pub result: Result<(Identifier, Counts), Refused>,
}

/// Redeems keys into an organization's wallet, key by key: a bad one does not stop the others.
///
/// # Errors
/// [`OpsError::Ledger`]; an unknown organization is refused for each key.
pub fn redeem(
    signer: &Signer,
    clock: Moment,
    organization: &Identifier,
    keys: &[LicenceKeyId],
) -> Result<Vec<Redeemed>, OpsError> {
    let mut session = Session::begin(signer, clock)?;
    let mut results = Vec::with_capacity(keys.len());
    for id in keys {
        let order = key::redeem(&session.state(), organization, id, session.today());
        let result = match order {
            Ok(event) => {
                session.record(&event)?;
                let row = session.state().get::<KeyRow>(&id.0)?;
                Ok(row.map_or_else(
                    || (organization.clone(), Counts::new()),
                    |row| (row.product.clone(), row.licences.clone()),
                ))
            }
            Err(Stop::Refused(refused)) => Err(refused),
            Err(Stop::Broken(broken)) => return Err(broken.into()),
        };
        results.push(Redeemed { id: *id, result });
    }
    session.commit_if_changed()?;
    Ok(results)
}

/// Takes a redemption back; nothing is changed before the event is recorded.
///
/// # Errors
/// [`OpsError::Refused`] where some of its licences are in use.
pub fn plan_unredeem(
    session: &Session<'_>,
    key: &LicenceKeyId,
    reason: &str,
) -> Result<Event, OpsError> {
    Ok(key::unredeem(
        &session.state(),
        key,
        reason.to_owned(),
        session.today(),
    )?)
}

/// A lot as `wallet show` gives it.
#[derive(Debug, serde::Serialize)]
pub struct ShownLot {
    /// The product.
    pub product: Identifier,
    /// Licence type.
    #[serde(rename = "type")]
    pub licence_type: Identifier,
    /// How many.
    pub count: u64,
    /// Last day of their use.
    pub store_until: Day,
    /// Last day of a seat that came back; its term goes on running.
    pub valid_until: Option<Day>,
    /// Their source: the id of a key, `returned` or `credit`.
    pub origin: String,
}

/// The lots of an organization, product by product, the first to expire first.
///
/// # Errors
/// [`OpsError::Refused`] for an unknown organization; [`OpsError::Ledger`].
pub fn show(
    signer: &Signer,
    clock: Moment,
    organization: &Identifier,
) -> Result<Vec<ShownLot>, OpsError> {
    let today = Today::of(signer, clock)?;
    known::organization(&today.state(), organization)?;
    let products = today
        .get::<CatalogueRow>(&[])?
        .map_or_else(Vec::new, |row| row.products.clone());
    let mut shown = Vec::new();
    for product in products {
        let mut lots = wallet::lots(&today.state(), organization, &product)?;
        lots.sort_by(|a, b| {
            (a.store_until, &a.licence_type, a.key).cmp(&(b.store_until, &b.licence_type, b.key))
        });
        shown.extend(lots.into_iter().map(|lot| shown_lot(&product, lot)));
    }
    Ok(shown)
}

fn shown_lot(product: &Identifier, lot: Lot) -> ShownLot {
    let valid_until = lot.returned.map(|term| term.end());
    let origin = match lot.key {
        _ if valid_until.is_some() => "returned".to_owned(),
        Some(key) => key.to_string(),
        None => "credit".to_owned(),
    };
    ShownLot {
        product: product.clone(),
        licence_type: lot.licence_type,
        count: lot.count,
        store_until: lot.store_until,
        valid_until,
        origin,
    }
}
