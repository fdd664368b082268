//! The zlib stream (RFC 1950, RFC 1951) of a picture of one code: rows of modules, a byte each, and
//! a light border around them.
//!
//! One block with a code made for it: a light module is one bit, a dark one two, so that eight
//! modules are looked up at once. What follows a row up to the next one's first module is a few
//! repetitions: the rest of its border, its other lines, the border and the filter byte of the
//! next. zlib's best level makes more bytes of it; a tenth less takes a search that is far too
//! slow.

use super::qr::Row;

/// The symbol of eight dark pixels, and of the filter that changes nothing.
const DARK: usize = 0x00;
/// The symbol of eight light pixels.
const LIGHT: usize = 0xFF;
/// The symbol that ends a block.
const END: usize = 256;
/// Longest repetition of one token.
const MAX_REPEAT: usize = 258;
/// Shortest repetition of one token.
const MIN_REPEAT: usize = 3;
/// What the checksum's sums are taken modulo: the largest prime below 2^16.
const MODULUS: u64 = 65_521;
/// Most bits that are written at once: with what is left of a byte they fit into 64.
const MAX_BITS: usize = 56;
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

/// At most [`MAX_BITS`] bits, the first in the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bits {
    value: u64,
    count: usize,
}

impl Bits {
    const NONE: Self = Self::of(0, 0);

    const fn of(value: usize, count: usize) -> Self {
        Self {
            value: value as u64,
            count,
        }
    }

    /// These and then `next`.
    const fn then(self, next: Self) -> Self {
        Self {
            value: self.value | (next.value << self.count),
            count: self.count + next.count,
        }
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

/// What eight modules of a row come to.
#[derive(Clone, Copy)]
struct Eight {
    /// As they are written: 0 for a light one, 1 and 0 for a dark one.
    bits: u16,
    /// How many bits these are: eight, and one for each dark module.
    count: u8,
    /// The sum of the places of the dark ones, 0 to 7 each.
    places: u8,
}

/// By the modules, the first in the lowest bit, 1 for dark.
const EIGHTS: [Eight; 256] = {
    let mut eights = [Eight {
        bits: 0,
        count: 8,
        places: 0,
    }; 256];
    let mut value = 0;
    while value < eights.len() {
        let (eight, mut place) = (&mut eights[value], 0);
        while place < 8 {
            if (value >> place) & 1 == 1 {
                // The dark ones before this one have taken a bit more each.
                eight.bits |= 1 << (place + eight.count - 8);
                eight.count += 1;
                eight.places += place;
            }
            place += 1;
        }
        value += 1;
    }
    eights
};

/// Symbol, base and extra bits of a repetition's length or distance.
#[derive(Clone, Copy)]
struct Range {
    symbol: usize,
    base: usize,
    bits: usize,
}

impl Range {
    /// Of 3 to 258 repeated bytes (RFC 1951, 3.2.5).
    fn of_length(length: usize) -> Self {
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
    fn of_distance(distance: usize) -> Self {
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

/// Bits to bytes.
struct BitWriter {
    bytes: Vec<u8>,
    held: Bits,
}

impl BitWriter {
    fn push(&mut self, bits: Bits) {
        let held = self.held.then(bits);
        // All eight bytes and then without those that are not full: quicker than to ask how many
        // they are.
        let whole = held.count / 8;
        let length = self.bytes.len() + whole;
        self.bytes.extend_from_slice(&held.value.to_le_bytes());
        self.bytes.truncate(length);
        self.held = Bits {
            value: held.value >> (8 * whole),
            count: held.count % 8,
        };
    }

    /// So many light modules: a bit 0 each.
    fn push_light(&mut self, modules: usize) {
        for first in (0..modules).step_by(MAX_BITS) {
            self.push(Bits::of(0, (modules - first).min(MAX_BITS)));
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.held.count > 0 {
            self.bytes.push(self.held.value.to_le_bytes()[0]);
        }
        self.bytes
    }
}

/// The block's code: words of one bit, two bits and so on for its symbols, the last two of the same
/// length. The last is [`END`].
struct Code(Vec<usize>);

impl Code {
    /// With the symbols of these repetitions, the most frequent first.
    fn of(repeats: &[Vec<usize>]) -> Self {
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

    fn word(&self, symbol: usize) -> Bits {
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
    fn write(&self, out: &mut BitWriter, distance: usize) {
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

/// So many bytes as repetitions, the longest first.
fn repeats(mut bytes: usize) -> Vec<usize> {
    let mut lengths = Vec::with_capacity(bytes / MAX_REPEAT + 1);
    while bytes > 0 {
        // What is left must be none, or enough for a repetition.
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

/// Repetitions of what stands `distance` bytes before, as they are written.
fn tokens(code: &Code, distance: usize, lengths: &[usize]) -> Vec<Bits> {
    let back = Range::of_distance(distance);
    // The one distance, a code of one bit: 0.
    let back = Bits::of(0, 1).then(Bits::of(distance - back.base, back.bits));
    let mut tokens: Vec<Bits> = Vec::with_capacity(lengths.len());
    for length in lengths {
        let range = Range::of_length(*length);
        let token = code
            .word(range.symbol)
            .then(Bits::of(length - range.base, range.bits))
            .then(back);
        match tokens
            .last_mut()
            .filter(|last| last.count + token.count <= MAX_BITS)
        {
            Some(last) => *last = last.then(token),
            None => tokens.push(token),
        }
    }
    tokens
}

/// The checksum of what the stream inflates to (RFC 1950, 8.2).
struct Adler32 {
    first: u64,
    second: u64,
}

impl Adler32 {
    /// A line of `bytes` bytes, so many times: how many of its bytes are 0xFF, and the sum of the
    /// places of those, from 0.
    fn add(&mut self, bytes: u64, light: u64, places: u64, times: u64) {
        let (sum, before) = (0xFF * light, times * (times - 1) / 2);
        self.second +=
            times * (bytes * self.first + bytes * sum - 0xFF * places) + before * bytes * sum;
        self.second %= MODULUS;
        self.first = (self.first + times * sum) % MODULUS;
    }
}

/// A row of the code: how many of its modules are dark, and the sum of the places of those, from 0.
fn write_row(out: &mut BitWriter, [low, high]: Row, width: usize) -> (usize, usize) {
    let modules = [low.to_le_bytes(), high.to_le_bytes()];
    let (mut dark, mut places, mut first) = (0, 0, 0);
    for three in modules.as_flattened()[..width.div_ceil(8)].chunks(3) {
        let mut bits = Bits::NONE;
        for byte in three {
            let eight = &EIGHTS[usize::from(*byte)];
            let darker = usize::from(eight.count) - 8;
            bits = bits.then(Bits {
                value: eight.bits.into(),
                count: eight.count.into(),
            });
            places += first * darker + usize::from(eight.places);
            dark += darker;
            first += 8;
        }
        // What is beyond the row is light, zeros at the end.
        bits.count -= first.saturating_sub(width);
        out.push(bits);
    }
    (dark, places)
}

/// The rows, each with what follows it up to the next.
fn write_rows(
    out: &mut BitWriter,
    rows: &[Row],
    border: usize,
    between: &[Bits],
    times: usize,
) -> Adler32 {
    let bytes = (1 + rows.len() + 2 * border) as u64;
    let (light, places) = (bytes - 1, bytes * (bytes - 1) / 2);
    let (border, times) = (border as u64, times as u64);
    let mut check = Adler32 {
        first: 1,
        second: 0,
    };
    check.add(bytes, light, places, border * times);
    for row in rows {
        let (dark, dark_places) = write_row(out, *row, rows.len());
        between.iter().for_each(|token| out.push(*token));
        let (dark, dark_places) = (dark as u64, dark_places as u64);
        check.add(
            bytes,
            light - dark,
            places - (1 + border) * dark - dark_places,
            times,
        );
    }
    check.add(bytes, light, places, border * times);
    check
}

/// The stream of a square picture: the rows of its code with as many modules, all light beyond
/// those, and `border` light modules on each side; a module is a byte wide and `times` lines high.
/// At most 256 bytes a line, the filter byte included.
pub(super) fn stream(rows: &[Row], border: usize, times: usize) -> Vec<u8> {
    let width = rows.len();
    let bytes = 1 + width + 2 * border;
    // From the end of the first line to the first row, from one row to the next, and from a light
    // one to the end.
    let (before, between) = (
        (border * times - 1) * bytes + 1 + border,
        times * bytes - width,
    );
    let lengths = [between, before, border * times * bytes - width - 1 - border].map(repeats);
    let code = Code::of(&lengths);
    let [between, before, after] = lengths.map(|lengths| tokens(&code, bytes, &lengths));
    let mut out = BitWriter {
        bytes: Vec::with_capacity(width * (width + 32) / 4 + 256),
        held: Bits::NONE,
    };
    // A window of 32 KiB, the quickest level; then one block, the last, with its own code.
    out.push(Bits::of(0x0178, 16));
    out.push(Bits::of(0b101, 3));
    code.write(&mut out, Range::of_distance(bytes).symbol);
    out.push(code.word(DARK));
    out.push_light(bytes - 1);
    before.iter().for_each(|token| out.push(*token));
    let check = write_rows(&mut out, rows, border, &between, times);
    out.push_light(width);
    after.iter().for_each(|token| out.push(*token));
    out.push(code.word(END));
    let mut stream = out.finish();
    stream.extend_from_slice(&check.second.to_be_bytes()[6..]);
    stream.extend_from_slice(&check.first.to_be_bytes()[6..]);
    stream
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a stream is to inflate to.
    fn picture(rows: &[Row], border: usize, times: usize) -> Vec<u8> {
        let bytes = 1 + rows.len() + 2 * border;
        let is_dark = |x: usize, row: &Row| row[x / 128] >> (x % 128) & 1 == 1;
        let line = |row: &Row| {
            let mut line = vec![0xFF; bytes];
            line[0] = 0;
            (0..rows.len())
                .filter(|x| is_dark(*x, row))
                .for_each(|x| line[1 + border + x] = 0);
            line
        };
        let light = vec![[0; 2]; border];
        [&light, rows, &light]
            .into_iter()
            .flatten()
            .flat_map(|row| line(row).repeat(times))
            .collect()
    }

    fn rows(width: usize, is_dark: impl Fn(usize, usize) -> bool) -> Vec<Row> {
        let half = |first: usize, y: usize| {
            (first..width.min(first + 128))
                .fold(0, |half, x| half | u128::from(is_dark(x, y)) << (x - first))
        };
        (0..width).map(|y| [half(0, y), half(128, y)]).collect()
    }

    #[track_caller]
    fn assert_inflates(rows: &[Row], border: usize, times: usize) -> usize {
        let stream = stream(rows, border, times);
        let inflated = miniz_oxide::inflate::decompress_to_vec_zlib(&stream);
        let wanted = picture(rows, border, times);
        assert!(
            inflated.ok().as_ref() == Some(&wanted),
            "{} modules, border {border}, {times} lines each",
            rows.len()
        );
        stream.len()
    }

    #[test]
    fn the_stream_inflates_to_the_rows_in_their_border() {
        for width in 4..=200 {
            let half = rows(width, |x, y| (x * x * y + x) % 7 < 3);
            let length = assert_inflates(&half, 4, 8);
            let dark: u32 = half.iter().flatten().map(|half| half.count_ones()).sum();
            let bits = width * width + dark as usize;
            assert!(
                length < bits / 8 + 9 * width + 110,
                "{length} bytes for {bits} bits of {width} modules"
            );
            assert_inflates(&rows(width, |_, _| true), 4, 8);
            assert_inflates(&rows(width, |_, _| false), 4, 8);
        }
    }

    #[test]
    fn other_borders_and_heights_inflate_too() {
        for (border, times) in [(1, 8), (1, 3), (2, 5), (4, 7), (16, 16), (4, 64)] {
            for width in [4, 21, 85, 127, 128, 129, 177] {
                assert_inflates(
                    &rows(width, |x, y| (x * y + 3 * x + y) % 11 < 5),
                    border,
                    times,
                );
            }
        }
    }

    #[test]
    fn every_eight_modules_are_written_as_they_are() {
        for value in 0..256 {
            assert_inflates(&rows(29, |x, y| value >> ((x + y) % 8) & 1 == 1), 4, 8);
        }
    }

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
