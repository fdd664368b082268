//! The main job, in its sequence: take, verify, decide, commit, sign and render, publish, mark.
//!
//! A crash between any two steps loses nothing and doubles nothing: what was committed is published
//! from the ledger, byte for byte, and what was not committed goes back to the inbox.

mod answer;
mod batch;
pub mod by_hand;
mod chunk;
mod codes;
mod computer_key;
mod decide;
mod deliver;
mod gather;
mod held;
mod intake;
mod judge;
mod lines;
mod look;
mod options;
mod pictures;
mod publish;
mod ready;
mod record;
mod recorded;
mod recover;
mod refusal;
mod render;
mod result;
mod run;
mod sequence;
mod stage;
mod taken;
mod waiting;
mod witness;

pub use deliver::Summary;
pub use options::{Fresh, Options, Progress};
pub use recover::{Completed, complete};
pub use result::BatchResult;
pub use run::process;
pub use taken::{Left, WaitsFor};
