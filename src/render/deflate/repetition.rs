//! Repetitions: how many bytes each covers, and the symbols of lengths and distances.

/// Longest repetition of one token.
const MAX_REPEAT: usize = 258;
/// Shortest repetition of one token.
const MIN_REPEAT: usize = 3;

/// Symbol, base and extra bits of a repetition's length or distance.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) symbol: usize,
    pub(super) base: usize,
    pub(super) bits: usize,
}

impl Range {
    /// Of 3 to 258 repeated bytes (RFC 1951, 3.2.5).
    pub(super) fn of_length(length: usize) -> Self {
        if length == MAX_REPEAT {
            return Self {
                symbol: 285,
                base: MAX_REPEAT,
                bits: 0,
            };
        }
        Self::among(257, 3, 4, length)
    }

    /// Of 1 to 32,768 bytes back.
    pub(super) fn of_distance(distance: usize) -> Self {
        Self::among(0, 1, 2, distance)
    }

    /// Ranges in groups of `group`, twice as wide from one group to the next; the first two groups
    /// are of one value each.
    fn among(symbol: usize, base: usize, group: usize, value: usize) -> Self {
        let mut range = Self {
            symbol,
            base,
            bits: 0,
        };
        let mut number = 0;
        while value >= range.base + (1 << range.bits) {
            range.base += 1 << range.bits;
            range.symbol += 1;
            number += 1;
            range.bits = (number / group).saturating_sub(1);
        }
        range
    }
}

/// So many bytes as repetitions, the longest first.
pub(super) fn repeats(mut bytes: usize) -> Vec<usize> {
    let mut lengths = Vec::with_capacity(bytes / MAX_REPEAT + 1);
    while bytes > 0 {
        // The rest must be none, or enough for a repetition.
        let length = if (1..MIN_REPEAT).contains(&bytes.saturating_sub(MAX_REPEAT)) {
            bytes - MIN_REPEAT
        } else {
            bytes.min(MAX_REPEAT)
        };
        lengths.push(length);
        bytes -= length;
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_add_up_and_none_is_too_short() {
        for bytes in MIN_REPEAT..4 * MAX_REPEAT {
            let lengths = repeats(bytes);
            assert!(
                lengths
                    .iter()
                    .all(|length| (MIN_REPEAT..=MAX_REPEAT).contains(length)),
                "{bytes}: {lengths:?}"
            );
            assert_eq!(lengths.iter().sum::<usize>(), bytes);
        }
    }

    #[test]
    fn ranges_are_those_of_the_standard() {
        for (length, symbol, base, bits) in [
            (3, 257, 3, 0),
            (10, 264, 10, 0),
            (11, 265, 11, 1),
            (57, 275, 51, 3),
            (257, 284, 227, 5),
        ] {
            let range = Range::of_length(length);
            assert_eq!(
                (range.symbol, range.base, range.bits),
                (symbol, base, bits),
                "{length}"
            );
        }
        for (distance, symbol, base, bits) in [
            (1, 0, 1, 0),
            (4, 3, 4, 0),
            (5, 4, 5, 1),
            (90, 12, 65, 5),
            (24_577, 29, 24_577, 13),
        ] {
            let range = Range::of_distance(distance);
            assert_eq!(
                (range.symbol, range.base, range.bits),
                (symbol, base, bits),
                "{distance}"
            );
        }
    }
}
