//! What the systems of an organization need together.

use crate::licence::{Counts, Identifier};
use crate::policy::record::state::{key_of, row};
use serde::{Deserialize, Serialize};

/// What an organization's systems of a product need together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedRow {
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// The sum over the active systems.
    pub need: Counts,
    /// How many systems that are.
    pub systems: u64,
}

row!(NeedRow, "need", |row| key_of(&[
    row.organization.as_str(),
    row.product.as_str()
]));
