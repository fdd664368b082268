//! How many of the photographs are read.

use crate::generator::{Chance, Setting, photograph};
use keyspool::scan::{Reading, Scanner};
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Photographs of the ordinary run, and of the full one.
const SAMPLE: u64 = 60;
const ALL: u64 = 500;

/// What came of one photograph.
struct Seen {
    seed: u64,
    setting: Setting,
    missing: usize,
    took: Duration,
}

#[test]
fn most_photographs_are_read_whole() {
    let scanner = Scanner::of_program(Path::new(env!("CARGO_BIN_EXE_keyspool")));
    let count = if std::env::var_os("KEYSPOOL_ALL_PHOTOGRAPHS").is_some() {
        ALL
    } else {
        SAMPLE
    };
    let seeds = AtomicU64::new(0);
    let next = || Some(seeds.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < count);
    let look_on = || {
        std::iter::from_fn(next)
            .map(|seed| look(&scanner, seed))
            .collect::<Vec<_>>()
    };
    let seen: Vec<Seen> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..std::thread::available_parallelism().map_or(1, NonZero::get))
            .map(|_| scope.spawn(look_on))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("looked"))
            .collect()
    });
    let unread: Vec<&Seen> = seen.iter().filter(|seen| seen.missing > 0).collect();
    for seen in &unread {
        println!(
            "seed {}: {} codes not read: {:?}",
            seen.seed, seen.missing, seen.setting
        );
    }
    let read = seen.len() - unread.len();
    let mut times: Vec<Duration> = seen.iter().map(|seen| seen.took).collect();
    times.sort();
    println!(
        "{read} of {count} photographs read; median {:?}, slowest {:?}",
        times[times.len() / 2],
        times[times.len() - 1]
    );
    assert_eq!(seen.len() as u64, count);
    assert!(read * 20 >= seen.len() * 19, "{read} of {count}");
}

/// Takes the photograph of a seed and has it read. What is read that is not there would be worse
/// than what is not read.
fn look(scanner: &Scanner, seed: u64) -> Seen {
    let mut chance = Chance::new(seed);
    let setting = setting(&mut chance);
    let texts = texts(&mut chance);
    let shown: Vec<&str> = texts.iter().map(String::as_str).collect();
    let picture = photograph(&shown, &setting, &mut chance);
    if let Some(folder) = std::env::var_os("KEYSPOOL_KEEP_PHOTOGRAPHS") {
        std::fs::write(
            Path::new(&folder).join(format!("{seed}.{}", setting.jpeg.map_or("png", |_| "jpg"))),
            &picture,
        )
        .expect("kept");
    }
    let begun = Instant::now();
    let outcome = scanner.scan(&picture);
    let took = begun.elapsed();
    let Ok(Reading::Texts(found)) = outcome else {
        panic!("seed {seed}: {outcome:?}")
    };
    assert!(
        found.iter().all(|text| texts.contains(text)),
        "seed {seed}: {found:?}"
    );
    Seen {
        seed,
        setting,
        missing: texts.len() - found.len(),
        took,
    }
}

/// One to four QR texts of the sizes that requests have.
fn texts(chance: &mut Chance) -> Vec<String> {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let count = [1, 1, 1, 2, 3, 4][chance.below(6)];
    (0..count)
        .map(|_| {
            let length = if count == 1 {
                180 + chance.below(700)
            } else {
                100 + chance.below(200)
            };
            let text: String = (0..length)
                .map(|_| char::from(DIGITS[chance.below(DIGITS.len())]))
                .collect();
            format!("KS1:{}X", text.trim())
        })
        .collect()
}

/// As people take photographs who were not told how.
fn setting(chance: &mut Chance) -> Setting {
    let (width, height) = [(800, 600), (1_024, 768), (1_280, 960), (1_600, 1_200)][chance.below(4)];
    let rotation = if chance.below(2) == 0 {
        chance.between(-12.0, 12.0)
    } else {
        chance.between(0.0, 360.0)
    };
    Setting {
        width,
        height,
        rotation,
        perspective: chance.between(0.0, 0.12),
        blur: chance.between(0.0, 1.3),
        noise: chance.between(0.0, 16.0),
        shade: chance.between(0.0, 0.6),
        clutter: chance.below(40),
        jpeg: (chance.below(8) > 0).then_some(60),
    }
}
