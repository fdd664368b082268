//! Computer Keys: an activation in at least six lines that a person types (PROTOCOL section 6.5).

use crate::licence::code::{self, LINE_BYTES};
use crate::licence::{ComputerId, Day, Identifier, LineError, LineKind, Plan, Validity};
use alloc::string::String;
use alloc::vec::Vec;

/// Bytes of version, key index, plan, three days, sequence and number of types.
const HEAD_BYTES: usize = 12;
/// Bytes of a licence type's index and its count.
const LICENCE_BYTES: usize = 5;
/// Bytes of an Ed25519 signature.
const SIGNATURE_BYTES: usize = 64;
/// Most lines: kinds 5 to 31.
const MAX_LINES: usize = LineKind::MAX_COMPUTER_KEY_LINES as usize;
/// Most licence types: what 27 lines hold.
pub const MAX_LICENCES: usize =
    (MAX_LINES * LINE_BYTES - HEAD_BYTES - SIGNATURE_BYTES) / LICENCE_BYTES;
/// `valid_until` of an activation for the hardware's lifetime.
const NO_END: u16 = 0xFFFF;

/// An activation as a Computer Key states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComputerKey {
    /// Position of the signing key in the trust list's keys, from 0.
    pub key_index: u8,
    /// The grounds.
    pub plan: Plan,
    /// First day, last day, last day of use.
    pub validity: Validity,
    /// 1 to 65,535.
    pub sequence: u16,
    /// Index of the licence type in the product's declared sequence, and its count: at most 65,
    /// each index once.
    pub licences: Vec<(u8, u32)>,
}

/// Why a Computer Key was not written or not read. Lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ComputerKeyError {
    /// The days do not rise, or only one of the last two is given.
    #[error("the days of a Computer Key must rise, the last two be both given or both absent")]
    DaysNotRising,
    /// The sequence is 0.
    #[error("sequence 0, 1 to 65535 are allowed")]
    Sequence,
    /// More licence types than 27 lines hold.
    #[error("{found} licence types, a Computer Key holds at most {allowed}")]
    Licences {
        /// Types found.
        found: usize,
        /// Most allowed.
        allowed: usize,
    },
    /// One licence type twice.
    #[error("licence type {index} twice in one Computer Key")]
    RepeatedLicence {
        /// Its index.
        index: u8,
    },
    /// A line was not read.
    #[error("line {line}: {fault}")]
    Line {
        /// The line's number.
        line: usize,
        /// Why.
        fault: LineError,
    },
    /// A line of this or another Computer Key stands in another's place.
    #[error("line {line}: this is line {is} of a Computer Key")]
    Misplaced {
        /// Where it stands.
        line: usize,
        /// Where it belongs.
        is: u8,
    },
    /// Lines are missing at the end.
    #[error("{found} lines, this Computer Key has {needed}")]
    LinesMissing {
        /// Lines found.
        found: usize,
        /// Lines needed.
        needed: usize,
    },
    /// Lines are left over.
    #[error("{found} lines, this Computer Key has {needed}")]
    LinesSurplus {
        /// Lines found.
        found: usize,
        /// Lines needed.
        needed: usize,
    },
    /// Another version of this format.
    #[error("a Computer Key of version {found}, this program reads version 1")]
    Version {
        /// The version found.
        found: u8,
    },
    /// A plan that this page does not name.
    #[error("plan {found}, 0 to 4 are allowed")]
    Plan {
        /// The number found.
        found: u8,
    },
    /// A day after 2199-06-05, or days of grace after no last day.
    #[error("a day after 2199-06-05, or grace without a last day")]
    Day,
    /// Bytes after the signature are not zero.
    #[error("the last line holds more than the end of a Computer Key")]
    Padding,
}

impl ComputerKey {
    /// The bytes before the signature: 12, and 5 for each licence type.
    ///
    /// # Errors
    /// [`ComputerKeyError`] for values that do not fit.
    pub fn body(&self) -> Result<Vec<u8>, ComputerKeyError> {
        self.check()?;
        let found = self.licences.len();
        let count = u8::try_from(found).map_err(|_| ComputerKeyError::Licences {
            found,
            allowed: MAX_LICENCES,
        })?;
        let mut body = Vec::from([1, self.key_index, self.plan.number()]);
        for number in [
            self.validity.valid_from.number(),
            self.last_day(),
            self.days_of_grace()?,
            self.sequence,
        ] {
            body.extend(number.to_be_bytes());
        }
        body.push(count);
        for (index, count) in &self.licences {
            body.push(*index);
            body.extend(count.to_be_bytes());
        }
        Ok(body)
    }

    /// The bytes that are signed: the context, the owner, and [`ComputerKey::body`].
    ///
    /// # Errors
    /// [`ComputerKeyError`] for values that do not fit.
    pub fn signed_bytes(
        &self,
        organization: &Identifier,
        product: &Identifier,
        computer_id: &ComputerId,
    ) -> Result<Vec<u8>, ComputerKeyError> {
        let mut bytes = b"keyspool/computer-key/v1\0".to_vec();
        for part in [
            organization.as_str(),
            product.as_str(),
            &computer_id.without_dashes(),
        ] {
            bytes.extend_from_slice(part.as_bytes());
            bytes.push(0);
        }
        bytes.extend(self.body()?);
        Ok(bytes)
    }

    /// The lines to type, 6 to 27 of 29 characters.
    ///
    /// # Errors
    /// [`ComputerKeyError`] for values that do not fit.
    pub fn to_lines(
        &self,
        signature: &[u8; SIGNATURE_BYTES],
    ) -> Result<Vec<String>, ComputerKeyError> {
        let mut bytes = self.body()?;
        bytes.extend_from_slice(signature);
        bytes.resize(bytes.len().next_multiple_of(LINE_BYTES), 0);
        let (lines, _) = bytes.as_chunks::<LINE_BYTES>();
        Ok(lines
            .iter()
            .zip(0..)
            .map(|(line, i)| code::write_line(line, LineKind::ComputerKey(i)))
            .collect())
    }

    /// Reads typed lines, one item a line, and gives the signature with them. The signature is not
    /// verified.
    ///
    /// # Errors
    /// [`ComputerKeyError`] naming the first wrong line; then surplus or missing lines; then
    /// values.
    pub fn read_lines<S: AsRef<str>>(
        lines: &[S],
    ) -> Result<(Self, [u8; SIGNATURE_BYTES]), ComputerKeyError> {
        let mut bytes = Vec::new();
        for (line, i) in lines.iter().take(MAX_LINES).zip(0..) {
            bytes.extend(read_line(line.as_ref(), i, lines.len())?);
        }
        let missing = ComputerKeyError::LinesMissing {
            found: lines.len(),
            needed: lines_needed(0),
        };
        let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>().ok_or(missing)?;
        let [version, key_index, plan, days @ .., count] = *head;
        if version != 1 {
            return Err(ComputerKeyError::Version { found: version });
        }
        let (found, needed) = (lines.len(), lines_needed(usize::from(count)));
        if found > needed {
            return Err(ComputerKeyError::LinesSurplus { found, needed });
        }
        let missing = ComputerKeyError::LinesMissing { found, needed };
        let (licences, rest) = rest
            .split_at_checked(usize::from(count) * LICENCE_BYTES)
            .ok_or(missing)?;
        let (signature, padding) = rest.split_first_chunk::<SIGNATURE_BYTES>().ok_or(missing)?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(ComputerKeyError::Padding);
        }
        let (validity, sequence) = read_days(days)?;
        let plan = Plan::from_number(plan).ok_or(ComputerKeyError::Plan { found: plan })?;
        let (licences, _) = licences.as_chunks::<LICENCE_BYTES>();
        let licences = licences
            .iter()
            .map(|[index, count @ ..]| (*index, u32::from_be_bytes(*count)))
            .collect();
        let key = Self {
            key_index,
            plan,
            validity,
            sequence,
            licences,
        };
        key.check()?;
        Ok((key, *signature))
    }

    /// Reads a text of typed lines, as [`ComputerKey::read_lines`]; lines of nothing but white
    /// space are skipped.
    ///
    /// # Errors
    /// [`ComputerKeyError`]; lines are counted without those skipped.
    pub fn read_text(text: &str) -> Result<(Self, [u8; SIGNATURE_BYTES]), ComputerKeyError> {
        let lines: Vec<&str> = text
            .split(['\r', '\n'])
            .filter(|line| !line.trim().is_empty())
            .collect();
        Self::read_lines(&lines)
    }

    fn check(&self) -> Result<(), ComputerKeyError> {
        if !self.validity.is_rising() {
            return Err(ComputerKeyError::DaysNotRising);
        }
        if self.sequence == 0 {
            return Err(ComputerKeyError::Sequence);
        }
        let found = self.licences.len();
        if found > MAX_LICENCES {
            return Err(ComputerKeyError::Licences {
                found,
                allowed: MAX_LICENCES,
            });
        }
        let indexes = || self.licences.iter().map(|(index, _)| *index);
        match indexes()
            .enumerate()
            .find(|(i, index)| indexes().take(*i).any(|earlier| earlier == *index))
        {
            Some((_, index)) => Err(ComputerKeyError::RepeatedLicence { index }),
            None => Ok(()),
        }
    }

    fn last_day(&self) -> u16 {
        self.validity.valid_until.map_or(NO_END, Day::number)
    }

    fn days_of_grace(&self) -> Result<u16, ComputerKeyError> {
        match (self.validity.valid_until, self.validity.grace_until) {
            (Some(until), Some(grace)) => {
                u16::try_from(grace.days_since(until)).map_err(|_| ComputerKeyError::DaysNotRising)
            }
            _ => Ok(0),
        }
    }
}

fn lines_needed(licences: usize) -> usize {
    (HEAD_BYTES + licences * LICENCE_BYTES + SIGNATURE_BYTES).div_ceil(LINE_BYTES)
}

/// A misread line fits most places of a long key by chance. It is called misplaced only where the
/// typed lines have that place.
fn read_line(text: &str, place: u8, lines: usize) -> Result<[u8; LINE_BYTES], ComputerKeyError> {
    let line = usize::from(place) + 1;
    code::read_line(text, LineKind::ComputerKey(place)).map_err(|fault| match fault {
        LineError::Check {
            fits: Some(LineKind::ComputerKey(other)),
            ..
        } if usize::from(other) < lines => ComputerKeyError::Misplaced {
            line,
            is: other + 1,
        },
        fault => ComputerKeyError::Line { line, fault },
    })
}

/// Three days and the sequence, u16 each.
fn read_days(bytes: [u8; 8]) -> Result<(Validity, u16), ComputerKeyError> {
    let [a, b, c, d, e, f, g, h] = bytes;
    let [from, until, grace, sequence] = [[a, b], [c, d], [e, f], [g, h]].map(u16::from_be_bytes);
    let day = |number: u16| Day::from_number(number).ok_or(ComputerKeyError::Day);
    let valid_from = day(from)?;
    let validity = match (until, grace) {
        (NO_END, 0) => Validity {
            valid_from,
            valid_until: None,
            grace_until: None,
        },
        (NO_END, _) => return Err(ComputerKeyError::Day),
        (until, grace) => {
            let until = day(until)?;
            let grace_until = until
                .plus_days(u32::from(grace))
                .ok_or(ComputerKeyError::Day)?;
            Validity {
                valid_from,
                valid_until: Some(until),
                grace_until: Some(grace_until),
            }
        }
    };
    Ok((validity, sequence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn day(text: &str) -> Day {
        Day::read(text).expect("a day of the test")
    }

    fn key(types: u8) -> ComputerKey {
        let until = Some(day("2027-11-21"));
        let validity = Validity {
            valid_from: day("2026-11-22"),
            valid_until: until,
            grace_until: Some(day("2027-12-21")),
        };
        let licences = (0..types)
            .map(|index| (index, u32::MAX - u32::from(index)))
            .collect();
        ComputerKey {
            key_index: 3,
            plan: Plan::Subscription,
            validity,
            sequence: 65_535,
            licences,
        }
    }

    fn lines(key: &ComputerKey) -> Vec<String> {
        key.to_lines(&[0xA5; 64]).expect("a key that fits")
    }

    /// Lines of these bytes, whatever they mean.
    fn lines_of(bytes: &[u8]) -> Vec<String> {
        let chunks = bytes.chunks_exact(15).zip(0..);
        chunks
            .map(|(line, i)| {
                code::write_line(line.try_into().expect("15 bytes"), LineKind::ComputerKey(i))
            })
            .collect()
    }

    /// The bytes of a key of one licence type, with one byte changed.
    fn changed(at: usize, to: &[u8]) -> Result<(ComputerKey, [u8; 64]), ComputerKeyError> {
        let mut bytes = key(1).body().expect("a key that fits");
        bytes.extend([0xA5; 64]);
        bytes.resize(90, 0);
        bytes[at..at + to.len()].copy_from_slice(to);
        ComputerKey::read_lines(&lines_of(&bytes))
    }

    #[test]
    fn every_key_reads_back_with_its_signature() {
        let lifetime = Validity {
            valid_from: Day::FIRST,
            valid_until: None,
            grace_until: None,
        };
        let longest = Validity {
            valid_from: Day::FIRST,
            valid_until: Some(Day::FIRST),
            grace_until: Some(Day::LAST),
        };
        for types in 0..=65 {
            for validity in [key(0).validity, lifetime, longest] {
                let key = ComputerKey {
                    validity,
                    ..key(types)
                };
                assert_eq!(ComputerKey::read_lines(&lines(&key)), Ok((key, [0xA5; 64])));
            }
        }
        assert_eq!(lines(&key(0)).len(), 6);
        assert_eq!(lines(&key(65)).len(), 27);
    }

    #[test]
    fn values_that_do_not_fit_are_refused_at_issue() {
        assert_eq!(MAX_LICENCES, 65);
        assert_eq!(
            key(66).body(),
            Err(ComputerKeyError::Licences {
                found: 66,
                allowed: 65
            })
        );
        assert_eq!(
            ComputerKey {
                sequence: 0,
                ..key(1)
            }
            .body(),
            Err(ComputerKeyError::Sequence)
        );
        let twice = ComputerKey {
            licences: vec![(7, 1), (7, 2)],
            ..key(1)
        };
        assert_eq!(
            twice.body(),
            Err(ComputerKeyError::RepeatedLicence { index: 7 })
        );
        let alone = Validity {
            grace_until: None,
            ..key(1).validity
        };
        assert_eq!(
            ComputerKey {
                validity: alone,
                ..key(1)
            }
            .body(),
            Err(ComputerKeyError::DaysNotRising)
        );
    }

    #[test]
    fn misplaced_lines_and_wrong_lines_are_named() {
        let mut swapped = lines(&key(1));
        swapped.swap(2, 4);
        assert_eq!(
            ComputerKey::read_lines(&swapped),
            Err(ComputerKeyError::Misplaced { line: 3, is: 5 })
        );
        let mut wrong = lines(&key(1));
        let other = if wrong[3].starts_with('0') { "1" } else { "0" };
        wrong[3].replace_range(0..1, other);
        let error = ComputerKey::read_lines(&wrong);
        let named = matches!(
            error,
            Err(ComputerKeyError::Line { line: 4, .. }
                | ComputerKeyError::Misplaced { line: 4, .. })
        );
        assert!(named, "{error:?}");
        let mut short = lines(&key(1));
        short[5].pop();
        let length = LineError::Length { found: 24 };
        assert_eq!(
            ComputerKey::read_lines(&short),
            Err(ComputerKeyError::Line {
                line: 6,
                fault: length
            })
        );
    }

    #[test]
    fn surplus_and_missing_lines_are_refused() {
        let mut more = lines(&key(1));
        more.push(code::write_line(&[0; 15], LineKind::ComputerKey(6)));
        assert_eq!(
            ComputerKey::read_lines(&more),
            Err(ComputerKeyError::LinesSurplus {
                found: 7,
                needed: 6
            })
        );
        for found in 1..6 {
            let fewer = ComputerKey::read_lines(&lines(&key(1))[..found]);
            assert_eq!(
                fewer,
                Err(ComputerKeyError::LinesMissing { found, needed: 6 })
            );
        }
        let none: [&str; 0] = [];
        assert_eq!(
            ComputerKey::read_lines(&none),
            Err(ComputerKeyError::LinesMissing {
                found: 0,
                needed: 6
            })
        );
        let mut most = lines(&key(65));
        most.push(most[26].clone());
        assert_eq!(
            ComputerKey::read_lines(&most),
            Err(ComputerKeyError::LinesSurplus {
                found: 28,
                needed: 27
            })
        );
        assert!(matches!(
            changed(11, &[255]),
            Err(ComputerKeyError::LinesMissing { found: 6, .. })
        ));
    }

    #[test]
    fn hostile_bytes_with_good_checks_are_refused() {
        assert_eq!(
            changed(0, &[2]),
            Err(ComputerKeyError::Version { found: 2 })
        );
        assert_eq!(changed(2, &[5]), Err(ComputerKeyError::Plan { found: 5 }));
        assert_eq!(changed(3, &[0xFF, 0xFF]), Err(ComputerKeyError::Day));
        assert_eq!(changed(5, &[0xFF, 0xFF]), Err(ComputerKeyError::Day));
        assert_eq!(changed(5, &[0xFF, 0xFE]), Err(ComputerKeyError::Day));
        assert_eq!(changed(5, &[0, 1]), Err(ComputerKeyError::DaysNotRising));
        assert_eq!(changed(9, &[0, 0]), Err(ComputerKeyError::Sequence));
        assert_eq!(changed(81, &[1]), Err(ComputerKeyError::Padding));
        assert_eq!(changed(89, &[1]), Err(ComputerKeyError::Padding));
    }

    #[test]
    fn typed_text_may_be_spaced_as_people_do() {
        let typed = lines(&key(2))
            .join("\r\n\r\n  ")
            .to_lowercase()
            .replace('-', " \u{2013} ");
        assert_eq!(ComputerKey::read_text(&typed), Ok((key(2), [0xA5; 64])));
    }
}
