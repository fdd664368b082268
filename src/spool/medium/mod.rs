//! A removable medium, such as a stick: requests are read from it, answers written to it. Nothing
//! on it is moved, replaced or deleted.
//!
//! It may be FAT32, exFAT or another: without permissions and links, with names whose case does not
//! count and time stamps of two seconds. It may be read-only, full, or pulled out at any moment. No
//! link that leads out of it is followed.

mod answers;
mod mount;
mod requests;

pub use mount::Medium;
pub use requests::{Copied, NotRead};
