//! Bringing the state to today (LICENSING section 5).

pub mod renewal;
pub mod rollforward;
pub mod temporary;
