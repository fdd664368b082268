//! Tier 3: the licensing rules, pure. Given the recorded state, a request or an operator's order,
//! and the day, the outcome is determined; no files, no clock, no randomness.
//!
//! A decision reads rows through [`State`] and gives an [`Event`]; [`apply()`](apply::apply) alone
//! changes rows, so that replaying the history gives the same state. One file holds one family of
//! rules.

pub mod abuse;
pub mod ahead;
pub mod apply;
pub mod batch;
pub mod by_hand;
pub mod catalogue;
mod confirm;
pub mod decide;
pub mod deny;
mod device_subscription;
pub mod due;
pub mod emergency;
pub mod event;
pub mod given_up;
pub mod hardware;
pub mod hardware_model;
mod issue;
pub mod keys;
pub mod list;
pub mod memory;
pub mod orders;
pub mod passing;
pub mod preloaded;
pub mod refusal;
pub mod reinstate;
mod release;
pub mod release_order;
pub mod report;
pub mod rollforward;
mod standing;
pub mod state;
pub mod subscription;
pub mod term;
mod trial;
pub mod wallet;

pub use decide::{Answer, Context, Decision, Grant, decide};
pub use event::Event;
pub use refusal::{Refusal, RefusalCode, StateBroken, Stop};
pub use state::{Row, State, StateMut};
