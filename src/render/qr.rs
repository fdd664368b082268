//! QR codes: alphanumeric mode, error correction M, the smallest version (PROTOCOL section 7,
//! ISO/IEC 18004).
//!
//! The `qrcode` crate knows the standard. Its two slow steps are done here, with tables learned
//! from it and the same outcome bit for bit: `mask` searches the mask, `correction` corrects
//! errors.

use super::correction;
use super::error::RenderError;
use super::level::LEVEL;
use super::mask;
use qrcode::bits::Bits;
use qrcode::types::Mode;
use qrcode::{QrCode, Version};

/// Most characters of one code: version 40 at level M.
pub const MAX_CHARACTERS: usize = 3391;
/// Light modules that surround a code on each side (ISO/IEC 18004, 6.3.8).
pub const QUIET_ZONE: usize = 4;

/// A QR code's modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    rows: Vec<Row>,
}

/// One row: bit x of the 256 is column x, 1 for dark; the first 128 columns first.
pub(super) type Row = [u128; 2];

impl Code {
    /// The code of a text of 1 to 3,391 characters of `0-9 A-Z space $ % * + - . / :`.
    ///
    /// # Errors
    /// [`RenderError::Alphabet`], [`RenderError::TextLength`].
    pub fn of(text: &str) -> Result<Self, RenderError> {
        if let Some(c) = text.chars().find(|c| !is_alphanumeric(*c)) {
            return Err(RenderError::Alphabet(u32::from(c)));
        }
        let (version, bits) = segment(text.as_bytes())?;
        if version > mask::MAX_VERSION {
            let code =
                QrCode::with_bits(bits, LEVEL).map_err(|e| RenderError::encoder("QR", &e))?;
            return Ok(Self::from_crate(&code));
        }
        let rows = mask::best(version, &correction::codewords(version, &bits.into_bytes()));
        Ok(Self {
            rows: rows.into_iter().map(|row| [row, 0]).collect(),
        })
    }

    fn from_crate(code: &QrCode) -> Self {
        let width = code.width();
        let colors = code.to_colors();
        let row = |modules: &[qrcode::Color]| {
            let mut row = [0, 0];
            for (x, color) in modules.iter().enumerate() {
                row[x / 128] |= u128::from(*color == qrcode::Color::Dark) << (x % 128);
            }
            row
        };
        Self {
            rows: colors.chunks_exact(width).map(row).collect(),
        }
    }

    /// Modules of a side, the quiet zone not counted: 21 to 177.
    #[must_use]
    pub fn width(&self) -> usize {
        self.rows.len()
    }

    /// Whether the module in column x of row y is dark; outside the code all is light.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        let half = self.rows.get(y).and_then(|row| row.get(x / 128));
        half.is_some_and(|bits| bits >> (x % 128) & 1 == 1)
    }

    /// All rows, from the upper edge on.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Row y; outside the code all is light.
    pub(super) fn row(&self, y: usize) -> Row {
        self.rows.get(y).copied().unwrap_or_default()
    }

    /// The dark runs of row y from left to right: first column and length.
    pub fn runs(&self, y: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let [low, high] = self.row(y);
        let edges = [low ^ (low << 1), high ^ (high << 1 | low >> 127)].map(u128::to_le_bytes);
        let mut words = edges
            .as_flattened()
            .as_chunks()
            .0
            .iter()
            .map(|word| u64::from_le_bytes(*word));
        let [word, a, b, c]: [u64; 4] = std::array::from_fn(|_| words.next().unwrap_or(0));
        let mut edges = Edges {
            word,
            first: 0,
            later: [a, b, c].into_iter(),
        };
        std::iter::from_fn(move || {
            let start = edges.next()?;
            Some((start, edges.next()? - start))
        })
    }
}

/// The bits that are set in 256, the lowest first.
struct Edges {
    /// What is left of a word, and the place of its lowest bit.
    word: u64,
    first: usize,
    later: std::array::IntoIter<u64, 3>,
}

impl Iterator for Edges {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            self.word = self.later.next()?;
            self.first += 64;
        }
        let lowest = self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(self.first + lowest)
    }
}

fn is_alphanumeric(c: char) -> bool {
    matches!(c, '0'..='9' | 'A'..='Z' | ' ' | '$' | '%' | '*' | '+' | '-' | '.' | '/' | ':')
}

/// One alphanumeric segment with terminator and padding, in the smallest version that holds it.
fn segment(text: &[u8]) -> Result<(i16, Bits), RenderError> {
    let too_long = RenderError::TextLength {
        found: text.len(),
        allowed: MAX_CHARACTERS,
    };
    let version = (1..=40)
        .find(|version| fits(text.len(), Version::Normal(*version)))
        .ok_or(too_long)?;
    let mut bits = Bits::new(Version::Normal(version));
    let filled = bits
        .push_alphanumeric_data(text)
        .and_then(|()| bits.push_terminator(LEVEL));
    filled.map_err(|e| RenderError::encoder("QR", &e))?;
    Ok((version, bits))
}

fn fits(characters: usize, version: Version) -> bool {
    let header = version.mode_bits_count() + Mode::Alphanumeric.length_bits_count(version);
    let length = header + Mode::Alphanumeric.data_bits_count(characters);
    Bits::new(version)
        .max_len(LEVEL)
        .is_ok_and(|allowed| length <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn by_the_crate(text: &str) -> Code {
        let (_, bits) = segment(text.as_bytes()).expect("a text of the test");
        Code::from_crate(&QrCode::with_bits(bits, LEVEL).expect("a text of the test"))
    }

    #[test]
    fn every_version_equals_the_crate_bit_for_bit() {
        let mut versions = 0;
        for length in (1..1600).step_by(7) {
            let text: String = ('A'..='Z').cycle().skip(length % 26).take(length).collect();
            let code = Code::of(&text).expect("a text of the test");
            versions = versions.max((code.width() - 17) / 4);
            assert_eq!(code, by_the_crate(&text), "{length} characters");
        }
        assert_eq!(versions, 27, "the crate's own masks were reached");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn our_mask_search_equals_the_crate_bit_for_bit(text in "[0-9A-Z $%*+./:-]{1,1540}") {
            prop_assert_eq!(Code::of(&text), Ok(by_the_crate(&text)));
        }

        #[test]
        fn dull_texts_equal_the_crate_too(unit in "[0A:]{1,3}", times in 1..400_usize) {
            let text = unit.repeat(times);
            prop_assert_eq!(Code::of(&text), Ok(by_the_crate(&text)));
        }
    }

    #[test]
    fn other_characters_and_longer_texts_are_refused() {
        assert_eq!(Code::of("KS1:a"), Err(RenderError::Alphabet(0x61)));
        assert_eq!(Code::of("東"), Err(RenderError::Alphabet(0x6771)));
        assert_eq!(Code::of(&"0".repeat(3391)).map(|c| c.width()), Ok(177));
        assert_eq!(
            Code::of(&"0".repeat(3392)),
            Err(RenderError::TextLength {
                found: 3392,
                allowed: 3391
            })
        );
    }

    #[test]
    fn the_longest_part_has_our_masks() {
        let code = Code::of(&"Z".repeat(1_200)).expect("a text of the test");
        assert!((code.width() - 17) / 4 <= usize::from(mask::MAX_VERSION.unsigned_abs()));
    }

    #[test]
    fn runs_are_the_dark_modules() {
        for length in [8, 1_700, 3_391] {
            let code = Code::of(&"RUNS".repeat(1_000)[..length]).expect("a text of the test");
            for y in 0..code.width() {
                let dark: Vec<usize> = code.runs(y).flat_map(|(x, length)| x..x + length).collect();
                assert_eq!(
                    dark,
                    (0..code.width())
                        .filter(|x| code.is_dark(*x, y))
                        .collect::<Vec<_>>()
                );
            }
        }
    }
}
