//! The row of a licence key.

use crate::licence::{Counts, Day, Identifier, LicenceKeyId};
use crate::policy::record::state::row;
use serde::{Deserialize, Serialize};

/// A licence key: a purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    /// Its public name.
    pub id: LicenceKeyId,
    /// The product it is for.
    pub product: Identifier,
    /// The licences that it is worth.
    pub licences: Counts,
    /// The only organization that may redeem it, where one was named.
    pub organization: Option<Identifier>,
    /// The day on which it was minted.
    pub minted: Day,
    /// Its state.
    pub state: KeyState,
}

row!(KeyRow, "key", |row| row.id.0.to_vec());

/// The state of a licence key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It can be redeemed.
    Unused,
    /// Its licences went into a wallet.
    Redeemed {
        /// The organization.
        organization: Identifier,
        /// The day.
        on: Day,
    },
    /// It is void.
    Void {
        /// The organization that had redeemed it.
        redeemed_by: Option<Identifier>,
        /// The day.
        on: Day,
    },
}
