//! Tier 4: what people read. Facts go in, text comes out; it decides nothing and
//! touches no file. Each language has a file of its own.

pub mod device;
pub mod escape;
pub mod notice;
pub mod readme;
pub mod refusal;
pub mod report;
