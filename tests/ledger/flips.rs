//! Files with bits flipped and ends cut off.

use crate::bench::{LOTS, Numbers, damage, file, open_reading, sealer};
use crate::sample::Sample;
use keyspool::ledger::{Damage, LedgerError, Reader};

#[test]
fn a_flipped_bit_gives_an_error_or_the_same_data() {
    const TRIALS: usize = 180;
    let seed = 20_261_122;
    println!("seed {seed}");
    let mut numbers = Numbers(seed);
    let dir = tempfile::tempdir().unwrap();
    let whole = Sample::compact(dir.path());
    let mut noticed = 0;
    for trial in 0..TRIALS {
        let mut bytes = whole.clone();
        // The store's header first: its fields end at byte 320.
        let at = if trial < 80 {
            numbers.below(320)
        } else {
            numbers.below(bytes.len())
        };
        let flip = 1 << numbers.below(8);
        println!("byte {at} ^ {flip}");
        bytes[at] ^= flip;
        std::fs::write(file(dir.path()), &bytes).unwrap();
        noticed += usize::from(Sample::check_damaged(dir.path()).is_err());
    }
    println!(
        "{noticed} of {TRIALS} flips noticed, in {} bytes",
        whole.len()
    );
    assert!(noticed > 50);
}

#[test]
fn a_damaged_key_is_no_missing_row() {
    let dir = tempfile::tempdir().unwrap();
    let whole = Sample::compact(dir.path());
    let blinds = sealer("ours");
    for row in 0..Sample::ROUNDS * Sample::ROWS {
        let key = row.to_be_bytes();
        let blind = blinds.blind("lots", &key);
        let places: Vec<usize> = (0..whole.len() - 16)
            .filter(|at| whole[*at..*at + 16] == blind)
            .collect();
        assert!(!places.is_empty());
        for (byte, bit) in [(0, 0x80), (0, 1), (7, 0x10), (15, 1)] {
            let mut bytes = whole.clone();
            places.iter().for_each(|at| bytes[at + byte] ^= bit);
            std::fs::write(file(dir.path()), &bytes).unwrap();
            let ledger = open_reading(dir.path()).unwrap();
            let found = ledger.read().unwrap().get(LOTS, &key);
            assert!(
                matches!(damage(found), Damage::Row | Damage::Order),
                "row {row}, byte {byte} ^ {bit}"
            );
        }
    }
}

#[test]
fn a_truncated_file_gives_no_other_data() {
    let seed = 7;
    println!("seed {seed}");
    let mut numbers = Numbers(seed);
    let dir = tempfile::tempdir().unwrap();
    let whole = Sample::compact(dir.path());
    let lengths = [
        0,
        1,
        9,
        64,
        320,
        4095,
        4096,
        whole.len() - 4096,
        whole.len() - 1,
    ];
    for length in lengths
        .into_iter()
        .chain((0..30).map(|_| numbers.below(whole.len())))
    {
        println!("{length} of {} bytes", whole.len());
        std::fs::write(file(dir.path()), &whole[..length]).unwrap();
        assert!(
            matches!(
                Sample::check_damaged(dir.path()),
                Err(LedgerError::Damaged { .. })
            ),
            "{length} bytes"
        );
    }
}
