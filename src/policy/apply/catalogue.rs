//! Organizations and products as a catalogue states them (LICENSING section 3).

use crate::licence::Identifier;
use crate::policy::record::catalogue::settings::{OrganizationEntry, ProductSettings};
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::{CatalogueRow, ProductRow};
use crate::policy::record::state::{State, StateBroken, StateMut, key_of};
use alloc::rc::Rc;

pub(crate) fn known_product<S: State>(
    state: &S,
    id: &Identifier,
) -> Result<Rc<ProductRow>, StateBroken> {
    state
        .get::<ProductRow>(&key_of(&[id.as_str()]))?
        .ok_or_else(|| StateBroken::Row(alloc::format!("no product {id}")))
}

pub(crate) fn apply_catalogue<S: StateMut>(
    state: &mut S,
    organizations: &[OrganizationEntry],
    products: &[ProductSettings],
) -> Result<(), StateBroken> {
    let mut ids = state
        .get::<CatalogueRow>(&[])?
        .map_or_else(CatalogueRow::default, |row| (*row).clone());
    for entry in organizations {
        if !ids.organizations.contains(&entry.id) {
            ids.organizations.push(entry.id.clone());
        }
        state.put(OrganizationRow {
            id: entry.id.clone(),
            name: entry.name.clone(),
            language: entry.language.clone(),
            contact: entry.contact.clone(),
            withdrawn: false,
        })?;
    }
    for settings in products {
        if !ids.products.contains(&settings.id) {
            ids.products.push(settings.id.clone());
        }
        let in_use = state
            .get::<ProductRow>(&key_of(&[settings.id.as_str()]))?
            .is_some_and(|row| row.in_use);
        state.put(ProductRow {
            settings: settings.clone(),
            withdrawn: false,
            in_use,
        })?;
    }
    state.put(ids)
}

pub(crate) fn withdraw_organization<S: StateMut>(
    state: &mut S,
    id: &Identifier,
) -> Result<(), StateBroken> {
    let row = state.get::<OrganizationRow>(&key_of(&[id.as_str()]))?;
    let row = row.ok_or_else(|| StateBroken::Row(alloc::format!("no organization {id}")))?;
    state.put(OrganizationRow {
        withdrawn: true,
        ..(*row).clone()
    })
}

pub(crate) fn withdraw_product<S: StateMut>(
    state: &mut S,
    id: &Identifier,
) -> Result<(), StateBroken> {
    let row = known_product(state, id)?;
    state.put(ProductRow {
        withdrawn: true,
        ..(*row).clone()
    })
}

pub(crate) fn mark_in_use<S: StateMut>(state: &mut S, id: &Identifier) -> Result<(), StateBroken> {
    let row = known_product(state, id)?;
    if row.in_use {
        Ok(())
    } else {
        state.put(ProductRow {
            in_use: true,
            ..(*row).clone()
        })
    }
}
