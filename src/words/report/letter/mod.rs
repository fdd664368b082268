//! Texts that can be sent to the customer, in the customer's language.

mod expiring;
mod growth;
mod missing;
mod text;
mod unconfirmed;
mod writer;
mod written;

pub use text::{About, Letter};
pub use written::{letters, letters_of};
