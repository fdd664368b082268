//! The spool's promises, on a real file system.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used)]

mod archive;
mod bench;
mod folders;
mod listing;
mod messages;
mod publishing;
mod races;
mod reading;
mod rejected;
mod taking;
mod work;
