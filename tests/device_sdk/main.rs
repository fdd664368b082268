//! The device SDK against a signer that is played with keys of its own: what a device accepts, what
//! it stores first, and what it gives out.
#![allow(clippy::unwrap_used)]

mod accepting;
mod asking;
mod bench;
mod checkpoint;
mod computer_key;
mod giving_up;
mod signer;
mod status;
mod store;
mod trust_list;
