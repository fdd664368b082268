//! Keys, wallets and the tally of a product: where every licence is (LICENSING sections 10 and 16).

use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day, Identifier, LicenceKeyId};
use crate::policy::apply::catalogue::mark_in_use;
use crate::policy::record::due::due_list;
use crate::policy::record::key::{KeyRow, KeyState};
use crate::policy::record::state::{State, StateBroken, StateMut, key_of};
use crate::policy::record::tally::TallyRow;
use crate::policy::record::wallet::{Lot, WalletRow};
use crate::policy::record::{list, wallet};
use alloc::rc::Rc;
use alloc::vec::Vec;

fn known_key<S: State>(state: &S, id: &LicenceKeyId) -> Result<Rc<KeyRow>, StateBroken> {
    state
        .get::<KeyRow>(&id.0)?
        .ok_or_else(|| StateBroken::Row(alloc::format!("no licence key {id}")))
}

pub(crate) fn mint<S: StateMut>(
    state: &mut S,
    product: &Identifier,
    organization: Option<&Identifier>,
    licences: &Counts,
    keys: &[LicenceKeyId],
    on: Day,
) -> Result<(), StateBroken> {
    mark_in_use(state, product)?;
    for id in keys {
        state.put(KeyRow {
            id: *id,
            product: product.clone(),
            licences: licences.clone(),
            organization: organization.cloned(),
            minted: on,
            state: KeyState::Unused,
        })?;
        tally(state, product, |t| {
            t.minted = t.minted.plus(licences)?;
            t.unredeemed = t.unredeemed.plus(licences)?;
            Ok(())
        })?;
    }
    Ok(())
}

pub(crate) fn void<S: StateMut>(
    state: &mut S,
    id: &LicenceKeyId,
    organization: Option<&Identifier>,
    removed: &[Lot],
    on: Day,
) -> Result<(), StateBroken> {
    let key = known_key(state, id)?;
    let was_unused = key.state == KeyState::Unused;
    let gone = if was_unused {
        key.licences.clone()
    } else {
        wallet::counts(removed)?
    };
    tally(state, &key.product, |t| {
        let from = if was_unused {
            &mut t.unredeemed
        } else {
            &mut t.stored
        };
        *from = from.minus(&gone)?;
        t.voided = t.voided.plus(&gone)?;
        Ok(())
    })?;
    if let Some(organization) = organization {
        change_wallet(state, organization, &key.product, |held| {
            wallet::remove(held, removed)
        })?;
    }
    state.put(KeyRow {
        state: KeyState::Void {
            redeemed_by: organization.cloned(),
            on,
        },
        ..(*key).clone()
    })
}

pub(crate) fn redeem<S: StateMut>(
    state: &mut S,
    id: &LicenceKeyId,
    organization: &Identifier,
    lots: &[Lot],
    on: Day,
) -> Result<(), StateBroken> {
    let key = known_key(state, id)?;
    tally(state, &key.product, |t| {
        t.unredeemed = t.unredeemed.minus(&key.licences)?;
        t.stored = t.stored.plus(&key.licences)?;
        Ok(())
    })?;
    change_wallet(state, organization, &key.product, |held| {
        wallet::add(held, lots)
    })?;
    expire_later(state, organization, &key.product, lots)?;
    let redeemed = KeyState::Redeemed {
        organization: organization.clone(),
        on,
    };
    state.put(KeyRow {
        state: redeemed,
        ..(*key).clone()
    })
}

pub(crate) fn unredeem<S: StateMut>(
    state: &mut S,
    id: &LicenceKeyId,
    organization: &Identifier,
    lots: &[Lot],
) -> Result<(), StateBroken> {
    let key = known_key(state, id)?;
    tally(state, &key.product, |t| {
        t.unredeemed = t.unredeemed.plus(&key.licences)?;
        t.stored = t.stored.minus(&key.licences)?;
        Ok(())
    })?;
    change_wallet(state, organization, &key.product, |held| {
        wallet::remove(held, lots)
    })?;
    state.put(KeyRow {
        state: KeyState::Unused,
        ..(*key).clone()
    })
}

pub(crate) fn consume<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    taken: &[Lot],
) -> Result<(), StateBroken> {
    if taken.is_empty() {
        return Ok(());
    }
    let counts = wallet::counts(taken)?;
    tally(state, product, |t| {
        t.stored = t.stored.minus(&counts)?;
        t.consumed = t.consumed.plus(&counts)?;
        Ok(())
    })?;
    change_wallet(state, organization, product, |held| {
        wallet::remove(held, taken)
    })
}

pub(crate) fn give_back<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    returned: &[Lot],
) -> Result<(), StateBroken> {
    if returned.is_empty() {
        return Ok(());
    }
    let counts = wallet::counts(returned)?;
    tally(state, product, |t| {
        t.consumed = t.consumed.minus(&counts)?;
        t.stored = t.stored.plus(&counts)?;
        Ok(())
    })?;
    change_wallet(state, organization, product, |held| {
        wallet::add(held, returned)
    })?;
    expire_later(state, organization, product, returned)
}

/// Lots that lay too long leave the wallet for good.
pub(crate) fn expire<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    lots: &[Lot],
) -> Result<(), StateBroken> {
    let counts = wallet::counts(lots)?;
    tally(state, product, |t| {
        t.stored = t.stored.minus(&counts)?;
        t.expired = t.expired.plus(&counts)?;
        Ok(())
    })?;
    change_wallet(state, organization, product, |held| {
        wallet::remove(held, lots)
    })
}

pub(crate) fn expire_later<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    lots: &[Lot],
) -> Result<(), StateBroken> {
    let mut days: Vec<Day> = lots.iter().map(|lot| lot.store_until).collect();
    days.sort_unstable();
    days.dedup();
    for day in days.into_iter().filter_map(|day| day.plus_days(1)) {
        list::push(
            state,
            &due_list(day),
            &alloc::format!("lot/{organization}/{product}"),
        )?;
    }
    Ok(())
}

pub(crate) fn tally<S: StateMut>(
    state: &mut S,
    product: &Identifier,
    change: impl FnOnce(&mut TallyRow) -> Result<(), CountsOverflow>,
) -> Result<(), StateBroken> {
    let row = state.get::<TallyRow>(&key_of(&[product.as_str()]))?;
    let mut row = row.map_or_else(|| TallyRow::new(product.clone()), |row| (*row).clone());
    change(&mut row)?;
    state.put(row)
}

pub(crate) fn change_wallet<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    change: impl FnOnce(&mut Vec<Lot>) -> Result<(), CountsOverflow>,
) -> Result<(), StateBroken> {
    let mut lots = wallet::lots(state, organization, product)?;
    change(&mut lots)?;
    state.put(WalletRow {
        organization: organization.clone(),
        product: product.clone(),
        lots,
    })
}
