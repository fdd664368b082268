//! Pictures that are broken, strange or hostile: each has an outcome within its limits, and the
//! next one is read.

use crate::generator::{Chance, crc_of, jpeg_of, png_of};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use keyspool::render::picture;
use keyspool::render::qr::Code;
use keyspool::scan::{Reading, Scanner};
use miniz_oxide::deflate::compress_to_vec_zlib;
use std::path::Path;

const TEXT: &str = "KS1:EVERY PICTURE OF THIS IS READ";

fn scanner() -> Scanner {
    Scanner::of_program(Path::new(env!("CARGO_BIN_EXE_keyspool")))
}

fn read() -> Reading {
    Reading::Texts(vec![TEXT.to_owned()])
}

/// A code in grey, with its quiet zone: side and pixels.
fn drawn(pixels: usize) -> (usize, Vec<u8>) {
    let code = Code::of(TEXT).expect("a code");
    let side = (code.width() + 8) * pixels;
    let grey = |place: usize| {
        let (x, y) = (place % side / pixels, place / side / pixels);
        if x >= 4 && y >= 4 && code.is_dark(x - 4, y - 4) {
            20
        } else {
            235
        }
    };
    (side, (0..side * side).map(grey).collect())
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [&kind[..], data].concat();
    let length = u32::try_from(data.len()).expect("short").to_be_bytes();
    [&length[..], &named, &crc_of(&named).to_be_bytes()].concat()
}

/// A PNG of raw rows: width, height, depth, colour type, interlacing.
fn png_by_hand(
    width: usize,
    height: usize,
    kind: [u8; 3],
    palette: Option<&[u8]>,
    rows: &[u8],
) -> Vec<u8> {
    let side = |side: usize| u32::try_from(side).expect("small").to_be_bytes();
    let [depth, color, interlace] = kind;
    let head = [
        &side(width)[..],
        &side(height),
        &[depth, color, 0, 0, interlace],
    ]
    .concat();
    let mut png = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head)].concat();
    png.extend(
        palette
            .map(|palette| chunk(b"PLTE", palette))
            .unwrap_or_default(),
    );
    png.extend(chunk(b"IDAT", &compress_to_vec_zlib(rows, 6)));
    png.extend(chunk(b"IEND", b""));
    png
}

/// Rows without a filter, each pixel as the bytes that `bytes` gives.
fn rows(side: usize, grey: &[u8], bytes: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    grey.chunks(side)
        .flat_map(|row| {
            [
                vec![0],
                row.iter().flat_map(|pixel| bytes(*pixel)).collect(),
            ]
            .concat()
        })
        .collect()
}

/// The seven passes of Adam7 (ISO/IEC 15948 section 8.2).
fn interlaced(side: usize, grey: &[u8]) -> Vec<u8> {
    let mut rows = Vec::new();
    for (left, top, across, down) in [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ] {
        for y in (top..side).step_by(down) {
            rows.push(0);
            rows.extend((left..side).step_by(across).map(|x| grey[y * side + x]));
        }
    }
    rows
}

/// Rows of one bit a pixel.
fn bits(side: usize, grey: &[u8]) -> Vec<u8> {
    let byte = |eight: &[u8]| {
        (0..8).fold(0, |byte, i| {
            byte << 1 | u8::from(eight.get(i).is_some_and(|pixel| *pixel > 127))
        })
    };
    grey.chunks(side)
        .flat_map(|row| [vec![0], row.chunks(8).map(byte).collect()].concat())
        .collect()
}

fn jpeg(
    side: usize,
    samples: &[u8],
    color: ColorType,
    change: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 80);
    change(&mut encoder);
    let side = u16::try_from(side).expect("small");
    encoder.encode(samples, side, side, color).expect("a JPEG");
    jpeg
}

#[test]
fn every_usual_kind_of_png_is_read() {
    let (side, grey) = drawn(4);
    let glass = |pixel: u8| vec![0, 0, 0, if pixel > 127 { 0 } else { 255 }];
    let palette = [[250; 3], [10; 3]].concat();
    let scanner = scanner();
    for (name, picture) in [
        (
            "our own",
            picture::png(&[TEXT.to_owned()]).expect("a picture"),
        ),
        ("grey", png_of(&grey, side, side)),
        (
            "one bit",
            png_by_hand(side, side, [1, 0, 0], None, &bits(side, &grey)),
        ),
        (
            "16 bits",
            png_by_hand(
                side,
                side,
                [16, 0, 0],
                None,
                &rows(side, &grey, |pixel| vec![pixel, 7]),
            ),
        ),
        (
            "colours",
            png_by_hand(
                side,
                side,
                [8, 2, 0],
                None,
                &rows(side, &grey, |pixel| vec![pixel, 90, pixel]),
            ),
        ),
        (
            "16-bit colours",
            png_by_hand(
                side,
                side,
                [16, 6, 0],
                None,
                &rows(side, &grey, |p| vec![p, 0, p, 0, p, 0, 255, 255]),
            ),
        ),
        (
            "palette",
            png_by_hand(
                side,
                side,
                [8, 3, 0],
                Some(&palette),
                &rows(side, &grey, |pixel| vec![u8::from(pixel < 128)]),
            ),
        ),
        (
            "glass",
            png_by_hand(side, side, [8, 6, 0], None, &rows(side, &grey, glass)),
        ),
        (
            "grey glass",
            png_by_hand(
                side,
                side,
                [8, 4, 0],
                None,
                &rows(side, &grey, |pixel| vec![pixel, 255]),
            ),
        ),
        (
            "interlaced",
            png_by_hand(side, side, [8, 0, 1], None, &interlaced(side, &grey)),
        ),
    ] {
        assert_eq!(scanner.scan(&picture), Ok(read()), "{name}");
    }
}

#[test]
fn every_usual_kind_of_jpeg_is_read() {
    let (side, grey) = drawn(4);
    let rgb: Vec<u8> = grey
        .iter()
        .flat_map(|pixel| [*pixel, *pixel / 2 + 60, *pixel])
        .collect();
    let ink: Vec<u8> = grey
        .iter()
        .flat_map(|pixel| [0, 0, 0, 255 - *pixel])
        .collect();
    let scanner = scanner();
    for (name, picture) in [
        ("jpeg", jpeg_of(&grey, side, side, 60)),
        ("colour jpeg", jpeg(side, &rgb, ColorType::Rgb, |_| {})),
        (
            "halved colours",
            jpeg(side, &rgb, ColorType::Rgb, |encoder| {
                encoder.set_sampling_factor(SamplingFactor::F_2_2)
            }),
        ),
        (
            "progressive",
            jpeg(side, &rgb, ColorType::Rgb, |encoder| {
                encoder.set_progressive(true)
            }),
        ),
        (
            "restarts",
            jpeg(side, &grey, ColorType::Luma, |encoder| {
                encoder.set_restart_interval(5)
            }),
        ),
        ("cmyk", jpeg(side, &ink, ColorType::Cmyk, |_| {})),
        ("ycck", jpeg(side, &ink, ColorType::CmykAsYcck, |_| {})),
        (
            "bytes behind it",
            [jpeg_of(&grey, side, side, 90), vec![0x55; 500]].concat(),
        ),
    ] {
        assert_eq!(scanner.scan(&picture), Ok(read()), "{name}");
    }
}

#[test]
fn sides_that_cannot_be_are_refused() {
    let scanner = scanner();
    let empty = png_by_hand(0, 0, [8, 0, 0], None, b"");
    assert_eq!(scanner.scan(&empty), Ok(Reading::Damaged));
    let huge = png_by_hand(60_000, 60_000, [8, 0, 0], None, b"");
    assert_eq!(
        scanner.scan(&huge),
        Ok(Reading::TooManyPixels {
            width: 60_000,
            height: 60_000
        })
    );
    let long = png_by_hand(2_000_000_000, 1, [8, 0, 0], None, b"");
    assert_eq!(
        scanner.scan(&long),
        Ok(Reading::TooManyPixels {
            width: 2_000_000_000,
            height: 1
        })
    );
    let (side, grey) = drawn(2);
    let mut jpeg = jpeg_of(&grey, side, side, 80);
    let frame = jpeg
        .windows(2)
        .position(|marker| marker == [0xFF, 0xC0])
        .expect("a frame");
    jpeg[frame + 5..frame + 9].fill(0xFF);
    assert_eq!(
        scanner.scan(&jpeg),
        Ok(Reading::TooManyPixels {
            width: 65_535,
            height: 65_535
        })
    );
    jpeg[frame + 5..frame + 9].fill(0);
    assert_eq!(scanner.scan(&jpeg), Ok(Reading::Damaged));
}

/// Little on the stick, as much as is allowed in memory.
#[test]
fn bombs_stay_within_time_and_memory() {
    let scanner = scanner();
    let side = 8_192;
    let white = vec![0; side * (side + 1)];
    let grey = png_by_hand(side, side, [8, 0, 0], None, &white);
    assert!(grey.len() < 100_000);
    let seen = scanner.scan(&grey);
    assert!(
        matches!(&seen, Ok(Reading::TooSlow)) || seen == Ok(Reading::Texts(Vec::new())),
        "{seen:?}"
    );
    // As many colours as there are, interlaced, which takes the whole picture at once.
    let deep = png_by_hand(side, side, [16, 6, 1], None, &white);
    assert_eq!(scanner.scan(&deep), Ok(Reading::Damaged));
    // A text that inflates without end is not looked at.
    let (width, pixels) = drawn(4);
    let mut bomb = png_of(&pixels, width, width);
    let text = [
        b"Comment\0\0".as_slice(),
        &compress_to_vec_zlib(&vec![b'x'; 64 << 20], 9),
    ]
    .concat();
    bomb.splice(33..33, chunk(b"zTXt", &text));
    assert_eq!(scanner.scan(&bomb), Ok(read()));
    // What inflates to more than the sides say.
    let more = png_by_hand(100, 100, [8, 0, 0], None, &white);
    assert!(matches!(scanner.scan(&more), Ok(Reading::Texts(texts)) if texts.is_empty()));
}

/// Nothing but an outcome comes of any bytes, and no process is left that cannot read the next
/// picture.
#[test]
fn no_mutated_picture_makes_the_reader_fail() {
    let scanner = scanner();
    let (side, grey) = drawn(3);
    let rgb: Vec<u8> = grey
        .iter()
        .flat_map(|pixel| [*pixel, 255 - *pixel, *pixel / 2])
        .collect();
    let good = [
        png_of(&grey, side, side),
        png_by_hand(side, side, [8, 0, 1], None, &interlaced(side, &grey)),
        jpeg_of(&grey, side, side, 60),
        jpeg(side, &rgb, ColorType::Rgb, |encoder| {
            encoder.set_progressive(true)
        }),
    ];
    let mut outcomes = [0; 3];
    for seed in 0..240 {
        let mut chance = Chance::new(seed);
        let mut picture = good[chance.below(good.len())].clone();
        for _ in 0..1 + chance.below(4) {
            mutate(&mut picture, &mut chance);
        }
        match scanner.scan(&picture) {
            Ok(Reading::Texts(texts)) => {
                assert!(
                    texts.is_empty() || texts == [TEXT],
                    "seed {seed}: {texts:?}"
                );
                outcomes[usize::from(texts.is_empty())] += 1;
            }
            Ok(
                Reading::Damaged
                | Reading::TooManyPixels { .. }
                | Reading::OutOfMemory
                | Reading::Crashed,
            ) => outcomes[2] += 1,
            other => panic!("seed {seed}: {other:?}"),
        }
    }
    println!(
        "read {}, without a code {}, refused {}",
        outcomes[0], outcomes[1], outcomes[2]
    );
    assert!(outcomes.iter().all(|count| *count > 5), "{outcomes:?}");
    assert_eq!(scanner.scan(&good[0]), Ok(read()));
}

fn mutate(picture: &mut Vec<u8>, chance: &mut Chance) {
    let place = chance.below(picture.len().max(1));
    match chance.below(6) {
        0 => picture.truncate(place),
        1 => picture
            .drain(place..(place + 1 + chance.below(40)).min(picture.len()))
            .for_each(drop),
        2 => picture.insert(place.min(picture.len()), 0xFF),
        3 => {
            let copied = picture[place.min(picture.len())..].to_vec();
            picture.extend(copied);
        }
        // Heads are where sides and lengths stand.
        _ => {
            let place = if chance.below(2) == 0 {
                chance.below(picture.len().clamp(1, 700))
            } else {
                place
            };
            if let Some(byte) = picture.get_mut(place) {
                *byte = chance.next().to_be_bytes()[0];
            }
        }
    }
}
