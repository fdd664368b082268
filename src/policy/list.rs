//! Lists that grow at their end, in rows of 256 items: a look-up or an addition costs the same however long they are.

use super::refusal::StateBroken;
use super::state::{ListHeadRow, ListRow, State, StateMut, key_of};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Number of items.
///
/// # Errors
/// [`StateBroken`].
pub fn len<S: State>(state: &S, list: &str) -> Result<u64, StateBroken> {
    Ok(state.get::<ListHeadRow>(&key_of(&[list]))?.map_or(0, |head| head.count))
}

/// Every item, in order of addition.
///
/// # Errors
/// [`StateBroken`].
pub fn items<S: State>(state: &S, list: &str) -> Result<Vec<String>, StateBroken> {
    let chunks = len(state, list)?.div_ceil(ListRow::ITEMS);
    let mut items = Vec::new();
    for chunk in 0..chunks {
        if let Some(row) = state.get::<ListRow>(&ListRow::key_of(list, chunk))? {
            items.extend(row.items.iter().cloned());
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
    let mut items = row.map_or_else(Vec::new, |row| row.items.clone());
    items.push(item.to_string());
    state.put(ListRow { list: list.to_string(), chunk, items })?;
    state.put(ListHeadRow { list: list.to_string(), count: count + 1 })
}

/// Removes the whole list.
///
/// # Errors
/// [`StateBroken`].
pub fn clear<S: StateMut>(state: &mut S, list: &str) -> Result<(), StateBroken> {
    for chunk in 0..len(state, list)?.div_ceil(ListRow::ITEMS) {
        state.remove::<ListRow>(&ListRow::key_of(list, chunk))?;
    }
    state.remove::<ListHeadRow>(&key_of(&[list]))
}
