//! The whole stream.

use super::bits::{BitWriter, Bits, MAX_BITS};
use super::code::{Code, DARK, END};
use super::repetition::{Range, repeats};
use super::row::write_rows;
use crate::render::qr::Row;

/// The stream of a square picture: the rows of its code with as many modules, all light beyond
/// those, and `border` light modules on each side; a module is a byte wide and `times` lines high.
/// At most 256 bytes a line, the filter byte included.
pub(in crate::render) fn stream(rows: &[Row], border: usize, times: usize) -> Vec<u8> {
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
    fn the_stream_inflates_to_the_rows() {
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
}
