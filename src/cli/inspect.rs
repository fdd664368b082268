//! `inspect`.

use super::console::{CliError, Exit};
use super::run::Desk;

/// Explains a file or a code.
///
/// # Errors
/// [`CliError`].
pub(super) fn inspect(_desk: &Desk<'_>, _what: &str, _without_vault: bool) -> Result<Exit, CliError> {
    Err(CliError::usage("inspect is being wired", "wait"))
}
