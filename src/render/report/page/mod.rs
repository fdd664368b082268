//! The report as one HTML page that loads nothing: for a browser without a network, and for A4
//! paper.
//!
//! [`maud`] escapes every text for HTML; what could hide itself or change directions is made
//! visible before.

mod actions;
mod customer;
mod document;
mod mark;
mod overview;
mod stock;
mod table;

pub use document::html;
