//! `catalogue apply` and `catalogue show`.

use super::error::OpsError;
use super::session::Session;
use super::signer::Signer;
use super::today::Today;
use crate::licence::Moment;
use crate::policy::catalogue::{Catalogue, OrganizationEntry};
use crate::policy::state::{CatalogueRow, OrganizationRow, ProductRow, key_of};
use crate::policy::{Event, State, orders};
use std::rc::Rc;

/// What applying a catalogue would change, in words; and the event that does it.
pub struct Change {
    /// One line a difference.
    pub lines: Vec<String>,
    event: Event,
}

/// What applying this file would change; `None` where nothing would.
///
/// # Errors
/// [`OpsError::Catalogue`] naming the place.
pub fn plan(session: &Session<'_>, text: &str, withdraw: bool) -> Result<Option<Change>, OpsError> {
    let catalogue = Catalogue::read(text)?;
    let state = session.state();
    let Some(event) = orders::apply_catalogue(&state, &catalogue, withdraw)? else { return Ok(None) };
    let mut lines = Vec::new();
    for entry in &catalogue.organizations {
        let row = state.get::<OrganizationRow>(&key_of(&[entry.id.as_str()]))?;
        lines.extend(organization_line(row.as_deref(), entry));
    }
    for settings in &catalogue.products {
        let row = state.get::<ProductRow>(&key_of(&[settings.id.as_str()]))?;
        let before = row.as_ref().map(|row| serde_json::json!(row.settings));
        lines.extend(setting_lines(&format!("product {}", settings.id), before.as_ref(), &serde_json::json!(settings)));
        lines.extend(row.filter(|row| row.withdrawn).map(|_| format!("product {}: brought back", settings.id)));
    }
    if let Event::CatalogueApplied { withdrawn_organizations, withdrawn_products, .. } = &event {
        lines.extend(withdrawn_organizations.iter().map(|id| format!("organization {id}: withdrawn")));
        lines.extend(withdrawn_products.iter().map(|id| format!("product {id}: withdrawn")));
    }
    Ok(Some(Change { lines, event }))
}

fn organization_line(row: Option<&OrganizationRow>, entry: &OrganizationEntry) -> Vec<String> {
    let before = row.map(|row| serde_json::json!(OrganizationEntry::from(row)));
    let mut lines = setting_lines(&format!("organization {}", entry.id), before.as_ref(), &serde_json::json!(entry));
    lines.extend(row.filter(|row| row.withdrawn).map(|_| format!("organization {}: brought back", entry.id)));
    lines
}

fn setting_lines(place: &str, before: Option<&serde_json::Value>, after: &serde_json::Value) -> Vec<String> {
    let Some(before) = before else { return vec![format!("{place}: new")] };
    let empty = serde_json::Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let gone = before.keys().filter(|setting| !after.contains_key(*setting));
    let changed = after.keys().chain(gone).filter(|setting| before.get(*setting) != after.get(*setting));
    let shown = |value: Option<&serde_json::Value>| value.map_or_else(|| "none".to_owned(), ToString::to_string);
    changed
        .map(|setting| format!("{place}, {setting}: {} becomes {}", shown(before.get(setting)), shown(after.get(setting))))
        .collect()
}

/// Applies a planned change.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn apply(mut session: Session<'_>, change: &Change) -> Result<(), OpsError> {
    session.record(&change.event)?;
    session.commit()?;
    Ok(())
}

/// The catalogue in force.
#[derive(Debug, serde::Serialize)]
pub struct Shown {
    /// Customers.
    pub organizations: Vec<OrganizationRow>,
    /// What is licensed.
    pub products: Vec<ShownProduct>,
}

/// A product in force.
#[derive(Debug, serde::Serialize)]
pub struct ShownProduct {
    /// Every setting with its value.
    pub settings: crate::policy::catalogue::ProductSettings,
    /// Whether it gets nothing new.
    pub withdrawn: bool,
}

/// Shows the catalogue in force, settings that were left out among it.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn show(signer: &Signer, clock: Moment) -> Result<Shown, OpsError> {
    let today = Today::of(signer, clock)?;
    let ids = today.get::<CatalogueRow>(&[])?.map_or_else(CatalogueRow::default, |row| (*row).clone());
    let mut shown = Shown { organizations: Vec::new(), products: Vec::new() };
    for id in &ids.organizations {
        shown.organizations.extend(today.get::<OrganizationRow>(&key_of(&[id.as_str()]))?.map(Rc::unwrap_or_clone));
    }
    for id in &ids.products {
        let row = today.get::<ProductRow>(&key_of(&[id.as_str()]))?;
        shown.products.extend(row.map(|row| ShownProduct { settings: row.settings.clone(), withdrawn: row.withdrawn }));
    }
    Ok(shown)
}
