//! Text from outside, made fit for a message.

use crate::licence::identifier::is_control_or_format;
use alloc::string::String;
use core::fmt::{self, Write as _};

/// Text from outside as a message may hold it: at most 60 characters, control and format characters
/// escaped.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt(String);

impl Excerpt {
    /// Most characters of the original that are kept.
    pub const MAX_CHARACTERS: usize = 60;

    /// Cuts and escapes `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut excerpt = String::new();
        for c in text.chars().take(Self::MAX_CHARACTERS) {
            if is_control_or_format(c) {
                // Writing to a string cannot fail.
                let _ = write!(excerpt, "\\u{{{:x}}}", u32::from(c));
            } else {
                excerpt.push(c);
            }
        }
        if text.chars().nth(Self::MAX_CHARACTERS).is_some() {
            excerpt.push('…');
        }
        Self(excerpt)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn excerpts_are_short_and_escaped() {
        assert_eq!(
            Excerpt::new("a\u{1b}[31m\n\u{202e}東").to_string(),
            "a\\u{1b}[31m\\u{a}\\u{202e}東"
        );
        assert_eq!(Excerpt::new(&"x".repeat(60)).to_string(), "x".repeat(60));
        assert_eq!(
            Excerpt::new(&"x".repeat(61)).to_string(),
            "x".repeat(60) + "…"
        );
    }
}
