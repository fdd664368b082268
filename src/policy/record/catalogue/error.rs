//! Why a catalogue is refused (LICENSING section 3).

use crate::licence::Identifier;
use crate::policy::record::catalogue::settings::Model;
use alloc::string::String;

/// Why a catalogue was not applied: the place and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Not the JSON that a catalogue is: unknown settings, wrong types, repeated settings among it.
    #[error("the catalogue cannot be read: {0}")]
    Json(String),
    /// A value out of its range.
    #[error("{place} is {found}, allowed is {allowed}")]
    Range {
        /// Where.
        place: String,
        /// What stands there.
        found: String,
        /// What may stand there.
        allowed: String,
    },
    /// One identifier twice.
    #[error("{place}: `{id}` stands there twice")]
    Repeated {
        /// Where.
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
        /// Where.
        place: String,
        /// The type that is missing or moved.
        id: Identifier,
        /// Its place before, from 1.
        was: usize,
    },
    /// Another model while keys or systems exist.
    #[error(
        "{place}: the model was `{was}` and cannot become `{now}` while licence keys or systems \
            exist"
    )]
    Model {
        /// Where.
        place: String,
        /// The model before.
        was: Model,
        /// The model now.
        now: Model,
    },
    /// An entry is missing that was there.
    #[error("the file drops {0}: say --withdraw to withdraw it")]
    Drops(String),
}
