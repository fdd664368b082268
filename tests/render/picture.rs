//! Pictures of QR codes, PNG and SVG.

use crate::parts;
use keyspool::render::RenderError;
use keyspool::render::bundle;
use keyspool::render::picture::{PIXELS_PER_MODULE, Picture, png};
use keyspool::render::qr::{Code, MAX_CHARACTERS, QUIET_ZONE};
use std::collections::BTreeSet;
use std::io::Cursor;

struct Decoded {
    width: usize,
    height: usize,
    light: Vec<bool>,
}

fn decode_png(bytes: &[u8]) -> Decoded {
    let mut reader = png::Decoder::new(Cursor::new(bytes))
        .read_info()
        .expect("a PNG");
    assert_eq!(
        (reader.info().bit_depth, reader.info().color_type),
        (png::BitDepth::One, png::ColorType::Grayscale)
    );
    let mut rows = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut rows).expect("a whole PNG");
    let (width, height) = (info.width as usize, info.height as usize);
    let light = (0..width * height)
        .map(|i| rows[i / width * info.line_size + i % width / 8] >> (7 - i % width % 8) & 1 == 1)
        .collect();
    Decoded {
        width,
        height,
        light,
    }
}

fn svg(parts: &[String]) -> Result<String, RenderError> {
    Ok(Picture::of(parts)?.svg())
}

/// Reads a picture of `count` parts cell by cell, as a camera is held before one code after the
/// other.
fn read_codes(bytes: &[u8], count: usize) -> BTreeSet<String> {
    let picture = decode_png(bytes);
    let columns = (1..=count)
        .find(|n| n * n >= count)
        .expect("at least one column");
    let (width, height) = (
        picture.width / columns,
        picture.height / count.div_ceil(columns),
    );
    let cell = |i: usize| {
        let (left, top) = (i % columns * width, i / columns * height);
        let grey = |x, y| {
            if picture.light[(top + y) * picture.width + left + x] {
                255
            } else {
                0
            }
        };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
        image
            .detect_grids()
            .first()
            .expect("a code in each cell")
            .decode()
            .expect("a readable code")
            .1
    };
    (0..count).map(cell).collect()
}

/// The dark modules of an SVG's path, read by its own rules.
fn modules_of_svg(svg: &str) -> BTreeSet<(usize, usize)> {
    let path = svg
        .split(" d=\"")
        .nth(2)
        .and_then(|rest| rest.split('"').next())
        .expect("the path of the modules");
    let mut dark = BTreeSet::new();
    for row in path.split('M').skip(1) {
        let mut steps = row.split('h');
        let (start, y) = steps
            .next()
            .and_then(|s| s.split_once(' '))
            .expect("a start");
        let y: usize = y
            .strip_suffix(".5")
            .and_then(|y| y.parse().ok())
            .expect("the middle of a row");
        let mut x: usize = start.parse().expect("a column");
        for step in steps {
            let (length, gap) = step.split_once('m').unwrap_or((step, "0 0"));
            let length: usize = length.parse().expect("a length");
            dark.extend((x..x + length).map(|x| (x, y)));
            x += length
                + gap
                    .split(' ')
                    .next()
                    .and_then(|g| g.parse::<usize>().ok())
                    .expect("a gap");
        }
    }
    dark
}

#[test]
fn a_picture_of_one_part_reads_back() {
    for length in [1, 100, 441, 1_196] {
        let parts = parts(1, length);
        assert_eq!(
            read_codes(&png(&parts).expect("a picture"), 1),
            parts.into_iter().collect(),
            "{length} characters"
        );
    }
}

#[test]
fn a_picture_of_several_parts_reads_back_whole() {
    for count in [2, 3, 5, 10] {
        let mut parts = parts(count, 300);
        parts.last_mut().expect("a part").truncate(60);
        assert_eq!(
            read_codes(&png(&parts).expect("a picture"), count),
            parts.into_iter().collect(),
            "{count} parts"
        );
    }
}

#[test]
fn the_svg_shows_the_modules_of_the_png() {
    for parts in [
        parts(1, 441),
        parts(1, 1_600),
        parts(1, 3_387),
        parts(3, 200),
    ] {
        let picture = Picture::of(&parts).expect("a picture");
        let png = decode_png(&picture.png().expect("a picture"));
        let (columns, rows) = picture.modules();
        assert_eq!(
            (png.width, png.height),
            (columns * PIXELS_PER_MODULE, rows * PIXELS_PER_MODULE)
        );
        let svg = picture.svg();
        let drawn = modules_of_svg(&svg);
        let captions = svg.matches("<text").count();
        assert_eq!(captions, if parts.len() > 1 { parts.len() } else { 0 });
        for (y, line) in png
            .light
            .chunks(png.width)
            .enumerate()
            .step_by(PIXELS_PER_MODULE)
        {
            let (y, whole) = (y / PIXELS_PER_MODULE, line.chunks(PIXELS_PER_MODULE));
            for (x, pixels) in whole.enumerate().filter(|(x, _)| drawn.contains(&(*x, y))) {
                assert!(
                    pixels.iter().all(|light| !light),
                    "module {x}, {y} is dark in both"
                );
            }
        }
        let dark_pixels = png.light.iter().filter(|light| !**light).count();
        let in_codes = drawn.len() * PIXELS_PER_MODULE * PIXELS_PER_MODULE;
        assert!(if captions == 0 {
            dark_pixels == in_codes
        } else {
            dark_pixels > in_codes
        });
    }
}

/// Letters in an order that looks like chance, the same each time.
fn scrambled(length: usize) -> String {
    let mut state = length as u64 * 2 + 1;
    let mut next = || {
        state = state
            .wrapping_mul(0x5851_F42D_4C95_7F2D)
            .wrapping_add(0x1405_7B7E_F767_814F);
        char::from(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[(state >> 33) as usize % 45])
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn one_code_shows_its_modules() {
    let mut widths = BTreeSet::new();
    for length in (1..=MAX_CHARACTERS).rev().step_by(9).chain([1]) {
        let parts = [scrambled(length)];
        let code = Code::of(&parts[0]).expect("a code");
        if !widths.insert(code.width()) {
            continue;
        }
        let bytes = png(&parts).expect("a picture");
        let png = decode_png(&bytes);
        let side = (code.width() + 2 * QUIET_ZONE) * PIXELS_PER_MODULE;
        assert_eq!((png.width, png.height), (side, side), "{length} characters");
        let module = |pixel: usize| (pixel / PIXELS_PER_MODULE).checked_sub(QUIET_ZONE);
        let wanted = (0..side * side).map(|i| match (module(i % side), module(i / side)) {
            (Some(x), Some(y)) => !code.is_dark(x, y),
            _ => true,
        });
        assert!(png.light.iter().copied().eq(wanted), "{length} characters");
        // Under two bits a module, all else included.
        assert!(
            code.width() < 37 || bytes.len() * 8 < (side / PIXELS_PER_MODULE).pow(2) * 2,
            "{} bytes of {side} pixels",
            bytes.len()
        );
    }
    assert_eq!(
        widths,
        (1..=40).map(|version| 17 + 4 * version).collect(),
        "every version was drawn"
    );
}

#[test]
fn the_same_parts_give_the_same_bytes() {
    let parts = parts(3, 500);
    assert_eq!(png(&parts), png(&parts));
    assert_eq!(svg(&parts), svg(&parts));
}

#[test]
fn a_picture_needs_1_to_32_parts() {
    assert_eq!(
        png(&[]),
        Err(RenderError::Parts {
            found: 0,
            allowed: 32
        })
    );
    assert_eq!(
        svg(&parts(33, 5)),
        Err(RenderError::Parts {
            found: 33,
            allowed: 32
        })
    );
    let largest = png(&parts(32, 1_180)).expect("a picture");
    assert!(
        largest.len() <= bundle::MAX_PICTURE_BYTES,
        "{} bytes",
        largest.len()
    );
}
