//! What the signer promises, from the outside: through its command line, on copies of one vault, by a clock of the test.
//!
//! Devices are played by the SDK. No test waits, and none reads the machine's clock.
#![cfg(feature = "test-build")]

mod bench;
mod crash;
mod faults;
mod refusals;

mod unit;
