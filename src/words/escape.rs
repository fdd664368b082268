//! Text from outside, made safe for terminals, pages and labels (PROTOCOL section 5.3, `file`).
//!
//! Each byte of a control or format character, and each byte that is no UTF-8, stands as `\xNN` in
//! lower-case hex; so do line and paragraph separators. A backslash stays as it is, so that text
//! which was escaped already, as the path in a refusal, is not escaped again.

use crate::licence::identifier::is_control_or_format;
use std::fmt::Write;

/// The text with all that could steer a terminal or hide itself written as `\xNN`.
#[must_use]
pub fn for_terminal(text: &str) -> String {
    bytes_for_terminal(text.as_bytes())
}

/// The same for bytes that may be no UTF-8, such as file names.
#[must_use]
pub fn bytes_for_terminal(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_control_or_format(c) {
                push_hex(&mut shown, c.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                shown.push(c);
            }
        }
        push_hex(&mut shown, chunk.invalid());
    }
    shown
}

fn push_hex(shown: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Invariant: writing to a string never fails.
        let _ = write!(shown, "\\x{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terminal_sequences_become_visible() {
        assert_eq!(for_terminal("a\u{1b}[2Jb\nc\td"), r"a\x1b[2Jb\x0ac\x09d");
        assert_eq!(
            for_terminal("x\u{202e}gpj.\u{200b}"),
            r"x\xe2\x80\xaegpj.\xe2\x80\x8b"
        );
        assert_eq!(for_terminal("\u{9b}31m"), r"\xc2\x9b31m");
        assert_eq!(for_terminal("東京 Büro"), "東京 Büro");
    }

    #[test]
    fn undecodable_bytes_become_visible() {
        assert_eq!(bytes_for_terminal(b"caf\xe9\xff.json"), r"caf\xe9\xff.json");
        assert_eq!(bytes_for_terminal(b"\xe6\x9d"), r"\xe6\x9d");
    }

    #[test]
    fn a_backslash_stays_as_it_is() {
        assert_eq!(for_terminal(r"C:\requests\a.json"), r"C:\requests\a.json");
        assert_eq!(for_terminal("a\\\u{7}"), r"a\\x07");
    }

    proptest! {
        #[test]
        fn escaping_twice_is_escaping_once(
            bytes in proptest::collection::vec(
                prop_oneof![any::<u8>(), Just(b'\\'), Just(b'x'), Just(b'0')],
                0..40,
            )
        ) {
            let shown = bytes_for_terminal(&bytes);
            prop_assert!(!shown.chars().any(is_control_or_format));
            prop_assert_eq!(for_terminal(&shown), shown);
        }
    }
}
