//! QR texts that are split over several codes (PROTOCOL section 7):
//! `KS1-<i>-<n>-<tag>:<characters>`.

use super::error::{Excerpt, QrFault, WireError};
use super::hash::sha256;
use super::qr_fault::QrError;
use super::qr_line::{PART, WHOLE, check_version};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Longest text that one QR code holds whole.
pub const MAX_WHOLE_CHARACTERS: usize = 1_200;
/// Most characters of the text in one part.
pub const MAX_PART_CHARACTERS: usize = 1_180;
/// Most parts of one text.
pub const MAX_PARTS: u8 = 32;

/// One part of a split QR text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1.
    pub index: u8,
    /// How many parts there are, 2 to 32.
    pub count: u8,
    /// The first 8 hex digits, upper case, of SHA-256 of the whole text.
    pub tag: [u8; 8],
    /// Its characters of the text, at most 1,180.
    pub characters: String,
}

/// Parts of one text, collected in any sequence and with repeats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartSet {
    /// Tag and count, from the first part on.
    known: Option<([u8; 8], u8)>,
    parts: BTreeMap<u8, String>,
    /// Set once two parts of one number differ, or two counts: nothing of the set can be trusted.
    void: Option<QrFault>,
}

/// The QR codes of a text: the text itself up to 1,200 characters, else its 2 to 32 parts.
///
/// # Errors
/// [`QrError::TooLong`] where 32 parts do not hold it, [`QrError::NotQrText`] where it is no whole
/// QR text.
pub fn parts_of(text: &str) -> Result<Vec<String>, QrError> {
    if !text.starts_with(WHOLE) || !text.is_ascii() {
        return Err(QrError::NotQrText {
            found: Excerpt::new(text),
        });
    }
    if text.len() <= MAX_WHOLE_CHARACTERS {
        return Ok(vec![text.to_owned()]);
    }
    let fewest = text.len().div_ceil(MAX_PART_CHARACTERS);
    let cut = (fewest..=usize::from(MAX_PARTS)).find_map(|count| cut_evenly(text, count));
    let allowed = usize::from(MAX_PARTS) * MAX_PART_CHARACTERS;
    let parts = cut.ok_or(QrError::TooLong {
        found: text.len(),
        allowed,
    })?;
    let (count, tag) = (parts.len(), tag_text(&tag_of(text)));
    Ok(parts
        .iter()
        .zip(1..)
        .map(|(characters, i)| alloc::format!("{PART}{i}-{count}-{tag}:{characters}"))
        .collect())
}

/// Reads one part.
///
/// # Errors
/// [`WireError`] with the first fault of its head or its length.
pub fn read_part(text: &str) -> Result<Part, WireError> {
    check_version(text)?;
    let fault = || QrFault::PartHead {
        found: Excerpt::new(text),
    };
    let rest = text.strip_prefix(PART).ok_or_else(|| QrFault::NotQrText {
        found: Excerpt::new(text),
    })?;
    let (head, characters) = rest.split_once(':').ok_or_else(fault)?;
    let mut fields = head.split('-');
    let (Some(index), Some(count), Some(tag), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(fault().into());
    };
    let (index, count) = (
        number_of(index).ok_or_else(fault)?,
        number_of(count).ok_or_else(fault)?,
    );
    let tag: [u8; 8] = tag.as_bytes().try_into().map_err(|_| fault())?;
    if !tag.iter().all(|c| matches!(c, b'0'..=b'9' | b'A'..=b'F')) {
        return Err(fault().into());
    }
    if !(2..=MAX_PARTS).contains(&count) || !(1..=count).contains(&index) {
        return Err(QrFault::PartNumber { index, count }.into());
    }
    check_characters(index, characters)?;
    Ok(Part {
        index,
        count,
        tag,
        characters: characters.to_owned(),
    })
}

impl PartSet {
    /// Adds a part; the same part again changes nothing.
    ///
    /// # Errors
    /// [`QrFault::PartOfAnother`] leaves the set as it is. [`QrFault::PartsDiffer`] and
    /// [`QrFault::PartsCount`] make it void: every later call says so.
    pub fn add(&mut self, part: Part) -> Result<(), WireError> {
        self.check_void()?;
        let (tag, count) = *self.known.get_or_insert((part.tag, part.count));
        if tag != part.tag {
            let (found, expected) = (
                Excerpt::new(&tag_text(&part.tag)),
                Excerpt::new(&tag_text(&tag)),
            );
            return Err(QrFault::PartOfAnother { found, expected }.into());
        }
        if count != part.count {
            self.void = Some(QrFault::PartsCount {
                found: part.count,
                expected: count,
            });
        } else if self
            .parts
            .get(&part.index)
            .is_some_and(|known| *known != part.characters)
        {
            self.void = Some(QrFault::PartsDiffer { index: part.index });
        }
        self.check_void()?;
        self.parts.insert(part.index, part.characters);
        Ok(())
    }

    /// Numbers of the parts that did not come yet, rising; empty before the first part.
    #[must_use]
    pub fn missing(&self) -> Vec<u8> {
        let count = self.known.map_or(0, |(_, count)| count);
        (1..=count)
            .filter(|index| !self.parts.contains_key(index))
            .collect()
    }

    /// The whole text, once all parts are there and its tag fits.
    ///
    /// # Errors
    /// [`WireError::PartsMissing`], [`QrFault::PartsTag`], or why the set is void.
    pub fn join(&self) -> Result<String, WireError> {
        self.check_void()?;
        let (missing, count) = (self.missing(), self.known.map_or(0, |(_, count)| count));
        let Some((tag, _)) = self.known.filter(|_| missing.is_empty()) else {
            return Err(WireError::PartsMissing { missing, count });
        };
        let text: String = self.parts.values().map(String::as_str).collect();
        let found = tag_of(&text);
        if found != tag {
            let (found, expected) = (
                Excerpt::new(&tag_text(&found)),
                Excerpt::new(&tag_text(&tag)),
            );
            return Err(QrFault::PartsTag { found, expected }.into());
        }
        Ok(text)
    }

    fn check_void(&self) -> Result<(), WireError> {
        self.void.clone().map_or(Ok(()), |fault| Err(fault.into()))
    }
}

/// The first 8 hex digits of SHA-256 of the whole text, in upper case.
fn tag_of(text: &str) -> [u8; 8] {
    let digits = sha256(&[text.as_bytes()]).to_string().to_ascii_uppercase();
    core::array::from_fn(|i| digits.as_bytes().get(i).copied().unwrap_or(b'0'))
}

fn tag_text(tag: &[u8; 8]) -> String {
    tag.iter().copied().map(char::from).collect()
}

/// A decimal number without leading zeros.
fn number_of(digits: &str) -> Option<u8> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    if plain { digits.parse().ok() } else { None }
}

fn check_characters(index: u8, characters: &str) -> Result<(), QrFault> {
    let found = characters.chars().count();
    if found > MAX_PART_CHARACTERS {
        return Err(QrFault::PartLong {
            found,
            allowed: MAX_PART_CHARACTERS,
        });
    }
    if found == 0 || characters.starts_with(' ') || characters.ends_with(' ') {
        return Err(QrFault::PartEdge { index });
    }
    Ok(())
}

/// Cuts text into `count` pieces of about one length, no cut beside a space; `None` where a piece
/// would be too long.
///
/// Base45 has at most two spaces in a row (the third character of a group is never one), so that a
/// cut moves little.
fn cut_evenly(text: &str, count: usize) -> Option<Vec<&str>> {
    let beside_space = |at: usize| {
        text.as_bytes()
            .get(at.saturating_sub(1)..=at)
            .is_some_and(|two| two.contains(&b' '))
    };
    let mut pieces = Vec::with_capacity(count);
    let mut from = 0;
    for k in 1..=count {
        let mut to = k * text.len() / count;
        while to > from && beside_space(to) {
            to -= 1;
        }
        let piece = text
            .get(from..to)
            .filter(|piece| (1..=MAX_PART_CHARACTERS).contains(&piece.len()))?;
        pieces.push(piece);
        from = to;
    }
    Some(pieces).filter(|_| !text.ends_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text like base45 of this many characters, with many spaces.
    fn text(characters: usize) -> String {
        let tail = "AB C  D1 "
            .chars()
            .cycle()
            .take(characters - WHOLE.len() - 1);
        WHOLE
            .chars()
            .chain(tail)
            .chain(core::iter::once('Z'))
            .collect()
    }

    fn parts(characters: usize) -> Vec<Part> {
        let texts = parts_of(&text(characters)).expect("a text that fits");
        texts
            .iter()
            .map(|part| read_part(part).expect("a part that was written"))
            .collect()
    }

    #[test]
    fn every_length_is_split_and_joined_again() {
        assert_eq!(parts_of(&text(1_200)), Ok(vec![text(1_200)]));
        for characters in (1_201..2_500).chain([9_999, 20_000, 37_000, 37_600]) {
            let mut set = PartSet::default();
            for part in parts(characters).into_iter().rev() {
                set.add(part.clone()).expect("a part of the set");
                set.add(part).expect("the same part again");
            }
            assert_eq!(set.join(), Ok(text(characters)));
        }
    }

    #[test]
    fn text_over_32_parts_is_not_written() {
        let allowed = 32 * MAX_PART_CHARACTERS;
        assert_eq!(
            parts_of(&text(allowed + 1)),
            Err(QrError::TooLong {
                found: allowed + 1,
                allowed
            })
        );
        let plain = alloc::format!("{WHOLE}{}", "A".repeat(allowed - 4));
        assert_eq!(parts_of(&plain).map(|parts| parts.len()), Ok(32));
    }

    #[test]
    fn missing_parts_are_named() {
        let mut set = PartSet::default();
        assert_eq!(
            set.join(),
            Err(WireError::PartsMissing {
                missing: vec![],
                count: 0
            })
        );
        set.add(parts(4_000)[1].clone()).expect("a part of the set");
        assert_eq!(set.missing(), [1, 3, 4]);
        assert_eq!(
            set.join(),
            Err(WireError::PartsMissing {
                missing: vec![1, 3, 4],
                count: 4
            })
        );
    }

    #[test]
    fn contradicting_parts_void_the_set() {
        let good = parts(2_000);
        let counts = || QrFault::PartsCount {
            found: 3,
            expected: 2,
        };
        for (other, fault) in [
            (
                Part {
                    characters: "OTHER".into(),
                    ..good[0].clone()
                },
                QrFault::PartsDiffer { index: 1 },
            ),
            (
                Part {
                    count: 3,
                    ..good[0].clone()
                },
                counts(),
            ),
            (
                Part {
                    count: 3,
                    index: 3,
                    ..good[0].clone()
                },
                counts(),
            ),
        ] {
            let mut set = PartSet::default();
            set.add(good[0].clone()).expect("a part of the set");
            let void = Err(WireError::from(fault));
            assert_eq!(set.add(other), void);
            assert_eq!(set.add(good[1].clone()), void);
            assert_eq!(set.join().map(drop), void);
        }
    }

    #[test]
    fn a_part_of_another_set_changes_nothing() {
        let (good, other) = (parts(2_000), parts(2_001));
        let mut set = PartSet::default();
        set.add(good[0].clone()).expect("a part of the set");
        assert!(matches!(
            set.add(other[1].clone()),
            Err(WireError::Qr(QrFault::PartOfAnother { .. }))
        ));
        set.add(good[1].clone()).expect("a part of the set");
        assert_eq!(set.join(), Ok(text(2_000)));
    }

    #[test]
    fn the_tag_names_the_whole_text() {
        let mut set = PartSet::default();
        for (i, part) in parts(2_000).into_iter().enumerate() {
            let characters = if i == 0 {
                part.characters.replace("D1", "D2")
            } else {
                part.characters.clone()
            };
            set.add(Part { characters, ..part })
                .expect("a part of the set");
        }
        assert!(matches!(
            set.join(),
            Err(WireError::Qr(QrFault::PartsTag { .. }))
        ));
    }

    #[test]
    fn heads_have_one_spelling() {
        assert_eq!(
            read_part("KS1-1-2-00FFAA99:A B").map(|part| (part.index, part.count)),
            Ok((1, 2))
        );
        for head in [
            "KS1-01-2-00FFAA99:A",
            "KS1-1-02-00FFAA99:A",
            "KS1-+1-2-00FFAA99:A",
            "KS1-1-2-00ffaa99:A",
            "KS1-1-2-0FFAA99:A",
            "KS1-1-2-000FFAA99:A",
            "KS1-1-2-00FFAA9G:A",
            "KS1-1-2:A",
            "KS1-1-2-00FFAA99-1:A",
            "KS1-1-2-00FFAA99",
            "KS1--2-00FFAA99:A",
            "KS1-0-2-00FFAA99:A",
            "KS1-256-2-00FFAA99:A",
            "KS1- 1-2-00FFAA99:A",
        ] {
            assert_eq!(
                read_part(head),
                Err(QrFault::PartHead {
                    found: Excerpt::new(head)
                }
                .into())
            );
        }
        for (index, count) in [(1, 1), (3, 2), (1, 33), (33, 33), (255, 255)] {
            let found = read_part(&alloc::format!("KS1-{index}-{count}-00FFAA99:A"));
            assert_eq!(found, Err(QrFault::PartNumber { index, count }.into()));
        }
        let supported = read_part("KS3-1-2-00FFAA99:A");
        assert_eq!(
            supported,
            Err(WireError::UnsupportedVersion {
                found: Excerpt::new("KS3")
            })
        );
    }

    #[test]
    fn parts_have_no_spaces_at_their_edges() {
        for characters in ["", " A", "A "] {
            let part = read_part(&alloc::format!("KS1-2-2-00FFAA99:{characters}"));
            assert_eq!(part, Err(QrFault::PartEdge { index: 2 }.into()));
        }
        let long = read_part(&alloc::format!("KS1-2-2-00FFAA99:{}", "A".repeat(1_181)));
        assert_eq!(
            long,
            Err(QrFault::PartLong {
                found: 1_181,
                allowed: 1_180
            }
            .into())
        );
    }
}
