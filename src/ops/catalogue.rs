//! `catalogue apply` and `catalogue show`.

use super::error::OpsError;
use super::session::Session;
use super::signer::Signer;
use super::today::Today;
use crate::licence::{Identifier, Moment};
use crate::policy::order::catalogue;
use crate::policy::record::catalogue::file::Catalogue;
use crate::policy::record::catalogue::settings::OrganizationEntry;
use crate::policy::record::event::Event;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::{CatalogueRow, ProductRow};
use crate::policy::record::state::State;
use crate::policy::record::state::key_of;
use serde_json::{Value, json};
use std::collections::BTreeMap;
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
    let Some(event) = catalogue::apply_catalogue(&state, &catalogue, withdraw)? else {
        return Ok(None);
    };
    let mut in_force = InForce::default();
    for entry in &catalogue.organizations {
        if let Some(row) = state.get::<OrganizationRow>(&key_of(&[entry.id.as_str()]))? {
            in_force.know(
                organization_place(&row.id),
                json!(OrganizationEntry::from(&*row)),
                row.withdrawn,
            );
        }
    }
    for settings in &catalogue.products {
        if let Some(row) = state.get::<ProductRow>(&key_of(&[settings.id.as_str()]))? {
            in_force.know(
                product_place(&settings.id),
                json!(row.settings),
                row.withdrawn,
            );
        }
    }
    Ok(Some(Change {
        lines: in_force.apply(&event),
        event,
    }))
}

fn organization_place(id: &Identifier) -> String {
    format!("organization {id}")
}

fn product_place(id: &Identifier) -> String {
    format!("product {id}")
}

/// What is known of a catalogue: each entry by its place, with its settings and whether it is
/// withdrawn.
#[derive(Default)]
pub(super) struct InForce(BTreeMap<String, (Value, bool)>);

impl InForce {
    fn know(&mut self, place: String, entry: Value, withdrawn: bool) -> Option<(Value, bool)> {
        self.0.insert(place, (entry, withdrawn))
    }

    /// What an applied catalogue changes, one line a difference; every other event changes nothing.
    pub(super) fn apply(&mut self, event: &Event) -> Vec<String> {
        let mut lines = Vec::new();
        if let Event::CatalogueApplied {
            organizations,
            products,
            withdrawn_organizations,
            withdrawn_products,
        } = event
        {
            let organizations = organizations
                .iter()
                .map(|entry| (organization_place(&entry.id), json!(entry)));
            let products = products
                .iter()
                .map(|settings| (product_place(&settings.id), json!(settings)));
            organizations
                .chain(products)
                .for_each(|(place, entry)| lines.extend(self.put(&place, entry)));
            let withdrawn = withdrawn_organizations.iter().map(organization_place);
            for place in withdrawn.chain(withdrawn_products.iter().map(product_place)) {
                lines.push(format!("{place}: withdrawn"));
                self.0
                    .entry(place)
                    .and_modify(|(_, withdrawn)| *withdrawn = true);
            }
        }
        lines
    }

    fn put(&mut self, place: &str, entry: Value) -> Vec<String> {
        let before = self.know(place.to_owned(), entry.clone(), false);
        let mut lines = setting_lines(place, before.as_ref().map(|(entry, _)| entry), &entry);
        lines.extend(
            before
                .filter(|(_, withdrawn)| *withdrawn)
                .map(|_| format!("{place}: brought back")),
        );
        lines
    }
}

fn setting_lines(place: &str, before: Option<&Value>, after: &Value) -> Vec<String> {
    let Some(before) = before else {
        return vec![format!("{place}: new")];
    };
    let empty = serde_json::Map::new();
    let (before, after) = (
        before.as_object().unwrap_or(&empty),
        after.as_object().unwrap_or(&empty),
    );
    let gone = before
        .keys()
        .filter(|setting| !after.contains_key(*setting));
    let changed = after
        .keys()
        .chain(gone)
        .filter(|setting| before.get(*setting) != after.get(*setting));
    let shown =
        |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), ToString::to_string);
    changed
        .map(|setting| {
            format!(
                "{place}, {setting}: {} becomes {}",
                shown(before.get(setting)),
                shown(after.get(setting))
            )
        })
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
    pub settings: crate::policy::record::catalogue::settings::ProductSettings,
    /// Whether it gets nothing new.
    pub withdrawn: bool,
}

/// Shows the catalogue in force, settings that were left out among it.
///
/// # Errors
/// [`OpsError::Ledger`].
pub fn show(signer: &Signer, clock: Moment) -> Result<Shown, OpsError> {
    let today = Today::of(signer, clock)?;
    let ids = today
        .get::<CatalogueRow>(&[])?
        .map_or_else(CatalogueRow::default, |row| (*row).clone());
    let mut shown = Shown {
        organizations: Vec::new(),
        products: Vec::new(),
    };
    for id in &ids.organizations {
        shown.organizations.extend(
            today
                .get::<OrganizationRow>(&key_of(&[id.as_str()]))?
                .map(Rc::unwrap_or_clone),
        );
    }
    for id in &ids.products {
        let row = today.get::<ProductRow>(&key_of(&[id.as_str()]))?;
        shown.products.extend(row.map(|row| ShownProduct {
            settings: row.settings.clone(),
            withdrawn: row.withdrawn,
        }));
    }
    Ok(shown)
}
