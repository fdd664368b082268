//! The recorded state: one row type a thing, and the seam through which the rules read it.
//!
//! Nothing but [`crate::policy::apply`] changes a row, and it does so only for an
//! [`crate::policy::Event`] of the history; replaying the history therefore gives the same rows.

use crate::licence::{Counts, Day, Identifier, LicenceKey, LicenceKeyId};
use crate::policy::catalogue::ProductSettings;
use crate::policy::refusal::StateBroken;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A table of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Whether its keys are numbers that are counted up, 8 bytes, big-endian: they tell nothing,
    /// and new rows come last.
    pub is_numbered: bool,
}

/// A row of the state, in a table of its own.
pub trait Row:
    Clone + PartialEq + core::fmt::Debug + Serialize + DeserializeOwned + 'static
{
    /// The table.
    const TABLE: Table;

    /// The row's key within its table.
    fn key(&self) -> Vec<u8>;
}

/// Read access to the recorded state. Rows are shared, so that reading one twice costs nothing.
pub trait State {
    /// The row of a key.
    ///
    /// # Errors
    /// [`StateBroken`] where the ledger cannot be read.
    fn get<R: Row>(&self, key: &[u8]) -> Result<Option<Rc<R>>, StateBroken>;

    /// The licence key of an id, for checking proofs.
    ///
    /// # Errors
    /// [`StateBroken`] where the ledger cannot be read.
    fn licence_key(&self, id: &LicenceKeyId) -> Result<Option<LicenceKey>, StateBroken>;
}

/// Write access, for [`crate::policy::apply`] alone.
pub trait StateMut: State {
    /// Writes a row in place of the one with the same key.
    ///
    /// # Errors
    /// [`StateBroken`].
    fn put<R: Row>(&mut self, row: R) -> Result<(), StateBroken>;

    /// Removes the row of a key.
    ///
    /// # Errors
    /// [`StateBroken`].
    fn remove<R: Row>(&mut self, key: &[u8]) -> Result<(), StateBroken>;
}

/// Joins parts of a key with a byte that no part holds.
#[must_use]
pub fn key_of(parts: &[&str]) -> Vec<u8> {
    parts.join("\0").into_bytes()
}

/// Makes a type a row of the state: its table, whether that is numbered, and its key.
macro_rules! row {
    ($type:ty, numbered $table:literal, |$row:ident| $number:expr) => {
        $crate::policy::state::row!($type, $table, true, |$row| {
            let number: u64 = $number;
            number.to_be_bytes().to_vec()
        });
    };
    ($type:ty, $table:literal, |$row:ident| $key:expr) => {
        $crate::policy::state::row!($type, $table, false, |$row| $key);
    };
    ($type:ty, $table:literal, $is_numbered:literal, |$row:ident| $key:expr) => {
        impl $crate::policy::state::Row for $type {
            const TABLE: $crate::policy::state::Table = $crate::policy::state::Table {
                name: $table,
                is_numbered: $is_numbered,
            };
            fn key(&self) -> alloc::vec::Vec<u8> {
                let $row = self;
                $key
            }
        }
    };
}

pub(in crate::policy) use row;

// After the macro, which they use.
mod given_up;
mod list;
mod request;
mod system;
mod tables;
mod tally;
pub use given_up::{DueRow, GivenBackRow, SeenRow, SuspicionRow, WrongCodesRow};
pub use list::{ListHeadRow, ListRow};
pub use request::{AnsweredRow, ApprovalRow, WaitingRow};
pub use system::{
    Digest32, GivenUp, HardwareRow, IssuedActivation, StatedNeed, SystemRow, SystemState,
};
pub use tables::TABLES;
pub use tally::TallyRow;

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

/// The identifiers of everything in the catalogue, in its order.
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

/// A purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    /// Its public name.
    pub id: LicenceKeyId,
    /// The product it is for.
    pub product: Identifier,
    /// What it is worth.
    pub licences: Counts,
    /// The only organization that may redeem it, where one was named.
    pub organization: Option<Identifier>,
    /// The day on which it was minted.
    pub minted: Day,
    /// What became of it.
    pub state: KeyState,
}
row!(KeyRow, "key", |row| row.id.0.to_vec());

/// What became of a licence key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It can be redeemed.
    Unused,
    /// Its licences went into a wallet.
    Redeemed {
        /// Whose.
        organization: Identifier,
        /// When.
        on: Day,
    },
    /// It is worth nothing any more.
    Void {
        /// The organization that had redeemed it.
        redeemed_by: Option<Identifier>,
        /// When.
        on: Day,
    },
}

/// A seat's term: from its first day for so many months, always reckoned from the first day
/// (LICENSING section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Term {
    /// First day.
    pub first: Day,
    /// Length in months.
    pub months: u32,
}

impl Term {
    /// The last day, inclusive; the last day that we know where it lies beyond.
    #[must_use]
    pub fn end(&self) -> Day {
        self.first.last_of_months(self.months).unwrap_or(Day::LAST)
    }
}

/// One or more seats of one type, origin and term, held by a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Licence type.
    #[serde(rename = "type")]
    pub licence_type: Identifier,
    /// How many alike.
    pub count: u64,
    /// Their term.
    pub term: Term,
    /// The key that they were bought with.
    pub key: LicenceKeyId,
    /// When that was redeemed.
    pub redeemed: Day,
    /// Surplus of a smaller need: goes back once the device confirms that, and serves again if the
    /// need grows first.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub spare: bool,
}

/// Licences in a wallet that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Licence type.
    #[serde(rename = "type")]
    pub licence_type: Identifier,
    /// How many.
    pub count: u64,
    /// When the key was redeemed.
    pub redeemed: Day,
    /// Last day on which they can be used.
    pub store_until: Day,
    /// The key that they came from; none: credited for an overlap (LICENSING section 9.7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<LicenceKeyId>,
    /// The running term, of seats that came back.
    pub returned: Option<Term>,
}

impl Lot {
    /// Whether both are alike in all but their count.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.licence_type == other.licence_type
            && self.redeemed == other.redeemed
            && self.store_until == other.store_until
            && self.key == other.key
            && self.returned == other.returned
    }
}

/// What an organization has redeemed of a product and does not use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletRow {
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// No two alike.
    pub lots: Vec<Lot>,
}
row!(WalletRow, "wallet", |row| key_of(&[
    row.organization.as_str(),
    row.product.as_str()
]));

/// What the vault has counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterRow {
    /// Pieces of hardware known.
    pub hardware: u64,
    /// Activations and receipts given.
    pub answers: u64,
    /// The day to which the state was brought.
    pub brought_to: Option<Day>,
}
row!(CounterRow, "counter", |_row| Vec::new());

/// Activations and receipts given so far: the number of the newest.
///
/// # Errors
/// [`StateBroken`].
pub fn answers_given<S: State>(state: &S) -> Result<u64, StateBroken> {
    Ok(state
        .get::<CounterRow>(&[])?
        .map_or(0, |counter| counter.answers))
}

/// What an organization's systems of a product need together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedRow {
    /// Whose.
    pub organization: Identifier,
    /// Of which product.
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
