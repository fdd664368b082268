//! Products, organizations and their settings (LICENSING section 3).

use crate::licence::Identifier;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// To whom licences belong, and for how long (LICENSING section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// To the organization's subscription, all systems together.
    PooledSubscription,
    /// To one device each.
    DeviceSubscription,
    /// To one piece of hardware, for its lifetime.
    Hardware,
}

impl core::fmt::Display for Model {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::PooledSubscription => "pooled-subscription",
            Self::DeviceSubscription => "device-subscription",
            Self::Hardware => "hardware",
        })
    }
}

/// The subscription whose dates a pooled subscription takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Joins {
    /// Those of the organization's oldest running subscription of the same length.
    Organization,
    /// Its own.
    Own,
}

/// Who may speak for an organization (LICENSING section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Any device.
    Open,
    /// A device that is vouched for.
    Vouched,
    /// A device that an operator approved.
    Approved,
}

/// A number of events within a window of days that ends today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Most events.
    pub count: u32,
    /// Length of the window in days.
    pub days: u32,
}

/// Length and number of emergencies per system within 365 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    /// Days that one lasts.
    pub days: u32,
    /// Most emergencies.
    pub count: u32,
}

/// A licence type of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceType {
    /// Its identifier.
    pub id: Identifier,
    /// Its name for people, 1 to 128 characters.
    pub name: String,
}

/// A product's catalogue entry, every setting with its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductSettings {
    /// Its identifier.
    pub id: Identifier,
    /// Its name for people.
    pub name: String,
    /// To whom licences belong.
    pub model: Model,
    /// Licence types, as declared; later catalogues only append.
    pub licence_types: Vec<LicenceType>,
    /// Length of a period, or of a seat's term, in months.
    pub term_months: u32,
    /// Days of working on after the start (pooled) and after each end.
    pub grace_days: u32,
    /// The subscription whose dates a pooled subscription takes.
    pub joins: Joins,
    /// How far ahead a period or a term may begin, in years.
    pub early_renewal_years: u32,
    /// How long a licence may lie in the wallet, in years.
    pub storage_years: u32,
    /// Systems added within a period without new licences, in percent.
    pub growth_allowance_percent: u32,
    /// Whether the signer renews by itself.
    pub auto_renew: bool,
    /// Whether an organization's first request starts its subscription.
    pub auto_start: bool,
    /// Whether requests may draw on the wallet without an operator.
    pub auto_assign: bool,
    /// Days before an end at which people are told, strictly falling.
    pub notify_days: Vec<u16>,
    /// Length of a trial in days; 0: none.
    pub trial_days: u32,
    /// Components of a fingerprint that must agree.
    pub fingerprint_min_match: u8,
    /// Components that are not counted.
    pub fingerprint_ignore: Vec<Identifier>,
    /// Who may speak for an organization.
    pub registration: Registration,
    /// Whether a proven release gives the seat back without an operator.
    pub self_service_deactivation: bool,
    /// Proven releases per hardware.
    pub release_limit: Limit,
    /// Reinstalled devices taken back without an operator.
    pub recovery_limit: Limit,
    /// Length and number of emergencies.
    pub emergency: Emergency,
    /// Whether an activation may be typed, as a Computer Key.
    pub computer_keys: bool,
    /// Copied into every activation.
    pub extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

impl ProductSettings {
    /// The largest `notify_days`, which marks "expires soon".
    #[must_use]
    pub fn largest_notice(&self) -> u32 {
        self.notify_days.iter().copied().max().map_or(0, u32::from)
    }

    /// Whether the product has this licence type.
    #[must_use]
    pub fn has_type(&self, licence_type: &Identifier) -> bool {
        self.licence_types
            .iter()
            .any(|known| known.id == *licence_type)
    }
}

/// An organization's catalogue entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationEntry {
    /// Its identifier.
    pub id: Identifier,
    /// Its name for people, 1 to 128 characters.
    pub name: String,
    /// `en`, `de`, `zh` or `es`.
    #[serde(default = "english")]
    pub language: String,
    /// Where to buy or ask: printed in remedies and on reports, 1 to 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

impl From<&crate::policy::record::organization::OrganizationRow> for OrganizationEntry {
    fn from(row: &crate::policy::record::organization::OrganizationRow) -> Self {
        Self {
            id: row.id.clone(),
            name: row.name.clone(),
            language: row.language.clone(),
            contact: row.contact.clone(),
        }
    }
}

fn english() -> String {
    "en".to_string()
}
