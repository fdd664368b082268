//! The architecture, read from the sources: who may import whom, what the pure tiers do without,
//! how long things are.
//!
//! A module imports lower tiers only, and no sibling of its own tier; no files import each other in
//! a circle; a room of `policy` imports no later room. Paths are found as tokens, so that comments
//! and strings do not count, and however they are written: `use crate::a`, `use crate::{a, b}`,
//! `crate::a::f()`, `super::super::a`.

mod arrows;
mod circles;
mod lexer;
mod rooms;
mod sizes;
mod source;
mod tiers;
