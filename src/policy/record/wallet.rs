//! The wallet: redeemed licences not in use, in lots (LICENSING section 10).

use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day, Identifier, LicenceKeyId};
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::key::KeyRow;
use crate::policy::record::seat::{Seat, Term};
use crate::policy::record::state::{State, StateBroken, key_of, row};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Licences in a wallet that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Licence type.
    #[serde(rename = "type")]
    pub licence_type: Identifier,
    /// The number of licences.
    pub count: u64,
    /// When the key was redeemed.
    pub redeemed: Day,
    /// Last day on which they can be used.
    pub store_until: Day,
    /// The key that they came from; none: credited for an overlap (LICENSING section 9.7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<LicenceKeyId>,
    /// The running term, of seats that came back.
    pub returned: Option<Term>,
}

impl Lot {
    /// Whether both are alike in all but their count.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.licence_type == other.licence_type
            && self.redeemed == other.redeemed
            && self.store_until == other.store_until
            && self.key == other.key
            && self.returned == other.returned
    }
}

/// The redeemed licences of an organization for a product that are not in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletRow {
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// The lots, no two of them alike.
    pub lots: Vec<Lot>,
}

row!(WalletRow, "wallet", |row| key_of(&[
    row.organization.as_str(),
    row.product.as_str()
]));

/// The lots of an organization for a product.
///
/// # Errors
/// [`StateBroken`].
pub fn lots<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
) -> Result<Vec<Lot>, StateBroken> {
    let row = state.get::<WalletRow>(&key_of(&[organization.as_str(), product.as_str()]))?;
    Ok(row.map_or_else(Vec::new, |row| row.lots.clone()))
}

/// The lots that redeeming a key puts into the wallet today, one per type. They are stored through
/// the day before today plus the years.
#[must_use]
pub fn lots_of_key(key: &KeyRow, product: &ProductSettings, today: Day) -> Vec<Lot> {
    let store_until = today
        .last_of_months(product.storage_years * 12)
        .unwrap_or(Day::LAST);
    let lot = |(licence_type, count): (&Identifier, u64)| Lot {
        licence_type: licence_type.clone(),
        count,
        redeemed: today,
        store_until,
        key: Some(key.id),
        returned: None,
    };
    key.licences.iter().map(lot).collect()
}

/// The lots of seats that go back into the wallet. Each keeps its end, and is stored until then.
#[must_use]
pub fn lots_of_seats(seats: &[Seat]) -> Vec<Lot> {
    let lot = |seat: &Seat| Lot {
        licence_type: seat.licence_type.clone(),
        count: seat.count,
        redeemed: seat.redeemed,
        store_until: seat.term.end(),
        key: Some(seat.key),
        returned: Some(seat.term),
    };
    seats.iter().map(lot).collect()
}

/// Adds lots; merges those that are alike.
///
/// # Errors
/// [`CountsOverflow`].
pub fn add(lots: &mut Vec<Lot>, added: &[Lot]) -> Result<(), CountsOverflow> {
    for lot in added {
        match lots.iter_mut().find(|held| held.is_like(lot)) {
            Some(held) => held.count = held.count.checked_add(lot.count).ok_or(CountsOverflow)?,
            None => lots.push(lot.clone()),
        }
    }
    Ok(())
}

/// Takes lots out again, which must be held in full.
///
/// # Errors
/// [`CountsOverflow`] where they are not.
pub fn remove(lots: &mut Vec<Lot>, removed: &[Lot]) -> Result<(), CountsOverflow> {
    for lot in removed {
        let held = lots
            .iter_mut()
            .find(|held| held.is_like(lot))
            .ok_or(CountsOverflow)?;
        held.count = held.count.checked_sub(lot.count).ok_or(CountsOverflow)?;
    }
    lots.retain(|lot| lot.count > 0);
    Ok(())
}

/// The counts of some lots.
///
/// # Errors
/// [`CountsOverflow`].
pub fn counts(lots: &[Lot]) -> Result<Counts, CountsOverflow> {
    let mut sum = Counts::new();
    lots.iter()
        .try_for_each(|lot| sum.add_type(&lot.licence_type, lot.count))?;
    Ok(sum)
}
