//! Counts per licence type: what a system needs, what a key is worth, what an activation states.

use super::identifier::Identifier;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A sum went over 2^64 - 1, or a difference under 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("licence counts out of range")]
pub struct CountsOverflow;

/// Licence type to count. A type with count 0 is left out: two counts are equal exactly when they
/// hold the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<Identifier, u64>);

impl Counts {
    /// Nothing of any type.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The count of a type, 0 where it is not held.
    #[must_use]
    pub fn of(&self, licence_type: &Identifier) -> u64 {
        self.0.get(licence_type).copied().unwrap_or(0)
    }

    /// Sets the count of a type.
    pub fn set(&mut self, licence_type: Identifier, count: u64) {
        if count == 0 {
            self.0.remove(&licence_type);
        } else {
            self.0.insert(licence_type, count);
        }
    }

    /// Adds a count of one type.
    ///
    /// # Errors
    /// [`CountsOverflow`], and nothing is changed.
    pub fn add_type(
        &mut self,
        licence_type: &Identifier,
        count: u64,
    ) -> Result<(), CountsOverflow> {
        let sum = self
            .of(licence_type)
            .checked_add(count)
            .ok_or(CountsOverflow)?;
        self.set(licence_type.clone(), sum);
        Ok(())
    }

    /// The sum of both, type by type.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn plus(&self, other: &Self) -> Result<Self, CountsOverflow> {
        let mut sum = self.clone();
        for (licence_type, count) in other.iter() {
            sum.add_type(licence_type, count)?;
        }
        Ok(sum)
    }

    /// What is left after taking `other` away, which must be held in full.
    ///
    /// # Errors
    /// [`CountsOverflow`] where less is held.
    pub fn minus(&self, other: &Self) -> Result<Self, CountsOverflow> {
        let mut rest = self.clone();
        for (licence_type, count) in other.iter() {
            rest.set(
                licence_type.clone(),
                self.of(licence_type)
                    .checked_sub(count)
                    .ok_or(CountsOverflow)?,
            );
        }
        Ok(rest)
    }

    /// What `wanted` needs beyond this, type by type.
    #[must_use]
    pub fn lacking(&self, wanted: &Self) -> Self {
        let mut lacking = Self::new();
        for (licence_type, count) in wanted.iter() {
            lacking.set(
                licence_type.clone(),
                count.saturating_sub(self.of(licence_type)),
            );
        }
        lacking
    }

    /// Whether every type is held at least as often as in `other`.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other
            .iter()
            .all(|(licence_type, count)| self.of(licence_type) >= count)
    }

    /// The sum over all types.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn total(&self) -> Result<u64, CountsOverflow> {
        self.0
            .values()
            .try_fold(0_u64, |sum, count| sum.checked_add(*count))
            .ok_or(CountsOverflow)
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of types held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Types with their counts, sorted by identifier.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.iter())
    }
}

/// Types with their counts: see [`Counts::iter`].
#[derive(Debug, Clone)]
pub struct Iter<'a>(btree_map::Iter<'a, Identifier, u64>);

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Identifier, u64);
    fn next(&mut self) -> Option<Self::Item> {
        self.0
            .next()
            .map(|(licence_type, count)| (licence_type, *count))
    }
}

impl<'a> IntoIterator for &'a Counts {
    type Item = (&'a Identifier, u64);
    type IntoIter = Iter<'a>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<(Identifier, u64)> for Counts {
    /// A type that stands twice keeps the last count.
    fn from_iter<I: IntoIterator<Item = (Identifier, u64)>>(pairs: I) -> Self {
        let mut counts = Self::new();
        for (licence_type, count) in pairs {
            counts.set(licence_type, count);
        }
        counts
    }
}

impl fmt::Display for Counts {
    /// `16 core, 4 universal`, or `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        for (i, (licence_type, count)) in self.iter().enumerate() {
            write!(
                f,
                "{}{count} {licence_type}",
                if i == 0 { "" } else { ", " }
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pairs: &[(&str, u64)]) -> Counts {
        pairs
            .iter()
            .map(|(id, n)| (Identifier::new(id).expect("an identifier of the test"), *n))
            .collect()
    }

    #[test]
    fn sums_and_differences_are_checked() {
        let held = counts(&[("core", 16), ("universal", 4)]);
        let need = counts(&[("core", 20)]);
        assert_eq!(held.lacking(&need), counts(&[("core", 4)]));
        assert_eq!(held.minus(&need), Err(CountsOverflow));
        assert_eq!(
            held.plus(&need),
            Ok(counts(&[("core", 36), ("universal", 4)]))
        );
        assert_eq!(
            counts(&[("core", u64::MAX)]).plus(&held),
            Err(CountsOverflow)
        );
        assert_eq!(
            held.minus(&counts(&[("core", 16)])),
            Ok(counts(&[("universal", 4)]))
        );
        assert!(!held.covers(&need) && held.covers(&Counts::new()));
    }

    #[test]
    fn counts_read_as_words() {
        assert_eq!(
            alloc::format!("{}", counts(&[("core", 16), ("universal", 4)])),
            "16 core, 4 universal"
        );
        assert_eq!(alloc::format!("{}", Counts::new()), "none");
    }
}
