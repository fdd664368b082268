//! What `render` promises, seen by readers that are not ours.
#![cfg(feature = "full")]

use keyspool::licence::identifier::is_control_or_format;
use keyspool::licence::{
    ComputerId, Counts, Day, Identifier, Moment, Plan, Ulid, Validity, id::Hex,
};
use keyspool::render::RenderError;
use keyspool::render::bundle::{self, BundleContent};
use keyspool::render::picture::{PIXELS_PER_MODULE, Picture, png};
use keyspool::render::qr::{Code, MAX_CHARACTERS, QUIET_ZONE};
use keyspool::wire::response::RefusalNotice;
use keyspool::words::notice;
use keyspool::words::readme::{self, ReadmeFacts};
use std::collections::BTreeSet;
use std::io::{Cursor, Read};

fn parts(count: usize, length: usize) -> Vec<String> {
    let body = |i: usize| {
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+./:"
            .chars()
            .cycle()
            .skip(i * 5)
            .take(length)
            .collect::<String>()
    };
    (1..=count)
        .map(|i| {
            if count == 1 {
                format!("KS1:{}", body(i))
            } else {
                format!("KS1-{i}-{count}-0BADCAFE:{}", body(i))
            }
        })
        .collect()
}

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

fn content(full: bool) -> BundleContent {
    BundleContent {
        activation: b"{\"payloadType\":1}".to_vec(),
        trust_list: b"{}".to_vec(),
        checkpoint: b"{\"c\":0}".to_vec(),
        qr_png: png(&parts(1, 50)).expect("a picture"),
        readme: "read me\r\n".into(),
        computer_key: full.then(|| "AAAAA\r\n".into()),
        trust_list_png: full.then(|| png(&parts(2, 50)).expect("a picture")),
        issued_at: Moment::read("2026-11-22T05:06:07Z").expect("a time of the test"),
    }
}

#[test]
fn the_same_bundle_gives_the_same_bytes() {
    assert_eq!(bundle::zip(&content(true)), bundle::zip(&content(true)));
    assert_ne!(bundle::zip(&content(true)), bundle::zip(&content(false)));
}

#[test]
fn a_bundle_holds_its_entries_only() {
    for full in [true, false] {
        let bytes = bundle::zip(&content(full)).expect("a bundle");
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip");
        let names: Vec<String> = (0..archive.len())
            .map(|i| {
                archive
                    .by_index(i)
                    .expect("an entry")
                    .name()
                    .expect("UTF-8")
                    .into_owned()
            })
            .collect();
        assert_eq!(names, bundle::ENTRIES[..if full { 7 } else { 5 }]);
        let mut readme = String::new();
        archive
            .by_name("README.txt")
            .expect("an entry")
            .read_to_string(&mut readme)
            .expect("text");
        assert_eq!(readme, "read me\r\n");
        assert_headers_are_plain(&bytes, names.len());
    }
}

/// Reads the headers by APPNOTE.TXT 4.3.7 and 4.3.12: no flags, stored, no extra fields, one time,
/// sizes in the header.
fn assert_headers_are_plain(zip: &[u8], entries: usize) {
    let u16_at = |at: usize| u16::from_le_bytes([zip[at], zip[at + 1]]);
    let u32_at =
        |at: usize| u32::from_le_bytes([zip[at], zip[at + 1], zip[at + 2], zip[at + 3]]) as usize;
    let mut at = 0;
    for _ in 0..entries {
        assert_eq!(&zip[at..at + 4], b"PK\x03\x04");
        assert_eq!(
            [u16_at(at + 6), u16_at(at + 8), u16_at(at + 28)],
            [0, 0, 0],
            "flags, method, extra field"
        );
        assert_eq!(
            (u16_at(at + 10), u16_at(at + 12)),
            (5 << 11 | 6 << 5 | 3, 46 << 9 | 11 << 5 | 22),
            "05:06:06, 2026-11-22"
        );
        at += 30 + usize::from(u16_at(at + 26)) + u32_at(at + 18);
    }
    for _ in 0..entries {
        assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
        assert_eq!(
            [
                u16_at(at + 8),
                u16_at(at + 10),
                u16_at(at + 30),
                u16_at(at + 32)
            ],
            [0; 4],
            "flags, method, extra field, comment"
        );
        assert_eq!(u32_at(at + 38) >> 16, 0o100_644, "rw-r--r--");
        at += 46 + usize::from(u16_at(at + 28));
    }
    assert_eq!(
        (&zip[at..at + 4], zip.len() - at),
        (b"PK\x05\x06".as_slice(), 22),
        "the end, without a comment"
    );
}

fn day(text: &str) -> Day {
    Day::read(text).expect("a day of the test")
}

fn facts() -> ReadmeFacts {
    let mut licences = Counts::new();
    licences.set(Identifier::new("core").expect("an identifier"), 16);
    ReadmeFacts {
        computer_name: "nvr-lobby-01 東".into(),
        computer_id: ComputerId([7; 15]),
        organization: "Acme".into(),
        product: "vms".into(),
        plan: Plan::Subscription,
        licences,
        validity: Validity {
            valid_from: day("2026-11-22"),
            valid_until: Some(day("2027-11-21")),
            grace_until: Some(day("2027-12-21")),
        },
        file_stem: bundle::file_stem(
            "nvr-lobby-01 東",
            &Ulid::read("01KAMJ4R00N6ZQ3T5V7X9Y1ABC").expect("a ULID of the test"),
            7,
        ),
        qr_parts: 1,
        has_computer_key: false,
        has_trust_list_picture: false,
        contact: Some("licences@example.com".into()),
    }
}

fn assert_windows_lines(text: &str) {
    assert!(text.ends_with("\r\n") && !text.starts_with('\u{feff}'));
    assert!(
        text.split("\r\n")
            .all(|line| !line.chars().any(is_control_or_format)),
        "{text:?}"
    );
}

#[test]
fn the_readme_says_how_to_install() {
    let text = readme::text(&facts());
    for part in [
        "nvr-lobby-01 東",
        "16 core",
        "21 November 2027",
        "21 December 2027 (the days of grace included)",
        "keyspool-device install nvr-lobby-01_01KAMJ4R00N6ZQ3T5V7X9Y1ABC_7.zip",
        "licences@example.com",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_windows_lines(&text);
}

#[test]
fn the_readme_of_hardware_has_no_end() {
    let mut facts = facts();
    facts.validity = Validity {
        valid_from: day("2026-11-22"),
        valid_until: None,
        grace_until: None,
    };
    assert!(readme::text(&facts).contains("for the lifetime of the hardware"));
}

#[test]
fn the_readme_names_only_what_the_bundle_holds() {
    let plain = readme::text(&facts());
    assert!(!plain.contains("computer-key.txt") && !plain.contains("trust-list.png"));
    let full = readme::text(&ReadmeFacts {
        has_computer_key: true,
        has_trust_list_picture: true,
        qr_parts: 3,
        ..facts()
    });
    assert!(
        full.contains("computer-key.txt")
            && full.contains("trust-list.png")
            && full.contains("all 3 codes")
    );
}

#[test]
fn names_cannot_add_lines_or_turn_text_around() {
    let names = ReadmeFacts {
        computer_name: "a\r\nPlan: x\u{202e}".into(),
        contact: Some("c\u{1b}[2J".into()),
        ..facts()
    };
    assert_windows_lines(&readme::text(&names));
    assert_eq!(
        readme::text(&names).lines().count(),
        readme::text(&facts()).lines().count()
    );
}

#[test]
fn a_refusal_says_what_which_file_and_what_next() {
    let notice = RefusalNotice {
        code: "not-enough-licences".into(),
        message: "The wallet lacks 4 core.".into(),
        remedy: "Buy 4 core at Acme, then bring the same file again.".into(),
        file: r"acme/a\x0ab.json".into(),
        digest: Hex([0xAB; 32]),
        issued_at: Moment::read("2026-11-22T05:06:07Z").expect("a time of the test"),
        request: None,
        computer_id: Some(ComputerId([7; 15])),
        organization: None,
        product: None,
    };
    let text = notice::text(&notice);
    for part in [
        "not-enough-licences",
        "The wallet lacks 4 core.",
        "Buy 4 core",
        r"acme/a\x0ab.json",
        "22 November 2026, 05:06:07 UTC",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(text.contains(&notice.digest.to_string()) && !text.contains("Organization"));
    assert_windows_lines(&text);
    assert_windows_lines(&notice::text(&RefusalNotice {
        file: "a\u{1b}[2J".into(),
        ..notice
    }));
}
