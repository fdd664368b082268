//! Text from outside, made fit for a message.

use crate::licence::identifier::is_control_or_format;
use alloc::string::String;
use core::fmt::{self, Write as _};

/// Text from outside as a message may hold it: at most 60 characters, control and format characters
/// escaped.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    /// Most characters of the original that are kept.
    pub const MAX_CHARACTERS: usize = 60;

    /// Cuts and escapes `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut shown = String::new();
        for c in text.chars().take(Self::MAX_CHARACTERS) {
            if is_control_or_format(c) {
                // Writing to a string cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            } else {
                shown.push(c);
            }
        }
        if text.chars().nth(Self::MAX_CHARACTERS).is_some() {
            shown.push('…');
        }
        Self(shown)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn messages_hold_no_control_characters_and_no_long_text() {
        assert_eq!(
            Shown::new("a\u{1b}[31m\n\u{202e}東").to_string(),
            "a\\u{1b}[31m\\u{a}\\u{202e}東"
        );
        assert_eq!(Shown::new(&"x".repeat(60)).to_string(), "x".repeat(60));
        assert_eq!(
            Shown::new(&"x".repeat(61)).to_string(),
            "x".repeat(60) + "…"
        );
    }
}
