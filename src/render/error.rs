//! Why something cannot be rendered.

/// Why something cannot be rendered. Nothing was written: rendering only makes values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A character that alphanumeric mode does not hold (ISO/IEC 18004, table 5).
    #[error(
        "the character U+{0:04X} in the text of a QR code, 0-9 A-Z space $ % * + - . / : are \
            allowed"
    )]
    Alphabet(u32),
    /// More text than the largest QR code holds.
    #[error("{found} characters in the text of a QR code, at most {allowed} are allowed")]
    TextLength {
        /// Characters found.
        found: usize,
        /// Characters of version 40 at error correction M.
        allowed: usize,
    },
    /// No part, or more parts than a text is ever split into.
    #[error("{found} parts for one picture, 1 to {allowed} are allowed")]
    Parts {
        /// Parts found.
        found: usize,
        /// Most that are allowed.
        allowed: usize,
    },
    /// A bundle entry that a reader would refuse for its size.
    #[error("{name} has {found} bytes, at most {allowed} are allowed in a bundle")]
    EntrySize {
        /// The entry's name.
        name: &'static str,
        /// Its bytes.
        found: usize,
        /// Most that are allowed.
        allowed: usize,
    },
    /// An encoder refused what it was given.
    #[error("the {format} encoder says: {reason}")]
    Encoder {
        /// `QR`, `PNG`, `zip`, `JSON` or `CSV`.
        format: &'static str,
        /// In its words.
        reason: String,
    },
}

impl RenderError {
    pub(super) fn encoder(format: &'static str, reason: &impl ToString) -> Self {
        Self::Encoder {
            format,
            reason: reason.to_string(),
        }
    }
}
