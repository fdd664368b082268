//! The choice among the eight masks, on whole rows at once: a row is a `u128`, bit x is column x, 1 for dark.
//!
//! What is where in a version, which bit of the codewords goes into which module, and what the masks look like are all learned
//! once from the `qrcode` crate; only the score is reckoned here, and equals the crate's up to a constant.

use super::qr::LEVEL;
use qrcode::canvas::{Canvas, MaskPattern, Module};
use qrcode::{Color, Version};
use std::sync::OnceLock;

/// The largest version whose rows, 121 modules, fit a `u128`. Parts of a text (PROTOCOL section 7) never need a larger one.
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

/// What a version looks like before its data.
struct Template {
    /// For each mask the whole code with all data bits 0.
    masked: [Vec<u128>; 8],
    /// The row and column of each data bit, in the order of the codewords.
    places: Vec<(u8, u8)>,
}

/// The rows of a code of this version (1 to [`MAX_VERSION`]) with the mask of the lowest penalty; the first of equals.
pub(super) fn best(version: i16, codewords: impl Iterator<Item = u8>) -> Vec<u128> {
    let template = template(version);
    let data = place(template, codewords);
    let candidates = template.masked.iter().map(|masked| masked.iter().zip(&data).map(|(m, d)| m ^ d).collect());
    // Invariant: there are eight masks.
    candidates.min_by_key(|rows: &Vec<u128>| penalty(rows)).unwrap_or_default()
}

fn place(template: &Template, codewords: impl Iterator<Item = u8>) -> Vec<u128> {
    let mut rows = vec![0; template.masked[0].len()];
    for (byte, places) in codewords.zip(template.places.chunks_exact(8)) {
        for (bit, (y, x)) in places.iter().enumerate() {
            rows[usize::from(*y)] |= u128::from(byte >> (7 - bit) & 1) << x;
        }
    }
    rows
}

fn template(version: i16) -> &'static Template {
    static TEMPLATES: [OnceLock<Template>; 27] = [const { OnceLock::new() }; 27];
    TEMPLATES[usize::from(version.clamp(1, MAX_VERSION).unsigned_abs())].get_or_init(|| learn(version))
}

/// About a millisecond, once for each version that is used.
fn learn(version: i16) -> Template {
    let mut blank = Canvas::new(Version::Normal(version), LEVEL);
    blank.draw_all_functional_patterns();
    let masked = MASKS.map(|mask| {
        let mut canvas = blank.clone();
        canvas.apply_mask(mask);
        let width = usize::from(Version::Normal(version).width().unsigned_abs());
        let colors = canvas.into_colors();
        colors.chunks_exact(width).map(|row| bits_of(row.iter().map(|c| *c == Color::Dark))).collect()
    });
    Template { masked, places: places(version, &blank) }
}

/// Draws codewords that spell out bit 0, 1, … of each data bit's own number, and reads the numbers off the modules.
fn places(version: i16, blank: &Canvas) -> Vec<(u8, u8)> {
    let width = Version::Normal(version).width();
    let modules = || (0..width).flat_map(|y| (0..width).map(move |x| (x, y)));
    let free = modules().filter(|(x, y)| blank.get(*x, *y) == Module::Empty).count();
    let codewords = free / 8;
    let mut places = vec![(0, 0); codewords * 8];
    let planes: Vec<Canvas> =
        (0..usize::BITS - codewords.leading_zeros() + 3).map(|plane| numbered(blank, codewords, plane)).collect();
    for (x, y) in modules() {
        if matches!(planes[0].get(x, y), Module::Unmasked(_)) {
            let number = planes.iter().rev().fold(0, |number, plane| number << 1 | usize::from(plane.get(x, y).is_dark()));
            // Invariant: a side of version 26 has 121 modules.
            places[number] = (u8::try_from(y).unwrap_or(0), u8::try_from(x).unwrap_or(0));
        }
    }
    places
}

fn numbered(blank: &Canvas, codewords: usize, plane: u32) -> Canvas {
    let word = |word: usize| (0..8).fold(0_u8, |byte, bit| byte << 1 | u8::from((word * 8 + bit) >> plane & 1 == 1));
    let mut canvas = blank.clone();
    canvas.draw_data(&(0..codewords).map(word).collect::<Vec<u8>>(), &[]);
    canvas
}

fn bits_of(dark: impl Iterator<Item = bool>) -> u128 {
    dark.enumerate().fold(0, |row, (x, dark)| row | u128::from(dark) << x)
}

/// The crate's score plus 720, its constant for the three finders. Low is good.
fn penalty(rows: &[u128]) -> u32 {
    let width = rows.len();
    let within = (1_u128 << (width - 1)) - 1;
    let beside: Vec<u128> = rows.iter().map(|row| !(row ^ row >> 1) & within).collect();
    let below: Vec<u128> = rows.windows(2).map(|pair| !(pair[0] ^ pair[1]) & (within << 1 | 1)).collect();
    runs_across(&beside) + runs_down(&below) + blocks(&beside, &below) + finders_across(rows) + finders_down(rows) + balance(rows)
}

/// Runs of n >= 5 alike in a row: n - 2 each. A run has n - 4 windows of five, one of which is its first.
fn runs_across(beside: &[u128]) -> u32 {
    let score = |alike: &u128| {
        let five = alike & alike >> 1 & alike >> 2 & alike >> 3;
        five.count_ones() + 2 * (five & !(five << 1)).count_ones()
    };
    beside.iter().map(score).sum()
}

/// The same for columns, all of them at once.
fn runs_down(below: &[u128]) -> u32 {
    let mut before = 0;
    let mut total = 0;
    for alike in below.windows(4) {
        let five = alike[0] & alike[1] & alike[2] & alike[3];
        total += five.count_ones() + 2 * (five & !before).count_ones();
        before = five;
    }
    total
}

/// Squares of 2 x 2 alike, overlapping ones too: 3 each.
fn blocks(beside: &[u128], below: &[u128]) -> u32 {
    let squares = beside.windows(2).zip(below).map(|(beside, below)| (beside[0] & beside[1] & below).count_ones());
    3 * squares.sum::<u32>()
}

/// `#.###.#` in a row with four light modules before or after it, outside the code counting as light: 40 each.
fn finders_across(rows: &[u128]) -> u32 {
    let count = |row: &u128| {
        let found = row & !(row >> 1) & row >> 2 & row >> 3 & row >> 4 & !(row >> 5) & row >> 6;
        let before = row << 1 | row << 2 | row << 3 | row << 4;
        let after = row >> 7 | row >> 8 | row >> 9 | row >> 10;
        (found & !(before & after)).count_ones()
    };
    40 * rows.iter().map(count).sum::<u32>()
}

/// The same for columns.
fn finders_down(rows: &[u128]) -> u32 {
    let dark = |from: usize, to: usize| rows[from.min(rows.len())..to.min(rows.len())].iter().fold(0, |all, row| all | row);
    let count = |(y, seven): (usize, &[u128])| {
        let found = seven[0] & !seven[1] & seven[2] & seven[3] & seven[4] & !seven[5] & seven[6];
        if found == 0 { 0 } else { (found & !(dark(y.saturating_sub(4), y) & dark(y + 7, y + 11))).count_ones() }
    };
    40 * rows.windows(7).enumerate().map(count).sum::<u32>()
}

/// Half per cents by which the share of dark modules is off one half.
fn balance(rows: &[u128]) -> u32 {
    let dark: u32 = rows.iter().map(|row| row.count_ones()).sum();
    let modules = u32::try_from(rows.len() * rows.len()).unwrap_or(u32::MAX);
    (dark * 200 / modules).abs_diff(100)
}
