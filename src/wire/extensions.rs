//! Vendor data under `extensions` (PROTOCOL section 2): at most 16 members, 4 KiB, no null at any
//! depth.

use super::error::{Excerpt, WireError};
use super::json::Object;
use alloc::string::String;

/// Most members of the outermost object.
pub const MAX_MEMBERS: usize = 16;
/// Most bytes, counted over the object's compact JSON text.
pub const MAX_BYTES: usize = 4 * 1024;

/// Checks vendor data, and gives the compact JSON text that documents hold.
///
/// # Errors
/// [`WireError`] with the broken rule.
pub(super) fn read(object: &Object) -> Result<String, WireError> {
    let member = Excerpt::new("extensions");
    if object.count() > MAX_MEMBERS {
        return Err(WireError::Count {
            member,
            found: object.count(),
            from: 0,
            to: MAX_MEMBERS,
        });
    }
    if object.holds_null() {
        let allowed = "a string, an integer, a boolean, or an array or object of these";
        return Err(WireError::WrongType {
            member,
            found: "null",
            allowed,
        });
    }
    let json = object.to_json();
    if json.len() > MAX_BYTES {
        return Err(WireError::ExtensionsTooLarge {
            found: json.len(),
            allowed: MAX_BYTES,
        });
    }
    Ok(json)
}
