//! Where every licence of a product is (LICENSING section 16).

use crate::licence::{Counts, Identifier};
use crate::policy::record::state::key_of;
use crate::policy::record::state::row;
use serde::{Deserialize, Serialize};

/// Where every licence of a product is (LICENSING section 16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyRow {
    /// The product.
    pub product: Identifier,
    /// Worth of all keys ever minted.
    pub minted: Counts,
    /// Given back for overlaps (LICENSING section 9.7).
    #[serde(default)]
    pub credited: Counts,
    /// Worth of the keys not redeemed.
    pub unredeemed: Counts,
    /// Declared void.
    pub voided: Counts,
    /// In wallets.
    pub stored: Counts,
    /// Assigned to periods, or to hardware as expansions.
    #[serde(default)]
    pub assigned: Counts,
    /// Consumed by seats, each term one.
    pub consumed: Counts,
    /// Held until an operator approves.
    pub held: Counts,
    /// Expired in wallets.
    pub expired: Counts,
}

row!(TallyRow, "tally", |row| key_of(&[row.product.as_str()]));

impl TallyRow {
    /// Nothing yet.
    #[must_use]
    pub fn new(product: Identifier) -> Self {
        let none = Counts::new();
        Self {
            product,
            minted: none.clone(),
            credited: none.clone(),
            unredeemed: none.clone(),
            voided: none.clone(),
            stored: none.clone(),
            assigned: none.clone(),
            consumed: none.clone(),
            held: none.clone(),
            expired: none,
        }
    }
}
