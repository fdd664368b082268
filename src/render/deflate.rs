//! The zlib stream (RFC 1950, RFC 1951) of a picture of one code: lines of two bytes, each repeated.
//!
//! One block with a code made for it: a light and a dark module are two bits each, so that eight modules are looked up at once, and
//! a line's repetitions are a few bits. General compressors take many times as long for a larger outcome.

/// A line: bit n, the lowest first, is its byte n, the filter byte included; 1 for 0xFF, eight light pixels, 0 for 0x00. All beyond
/// the line's end is 0.
pub(super) type Line = [u8; 32];

/// The symbol of eight dark pixels, and of the filter that changes nothing.
const DARK: usize = 0x00;
/// The symbol of eight light pixels.
const LIGHT: usize = 0xFF;
/// The symbol that ends a block.
const END: usize = 256;
/// Symbols of literals, the end and repetitions (RFC 1951, 3.2.5).
const SYMBOLS: usize = 286;
/// Longest repetition of one token.
const MAX_REPEAT: usize = 258;
/// Order in which the lengths of the code for code lengths are written (RFC 1951, 3.2.7).
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// What writes the lengths: 0, 1, 2 and 3 as they are, 17 for 3 to 10 zeros, 18 for 11 to 138.
const LENGTHS_OF_LENGTHS: [usize; 19] = [3, 3, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 2];

/// What eight bytes of a line come to.
#[derive(Clone, Copy)]
struct Eight {
    /// As they are written: two bits each, [`DARK`] the first code of two bits and [`LIGHT`] the second.
    bits: u64,
    /// How many of them are light.
    light: u64,
    /// The sum of the places of those, 0 to 7 each.
    places: u64,
}

const EIGHTS: [Eight; 256] = {
    let mut eights = [Eight { bits: 0, light: 0, places: 0 }; 256];
    let mut n = 0;
    while n < eights.len() * 8 {
        let (value, place) = (n / 8, n % 8);
        if value >> place & 1 == 1 {
            // Codes are written from their highest bit on.
            eights[value].bits |= 0b10 << (2 * place);
            eights[value].light += 1;
            eights[value].places += place as u64;
        }
        n += 1;
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
            return Self { symbol: 285, base: MAX_REPEAT, bits: 0 };
        }
        Self::among(257, 3, 4, length)
    }

    /// Of 1 to 32,768 bytes back.
    fn of_distance(distance: usize) -> Self {
        Self::among(0, 1, 2, distance)
    }

    /// Ranges in groups of `group`, twice as wide from one group to the next; the first two groups are of one value each.
    fn among(symbol: usize, base: usize, group: usize, value: usize) -> Self {
        let mut range = Self { symbol, base, bits: 0 };
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

/// Bits, the first in the lowest.
struct BitWriter {
    bytes: Vec<u8>,
    held: u64,
    count: usize,
}

impl BitWriter {
    /// At most 32 bits at a time.
    fn push(&mut self, value: u64, bits: usize) {
        self.held |= value << self.count;
        self.count += bits;
        if self.count >= 32 {
            self.bytes.extend_from_slice(&self.held.to_le_bytes()[..4]);
            self.held >>= 32;
            self.count -= 32;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let rest = self.count.div_ceil(8);
        self.bytes.extend_from_slice(&self.held.to_le_bytes()[..rest]);
        self.bytes
    }
}

/// A prefix code over symbols: bits as they are written, and how many.
struct Code<const N: usize>([(u64, usize); N]);

impl<const N: usize> Code<N> {
    /// The code of these lengths, each at most 3 (RFC 1951, 3.2.2).
    fn of(lengths: &[usize; N]) -> Self {
        let mut code = [(0, 0); N];
        let mut next = 0_u64;
        for length in 1..=3 {
            for (place, _) in code.iter_mut().zip(lengths).filter(|(_, l)| **l == length) {
                *place = (next.reverse_bits() >> (64 - length), length);
                next += 1;
            }
            next <<= 1;
        }
        Self(code)
    }

    fn write(&self, out: &mut BitWriter, symbol: usize) {
        let (bits, length) = self.0[symbol];
        out.push(bits, length);
    }
}

/// The checksum of what the stream inflates to (RFC 1950, 8.2), from the sums of each line.
struct Adler32 {
    first: u64,
    second: u64,
}

impl Adler32 {
    /// A line of `bytes` bytes, so many times: how many of its bytes are 0xFF, and the sum of the places of those.
    fn add(&mut self, bytes: u64, light: u64, places: u64, times: usize) {
        for _ in 0..times {
            self.second += bytes * self.first + 0xFF * (bytes * light - places);
            self.first += 0xFF * light;
        }
        self.first %= 65_521;
        self.second %= 65_521;
    }
}

/// The stream of lines of `bytes` bytes, 5 to 256 with the filter byte, each repeated `times` times.
pub(super) fn lines(lines: &[Line], bytes: usize, times: usize) -> Vec<u8> {
    let repeats = repeats((times - 1) * bytes);
    let back = Range::of_distance(bytes);
    let lengths = code_lengths(&repeats);
    let code = Code::of(&lengths);
    let mut out = BitWriter { bytes: Vec::with_capacity(4096), held: 0, count: 0 };
    // A window of 32 KiB, the quickest level; then one block, the last, with its own code.
    out.push(0x0178, 16);
    out.push(0b101, 3);
    write_code(&mut out, &lengths, back.symbol);
    let mut check = Adler32 { first: 1, second: 0 };
    for line in lines {
        let (mut light, mut places) = (0, 0);
        for (first, byte) in (0..bytes).step_by(8).zip(line) {
            let eight = &EIGHTS[usize::from(*byte)];
            out.push(eight.bits, 2 * (bytes - first).min(8));
            light += eight.light;
            places += first as u64 * eight.light + eight.places;
        }
        for (range, length) in &repeats {
            code.write(&mut out, range.symbol);
            out.push((length - range.base) as u64, range.bits);
            // The one distance, a code of one bit: 0.
            out.push(((bytes - back.base) as u64) << 1, 1 + back.bits);
        }
        check.add(bytes as u64, light, places, times);
    }
    code.write(&mut out, END);
    let mut stream = out.finish();
    stream.extend_from_slice(&check.second.to_be_bytes()[6..]);
    stream.extend_from_slice(&check.first.to_be_bytes()[6..]);
    stream
}

/// Two bits for a literal and for the first repetition, three for another one and the end.
fn code_lengths(repeats: &[(Range, usize)]) -> [usize; SYMBOLS] {
    let mut lengths = [0; SYMBOLS];
    let symbol_of = |repeat: Option<&(Range, usize)>| repeat.map_or(SYMBOLS - 1, |(range, _)| range.symbol);
    let (first, last) = (symbol_of(repeats.first()), symbol_of(repeats.last()));
    lengths[last] = 3;
    lengths[END] = if first == last { 2 } else { 3 };
    for symbol in [DARK, LIGHT, first] {
        lengths[symbol] = 2;
    }
    lengths
}

/// So many bytes as repetitions of nearly one length: at most two symbols.
fn repeats(bytes: usize) -> Vec<(Range, usize)> {
    let tokens = bytes.div_ceil(MAX_REPEAT);
    let length = |token: usize| bytes / tokens + usize::from(token < bytes % tokens);
    (0..tokens).map(|token| (Range::of_length(length(token)), length(token))).collect()
}

/// The block's code: the lengths of literals and repetitions, then those of distances up to the one that is used.
fn write_code(out: &mut BitWriter, lengths: &[usize; SYMBOLS], distance: usize) {
    let code = Code::of(&LENGTHS_OF_LENGTHS);
    out.push((SYMBOLS - 257) as u64, 5);
    out.push(distance as u64, 5);
    out.push((ORDER.len() - 4) as u64, 4);
    ORDER.iter().for_each(|symbol| out.push(LENGTHS_OF_LENGTHS[*symbol] as u64, 3));
    let mut all = lengths.to_vec();
    all.extend((0..=distance).map(|symbol| usize::from(symbol == distance)));
    let mut at = 0;
    while let Some(length) = all.get(at) {
        let zeros = all[at..].iter().take(138).take_while(|length| **length == 0).count();
        match zeros {
            0..=2 => code.write(out, *length),
            3..=10 => {
                code.write(out, 17);
                out.push(zeros as u64 - 3, 3);
            }
            _ => {
                code.write(out, 18);
                out.push(zeros as u64 - 11, 7);
            }
        }
        at += if zeros > 2 { zeros } else { 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_inflates_to_the_lines_each_repeated() {
        for width in 4..=200 {
            let is_light = |x: usize, y: usize| x > 0 && x * x * y % 7 >= 3;
            let eight = |first: usize, y: usize| {
                (0..8).fold(0, |byte, x| byte | u8::from(first + x <= width && is_light(first + x, y)) << x)
            };
            let picture: Vec<Line> = (0..width).map(|y| std::array::from_fn(|n| eight(8 * n, y))).collect();
            let line = |y: usize| (0..=width).map(|x| if is_light(x, y) { 0xFF } else { 0 }).collect::<Vec<u8>>();
            let wanted: Vec<u8> = (0..width).flat_map(|y| line(y).repeat(8)).collect();
            let stream = lines(&picture, 1 + width, 8);
            let inflated = miniz_oxide::inflate::decompress_to_vec_zlib(&stream);
            assert_eq!(inflated.as_deref().ok(), Some(wanted.as_slice()), "{width} modules");
            assert!(width < 29 || stream.len() < wanted.len() / 15, "{} bytes for {width} modules", stream.len());
        }
    }

    #[test]
    fn ranges_are_those_of_the_standard() {
        for (length, symbol, base, bits) in
            [(3, 257, 3, 0), (10, 264, 10, 0), (11, 265, 11, 1), (57, 275, 51, 3), (257, 284, 227, 5)]
        {
            let range = Range::of_length(length);
            assert_eq!((range.symbol, range.base, range.bits), (symbol, base, bits), "{length}");
        }
        for (distance, symbol, base, bits) in
            [(1, 0, 1, 0), (4, 3, 4, 0), (5, 4, 5, 1), (90, 12, 65, 5), (24_577, 29, 24_577, 13)]
        {
            let range = Range::of_distance(distance);
            assert_eq!((range.symbol, range.base, range.bits), (symbol, base, bits), "{distance}");
        }
    }
}
