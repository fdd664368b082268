//! What the signer promises, from the outside: through its command line, on copies of one vault, by
//! a clock of the test.
//!
//! Devices are played by the SDK. No test waits, and none reads the machine's clock.
#![cfg(feature = "test-build")]

mod approvals;
mod bench;
mod crash;
mod documents;
mod errors;
mod exchange;
mod faults;
#[path = "../scan/generator.rs"]
mod generator;
mod hostile;
mod many;
mod names;
mod order;
mod pictures;
mod refusals;
mod same;
mod secrets;
mod unit;
mod watch;
