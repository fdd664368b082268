//! Tier 6: what the signer does, one file a verb; the only place where vault, ledger, spool and
//! render meet.

pub mod activation;
pub mod approve;
pub mod catalogue;
pub mod clock;
mod crash;
pub mod damage;
pub mod defect;
pub mod error;
pub mod exchange;
pub mod hardware;
pub mod header;
mod hint;
pub mod history;
pub mod init;
pub mod inspect;
pub mod key;
pub mod order;
pub mod parallel;
pub mod process;
pub mod records;
pub mod report;
pub mod session;
pub mod signer;
pub mod subscription;
pub mod system;
pub mod today;
pub mod wallet;
pub mod watch;

pub use error::OpsError;
pub use session::Session;
pub use signer::{Access, Signer};
