//! The zlib stream (RFC 1950, RFC 1951) of a picture of one code: lines of two bytes, each repeated.
//!
//! One block with a code made for it: a light and a dark module are two bits each, and a line's repetitions a few bits. General
//! compressors take many times as long for a larger outcome.

use simd_adler32::Adler32;

/// The byte of eight dark pixels.
const DARK: u8 = 0x00;
/// The byte of eight light pixels.
const LIGHT: u8 = 0xFF;
/// The symbol that ends a block.
const END: usize = 256;
/// Longest repetition of one token.
const MAX_REPEAT: usize = 258;
/// Order in which the lengths of the code for code lengths are written (RFC 1951, 3.2.7).
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Symbol, base and extra bits of a repetition's length or distance.
#[derive(Clone, Copy)]
struct Range {
    symbol: usize,
    base: usize,
    bits: u32,
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
            range.bits = u32::try_from(number / group).unwrap_or(0).saturating_sub(1);
        }
        range
    }
}

/// Bits, the first in the lowest.
struct BitWriter {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl BitWriter {
    /// At most 32 bits at a time.
    fn push(&mut self, value: usize, bits: u32) {
        self.held |= (value as u64) << self.count;
        self.count += bits;
        if self.count >= 32 {
            self.bytes.extend_from_slice(&self.held.to_le_bytes()[..4]);
            self.held >>= 32;
            self.count -= 32;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let rest = self.count.div_ceil(8) as usize;
        self.bytes.extend_from_slice(&self.held.to_le_bytes()[..rest]);
        self.bytes
    }
}

/// A prefix code over symbols: bits as they are written, and how many.
struct Code(Vec<(usize, u32)>);

impl Code {
    /// The code of these lengths (RFC 1951, 3.2.2).
    fn of(lengths: &[u32]) -> Self {
        let mut code = vec![(0, 0); lengths.len()];
        let mut next = 0_u32;
        for length in 1..=15 {
            for (place, _) in code.iter_mut().zip(lengths).filter(|(_, l)| **l == length) {
                // Codes are written from their highest bit on.
                *place = ((next.reverse_bits() >> (32 - length)) as usize, length);
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

/// The stream of lines, each preceded by the filter byte 0 and repeated `times` times. Every byte is [`DARK`] or [`LIGHT`], and all
/// lines are of one length, at least 4 bytes.
pub(super) fn lines(lines: &[Vec<u8>], times: usize) -> Vec<u8> {
    let line_bytes = lines.first().map_or(4, Vec::len) + 1;
    let repeats = repeats((times - 1) * line_bytes);
    let back = Range::of_distance(line_bytes);
    let mut lengths = [0; 286];
    for symbol in [usize::from(DARK), usize::from(LIGHT), repeats[0].0.symbol] {
        lengths[symbol] = 2;
    }
    let last = repeats.last().map_or(0, |(range, _)| range.symbol);
    let is_one = last == repeats[0].0.symbol;
    lengths[END] = if is_one { 2 } else { 3 };
    lengths[last] = if is_one { 2 } else { 3 };
    let code = Code::of(&lengths);
    let mut out = BitWriter { bytes: Vec::with_capacity(4096), held: 0, count: 0 };
    // A window of 32 KiB, the quickest level; then one block, the last, with its own code.
    out.push(0x0178, 16);
    out.push(0b101, 3);
    write_code(&mut out, &lengths, back.symbol);
    let mut check = Adler32::new();
    for line in lines {
        code.write(&mut out, usize::from(DARK));
        line.iter().for_each(|byte| code.write(&mut out, usize::from(*byte)));
        for (range, length) in &repeats {
            code.write(&mut out, range.symbol);
            out.push(length - range.base, range.bits);
            // The one distance, a code of one bit.
            out.push(0, 1);
            out.push(line_bytes - back.base, back.bits);
        }
        for _ in 0..times {
            check.write(&[DARK]);
            check.write(line);
        }
    }
    code.write(&mut out, END);
    let mut bytes = out.finish();
    bytes.extend_from_slice(&check.finish().to_be_bytes());
    bytes
}

/// So many bytes as repetitions of nearly one length: at most two symbols.
fn repeats(bytes: usize) -> Vec<(Range, usize)> {
    let tokens = bytes.div_ceil(MAX_REPEAT);
    let length = |token: usize| bytes / tokens + usize::from(token < bytes % tokens);
    (0..tokens).map(|token| (Range::of_length(length(token)), length(token))).collect()
}

/// The block's code: 286 lengths of literals and repetitions, then those of distances up to the one that is used.
fn write_code(out: &mut BitWriter, lengths: &[u32; 286], distance: usize) {
    // What writes the lengths: 0, 1, 2 and 3 as they are, 17 for 3 to 10 zeros, 18 for 11 to 138.
    let mut of_lengths = [0; 19];
    for (symbol, length) in [(0, 3), (1, 3), (2, 2), (3, 3), (17, 3), (18, 2)] {
        of_lengths[symbol] = length;
    }
    let code = Code::of(&of_lengths);
    out.push(286 - 257, 5);
    out.push(distance, 5);
    out.push(ORDER.len() - 4, 4);
    ORDER.iter().for_each(|symbol| out.push(of_lengths[*symbol] as usize, 3));
    let mut all: Vec<u32> = lengths.to_vec();
    all.extend((0..=distance).map(|symbol| u32::from(symbol == distance)));
    let mut at = 0;
    while let Some(length) = all.get(at) {
        let zeros = all[at..].iter().take(138).take_while(|length| **length == 0).count();
        match zeros {
            0..=2 => code.write(out, *length as usize),
            3..=10 => {
                code.write(out, 17);
                out.push(zeros - 3, 3);
            }
            _ => {
                code.write(out, 18);
                out.push(zeros - 11, 7);
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
            let line = |y: usize| (0..width).map(|x| if x * x * y % 7 < 3 { DARK } else { LIGHT }).collect::<Vec<u8>>();
            let picture: Vec<Vec<u8>> = (0..width).map(line).collect();
            let wanted: Vec<u8> = picture.iter().flat_map(|line| [&[0], line.as_slice()].concat().repeat(8)).collect();
            let stream = lines(&picture, 8);
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
