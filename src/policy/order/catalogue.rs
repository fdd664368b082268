//! Applying a catalogue (LICENSING section 3).

use crate::licence::Identifier;
use crate::policy::record::catalogue::error::CatalogueError;
use crate::policy::record::catalogue::file::{Catalogue, check_change};
use crate::policy::record::event::Event;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::{CatalogueRow, ProductRow};
use crate::policy::record::state::{State, StateBroken, key_of};
use alloc::string::String;
use alloc::vec::Vec;

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
/// [`CatalogueError::Drops`] where an entry is missing without `withdraw`; changed models, removed
/// licence types.
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
            row.withdrawn
                || crate::policy::record::catalogue::settings::OrganizationEntry::from(&*row)
                    != *entry
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
