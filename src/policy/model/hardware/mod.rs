//! The `hardware` model (LICENSING section 11).

pub mod request;
