//! The `pooled-subscription` model (LICENSING section 9).

pub mod assignment;
pub mod course;
pub mod demand;
pub mod desk;
pub mod growth;
pub mod overlap;
pub mod renewal;
pub mod request;
pub mod start;
pub mod statement;
