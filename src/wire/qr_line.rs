//! The lines of text that hold QR texts, and how a QR text begins (PROTOCOL section 7).

use super::error::{Excerpt, WireError};

/// How the text of a whole document begins.
pub(super) const WHOLE: &str = "KS1:";
/// How a part begins.
pub(super) const PART: &str = "KS1-";

/// Whether a code's text seems to be one of ours, of whatever version: `KS` and a digit.
#[must_use]
pub fn is_qr_text(text: &[u8]) -> bool {
    matches!(text, [b'K', b'S', b'0'..=b'9', ..])
}

/// The lines of a text file, which holds one QR text a line. Only CR and LF end a line, spaces
/// belong to it, empty lines are skipped.
pub fn lines_of(text_file: &str) -> impl Iterator<Item = &str> {
    text_file
        .split(['\r', '\n'])
        .filter(|line| !line.is_empty())
}

/// Refuses `KS` and another digit than 1.
pub(super) fn check_version(text: &str) -> Result<(), WireError> {
    match text.strip_prefix("KS").and_then(|rest| rest.chars().next()) {
        Some(digit) if digit.is_ascii_digit() && digit != '1' => {
            Err(WireError::UnsupportedVersion {
                found: Excerpt::new(text.get(..3).unwrap_or_default()),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    #[test]
    fn only_cr_and_lf_end_a_line() {
        let lines: Vec<String> = lines_of("A \r\n\n B\u{2028}C\u{b}\u{85}\rD")
            .map(|line| line.to_string())
            .collect();
        assert_eq!(lines, ["A ", " B\u{2028}C\u{b}\u{85}", "D"]);
    }
}
