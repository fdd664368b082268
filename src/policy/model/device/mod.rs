//! The `device-subscription` model (LICENSING section 11).

pub mod request;
pub mod seats;
