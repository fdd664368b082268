//! The choice among the eight masks, on whole lines of modules at once.
//!
//! A line, a row or a column, is two words of 64 bits, bit x of the 128 for its module x, 1 for
//! dark. Only lines are combined with each other, never the modules within one: the compiler makes
//! two words one step.
//!
//! The layout of a version, the module of each codeword bit and the masks are learned once from the
//! `qrcode` crate. Only the score is computed here; it equals the crate's up to a constant.

use super::level::LEVEL;
use qrcode::canvas::{Canvas, MaskPattern, Module};
use qrcode::{Color, Version};
use std::sync::OnceLock;

/// The largest version whose lines, 121 modules, fit two words. Parts of a text (PROTOCOL section
/// 7) never need a larger one.
pub(super) const MAX_VERSION: i16 = 26;

const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];

/// Words of a line.
const WORDS: usize = 2;
/// Modules that a line has room for.
const ROOM: usize = 64 * WORDS;
/// Light lines before the first one and after the last: what a finder has beside it.
const OUTSIDE: usize = 4;

/// A code, or what is added to one modulo 2.
#[derive(Default)]
struct Modules {
    /// All rows, [`OUTSIDE`] light ones before and after them.
    rows: Vec<u64>,
    /// All columns, in the same way.
    columns: Vec<u64>,
    /// Bit x of line y: whether the modules x and x + 1 of row y differ. None outside.
    edges: Vec<u64>,
}

/// What a version looks like before its data.
struct Template {
    /// For each mask the whole code with all data bits 0; its edges are 1 from the last column on.
    masked: [Modules; 8],
    /// Row times [`ROOM`] plus column of each data bit, in the order of the codewords.
    places: Vec<u16>,
}

/// The rows of a code of this version (1 to [`MAX_VERSION`]) with the mask of the lowest penalty;
/// the first of equals.
pub(super) fn best(version: i16, codewords: &[u8]) -> Vec<u128> {
    let template = template(version);
    let width = width_of(version);
    let data = Modules::of(&place(template, codewords, width), width);
    let mut scoring = Scoring::default();
    let best = template.masked.iter().min_by_key(|masked| {
        scoring.code.be_sum(masked, &data);
        scoring.penalty(width)
    });
    // Invariant: there are eight masks.
    let Some(best) = best else { return Vec::new() };
    scoring.code.be_sum(best, &data);
    scoring.code.rows().collect()
}

/// The modules, a byte each, [`ROOM`] of them a row.
fn place(template: &Template, codewords: &[u8], width: usize) -> Vec<u8> {
    let mut modules = vec![0; width * ROOM];
    for (byte, places) in codewords.iter().zip(template.places.chunks_exact(8)) {
        for (bit, place) in places.iter().enumerate() {
            modules[usize::from(*place)] = byte >> (7 - bit) & 1;
        }
    }
    modules
}

impl Modules {
    /// Of a byte for each module, 1 for dark, [`ROOM`] of them a row.
    fn of(modules: &[u8], width: usize) -> Self {
        let lines = || vec![0; (width + 2 * OUTSIDE) * WORDS];
        let (mut rows, mut columns) = (lines(), lines());
        for (word, modules) in rows[OUTSIDE * WORDS..]
            .iter_mut()
            .zip(modules.chunks_exact(64))
        {
            *word = u64::from_le_bytes(std::array::from_fn(|n| bits_of(&modules[8 * n..])));
        }
        for (n, eight_rows) in modules.chunks(8 * ROOM).enumerate() {
            let mut bits = [0_u8; ROOM];
            for (y, row) in eight_rows.chunks_exact(ROOM).enumerate() {
                bits.iter_mut()
                    .zip(row)
                    .for_each(|(bits, module)| *bits |= module << y);
            }
            for (column, bits) in columns[OUTSIDE * WORDS..]
                .chunks_exact_mut(WORDS)
                .take(width)
                .zip(bits)
            {
                column[n / 8] |= u64::from(bits) << (8 * (n % 8));
            }
        }
        let mut code = Self {
            rows,
            columns,
            edges: Vec::new(),
        };
        let within = (1 << (width - 1)) - 1;
        code.edges = code
            .rows()
            .flat_map(|row| words_of((row ^ row >> 1) & within))
            .collect();
        code
    }

    fn rows(&self) -> impl Iterator<Item = u128> {
        let inside = self.rows.len() - 2 * OUTSIDE * WORDS;
        self.rows[OUTSIDE * WORDS..][..inside]
            .chunks_exact(WORDS)
            .map(|row| u128::from(row[1]) << 64 | u128::from(row[0]))
    }

    /// Becomes the sum of two others.
    fn be_sum(&mut self, one: &Self, other: &Self) {
        let sum = |sum: &mut Vec<u64>, one: &[u64], other: &[u64]| {
            sum.clear();
            sum.extend(one.iter().zip(other).map(|(one, other)| one ^ other));
        };
        sum(&mut self.rows, &one.rows, &other.rows);
        sum(&mut self.columns, &one.columns, &other.columns);
        sum(&mut self.edges, &one.edges, &other.edges);
    }
}

/// Eight modules as one byte, the first in the lowest bit: each factor of the product moves one of
/// them to its place in the highest byte.
fn bits_of(modules: &[u8]) -> u8 {
    let eight = modules
        .first_chunk()
        .map_or(0, |eight| u64::from_le_bytes(*eight));
    eight.wrapping_mul(0x0102_0408_1020_4080).to_be_bytes()[0]
}

fn words_of(line: u128) -> [u64; WORDS] {
    let bytes = line.to_le_bytes();
    std::array::from_fn(|n| u64::from_le_bytes(std::array::from_fn(|byte| bytes[8 * n + byte])))
}

fn width_of(version: i16) -> usize {
    usize::from(Version::Normal(version).width().unsigned_abs())
}

fn template(version: i16) -> &'static Template {
    static TEMPLATES: [OnceLock<Template>; 27] = [const { OnceLock::new() }; 27];
    TEMPLATES[usize::from(version.clamp(1, MAX_VERSION).unsigned_abs())]
        .get_or_init(|| learn(version))
}

/// Takes about a millisecond, once for each version that is used.
fn learn(version: i16) -> Template {
    let mut blank = Canvas::new(Version::Normal(version), LEVEL);
    blank.draw_all_functional_patterns();
    let width = width_of(version);
    let masked = MASKS.map(|mask| {
        let mut canvas = blank.clone();
        canvas.apply_mask(mask);
        let mut modules = vec![0; width * ROOM];
        for (row, colors) in modules
            .chunks_exact_mut(ROOM)
            .zip(canvas.into_colors().chunks_exact(width))
        {
            row.iter_mut()
                .zip(colors)
                .for_each(|(module, color)| *module = u8::from(*color == Color::Dark));
        }
        let mut code = Modules::of(&modules, width);
        let beyond = words_of(!0 << (width - 1));
        code.edges.chunks_exact_mut(WORDS).for_each(|line| {
            line.iter_mut()
                .zip(beyond)
                .for_each(|(word, beyond)| *word |= beyond)
        });
        code
    });
    Template {
        masked,
        places: places(version, &blank),
    }
}

/// Draws codewords that spell out bit 0, 1, … of each data bit's own number, and reads the numbers
/// off the modules.
fn places(version: i16, blank: &Canvas) -> Vec<u16> {
    let width = Version::Normal(version).width();
    let modules = || (0..width).flat_map(|y| (0..width).map(move |x| (x, y)));
    let free = modules()
        .filter(|(x, y)| blank.get(*x, *y) == Module::Empty)
        .count();
    let codewords = free / 8;
    let mut places = vec![0; codewords * 8];
    let planes: Vec<Canvas> = (0..usize::BITS - codewords.leading_zeros() + 3)
        .map(|plane| numbered(blank, codewords, plane))
        .collect();
    for (x, y) in modules() {
        if matches!(planes[0].get(x, y), Module::Unmasked(_)) {
            let number = planes.iter().rev().fold(0, |number, plane| {
                number << 1 | usize::from(plane.get(x, y).is_dark())
            });
            let place = usize::from(y.unsigned_abs()) * ROOM + usize::from(x.unsigned_abs());
            // Invariant: a side of version 26 has 121 modules.
            places[number] = u16::try_from(place).unwrap_or(0);
        }
    }
    places
}

fn numbered(blank: &Canvas, codewords: usize, plane: u32) -> Canvas {
    let word = |word: usize| {
        (0..8).fold(0_u8, |byte, bit| {
            byte << 1 | u8::from((word * 8 + bit) >> plane & 1 == 1)
        })
    };
    let mut canvas = blank.clone();
    canvas.draw_data(&(0..codewords).map(word).collect::<Vec<u8>>(), &[]);
    canvas
}

/// Where one code after the other is scored, in the same memory.
#[derive(Default)]
struct Scoring {
    code: Modules,
    /// Which modules are as those of the next row.
    below: Vec<u64>,
    /// Which modules are as those of the next column.
    beside: Vec<u64>,
}

impl Scoring {
    /// The crate's score of the code up to what is the same for all masks. Low is good.
    fn penalty(&mut self, width: usize) -> u32 {
        let Self {
            code,
            below,
            beside,
        } = self;
        note_alike(&code.rows, below);
        note_alike(&code.columns, beside);
        let lines = runs(below) + runs(beside) + finders(&code.rows) + finders(&code.columns);
        lines + blocks(&code.edges, &below[WORDS..]) + balance(&code.rows, width)
    }
}

/// Which modules are as those of the next line; line 0 is for the one outside and has none.
fn note_alike(lines: &[u64], alike: &mut Vec<u64>) {
    let inside = &lines[OUTSIDE * WORDS..lines.len() - OUTSIDE * WORDS];
    alike.clear();
    alike.extend([0; WORDS]);
    alike.extend(
        inside
            .iter()
            .zip(&inside[WORDS..])
            .map(|(one, next)| !(one ^ next)),
    );
}

/// Runs of n >= 5 alike across the lines: n - 2 each. A run has n - 4 windows of five, one of which
/// is its first.
fn runs(alike: &[u64]) -> u32 {
    let count = alike.len() - 4 * WORDS;
    let [before, a, b, c, d] = std::array::from_fn(|n| &alike[n * WORDS..][..count]);
    let score = |i: usize| {
        let five = a[i] & b[i] & c[i] & d[i];
        five.count_ones() + 2 * (five & !before[i]).count_ones()
    };
    sum((0..count).map(score))
}

/// Squares of 2 x 2 alike, overlapping ones too: 3 each.
fn blocks(edges: &[u64], below: &[u64]) -> u32 {
    3 * sum(edges
        .iter()
        .zip(&edges[WORDS..])
        .zip(below)
        .map(|((one, next), below)| (below & !one & !next).count_ones()))
}

/// `#.###.#` across the lines with four light modules before or after it, outside the code counting
/// as light: 40 each.
fn finders(lines: &[u64]) -> u32 {
    let count = lines.len() - 14 * WORDS;
    let line: [&[u64]; 15] = std::array::from_fn(|n| &lines[n * WORDS..][..count]);
    let is_finder = |i: usize| {
        let found = line[4][i]
            & !line[5][i]
            & line[6][i]
            & line[7][i]
            & line[8][i]
            & !line[9][i]
            & line[10][i];
        let before = line[0][i] | line[1][i] | line[2][i] | line[3][i];
        let after = line[11][i] | line[12][i] | line[13][i] | line[14][i];
        (found & !(before & after)).count_ones()
    };
    40 * sum((0..count).map(is_finder))
}

/// Half per cents by which the share of dark modules is off one half.
fn balance(rows: &[u64], width: usize) -> u32 {
    let modules = u32::try_from(width * width).unwrap_or(u32::MAX);
    (sum(rows.iter().map(|word| word.count_ones())) * 200 / modules).abs_diff(100)
}

/// The sum of a few hundred small counts. It wraps, since a checked sum is not done two words at a
/// time.
fn sum(counts: impl Iterator<Item = u32>) -> u32 {
    counts.fold(0, u32::wrapping_add)
}
