//! Identifiers and text that people chose: organizations, products, licence types, names.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize};

/// Why a string is no [`Identifier`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Not 1 to 64 bytes long.
    #[error("{found} characters, 1 to 64 are allowed")]
    Length {
        /// Bytes found.
        found: usize,
    },
    /// A character other than `a-z 0-9 . _ -`.
    #[error("a character other than a-z 0-9 . _ -")]
    Alphabet,
    /// The first or the last character is no letter or digit.
    #[error("the first and the last character must be a letter or a digit")]
    Edge,
}

/// An organization, a product, a licence type or a fingerprint component: 1 to 64 of `a-z 0-9 . _
/// -`, first and last a letter or digit (PROTOCOL section 3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Identifier(String);

impl Identifier {
    /// Longest identifier, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Reads an identifier.
    ///
    /// # Errors
    /// [`IdentifierError`] names the rule that is broken.
    pub fn new(text: &str) -> Result<Self, IdentifierError> {
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes.len() > Self::MAX_BYTES {
            return Err(IdentifierError::Length { found: bytes.len() });
        }
        let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        if !bytes
            .iter()
            .all(|b| plain(b) || matches!(b, b'.' | b'_' | b'-'))
        {
            return Err(IdentifierError::Alphabet);
        }
        if !bytes.first().is_some_and(plain) || !bytes.last().is_some_and(plain) {
            return Err(IdentifierError::Edge);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::str::FromStr for Identifier {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for Identifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// Why a string is not the text that a document or a catalogue may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Not 1 to `allowed` Unicode scalar values.
    #[error("{found} characters, 1 to {allowed} are allowed")]
    Length {
        /// Scalar values found.
        found: usize,
        /// Most that are allowed.
        allowed: usize,
    },
    /// A control or format character, U+2028 or U+2029.
    #[error("the control or format character U+{0:04X}")]
    Control(u32),
}

/// Longest name of a device, an organization, a product or a licence type, in Unicode scalar values
/// (PROTOCOL section 4.1, LICENSING section 3).
pub const MAX_NAME_CHARACTERS: usize = 128;

/// Checks text of 1 to `max` Unicode scalar values without Cc, Cf, U+2028, U+2029 (PROTOCOL section
/// 3).
///
/// # Errors
/// [`TextError`] with what was found.
pub fn check_text(text: &str, max: usize) -> Result<(), TextError> {
    let found = text.chars().count();
    if found == 0 || found > max {
        return Err(TextError::Length {
            found,
            allowed: max,
        });
    }
    match text.chars().find(|c| is_control_or_format(*c)) {
        Some(c) => Err(TextError::Control(u32::from(c))),
        None => Ok(()),
    }
}

/// Whether a character is of general category Cc or Cf, or a line or paragraph separator (Unicode
/// 16).
#[must_use]
pub fn is_control_or_format(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xAD | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2 | 0x180E
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x2064 | 0x2066..=0x206F | 0xFEFF
            | 0xFFF9..=0xFFFB | 0x110BD | 0x110CD | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3
            | 0x1D173..=0x1D17A | 0xE0001 | 0xE0020..=0xE007F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_keep_their_alphabet_and_edges() {
        for good in ["a", "a.b", "0-9", "acme_co", &"x".repeat(64)] {
            assert!(Identifier::new(good).is_ok(), "{good}");
        }
        assert_eq!(
            Identifier::new(""),
            Err(IdentifierError::Length { found: 0 })
        );
        assert_eq!(
            Identifier::new(&"x".repeat(65)),
            Err(IdentifierError::Length { found: 65 })
        );
        assert_eq!(Identifier::new("Acme"), Err(IdentifierError::Alphabet));
        assert_eq!(Identifier::new("a/b"), Err(IdentifierError::Alphabet));
        for edge in [".a", "a.", "-", "a_"] {
            assert_eq!(Identifier::new(edge), Err(IdentifierError::Edge), "{edge}");
        }
    }

    #[test]
    fn text_is_counted_in_characters() {
        assert_eq!(check_text(&"東".repeat(128), 128), Ok(()));
        assert_eq!(
            check_text(&"東".repeat(129), 128),
            Err(TextError::Length {
                found: 129,
                allowed: 128
            })
        );
        for bad in [
            '\u{0}',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{202e}',
            '\u{2028}',
            '\u{2029}',
            '\u{feff}',
            '\u{e0041}',
        ] {
            assert_eq!(
                check_text(&alloc::format!("a{bad}"), 9),
                Err(TextError::Control(u32::from(bad)))
            );
        }
    }
}
