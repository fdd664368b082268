//! Tier 1: documents to bytes and back. No keys, no rules, no files.

mod base45;
pub mod envelope;
pub mod error;
pub mod extensions;
pub mod hash;
pub mod history;
pub mod json;
pub mod kind;
mod members;
pub mod qr;
mod qr_part;
pub mod request;
pub mod response;
mod text;

pub use envelope::Envelope;
pub use error::WireError;
pub use hash::sha256;
pub use kind::Kind;
pub use request::Request;
