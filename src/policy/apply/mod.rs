//! The only place that changes rows: an event in, the rows after it out. Replaying the history
//! through here gives the same state (LICENSING section 16).

pub mod answer;
pub mod catalogue;
pub mod change;
pub mod due;
pub mod given_up;
pub mod grant;
pub mod hardware;
pub mod refusal;
pub mod stock;
pub mod subscription;
pub mod system;
pub mod temporary;
