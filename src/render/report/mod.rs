//! The report for people and programs: the figures of [`crate::policy::report`] in, text, JSON, CSV or one HTML page out.
//!
//! Lists of systems are cut after [`LISTED`] lines for people, with the number of the rest; programs get them whole.

mod language;
mod letters;
mod outline;
mod page;
mod phrases;
mod table;
mod text;
mod words;

pub use letters::{About, Letter, letters};
pub use page::html;
pub use table::csv;
pub use text::text;

use super::error::RenderError;
use crate::policy::report::Report;

/// Most systems of one list that people are shown.
pub const LISTED: usize = 20;

/// The JSON document: the figures whole, and the letters.
///
/// # Errors
/// [`RenderError::Encoder`].
pub fn json(report: &Report) -> Result<serde_json::Value, RenderError> {
    let broken = |error: serde_json::Error| RenderError::encoder("JSON", &error);
    let mut document = serde_json::to_value(report).map_err(broken)?;
    let letters = serde_json::to_value(letters(report)).map_err(broken)?;
    if let Some(members) = document.as_object_mut() {
        members.insert("letters".to_owned(), letters);
    }
    Ok(document)
}
