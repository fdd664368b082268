//! The catalogue: products, organizations and their settings (LICENSING section 3).

pub mod error;
pub mod file;
pub mod ranges;
pub mod settings;
