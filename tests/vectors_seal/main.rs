//! The vectors of an independent implementation, held against signing and verifying.
#![allow(clippy::unwrap_used)]

mod fixture;
mod generations;
mod refused;
mod signatures;
