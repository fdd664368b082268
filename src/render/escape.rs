//! Text from outside, made safe for terminals, pages and labels (PROTOCOL section 5.3, `file`).
//!
//! Each byte of a control or format character, and each byte that is no UTF-8, stands as `\xNN` in lower-case hex;
//! so do line and paragraph separators. A backslash stays as it is, except where `x` and two hex digits follow: there it
//! is `\x5c`. So paths with backslashes stay readable, every `\xNN` that a person sees is an escape, and
//! the original can be read back.

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
    let mut place = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let after = place + c.len_utf8();
            if is_control_or_format(c) || c == '\\' && reads_as_escape(&bytes[after..]) {
                push_hex(&mut shown, &bytes[place..after]);
            } else {
                shown.push(c);
            }
            place = after;
        }
        push_hex(&mut shown, chunk.invalid());
        place += chunk.invalid().len();
    }
    shown
}

/// Whether a backslash before these bytes would look like an escape of ours.
fn reads_as_escape(after: &[u8]) -> bool {
    matches!(after, [b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
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

    fn read_back(shown: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = shown.as_bytes();
        while let Some((first, tail)) = rest.split_first() {
            if *first == b'\\' && reads_as_escape(tail) {
                let hex = std::str::from_utf8(&tail[1..3]).expect("hex digits");
                bytes.push(u8::from_str_radix(hex, 16).expect("hex digits"));
                rest = &tail[3..];
            } else {
                bytes.push(*first);
                rest = tail;
            }
        }
        bytes
    }

    #[test]
    fn terminal_sequences_and_hidden_directions_become_visible() {
        assert_eq!(for_terminal("a\u{1b}[2Jb\nc\td"), r"a\x1b[2Jb\x0ac\x09d");
        assert_eq!(for_terminal("x\u{202e}gpj.\u{200b}"), r"x\xe2\x80\xaegpj.\xe2\x80\x8b");
        assert_eq!(for_terminal("\u{9b}31m"), r"\xc2\x9b31m");
        assert_eq!(for_terminal("東京 Büro"), "東京 Büro");
    }

    #[test]
    fn undecodable_bytes_become_visible() {
        assert_eq!(bytes_for_terminal(b"caf\xe9\xff.json"), r"caf\xe9\xff.json");
        assert_eq!(bytes_for_terminal(b"\xe6\x9d"), r"\xe6\x9d");
    }

    #[test]
    fn a_backslash_is_escaped_only_where_it_would_read_as_an_escape() {
        assert_eq!(for_terminal(r"C:\requests\a.json"), r"C:\requests\a.json");
        assert_eq!(for_terminal(r"a\x0ab"), r"a\x5cx0ab");
        assert_eq!(for_terminal("a\\\u{7}"), r"a\\x07");
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back_and_holds_nothing_hidden(bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), Just(b'\\'), Just(b'x'), Just(b'0')], 0..40)) {
            let shown = bytes_for_terminal(&bytes);
            prop_assert!(!shown.chars().any(is_control_or_format));
            prop_assert_eq!(read_back(&shown), bytes);
        }
    }
}
