//! The rows of the catalogue in force.

use crate::licence::Identifier;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::state::{key_of, row};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The identifiers of everything in the catalogue, in its sequence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueRow {
    /// Organizations, withdrawn ones among them.
    pub organizations: Vec<Identifier>,
    /// Products, withdrawn ones among them.
    pub products: Vec<Identifier>,
}

row!(CatalogueRow, "catalogue", |_row| Vec::new());

/// A product with its settings as last applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductRow {
    /// Its catalogue entry.
    pub settings: ProductSettings,
    /// Dropped by a later catalogue: gets nothing new.
    pub withdrawn: bool,
    /// Whether keys or systems exist, so that the model is fixed.
    pub in_use: bool,
}

row!(ProductRow, "product", |row| key_of(&[row
    .settings
    .id
    .as_str()]));
