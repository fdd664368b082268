//! What the signer says: activations, receipts, refusals, trust lists, manifests, checkpoints
//! (PROTOCOL section 5).
//!
//! Members that this program does not know are ignored, unless `critical` names them.

pub mod activation;
pub mod checkpoint;
pub mod manifest;
pub mod receipt;
pub mod refusal;
pub mod trust_list;

pub use activation::Activation;
pub use checkpoint::{Checkpoint, HistoryPoint};
pub use manifest::{Manifest, ManifestEntry, Outcome, Output, RefusalReason};
pub use receipt::{Destination, Receipt};
pub use refusal::RefusalNotice;
pub use trust_list::{KeyStatus, Products, Succession, TrustList, TrustedKey};
