//! The ranges of the settings in a catalogue (LICENSING section 3).

use crate::licence::Identifier;
use crate::licence::identifier::{MAX_NAME_CHARACTERS, check_text};
use crate::policy::record::catalogue::error::CatalogueError;
use crate::policy::record::catalogue::settings::{OrganizationEntry, ProductSettings};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most licence types of a product: a Computer Key's index is one byte, a need has at most 64
/// types.
pub const MAX_LICENCE_TYPES: usize = 64;

/// Largest `extensions` of a product in bytes, as for a request.
pub const MAX_EXTENSIONS_BYTES: usize = 4096;

pub(crate) fn check_organization(entry: &OrganizationEntry) -> Result<(), CatalogueError> {
    let place = |setting: &str| alloc::format!("organization `{}`, {setting}", entry.id);
    words(place("name"), &entry.name, MAX_NAME_CHARACTERS)?;
    if let Some(contact) = &entry.contact {
        words(place("contact"), contact, 256)?;
    }
    if ["en", "de", "zh", "es"].contains(&entry.language.as_str()) {
        return Ok(());
    }
    Err(range(
        place("language"),
        &entry.language,
        "en, de, zh or es",
    ))
}

pub(crate) fn check_product(product: &ProductSettings) -> Result<(), CatalogueError> {
    let place = |setting: &str| alloc::format!("product `{}`, {setting}", product.id);
    words(place("name"), &product.name, MAX_NAME_CHARACTERS)?;
    within(
        place("licence_types"),
        product.licence_types.len(),
        1,
        MAX_LICENCE_TYPES,
    )?;
    unique(
        &place("licence_types"),
        product.licence_types.iter().map(|t| &t.id),
    )?;
    product
        .licence_types
        .iter()
        .try_for_each(|t| words(place("licence_types"), &t.name, MAX_NAME_CHARACTERS))?;
    within(place("term_months"), product.term_months, 1, 120)?;
    within(
        place("grace_days"),
        product.grace_days,
        0,
        255.min(product.term_months * 28 - 1),
    )?;
    within(
        place("early_renewal_years"),
        product.early_renewal_years,
        0,
        20,
    )?;
    within(place("storage_years"), product.storage_years, 1, 20)?;
    within(
        place("growth_allowance_percent"),
        product.growth_allowance_percent,
        0,
        1000,
    )?;
    within(place("trial_days"), product.trial_days, 0, 365)?;
    within(
        place("fingerprint_min_match"),
        product.fingerprint_min_match,
        1,
        16,
    )?;
    unique(
        &place("fingerprint_ignore"),
        product.fingerprint_ignore.iter(),
    )?;
    within(
        place("release_limit.days"),
        product.release_limit.days,
        1,
        3660,
    )?;
    within(
        place("release_limit.count"),
        product.release_limit.count,
        0,
        64,
    )?;
    within(
        place("recovery_limit.days"),
        product.recovery_limit.days,
        1,
        3660,
    )?;
    within(
        place("recovery_limit.count"),
        product.recovery_limit.count,
        0,
        64,
    )?;
    within(place("emergency.days"), product.emergency.days, 1, 365)?;
    within(place("emergency.count"), product.emergency.count, 0, 64)?;
    check_notices(product)?;
    check_extensions(product)
}

fn check_notices(product: &ProductSettings) -> Result<(), CatalogueError> {
    let place = alloc::format!("product `{}`, notify_days", product.id);
    within(&place, product.notify_days.len(), 1, 8)?;
    product
        .notify_days
        .iter()
        .try_for_each(|days| within(&place, *days, 1, 365))?;
    if product.notify_days.windows(2).all(|pair| pair[0] > pair[1]) {
        return Ok(());
    }
    let found = product
        .notify_days
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    Err(range(place, &found, "strictly falling days"))
}

fn check_extensions(product: &ProductSettings) -> Result<(), CatalogueError> {
    let Some(extensions) = &product.extensions else {
        return Ok(());
    };
    let place = alloc::format!("product `{}`, extensions", product.id);
    within(&place, extensions.len(), 0, 16)?;
    let bytes =
        serde_json::to_string(extensions).map_err(|e| CatalogueError::Json(e.to_string()))?;
    within(
        alloc::format!("{place}, in bytes"),
        bytes.len(),
        0,
        MAX_EXTENSIONS_BYTES,
    )
}

fn range(place: impl Into<String>, found: &str, allowed: &str) -> CatalogueError {
    CatalogueError::Range {
        place: place.into(),
        found: found.to_string(),
        allowed: allowed.to_string(),
    }
}

pub(crate) fn within<N: PartialOrd + ToString>(
    place: impl Into<String>,
    found: N,
    least: N,
    most: N,
) -> Result<(), CatalogueError> {
    if found >= least && found <= most {
        return Ok(());
    }
    let allowed = alloc::format!("{} to {}", least.to_string(), most.to_string());
    Err(CatalogueError::Range {
        place: place.into(),
        found: found.to_string(),
        allowed,
    })
}

fn words(place: String, text: &str, max: usize) -> Result<(), CatalogueError> {
    check_text(text, max).map_err(|e| {
        range(
            place,
            &e.to_string(),
            &alloc::format!("1 to {max} printable characters"),
        )
    })
}

pub(crate) fn unique<'a>(
    place: &str,
    ids: impl Iterator<Item = &'a Identifier>,
) -> Result<(), CatalogueError> {
    let mut seen = alloc::collections::BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(CatalogueError::Repeated {
                place: place.to_string(),
                id: id.clone(),
            });
        }
    }
    Ok(())
}
