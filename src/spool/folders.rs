//! The names of the spool's folders.

/// Anything dropped here is a request.
pub const INBOX: &str = "inbox";
/// Files being answered.
pub const WORK: &str = "work";
/// What the signer sends back.
pub const OUTBOX: &str = "outbox";
/// Files that were refused, and their refusals.
pub const REJECTED: &str = "rejected";
/// Files that were answered.
pub const ARCHIVE: &str = "archive";
