//! What the device's tool promises, from the outside: arguments, files and streams. The signer is
//! played with keys of the test.
#![cfg(feature = "full")]

mod bench;
mod deactivate;
mod describe;
mod errand;
#[path = "../scan/generator.rs"]
mod generator;
mod init;
mod inspect;
mod install;
mod output;
