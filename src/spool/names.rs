//! Names that FAT32 and exFAT can hold: a folder of the spool copied onto a stick loses no file.

use crate::licence::identifier::is_control_or_format;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Longest name of a file or folder that the signer makes, in bytes of UTF-8: FAT's 255 UTF-16
/// units, less room for what other programs add to names and for paths of 260.
pub const MAX_NAME_BYTES: usize = 120;

/// Bytes of `CONOUT$`, the longest name of a device.
const LONGEST_DEVICE_NAME: usize = 7;

/// Longest extension that is kept when a name is cut, dot included, in bytes.
const MAX_EXTENSION_BYTES: usize = 16;

/// A name of at most [`MAX_NAME_BYTES`] for a file or folder that came with another name.
///
/// Reserved characters `<>:"/\|?*`, control and format characters and bytes that are not UTF-8
/// become `_`, as does a dot at the beginning; dots and spaces at the end go; device names of DOS
/// get a `_` before them; what is too long is cut before its extension, never within a character. A
/// safe name stays as it is.
#[must_use]
pub fn safe(component: impl AsRef<[u8]>) -> String {
    safe_within(component.as_ref(), MAX_NAME_BYTES)
}

/// Whether [`safe`] leaves a name as it is.
#[must_use]
pub fn is_safe(component: &str) -> bool {
    is_plainly_safe(component.as_bytes(), MAX_NAME_BYTES) || safe(component) == component
}

/// Most names show at a glance that they are safe: letters, digits, `-`, `_` and dots within, and
/// longer than a device's name.
fn is_plainly_safe(name: &[u8], max_bytes: usize) -> bool {
    let stem = name
        .iter()
        .position(|byte| *byte == b'.')
        .unwrap_or(name.len());
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    stem > LONGEST_DEVICE_NAME
        && name.len() <= max_bytes
        && name.last() != Some(&b'.')
        && name.iter().all(is_plain)
}

/// As [`safe`], with another longest length.
pub(super) fn safe_within(component: &[u8], max_bytes: usize) -> String {
    if is_plainly_safe(component, max_bytes) {
        // As UTF-8, nothing is lost: it is ASCII.
        return String::from_utf8_lossy(component).into_owned();
    }
    safe_by_rule(component, max_bytes)
}

fn safe_by_rule(component: &[u8], max_bytes: usize) -> String {
    let text = String::from_utf8_lossy(component);
    let plain: String = text
        .chars()
        .map(|c| if is_reserved(c) { '_' } else { c })
        .collect();
    let mut name = cut_name(plain.trim_end_matches(['.', ' ']), max_bytes);
    if name.starts_with('.') {
        name.replace_range(..1, "_");
    }
    if name.is_empty() || is_device_name(&name) {
        name = cut_name(&format!("_{name}"), max_bytes);
    }
    name
}

/// A name cut to a length, without the dots and spaces that then stand at its end.
fn cut_name(name: &str, max_bytes: usize) -> String {
    spelling(name, 1, max_bytes)
        .trim_end_matches(['.', ' '])
        .to_owned()
}

/// As [`numbered`], for text, which stays text.
fn spelling(name: &str, number: usize, max_bytes: usize) -> String {
    String::from_utf8_lossy(&numbered(name.as_bytes(), number, max_bytes)).into_owned()
}

/// The n-th spelling of a name, cut to a length: `a.json`, `a (2).json`, `a (3).json`. Cut before
/// the extension and never within a character of UTF-8. No identifier holds a space: a folder's
/// other spelling names no organization.
pub(super) fn numbered(name: &[u8], number: usize, max_bytes: usize) -> Vec<u8> {
    let suffix = if number > 1 {
        format!(" ({number})")
    } else {
        String::new()
    };
    let (stem, extension) = split_extension(name);
    let room = max_bytes.saturating_sub(suffix.len() + extension.len());
    [cut(stem, room), suffix.as_bytes(), extension].concat()
}

fn split_extension(name: &[u8]) -> (&[u8], &[u8]) {
    match name.iter().rposition(|b| *b == b'.') {
        Some(dot) if dot > 0 && name.len() - dot <= MAX_EXTENSION_BYTES => name.split_at(dot),
        _ => (name, b""),
    }
}

fn cut(bytes: &[u8], max: usize) -> &[u8] {
    if bytes.len() <= max {
        return bytes;
    }
    let is_boundary = |at: &usize| bytes[*at] & 0xC0 != 0x80;
    // A character of UTF-8 has at most 3 bytes after its first: other bytes are cut anywhere.
    let end = (max.saturating_sub(3)..=max)
        .rev()
        .find(is_boundary)
        .unwrap_or(max);
    &bytes[..end]
}

fn is_reserved(c: char) -> bool {
    is_control_or_format(c) || c == char::REPLACEMENT_CHARACTER || "<>:\"/\\|?*".contains(c)
}

/// Device names hold with any extension and with spaces before it, in any case.
fn is_device_name(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end_matches(' ')
        .to_ascii_uppercase();
    let numbered =
        |digit: &str| matches!(digit, "¹" | "²" | "³") || matches!(digit.as_bytes(), [b'0'..=b'9']);
    matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$"
    ) || stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"))
        .is_some_and(numbered)
}

/// Gives each file or folder of one folder a safe name that differs from the others without regard
/// to case.
#[derive(Debug, Default)]
pub struct Unique {
    taken: HashMap<String, Taken>,
}

#[derive(Debug)]
struct Taken {
    spelling: String,
    is_folder: bool,
    next: usize,
}

impl Unique {
    /// An allocator for an empty folder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The safe name of a folder: the same folder again for a name that differs in case only.
    pub fn claim_folder(&mut self, name: impl AsRef<[u8]>) -> String {
        self.claim_free(&safe(name), MAX_NAME_BYTES, true)
    }

    /// The safe name of a file, of at most `max_bytes` bytes: its own or, where that is taken,
    /// `name (2).json` and so on.
    pub(super) fn claim_within(&mut self, name: &[u8], max_bytes: usize) -> String {
        let name = safe_within(name, max_bytes);
        self.claim_free(&name, max_bytes, false)
    }

    /// Records what is in the folder already.
    pub(super) fn insert(&mut self, spelling: String, is_folder: bool) {
        self.taken.insert(
            fold(&spelling),
            Taken {
                spelling,
                is_folder,
                next: 2,
            },
        );
    }

    /// The name, as it is spelled, that differs from this one at most in case.
    pub(super) fn spelling(&self, name: &str) -> Option<&str> {
        self.taken
            .get(&fold(name))
            .map(|taken| taken.spelling.as_str())
    }

    fn claim_free(&mut self, name: &str, max_bytes: usize, is_folder: bool) -> String {
        let key = fold(name);
        let mut number = self
            .taken
            .get(&key)
            .filter(|_| !is_folder)
            .map_or(1, |taken| taken.next);
        loop {
            let spelling = spelling(name, number, max_bytes);
            number += 1;
            match self.taken.entry(fold(&spelling)) {
                Entry::Occupied(taken) if is_folder && taken.get().is_folder => {
                    return taken.get().spelling.clone();
                }
                Entry::Occupied(_) => {}
                Entry::Vacant(free) => {
                    free.insert(Taken {
                        spelling: spelling.clone(),
                        is_folder,
                        next: 2,
                    });
                    self.taken
                        .entry(key)
                        .and_modify(|first| first.next = number);
                    return spelling;
                }
            }
        }
    }
}

/// Equal for names that a file system without regard to case may hold to be the same.
pub(super) fn fold(name: &str) -> String {
    name.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_fat_cannot_hold_are_mended() {
        for (came, becomes) in [
            (b"request.json".as_slice(), "request.json"),
            (b"a<b>c:d\"e/f\\g|h?i*j", "a_b_c_d_e_f_g_h_i_j"),
            (b"new\nline\x1b[2J", "new_line_[2J"),
            ("evil\u{202e}nosj.exe".as_bytes(), "evil_nosj.exe"),
            (b"caf\xe9.json", "caf_.json"),
            (b"trailing. . ", "trailing"),
            (b"...", "_"),
            (b"", "_"),
            (b" ", "_"),
            (b".hidden", "_hidden"),
            (b"con", "_con"),
            (b"NUL.json", "_NUL.json"),
            (b"nul .tar.gz", "_nul .tar.gz"),
            (b"COM0", "_COM0"),
            ("lpt².txt".as_bytes(), "_lpt².txt"),
            (b"CONIN$", "_CONIN$"),
            (format!("con{}x", " ".repeat(200)).as_bytes(), "_con"),
            (b"com10", "com10"),
            (b"console", "console"),
            ("東京.json".as_bytes(), "東京.json"),
        ] {
            assert_eq!(safe(came), becomes, "{}", came.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn what_is_safe_at_a_glance_is_safe_by_the_rule(name in "[A-Za-z0-9._-]{0,\
            24}|(con|nul|com1|conin|clock)[a-z$.]{0,8}", max in 8_usize..40) {
            prop_assert_eq!(safe_within(name.as_bytes(), max), safe_by_rule(name.as_bytes(), max));
            prop_assert_eq!(is_safe(&name), safe_by_rule(name.as_bytes(), MAX_NAME_BYTES) == name);
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        assert_eq!(
            safe(format!("{}.json", "x".repeat(250))),
            format!("{}.json", "x".repeat(115))
        );
        assert_eq!(safe("é".repeat(127)), "é".repeat(60));
        assert_eq!(
            safe(format!("{}.json", "東".repeat(80))),
            format!("{}.json", "東".repeat(38))
        );
        assert_eq!(
            safe(format!("{}.{}", "x".repeat(119), "y".repeat(99))),
            "x".repeat(119)
        );
        assert_eq!(
            numbered("é".repeat(127).as_bytes(), 2, 255),
            format!("{} (2)", "é".repeat(125)).into_bytes()
        );
        assert_eq!(
            numbered(&[0xFF; 255], 2, 255),
            [&[0xFF; 251][..], b" (2)"].concat()
        );
    }

    fn claim(unique: &mut Unique, name: &str) -> String {
        unique.claim_within(name.as_bytes(), MAX_NAME_BYTES)
    }

    #[test]
    fn names_that_differ_in_case_only_get_numbers() {
        let mut unique = Unique::new();
        let claimed = [
            "a.json",
            "A.JSON",
            "a.json",
            "A (2).json",
            "ß",
            "SS",
            "ſs",
            "x?",
            "x*",
        ]
        .map(|name| claim(&mut unique, name));
        assert_eq!(
            claimed,
            [
                "a.json",
                "A (2).JSON",
                "a (3).json",
                "A (2) (2).json",
                "ß",
                "SS (2)",
                "ſs (3)",
                "x_",
                "x_ (2)"
            ]
        );
    }

    #[test]
    fn numbers_fit_into_the_longest_name() {
        let mut unique = Unique::new();
        let long = format!("{}.json", "x".repeat(250));
        let claimed = [claim(&mut unique, &long), claim(&mut unique, &long)];
        assert_eq!(claimed[1], format!("{} (2).json", "x".repeat(111)));
        assert!(claimed.iter().all(|name| name.len() == MAX_NAME_BYTES));
    }

    #[test]
    fn folders_merge_without_regard_to_case() {
        let mut unique = Unique::new();
        assert_eq!(unique.claim_folder("Acme"), "Acme");
        assert_eq!(unique.claim_folder("ACME"), "Acme");
        assert_eq!(claim(&mut unique, "acme"), "acme (2)");
        assert_eq!(claim(&mut unique, "file"), "file");
        assert_eq!(unique.claim_folder("File"), "File (2)");
        assert_eq!(unique.claim_folder("fILE"), "File (2)");
    }

    proptest! {
        #[test]
        fn every_name_becomes_one_that_fat_can_hold(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            text in "\\PC{0,90}",
        ) {
            for name in [safe(&bytes), safe(&text), safe_within(&bytes, 100)] {
                prop_assert!(!name.is_empty() && name.len() <= MAX_NAME_BYTES);
                prop_assert!(!name.chars().any(is_reserved) && !name.starts_with('.'));
                prop_assert!(!name.ends_with(['.', ' ']) && !is_device_name(&name));
                prop_assert_eq!(&safe(&name), &name);
            }
        }
    }
}
