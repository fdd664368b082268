//! Tier 5: what people and cameras see. Values in, bytes out, the same bytes each time; no files,
//! no clock.

pub mod bundle;
mod correction;
mod deflate;
mod digits;
pub mod error;
mod level;
mod mask;
pub mod picture;
pub mod qr;
pub mod report;
mod svg;
pub mod terminal;

pub use error::RenderError;
