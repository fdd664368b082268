//! The row of a customer.

use crate::licence::Identifier;
use crate::policy::record::state::{key_of, row};
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationRow {
    /// Its identifier.
    pub id: Identifier,
    /// Its name for people.
    pub name: String,
    /// `en`, `de`, `zh` or `es`.
    pub language: String,
    /// Where to buy or ask.
    pub contact: Option<String>,
    /// Dropped by a later catalogue: gets nothing new.
    pub withdrawn: bool,
}

row!(OrganizationRow, "organization", |row| key_of(&[row
    .id
    .as_str()]));
