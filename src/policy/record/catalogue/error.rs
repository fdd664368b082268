//! Why a catalogue is refused (LICENSING section 3).

use crate::licence::Identifier;
use crate::policy::record::catalogue::settings::Model;
use alloc::string::String;

/// Why a catalogue was not applied, with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// No catalogue in JSON: an unknown or repeated setting, a wrong type.
    #[error("the catalogue cannot be read: {0}")]
    Json(String),
    /// A value out of its range.
    #[error("{place} is {found}, allowed is {allowed}")]
    Range {
        /// The place in the file.
        place: String,
        /// The value that was found.
        found: String,
        /// The values that are allowed.
        allowed: String,
    },
    /// An identifier stands there twice.
    #[error("{place}: `{id}` stands there twice")]
    Repeated {
        /// The place in the file.
        place: String,
        /// The identifier.
        id: Identifier,
    },
    /// Licence types were removed or moved.
    #[error(
        "{place}: licence types may be added at the end, never removed or moved; `{id}` was at \
            place {was}"
    )]
    LicenceTypes {
        /// The place in the file.
        place: String,
        /// The type that is missing or moved.
        id: Identifier,
        /// Its place before, from 1.
        was: usize,
    },
    /// The model changed while keys or systems exist.
    #[error(
        "{place}: the model was `{was}` and cannot become `{now}` while licence keys or systems \
            exist"
    )]
    Model {
        /// The place in the file.
        place: String,
        /// The model before.
        was: Model,
        /// The model now.
        now: Model,
    },
    /// An entry that was there is missing.
    #[error("the file drops {0}: say --withdraw to withdraw it")]
    Drops(String),
}
