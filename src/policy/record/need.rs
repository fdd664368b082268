//! The current need of an organization.

use crate::licence::{Counts, Identifier};
use crate::policy::record::state::{key_of, row};
use serde::{Deserialize, Serialize};

/// The current need of an organization for a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedRow {
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// The sum over the active systems.
    pub need: Counts,
    /// The number of these systems.
    pub systems: u64,
}

row!(NeedRow, "need", |row| key_of(&[
    row.organization.as_str(),
    row.product.as_str()
]));
