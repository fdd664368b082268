//! Tier 4: what people read. Facts in, text out; it decides nothing and touches no file.

pub mod device;
pub mod escape;
pub mod notice;
pub mod readme;
pub mod report;
