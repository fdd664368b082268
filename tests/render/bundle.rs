//! Bundles.

use crate::parts;
use keyspool::licence::Moment;
use keyspool::render::bundle::{self, BundleContent};
use keyspool::render::picture::png;
use std::io::{Cursor, Read};

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
