//! The words of the licence report: its figures in sentences, and the letters to customers.

pub mod action;
mod de;
mod en;
mod es;
pub mod figures;
mod hint;
pub mod language;
pub mod letter;
pub mod list;
pub mod outline;
pub mod page;
mod phrases;
mod zh;
