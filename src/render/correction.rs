//! Error correction of a code's data (ISO/IEC 18004, 7.5), a table look-up for each codeword.
//!
//! How a version splits its data into blocks, and what a codeword adds to a block's correction, are
//! learned once from the `qrcode` crate: a block's correction is the remainder of a division of
//! polynomials over GF(2^8), which goes codeword by codeword.

use super::level::LEVEL;
use super::mask::MAX_VERSION;
use qrcode::Version;
use qrcode::ec::{construct_codewords, create_error_correction_code};
use std::sync::OnceLock;

/// The blocks of a version.
struct Blocks {
    /// Which data codeword stands in each place of the code.
    order: Vec<usize>,
    /// The first data codeword of each block.
    starts: Vec<usize>,
    /// Correction codewords of a block, at most 30.
    correction: usize,
    /// For each codeword its correction if it were a block of its own, the first in the lowest byte
    /// of the first number.
    alone: Vec<[u128; 2]>,
}

/// All codewords in the order in which they are placed, of all data codewords of a version from 1
/// to [`MAX_VERSION`].
pub(super) fn codewords(version: i16, data: &[u8]) -> Vec<u8> {
    let blocks = blocks(version);
    let mut words: Vec<u8> = blocks.order.iter().map(|n| data[*n]).collect();
    let ends = blocks.starts.iter().skip(1).copied().chain([data.len()]);
    let corrections: Vec<[u8; 32]> = blocks
        .starts
        .iter()
        .zip(ends)
        .map(|(start, end)| remainder(&blocks.alone, &data[*start..end]))
        .collect();
    for n in 0..blocks.correction {
        words.extend(corrections.iter().map(|correction| correction[n]));
    }
    words
}

fn remainder(alone: &[[u128; 2]], block: &[u8]) -> [u8; 32] {
    let [mut low, mut high] = [0_u128; 2];
    for word in block {
        let [first, second] = alone[usize::from(word ^ low.to_le_bytes()[0])];
        low = (low >> 8 | high << 120) ^ first;
        high = high >> 8 ^ second;
    }
    let mut remainder = [0; 32];
    remainder[..16].copy_from_slice(&low.to_le_bytes());
    remainder[16..].copy_from_slice(&high.to_le_bytes());
    remainder
}

fn blocks(version: i16) -> &'static Blocks {
    static BLOCKS: [OnceLock<Blocks>; 27] = [const { OnceLock::new() }; 27];
    BLOCKS[usize::from(version.clamp(1, MAX_VERSION).unsigned_abs())]
        .get_or_init(|| learn(Version::Normal(version)))
}

/// Learns the order of the codewords: the crate places codewords that spell out their own numbers.
/// The blocks take turns, each giving its next codeword.
fn learn(version: Version) -> Blocks {
    let known = "the crate knows level M of versions 1 to 40";
    let count = qrcode::bits::Bits::new(version)
        .max_len(LEVEL)
        .expect(known)
        / 8;
    let numbered = |byte: usize| {
        (0..count)
            .map(|n| n.to_le_bytes()[byte])
            .collect::<Vec<u8>>()
    };
    let (low, correction) = construct_codewords(&numbered(0), version, LEVEL).expect(known);
    let (high, _) = construct_codewords(&numbered(1), version, LEVEL).expect(known);
    let order: Vec<usize> = low
        .iter()
        .zip(high)
        .map(|(low, high)| usize::from(high) << 8 | usize::from(*low))
        .collect();
    let starts: Vec<usize> = order.iter().copied().take_while(|n| *n != 1).collect();
    let correction = correction.len() / starts.len();
    let half = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .fold(0, |half, byte| half << 8 | u128::from(*byte))
    };
    let alone = (0..=255).map(|word| {
        let bytes = create_error_correction_code(&[word], correction);
        let (first, second) = bytes.split_at(correction.min(16));
        [half(first), half(second)]
    });
    Blocks {
        order,
        starts,
        correction,
        alone: alone.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codewords_are_those_of_the_crate() {
        for version in 1..=MAX_VERSION {
            let count = blocks(version).order.len();
            let data: Vec<u8> = (0..count)
                .map(|n| (n * n + n / 3).to_le_bytes()[0])
                .collect();
            let (first, then) = construct_codewords(&data, Version::Normal(version), LEVEL)
                .expect("a version of the test");
            assert_eq!(
                codewords(version, &data),
                [first, then].concat(),
                "version {version}"
            );
        }
    }
}
