//! The words of the licence report: its figures in sentences, and the letters to customers.

pub mod figures;
pub mod language;
pub mod letters;
pub mod outline;
mod phrases;
