//! Lists that grow at their end, in rows of 256 items.

use super::key_of;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// How many items a list has; the items stand in [`ListRow`]s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHeadRow {
    /// The list's name.
    pub list: String,
    /// Items.
    pub count: u64,
}
row!(ListHeadRow, "list-head", |row| key_of(&[&row.list]));

/// Up to 256 items of a list. Most rows of a ledger are such: they are kept without the names of
/// their members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "(String, u64, u64, String)",
    into = "(String, u64, u64, String)"
)]
pub struct ListRow {
    /// The list's name.
    pub list: String,
    /// The first item's place divided by 256.
    pub chunk: u64,
    /// How many items.
    pub count: u64,
    /// The items, each followed by a line feed, which no item holds: one text is copied faster than
    /// many.
    pub items: String,
}
row!(ListRow, "list", |row| ListRow::key_of(&row.list, row.chunk));

impl From<(String, u64, u64, String)> for ListRow {
    fn from((list, chunk, count, items): (String, u64, u64, String)) -> Self {
        Self {
            list,
            chunk,
            count,
            items,
        }
    }
}

impl From<ListRow> for (String, u64, u64, String) {
    fn from(row: ListRow) -> Self {
        (row.list, row.chunk, row.count, row.items)
    }
}

impl ListRow {
    /// Items in one row.
    pub const ITEMS: u64 = 256;

    /// The key of a chunk.
    #[must_use]
    pub fn key_of(list: &str, chunk: u64) -> Vec<u8> {
        key_of(&[list, &alloc::format!("{chunk}")])
    }
}
