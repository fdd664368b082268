//! Tier 1: documents to bytes and back. No keys, no rules, no files.

pub mod envelope;
pub mod hash;
pub mod kind;
pub mod request;
pub mod response;

pub use envelope::Envelope;
pub use hash::sha256;
pub use kind::Kind;
