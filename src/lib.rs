//! Keyspool
#![cfg_attr(not(feature = "full"), no_std)]

extern crate alloc;

#[cfg(feature = "full")]
pub mod agent;
#[cfg(feature = "full")]
pub mod cli;
pub mod device;
#[cfg(feature = "full")]
pub mod harden;
#[cfg(feature = "full")]
pub mod ledger;
pub mod licence;
#[cfg(feature = "full")]
pub mod ops;
pub mod policy;
#[cfg(feature = "full")]
pub mod render;
pub mod seal;
#[cfg(feature = "full")]
pub mod spool;
#[cfg(feature = "full")]
pub mod vault;
pub mod wire;
