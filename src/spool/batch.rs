//! The names of batches' folders, and of a batch's own files in the outbox.

use super::error::SpoolError;
use super::names::is_safe;
use std::path::PathBuf;

/// The signed manifest of a batch (PROTOCOL section 5.5).
pub const MANIFEST_FILE: &str = "manifest.json";
/// The lines of the manifest, one a document.
pub const MANIFEST_LINES_FILE: &str = "manifest.jsonl";

/// A batch or date as a part of a path.
pub(super) fn checked(part: &str) -> Result<&str, SpoolError> {
    if is_safe(part) {
        Ok(part)
    } else {
        Err(SpoolError::Name { name: part.into() })
    }
}

/// `<date>-<batch>`, the folder of a batch in `outbox/` and `rejected/`.
pub(super) fn batch_folder(date: &str, batch: &str) -> Result<PathBuf, SpoolError> {
    checked(&format!("{}-{}", checked(date)?, checked(batch)?)).map(PathBuf::from)
}
