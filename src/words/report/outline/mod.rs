//! What is said of one product of one organization, the same for text and page.

mod facts;
mod table;
mod tables;

pub use facts::{Fact, facts};
pub use table::{Column, Table};
pub use tables::tables;
