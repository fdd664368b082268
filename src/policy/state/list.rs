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

/// Up to 256 items of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// The list's name.
    pub list: String,
    /// The first item's place divided by 256.
    pub chunk: u64,
    /// How many items.
    pub count: u64,
    /// The items, each followed by a line feed, which no item holds: one text is copied faster than many.
    pub items: String,
}
row!(ListRow, "list", |row| ListRow::key_of(&row.list, row.chunk));

impl ListRow {
    /// Items in one row.
    pub const ITEMS: u64 = 256;

    /// The key of a chunk.
    #[must_use]
    pub fn key_of(list: &str, chunk: u64) -> Vec<u8> {
        key_of(&[list, &alloc::format!("{chunk}")])
    }
}
