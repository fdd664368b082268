//! Tier 5: what the signer does, one file a verb; the only place where vault, ledger, spool and render meet.

pub mod error;
pub mod inspect;
pub mod parallel;
pub mod process;
pub mod records;
pub mod session;
pub mod signer;

pub use error::OpsError;
pub use session::Session;
pub use signer::{Access, Signer};
