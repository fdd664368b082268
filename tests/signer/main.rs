//! What the signer promises, from the outside: through its command line, on copies of one vault, by
//! a clock of the test.
//!
//! Devices are played by the SDK. No test waits, and none reads the machine's clock.
#![cfg(feature = "test-build")]

mod approvals;
mod bench;
mod catalogues;
mod clock;
mod crash;
mod cut_off;
mod documents;
mod errors;
mod exchange;
mod exchange_faults;
mod faults;
#[path = "../scan/generator.rs"]
mod generator;
mod hostile;
mod many;
mod names;
mod order;
mod output;
mod parts;
mod picture_faults;
mod pictures;
mod refusal_cases;
mod refusals;
mod same;
mod secrets;
mod unit;
mod watch;
mod watch_supervisor;
mod watch_systemd;
mod watch_texts;
