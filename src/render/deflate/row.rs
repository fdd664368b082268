//! The rows of a code as bits.

use super::bits::{BitWriter, Bits};
use super::checksum::Adler32;
use crate::render::qr::Row;

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
pub(super) fn write_rows(
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
