//! The report as one flat table that a spreadsheet opens (RFC 4180): one figure or one thing a row,
//! `section` says which.

mod holding;
mod row;
mod table;
mod writer;

pub use table::csv;
