//! Reading a catalogue as a whole, and what a later one may not change (LICENSING section 3).

use crate::licence::Identifier;
use crate::policy::record::catalogue::error::CatalogueError;
use crate::policy::record::catalogue::ranges::{check_organization, check_product, unique, within};
use crate::policy::record::catalogue::settings::{
    Emergency, Joins, LicenceType, Limit, Model, OrganizationEntry, ProductSettings, Registration,
};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;

/// Most organizations or products in one catalogue: as many as one operator can look over.
pub const MAX_ENTRIES: usize = 100_000;

/// A catalogue as read from its file, every value in its range.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    /// Customers.
    pub organizations: Vec<OrganizationEntry>,
    /// The products that are licensed.
    pub products: Vec<ProductSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CatalogueFile {
    organizations: Vec<OrganizationEntry>,
    products: Vec<ProductFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProductFile {
    id: Identifier,
    name: String,
    model: Model,
    licence_types: Vec<LicenceType>,
    term_months: Option<u32>,
    grace_days: Option<u32>,
    joins: Option<Joins>,
    early_renewal_years: Option<u32>,
    storage_years: Option<u32>,
    growth_allowance_percent: Option<u32>,
    auto_renew: Option<bool>,
    auto_start: Option<bool>,
    auto_assign: Option<bool>,
    notify_days: Option<Vec<u16>>,
    trial_days: Option<u32>,
    fingerprint_min_match: Option<u8>,
    fingerprint_ignore: Option<Vec<Identifier>>,
    registration: Option<Registration>,
    self_service_deactivation: Option<bool>,
    release_limit: Option<Limit>,
    recovery_limit: Option<Limit>,
    emergency: Option<Emergency>,
    computer_keys: Option<bool>,
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

impl ProductFile {
    fn with_defaults(self) -> ProductSettings {
        let grace_days = if self.model == Model::PooledSubscription {
            30
        } else {
            0
        };
        ProductSettings {
            id: self.id,
            name: self.name,
            model: self.model,
            licence_types: self.licence_types,
            term_months: self.term_months.unwrap_or(12),
            grace_days: self.grace_days.unwrap_or(grace_days),
            joins: self.joins.unwrap_or(Joins::Organization),
            early_renewal_years: self.early_renewal_years.unwrap_or(5),
            storage_years: self.storage_years.unwrap_or(5),
            growth_allowance_percent: self.growth_allowance_percent.unwrap_or(100),
            auto_renew: self.auto_renew.unwrap_or(false),
            auto_start: self.auto_start.unwrap_or(true),
            auto_assign: self.auto_assign.unwrap_or(true),
            notify_days: self.notify_days.unwrap_or_else(|| alloc::vec![30, 14, 7]),
            trial_days: self.trial_days.unwrap_or(0),
            fingerprint_min_match: self.fingerprint_min_match.unwrap_or(2),
            fingerprint_ignore: self.fingerprint_ignore.unwrap_or_default(),
            registration: self.registration.unwrap_or(Registration::Vouched),
            self_service_deactivation: self.self_service_deactivation.unwrap_or(true),
            release_limit: self.release_limit.unwrap_or(Limit {
                count: 3,
                days: 365,
            }),
            recovery_limit: self.recovery_limit.unwrap_or(Limit {
                count: 3,
                days: 365,
            }),
            emergency: self.emergency.unwrap_or(Emergency { days: 7, count: 2 }),
            computer_keys: self.computer_keys.unwrap_or(false),
            extensions: self.extensions,
        }
    }
}

impl Catalogue {
    /// Reads a catalogue file: JSON, every value in its range.
    ///
    /// # Errors
    /// [`CatalogueError`] naming the place.
    pub fn read(text: &str) -> Result<Self, CatalogueError> {
        crate::wire::json::check(text.as_bytes())
            .map_err(|e| CatalogueError::Json(e.to_string()))?;
        let file: CatalogueFile =
            serde_json::from_str(text).map_err(|e| CatalogueError::Json(e.to_string()))?;
        let products = file
            .products
            .into_iter()
            .map(ProductFile::with_defaults)
            .collect();
        let catalogue = Self {
            organizations: file.organizations,
            products,
        };
        catalogue.check()?;
        Ok(catalogue)
    }

    fn check(&self) -> Result<(), CatalogueError> {
        within(
            "the number of organizations",
            self.organizations.len(),
            0,
            MAX_ENTRIES,
        )?;
        within(
            "the number of products",
            self.products.len(),
            0,
            MAX_ENTRIES,
        )?;
        unique("organizations", self.organizations.iter().map(|o| &o.id))?;
        unique("products", self.products.iter().map(|p| &p.id))?;
        self.organizations.iter().try_for_each(check_organization)?;
        self.products.iter().try_for_each(check_product)
    }
}

/// Checks that a changed product may take the place of the one before: it only appends licence
/// types, and keeps its model once it is in use.
///
/// # Errors
/// [`CatalogueError::LicenceTypes`] or [`CatalogueError::Model`].
pub fn check_change(
    before: &ProductSettings,
    after: &ProductSettings,
    in_use: bool,
) -> Result<(), CatalogueError> {
    let place = alloc::format!("product `{}`", after.id);
    for (index, old) in before.licence_types.iter().enumerate() {
        if after
            .licence_types
            .get(index)
            .is_none_or(|new| new.id != old.id)
        {
            return Err(CatalogueError::LicenceTypes {
                place,
                id: old.id.clone(),
                was: index + 1,
            });
        }
    }
    if in_use && before.model != after.model {
        return Err(CatalogueError::Model {
            place,
            was: before.model,
            now: after.model,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(settings: &str) -> Result<Catalogue, CatalogueError> {
        Catalogue::read(&alloc::format!(
            r#"{{"organizations":[{{"id":"acme","name":"Acme"}}],
            "products":[{{"id":"nas","name":"NAS","model":"device-subscription",
            "licence_types":[{{"id":"seat","name":"Seat"}}]{settings}}}]}}"#
        ))
    }

    #[test]
    fn missing_settings_take_their_defaults() {
        let product = catalogue("").expect("a good catalogue").products.remove(0);
        assert_eq!(
            (
                product.term_months,
                product.grace_days,
                product.storage_years
            ),
            (12, 0, 5)
        );
        assert_eq!(
            (product.notify_days.as_slice(), product.registration),
            (&[30, 14, 7][..], Registration::Vouched)
        );
        assert_eq!(
            product.release_limit,
            Limit {
                count: 3,
                days: 365
            }
        );
    }

    #[test]
    fn an_unknown_setting_names_itself_and_its_line() {
        let error = catalogue(r#","grace_day":3"#).expect_err("an unknown setting");
        assert!(
            error.to_string().contains("grace_day") && error.to_string().contains("line 3"),
            "{error}"
        );
    }

    #[test]
    fn every_value_out_of_range_names_its_place() {
        for (settings, place) in [
            (r#","term_months":0"#, "term_months"),
            (r#","term_months":121"#, "term_months"),
            (r#","term_months":1,"grace_days":28"#, "grace_days"),
            (r#","grace_days":256"#, "grace_days"),
            (r#","storage_years":0"#, "storage_years"),
            (r#","notify_days":[]"#, "notify_days"),
            (r#","notify_days":[7,14]"#, "notify_days"),
            (r#","notify_days":[366]"#, "notify_days"),
            (r#","trial_days":366"#, "trial_days"),
            (r#","fingerprint_min_match":17"#, "fingerprint_min_match"),
            (
                r#","growth_allowance_percent":1001"#,
                "growth_allowance_percent",
            ),
        ] {
            match catalogue(settings) {
                Err(CatalogueError::Range { place: found, .. }) => {
                    assert!(found.contains(place), "{settings}: {found}")
                }
                other => panic!("{settings}: {other:?}"),
            }
        }
        assert!(catalogue(r#","term_months":1,"grace_days":27"#).is_ok());
    }

    #[test]
    fn licence_types_only_append() {
        let before = catalogue("").expect("a good catalogue").products.remove(0);
        let mut after = before.clone();
        after.licence_types.insert(
            0,
            LicenceType {
                id: Identifier::new("new").expect("an identifier"),
                name: "New".into(),
            },
        );
        assert!(matches!(
            check_change(&before, &after, false),
            Err(CatalogueError::LicenceTypes { was: 1, .. })
        ));
        let mut after = before.clone();
        after.model = Model::Hardware;
        assert!(matches!(
            check_change(&before, &after, true),
            Err(CatalogueError::Model { .. })
        ));
        assert_eq!(check_change(&before, &after, false), Ok(()));
    }
}
