//! Tier 1: documents to bytes and back. No keys, no rules, no files.
//!
//! [`envelope`] and [`qr`] give an [`Envelope`] of the right shape, `seal` verifies it, then
//! [`request`] and [`response`] read its payload. The protocol follows; the code cites its
//! sections.
#![doc = include_str!("PROTOCOL.md")]

mod base45;
pub mod computer_key;
pub mod envelope;
pub mod error;
mod excerpt;
pub mod extensions;
mod field;
pub mod hash;
pub mod history;
pub mod json;
pub mod kind;
mod members;
pub mod qr;
mod qr_fault;
mod qr_line;
mod qr_part;
pub mod request;
pub mod response;
mod text;

pub use computer_key::ComputerKey;
pub use envelope::Envelope;
pub use error::WireError;
pub use hash::sha256;
pub use kind::Kind;
pub use request::Request;

#[cfg(test)]
mod written_back;
