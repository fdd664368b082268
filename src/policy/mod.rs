//! Tier 3: the licensing rules, pure. Given the recorded state, a request or an operator's order,
//! and the day, the outcome is determined; no files, no clock, no randomness.
//!
//! The rooms, each importing only rooms before it:
//!
//! | room | holds |
//! | --- | --- |
//! | [`record`] | catalogue, rows of the state, events: data only |
//! | [`ask`] | what may be asked, by a device or by an operator |
//! | [`refusal`] | why a request or an order is refused |
//! | [`admit`] | the checks of LICENSING section 14, in order |
//! | [`model`] | what each product model grants |
//! | [`order`] | what operators do |
//! | [`apply`] | event to state |
//! | [`day`] | bringing the state to today |
//! | [`report`] | figures |
//! | [`decide`] | a request or an order to a grant or a refusal |
//! | [`batch`] | the sequence in which the requests of a batch are decided |
//! | [`ahead`] | the rows that deciding a request will read |
//!
//! A decision reads rows through [`State`](record::state::State) and gives an
//! [`Event`](record::event::Event); [`apply`] alone changes rows, so that replaying the history
//! gives the same state. What follows is the rulebook, which this code cites by section.
#![doc = include_str!("LICENSING.md")]

pub mod admit;
pub mod ahead;
pub mod apply;
pub mod ask;
pub mod batch;
pub mod day;
pub mod decide;
pub mod model;
pub mod order;
pub mod record;
pub mod refusal;
pub mod report;
