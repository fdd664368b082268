//! Tier 4: files in and files out. Intake from the inbox, quarantine in `work/`, the archive,
//! atomic publishing.
//!
//! ```text
//! inbox/                           anything dropped here, folders too
//! work/<batch>/                    files being answered, under their inbox paths
//! outbox/<date>-<batch>/           answers
//! rejected/<date>-<batch>/         files that were refused, as they came
//! archive/<date>/<batch>/          files that were answered, under their inbox paths
//! ```
//!
//! Those who fill the inbox are not trusted. Files are first moved out of their reach, then opened
//! beneath `work/` without following links and without blocking, and read once. What was read is
//! what is judged. Nothing here is parsed beyond telling kinds apart ([`content`]), nothing is ever
//! deleted or overwritten, and no file shows under its final name before its bytes are on disk.

mod archive;
mod batch;
pub mod content;
mod error;
mod folder;
pub mod folders;
mod inbox_path;
mod intake;
mod layout;
mod listing;
mod medium;
pub mod names;
mod publisher;
mod reading;
mod rejected;
pub mod settle;
mod shelf;
mod skipped;
mod staging;
mod take_back;
mod unpublished;
mod wakeup;
mod work;
mod work_file;
mod writing;

pub use batch::{MANIFEST_FILE, MANIFEST_LINES_FILE};
pub use content::{Content, Foreign, Picture};
pub use error::SpoolError;
pub use inbox_path::{InboxPath, InboxPathError, escape_path};
pub use intake::{TakeError, Taken};
pub use layout::Spool;
pub use listing::{ListOptions, Listed, ListedKind};
pub use medium::{Copied, Medium, NotRead};
pub use publisher::{Outlet, Publisher};
pub use reading::{Contents, MAX_FILE_BYTES, MAX_PICTURE_BYTES, PICTURE_HEAD_BYTES};
pub use rejected::RejectedPath;
pub use settle::is_settling;
pub use skipped::{MAX_HASHED_BYTES, Skipped};
pub use unpublished::WriteTo;
pub use wakeup::{Wake, WakeUp};
pub use work_file::{Leftover, WorkFile};
pub use writing::{Ask, Writing};
