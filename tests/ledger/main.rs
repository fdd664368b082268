//! The ledger's promises: what was committed is there, what was touched is noticed, and nothing
//! tells anything to who has no key.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, missing_docs)]

mod bench;
mod damage;
mod flips;
mod history;
mod killed;
mod opening;
mod power;
mod sample;
mod transactions;
