//! The block's code, and how it is written before the data.

use super::bits::{BitWriter, Bits};
use super::repetition::Range;

/// The symbol of eight dark pixels, and of the filter that changes nothing.
pub(super) const DARK: usize = 0x00;
/// The symbol of eight light pixels.
pub(super) const LIGHT: usize = 0xFF;
/// The symbol that ends a block.
pub(super) const END: usize = 256;
/// Order in which the lengths of the code for code lengths are written (RFC 1951, 3.2.7);
/// the last, 15, is not used.
const ORDER: [usize; 18] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1];
/// What writes the lengths: 0 to 6 as they are, 17 for 3 to 10 zeros, 18 for 11 to 138.
const LENGTHS_OF_LENGTHS: [usize; 19] = [3, 3, 3, 3, 3, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 3];
/// The same as they are written.
const ORDERED_LENGTHS: Bits = {
    let (mut bits, mut n) = (Bits::NONE, 0);
    while n < ORDER.len() {
        bits = bits.then(Bits::of(LENGTHS_OF_LENGTHS[ORDER[n]], 3));
        n += 1;
    }
    bits
};
/// The same as code words, from their highest bit on (RFC 1951, 3.2.2).
const WORDS_OF_LENGTHS: [Bits; 19] = words(LENGTHS_OF_LENGTHS);

/// The block's code: words of one bit, two bits and so on for its symbols, the last two of the same
/// length. The last is [`END`].
pub(super) struct Code(Vec<usize>);

impl Code {
    /// With the symbols of these repetitions, the most frequent first.
    pub(super) fn of(repeats: &[Vec<usize>]) -> Self {
        let mut symbols = vec![LIGHT, DARK];
        for symbol in repeats
            .iter()
            .flatten()
            .map(|length| Range::of_length(*length).symbol)
            .chain([END])
        {
            if !symbols.contains(&symbol) {
                symbols.push(symbol);
            }
        }
        Self(symbols)
    }

    pub(super) fn word(&self, symbol: usize) -> Bits {
        // Invariant: a code is made of the symbols that the stream uses, and asked for those alone.
        let place = self
            .0
            .iter()
            .position(|other| *other == symbol)
            .expect("asked for a symbol that the code was made of");
        // Ones and then a zero. Of the two longest words the higher symbol's has ones only, and
        // `END` is below any repetition.
        let length = self.length(place);
        let ones = if place + 2 == self.0.len() {
            length
        } else {
            length - 1
        };
        Bits::of((1 << ones) - 1, length)
    }

    fn length(&self, place: usize) -> usize {
        (place + 1).min(self.0.len() - 1)
    }

    /// The code as a block has it before its data, with one code of one bit for the distances.
    pub(super) fn write(&self, out: &mut BitWriter, distance: usize) {
        let mut lengths: Vec<(usize, usize)> = self
            .0
            .iter()
            .copied()
            .zip((0..).map(|place| self.length(place)))
            .collect();
        lengths.sort_unstable();
        let all = lengths.last().map_or(END, |(symbol, _)| *symbol) + 1;
        lengths.push((all + distance, 1));
        out.push(
            Bits::of(all - 257, 5)
                .then(Bits::of(distance, 5))
                .then(Bits::of(ORDER.len() - 4, 4)),
        );
        out.push(ORDERED_LENGTHS);
        let mut next = 0;
        for (symbol, length) in lengths {
            write_zeros(out, symbol - next);
            out.push(WORDS_OF_LENGTHS[length]);
            next = symbol + 1;
        }
    }
}

/// The lengths of so many symbols that are not in a code.
fn write_zeros(out: &mut BitWriter, mut count: usize) {
    while count > 0 {
        let zeros = if count < 3 { 1 } else { count.min(138) };
        out.push(match zeros {
            1 => WORDS_OF_LENGTHS[0],
            2..=10 => WORDS_OF_LENGTHS[17].then(Bits::of(zeros - 3, 3)),
            _ => WORDS_OF_LENGTHS[18].then(Bits::of(zeros - 11, 7)),
        });
        count -= zeros;
    }
}

const fn words(lengths: [usize; 19]) -> [Bits; 19] {
    let mut words = [Bits::NONE; 19];
    let (mut length, mut next) = (1, 0_u64);
    while length <= 7 {
        let mut symbol = 0;
        while symbol < lengths.len() {
            if lengths[symbol] == length {
                words[symbol] = Bits {
                    value: next.reverse_bits() >> (64 - length),
                    count: length,
                };
                next += 1;
            }
            symbol += 1;
        }
        next <<= 1;
        length += 1;
    }
    words
}
