//! Tier 4: what people read. Facts go in, text comes out; nothing is decided here, and no file is
//! read or written. Each language has a file of its own beside the others.

pub mod refusal;
