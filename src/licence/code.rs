//! Lines of 25 characters that people read, type and say over the phone (PROTOCOL section 6.1).
//!
//! A line carries 15 bytes as 24 Crockford base32 characters and one check character over GF(2^5),
//! which catches every wrong character and every swap of two, and tells the kinds apart.

use alloc::string::String;
use core::fmt;

/// The alphabet: a character's place is its value.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a line without dashes, the check character among them.
const CHARACTERS: usize = 25;
/// Bytes that one line carries.
pub const LINE_BYTES: usize = 15;

/// What a line is: the number enters its check character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKind {
    /// 1: a Computer ID.
    ComputerId,
    /// 2: a Deactivation Verification Code.
    VerificationCode,
    /// 3: a licence key.
    LicenceKey,
    /// 5 to 31: line 0, 1, … 26 of a Computer Key.
    ComputerKey(u8),
}

impl LineKind {
    /// Most lines that a Computer Key can have: kinds 5 to 31.
    pub const MAX_COMPUTER_KEY_LINES: u8 = 27;

    /// The kind of this number, if there is one.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::ComputerId),
            2 => Some(Self::VerificationCode),
            3 => Some(Self::LicenceKey),
            5..=31 => Some(Self::ComputerKey(number - 5)),
            _ => None,
        }
    }

    /// The number k of the check character's formula.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::ComputerId => 1,
            Self::VerificationCode => 2,
            Self::LicenceKey => 3,
            Self::ComputerKey(index) => 5 + index.min(Self::MAX_COMPUTER_KEY_LINES - 1),
        }
    }
}

impl fmt::Display for LineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ComputerId => f.write_str("Computer ID"),
            Self::VerificationCode => f.write_str("Deactivation Verification Code"),
            Self::LicenceKey => f.write_str("licence key"),
            Self::ComputerKey(index) => write!(f, "line {} of a Computer Key", index + 1),
        }
    }
}

/// Why a typed line was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Not 25 characters, dashes and spaces not counted.
    #[error("{found} characters, a code has 25")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// A character that no code holds.
    #[error(
        "the character U+{found:04X}, codes hold digits and the letters A to Z without I, L, O, U"
    )]
    Alphabet {
        /// Its code point.
        found: u32,
    },
    /// The check character does not fit this kind.
    #[error("{}", check_message(.wanted, .fits.as_ref()))]
    Check {
        /// The kind that was asked for.
        wanted: LineKind,
        /// The kind that fits, if any.
        fits: Option<LineKind>,
    },
}

/// Most mistyped lines fit one of the 31 kinds by chance. The message names the kind that fits only
/// where people keep it beside the wanted one.
fn check_message(wanted: &LineKind, fits: Option<&LineKind>) -> String {
    let misread =
        alloc::format!("the check character is wrong: a character of this {wanted} was misread");
    let takes_its_place = |kind: &&LineKind| {
        !matches!(
            (wanted, kind),
            (_, LineKind::ComputerKey(_)) | (LineKind::ComputerKey(_), _)
        )
    };
    match fits.filter(takes_its_place) {
        Some(kind) => alloc::format!("{misread}, or it is a {kind}"),
        None => misread,
    }
}

/// Multiplies by a = 2 in GF(2^5) modulo x^5 + x^2 + 1.
const fn times_a(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 0x20 != 0 {
        (doubled ^ 0x25) & 0x1F
    } else {
        doubled
    }
}

/// a^exponent.
const fn power_of_a(exponent: usize) -> u8 {
    let mut value = 1;
    let mut i = 0;
    while i < exponent {
        value = times_a(value);
        i += 1;
    }
    value
}

const fn multiply(mut left: u8, mut right: u8) -> u8 {
    let mut product = 0;
    while right != 0 {
        if right & 1 == 1 {
            product ^= left;
        }
        left = times_a(left);
        right >>= 1;
    }
    product
}

/// What each value at each place adds to the check. A table, because each request needs several
/// lines.
static ADDED: [[u8; 32]; CHARACTERS] = {
    let mut added = [[0; 32]; CHARACTERS];
    let mut place = 0;
    while place < CHARACTERS {
        let mut value = 0;
        while value < 32 {
            added[place][value as usize] = multiply(value, power_of_a(place + 1));
            value += 1;
        }
        place += 1;
    }
    added
};

fn check_value(values: &[u8; CHARACTERS - 1], kind: u8) -> u8 {
    let all = values.iter().chain(core::iter::once(&kind)).zip(&ADDED);
    all.fold(0, |sum, (value, added)| {
        sum ^ added[usize::from(*value & 0x1F)]
    })
}

fn values_of(bytes: &[u8; LINE_BYTES]) -> [u8; CHARACTERS - 1] {
    let mut values = [0; CHARACTERS - 1];
    for (group, five) in bytes.chunks_exact(5).enumerate() {
        let bits = five.iter().fold(0_u64, |bits, b| bits << 8 | u64::from(*b));
        for (i, value) in values[group * 8..group * 8 + 8].iter_mut().enumerate() {
            *value = (bits >> (35 - 5 * i)).to_le_bytes()[0] & 0x1F;
        }
    }
    values
}

fn bytes_of(values: &[u8; CHARACTERS - 1]) -> [u8; LINE_BYTES] {
    let mut bytes = [0; LINE_BYTES];
    for (group, eight) in values.chunks_exact(8).enumerate() {
        let bits = eight
            .iter()
            .fold(0_u64, |bits, v| bits << 5 | u64::from(*v));
        bytes[group * 5..group * 5 + 5].copy_from_slice(&bits.to_be_bytes()[3..]);
    }
    bytes
}

/// Writes 15 bytes as a line: five groups of five, joined by `-`, 29 characters.
#[must_use]
pub fn write_line(bytes: &[u8; LINE_BYTES], kind: LineKind) -> String {
    let values = values_of(bytes);
    let check = check_value(&values, kind.number());
    let mut line = String::with_capacity(29);
    for (i, value) in values.iter().chain(core::iter::once(&check)).enumerate() {
        if i > 0 && i % 5 == 0 {
            line.push('-');
        }
        line.push(char::from(ALPHABET[usize::from(*value)]));
    }
    line
}

/// Reads what a person typed: case-blind for ASCII, `O` as `0`, `I` and `L` as `1`, spaces and
/// dashes skipped.
///
/// # Errors
/// [`LineError`]: first the alphabet, then the length, then the check character.
pub fn read_line(text: &str, kind: LineKind) -> Result<[u8; LINE_BYTES], LineError> {
    let (values, check) = values_typed(text)?;
    if check_value(&values, kind.number()) == check {
        return Ok(bytes_of(&values));
    }
    Err(LineError::Check {
        wanted: kind,
        fits: kind_that_fits(&values, check),
    })
}

/// Which kind a typed line is, if its check character fits any.
///
/// # Errors
/// [`LineError`] as [`read_line`]; a check character that fits no kind is called wrong for a
/// Computer ID.
pub fn kind_of_line(text: &str) -> Result<LineKind, LineError> {
    let (values, check) = values_typed(text)?;
    kind_that_fits(&values, check).ok_or(LineError::Check {
        wanted: LineKind::ComputerId,
        fits: None,
    })
}

fn kind_that_fits(values: &[u8; CHARACTERS - 1], check: u8) -> Option<LineKind> {
    (1..32)
        .filter_map(LineKind::from_number)
        .find(|kind| check_value(values, kind.number()) == check)
}

fn values_typed(text: &str) -> Result<([u8; CHARACTERS - 1], u8), LineError> {
    let mut values = [0; CHARACTERS];
    let mut found = 0;
    for c in text.chars().filter(|c| !is_skipped(*c)) {
        let value = value_of(c).ok_or(LineError::Alphabet {
            found: u32::from(c),
        })?;
        if let Some(slot) = values.get_mut(found) {
            *slot = value;
        }
        found += 1;
    }
    if found != CHARACTERS {
        return Err(LineError::Length { found });
    }
    let [data @ .., check] = values;
    Ok((data, check))
}

fn is_skipped(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\r' | '\n' | '\u{a0}' | '-' | '\u{2010}'..='\u{2015}'
    )
}

fn value_of(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let byte = u8::try_from(c).ok()?;
    ALPHABET
        .iter()
        .position(|a| *a == byte)
        .and_then(|place| u8::try_from(place).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [LineKind; 5] = [
        LineKind::ComputerId,
        LineKind::VerificationCode,
        LineKind::LicenceKey,
        LineKind::ComputerKey(0),
        LineKind::ComputerKey(26),
    ];

    #[test]
    fn every_line_reads_back() {
        for seed in 0..64_u8 {
            let bytes: [u8; 15] = core::array::from_fn(|i| {
                seed.wrapping_mul(37)
                    .wrapping_add(u8::try_from(i).unwrap_or(0) * 17)
            });
            for kind in KINDS {
                let line = write_line(&bytes, kind);
                assert_eq!(line.len(), 29);
                assert_eq!(read_line(&line, kind), Ok(bytes));
            }
        }
    }

    #[test]
    fn every_wrong_character_and_swap_is_caught() {
        let line = write_line(b"keyspool's line", LineKind::ComputerId).replace('-', "");
        let chars: Vec<char> = line.chars().collect();
        for i in 0..25 {
            for other in ALPHABET
                .iter()
                .map(|b| char::from(*b))
                .filter(|c| *c != chars[i])
            {
                let mut wrong = chars.clone();
                wrong[i] = other;
                assert!(
                    read_line(&wrong.iter().collect::<String>(), LineKind::ComputerId).is_err()
                );
            }
            for j in 0..i {
                let mut swapped = chars.clone();
                swapped.swap(i, j);
                let same = chars[i] == chars[j];
                assert_eq!(
                    read_line(&swapped.iter().collect::<String>(), LineKind::ComputerId).is_ok(),
                    same
                );
            }
        }
    }

    #[test]
    fn a_mistyped_line_is_called_misread() {
        let message = |line: &str, kind| {
            read_line(line, kind)
                .err()
                .map(|error| alloc::format!("{error}"))
                .unwrap_or_default()
        };
        for kind in [
            LineKind::ComputerId,
            LineKind::VerificationCode,
            LineKind::LicenceKey,
            LineKind::ComputerKey(3),
        ] {
            let line = write_line(b"keyspool's line", kind);
            for other in ALPHABET
                .iter()
                .map(|b| char::from(*b))
                .filter(|c| !line.starts_with(*c))
            {
                let said = message(&alloc::format!("{other}{}", &line[1..]), kind);
                let begin = alloc::format!(
                    "the check character is wrong: a character of this {kind} was misread"
                );
                assert!(said.starts_with(&begin), "{said}");
                assert!(!said[begin.len()..].contains("Computer Key"), "{said}");
            }
        }
        let computer_id = write_line(&[7; 15], LineKind::ComputerId);
        let said = message(&computer_id, LineKind::LicenceKey);
        assert!(
            said.ends_with("of this licence key was misread, or it is a Computer ID"),
            "{said}"
        );
    }

    #[test]
    fn a_line_of_another_kind_is_named() {
        let line = write_line(&[7; 15], LineKind::LicenceKey);
        let error = read_line(&line, LineKind::ComputerId);
        assert_eq!(
            error,
            Err(LineError::Check {
                wanted: LineKind::ComputerId,
                fits: Some(LineKind::LicenceKey)
            })
        );
    }
}
