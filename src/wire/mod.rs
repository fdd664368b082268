//! Tier 1: documents to bytes and back. No keys, no rules, no files.

pub mod request;
pub mod response;
