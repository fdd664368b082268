//! What the device's tool says in English: errors, hints, the status, and talk.

pub mod error;
pub mod hint;
pub mod status;
pub mod talk;
