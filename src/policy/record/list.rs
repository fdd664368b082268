//! Lists that grow at their end, in rows of 256 items. A look-up or an addition costs the same for
//! any length. A list of up to 256 items is one row; only a longer one has a head with its count.

use crate::policy::record::state::row;
use crate::policy::record::state::{State, StateBroken, StateMut, key_of};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Number of items.
///
/// # Errors
/// [`StateBroken`].
pub fn len<S: State>(state: &S, list: &str) -> Result<u64, StateBroken> {
    let first = state
        .get::<ListRow>(&ListRow::key_of(list, 0))?
        .map_or(0, |row| row.count);
    if first < ListRow::ITEMS {
        return Ok(first);
    }
    Ok(state
        .get::<ListHeadRow>(&key_of(&[list]))?
        .map_or(first, |head| head.count))
}

/// Every item, oldest first.
///
/// # Errors
/// [`StateBroken`].
pub fn items<S: State>(state: &S, list: &str) -> Result<Vec<String>, StateBroken> {
    let chunks = len(state, list)?.div_ceil(ListRow::ITEMS);
    let mut items = Vec::new();
    for chunk in 0..chunks {
        if let Some(row) = state.get::<ListRow>(&ListRow::key_of(list, chunk))? {
            items.extend(row.items.lines().map(ToString::to_string));
        }
    }
    Ok(items)
}

/// Adds an item at the end.
///
/// # Errors
/// [`StateBroken`].
pub fn push<S: StateMut>(state: &mut S, list: &str, item: &str) -> Result<(), StateBroken> {
    let count = len(state, list)?;
    let chunk = count / ListRow::ITEMS;
    let row = state.get::<ListRow>(&ListRow::key_of(list, chunk))?;
    let (before, had) = row
        .as_ref()
        .map_or(("", 0), |row| (row.items.as_str(), row.count));
    let mut items = String::with_capacity(before.len() + item.len() + 1);
    items.push_str(before);
    items.push_str(item);
    items.push('\n');
    state.put(ListRow {
        list: list.to_string(),
        chunk,
        count: had + 1,
        items,
    })?;
    if count + 1 > ListRow::ITEMS {
        state.put(ListHeadRow {
            list: list.to_string(),
            count: count + 1,
        })?;
    }
    Ok(())
}

/// Removes the whole list.
///
/// # Errors
/// [`StateBroken`].
pub fn clear<S: StateMut>(state: &mut S, list: &str) -> Result<(), StateBroken> {
    let count = len(state, list)?;
    for chunk in 0..count.div_ceil(ListRow::ITEMS) {
        state.remove::<ListRow>(&ListRow::key_of(list, chunk))?;
    }
    if count > ListRow::ITEMS {
        state.remove::<ListHeadRow>(&key_of(&[list]))?;
    }
    Ok(())
}

/// The number of items of a list; the items stand in [`ListRow`]s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHeadRow {
    /// The list's name.
    pub list: String,
    /// Items.
    pub count: u64,
}

row!(ListHeadRow, "list-head", |row| key_of(&[&row.list]));

/// Up to 256 items of a list. It is stored without the names of its members, since most rows of a
/// ledger are of this kind.
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
    /// The number of items.
    pub count: u64,
    /// The items, each followed by a line feed, which no item contains. One text is copied faster
    /// than many.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::record::memory::Memory;

    #[test]
    fn lists_of_any_length_go_whole() {
        for count in [0, 1, 255, 256, 257, 512, 600] {
            let mut state = Memory::default();
            let wanted: Vec<String> = (0..count).map(|i| alloc::format!("{i}")).collect();
            for item in &wanted {
                push(&mut state, "due/2026-11-22", item).expect("in memory");
            }
            assert_eq!(len(&state, "due/2026-11-22"), Ok(wanted.len() as u64));
            assert_eq!(items(&state, "due/2026-11-22"), Ok(wanted));
            clear(&mut state, "due/2026-11-22").expect("in memory");
            assert_eq!(
                state,
                Memory::default(),
                "{count} items leave nothing behind"
            );
        }
    }
}
