//! Lists of what a day brings, and of systems to which a new activation is due (LICENSING
//! section 15).

use crate::licence::{ComputerId, Day, Identifier};
use crate::policy::record::given_up::DueRow;
use crate::policy::record::list;
use crate::policy::record::state::{State, StateBroken};
use alloc::string::String;
use alloc::vec::Vec;

/// The list of what ends the day before: this day is the first without it.
#[must_use]
pub fn due_list(day: Day) -> String {
    alloc::format!("due/{day}")
}

/// The list of a product's systems with a seat that ends on a day.
#[must_use]
pub fn ends_list(product: &Identifier, day: Day) -> String {
    alloc::format!("ends/{product}/{day}")
}

/// The list of lists.
pub(crate) const LISTS: &str = "refresh";

/// The list of the systems of an organization and product that are or were due.
pub(crate) fn list_of(organization: &Identifier, product: &Identifier) -> String {
    alloc::format!("{LISTS}/{organization}/{product}")
}

/// The list of a subscription's systems, earliest first activation first.
pub(crate) fn members_list(organization: &Identifier, product: &Identifier) -> String {
    alloc::format!("systems/{organization}/{product}")
}

/// The day since which a system is due; none: it is not.
///
/// # Errors
/// [`StateBroken`].
pub fn since<S: State>(state: &S, id: &ComputerId) -> Result<Option<Day>, StateBroken> {
    Ok(state.get::<DueRow>(&id.0)?.and_then(|row| row.since))
}

/// The systems of an organization's product that are due.
///
/// # Errors
/// [`StateBroken`].
pub fn systems_of<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
) -> Result<Vec<ComputerId>, StateBroken> {
    systems_in(state, &list_of(organization, product))
}

/// Every system that is due, by organization and product as they first became so.
///
/// # Errors
/// [`StateBroken`].
pub fn systems<S: State>(state: &S) -> Result<Vec<ComputerId>, StateBroken> {
    let mut due = Vec::new();
    for list in list::items(state, LISTS)? {
        due.extend(systems_in(state, &list)?);
    }
    Ok(due)
}

fn systems_in<S: State>(state: &S, list: &str) -> Result<Vec<ComputerId>, StateBroken> {
    let mut due = Vec::new();
    for item in list::items(state, list)? {
        let id = ComputerId::from_canonical(&item)
            .ok_or_else(|| StateBroken::Row(alloc::format!("`{item}` in a list of what is due")))?;
        if since(state, &id)?.is_some() {
            due.push(id);
        }
    }
    Ok(due)
}
