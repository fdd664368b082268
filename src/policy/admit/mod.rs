//! The checks of LICENSING section 14 that come before anything is granted.

pub mod abuse;
pub mod asked;
pub mod hardware;
pub mod keys;
pub mod known;
pub mod recovery;
pub mod registration;
pub mod serial;
pub mod subject;
pub mod wish;
