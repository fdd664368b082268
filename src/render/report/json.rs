//! The report as a JSON document.

use crate::policy::report::figures::Report;
use crate::render::error::RenderError;
use crate::words::report::action::to_do;
use crate::words::report::letter::letters;

/// The JSON document: the figures whole, and the letters.
///
/// # Errors
/// [`RenderError::Encoder`].
pub fn json(report: &Report) -> Result<serde_json::Value, RenderError> {
    let broken = |error: serde_json::Error| RenderError::encoder("JSON", &error);
    let mut document = serde_json::to_value(report).map_err(broken)?;
    let actions = serde_json::to_value(to_do(report)).map_err(broken)?;
    let letters = serde_json::to_value(letters(report)).map_err(broken)?;
    if let Some(members) = document.as_object_mut() {
        members.insert("actions".to_owned(), actions);
        members.insert("letters".to_owned(), letters);
    }
    Ok(document)
}
