//! A removable medium, such as a stick: requests are read from it, answers written to it. Nothing
//! on it is moved, replaced or deleted.
//!
//! FAT32, exFAT and others: no permissions, no links, names without regard to case, time stamps of
//! two seconds. It may be read-only, full, or pulled out at any moment. Nothing on it is followed
//! that leads out of it.

mod answers;
mod mount;
mod requests;

pub use mount::Medium;
pub use requests::{Copied, NotRead};
