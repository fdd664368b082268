//! Pictures that are refused, hostile or not whole.

use crate::bench::Bench;
use crate::generator::photo;
use crate::pictures::{own_key, reason};
use crate::unit::qr;
use keyspool::render::picture;
use keyspool::wire::Envelope;
use std::fs;

pub(crate) fn picture_without_code() -> Vec<u8> {
    crate::generator::Photo::even(300, 200, 180.0).encoded(None)
}

/// A picture of a good request that does something to whoever reads it, in the test build only.
pub(crate) fn trap(request: &Envelope, word: &str) -> Vec<u8> {
    let mut picture = picture::png(&[qr(request)]).expect("a picture");
    picture.extend_from_slice(format!("keyspool-test-{word}").as_bytes());
    picture
}

#[test]
fn a_hostile_picture_costs_itself_only() {
    let bench = Bench::new();
    bench.set("KEYSPOOL_TEST_SCAN", Some("4000"));
    let trapped: Vec<Envelope> = (0..4)
        .map(|n| own_key(&bench, &format!("trapped-{n}")).1)
        .collect();
    let (_, good) = own_key(&bench, "good");
    for (request, word) in trapped.iter().zip(["abort", "hang", "loop", "memory"]) {
        bench.drop_file(format!("{word}.png"), &trap(request, word));
    }
    for name in ["a.jpg", "n.jpg", "z.jpg"] {
        bench.drop_file(name, &photo(&[&qr(&good)], 9));
    }
    let batch = bench.process();
    let mut outcomes: Vec<String> = ["a.jpg", "n.jpg", "z.jpg"]
        .iter()
        .flat_map(|name| batch.outcomes(name))
        .collect();
    outcomes.sort();
    assert_eq!(
        outcomes,
        ["activated", "repeated", "repeated"],
        "{}",
        batch.said
    );
    for (name, says) in [
        ("abort.png", "what reads pictures broke at it"),
        ("hang.png", "could not be read within 10 s"),
        ("loop.png", "could not be read within 10 s"),
        ("memory.png", "could not be read within 512 MiB of memory"),
    ] {
        let reason = reason(&batch, name);
        assert!(
            reason.starts_with("no-code-in-picture: ") && reason.contains(says),
            "{reason}"
        );
    }
    // Nothing is wrong with the requests: brought again in another way, they are answered.
    bench.set("KEYSPOOL_TEST_SCAN", None);
    assert_eq!(
        bench
            .answer("again.png", &trap(&trapped[1], "hang"))
            .outcome(&trapped[1]),
        "activated"
    );
}

#[test]
fn pictures_stay_when_the_supervisor_dies() {
    let bench = Bench::new();
    let ((_, file), (_, pictured)) = (own_key(&bench, "file"), own_key(&bench, "pictured"));
    bench.set("KEYSPOOL_TEST_SCAN", Some("4000"));
    bench.drop_file("a.png", &trap(&pictured, "supervisor"));
    let batch = bench.answer("b.json", &file.to_json());
    assert_eq!(batch.outcome(&file), "activated");
    assert_eq!(batch.said.code, Some(0));
    let told = "left in the inbox: a.png: the process that reads pictures has ended";
    assert!(batch.said.stderr.contains(told), "{}", batch.said);
    assert_eq!(bench.names("spool/inbox"), ["a.png"]);
    bench.set("KEYSPOOL_TEST_SCAN", None);
    assert_eq!(bench.process().outcome(&pictured), "activated");
}

#[test]
fn a_half_copied_picture_is_not_judged() {
    let bench = Bench::new();
    let (_, request) = own_key(&bench, "slow");
    let picture = photo(&[&qr(&request)], 10);
    let path = bench.drop_file("slow.jpg", &picture[..picture.len() / 2]);
    let half = bench.run(&["process", "--settle", "1", "--json"]);
    // The stick's clock is the test's: the stamp is now, so the half waits once, and is then judged
    // as it is.
    assert!(
        half.stderr
            .contains("waiting 1 s for 1 file(s) that may not be whole yet"),
        "{half}"
    );
    assert!(!path.exists());
    let batch = bench.answer("slow.jpg", &picture);
    assert_eq!(batch.outcome(&request), "activated");
}

#[test]
fn an_unread_kind_of_picture_is_refused() {
    let bench = Bench::new();
    // As a telephone writes it: far larger than a document may be.
    let mut heic = b"\0\0\0\x24ftypheic\0\0\0\0mif1MiHEheic".to_vec();
    heic.resize(2 * 1024 * 1024, 7);
    bench.drop_file("acme/IMG_0001.HEIC", &heic);
    for (name, bytes) in [
        ("a.webp", &b"RIFF\x10\0\0\0WEBPVP8 "[..]),
        ("b.pdf", b"%PDF-1.7\n"),
        ("c.svg", b"<svg xmlns=\"\">"),
    ] {
        bench.drop_file(name, bytes);
    }
    let batch = bench.process();
    assert_eq!(
        reason(&batch, "acme/IMG_0001.HEIC"),
        "no-code-in-picture: The picture is of the kind HEIC; PNG and JPEG are read."
    );
    assert!(
        batch
            .said
            .stderr
            .contains("hint: Set the camera to the most compatible format"),
        "{}",
        batch.said
    );
    assert_eq!(
        reason(&batch, "b.pdf"),
        "no-code-in-picture: The file is of the kind PDF; PNG and JPEG are read."
    );
    for name in ["a.webp", "c.svg"] {
        assert!(
            reason(&batch, name).starts_with("no-code-in-picture: The picture is of the kind "),
            "{}",
            batch.said
        );
    }
    assert!(
        batch
            .said
            .stderr
            .contains("hint: Save the picture as PNG or JPEG"),
        "{}",
        batch.said
    );
    fs::write(bench.path("photo.heic"), &heic).expect("written");
    let said = bench.run(&["inspect", "photo.heic"]).exits(1);
    assert!(
        said.stdout.contains("a HEIC picture")
            && said.stdout.contains("HEIC is not read, PNG and JPEG are"),
        "{said}"
    );
}

#[test]
fn an_oversized_picture_is_too_large() {
    let bench = Bench::new();
    bench.drop_file("wide.png", &png_head(65_535, 65_535));
    let mut heavy = picture_without_code();
    heavy.resize(32 * 1024 * 1024 + 1, 0);
    let batch = bench.answer("heavy.png", &heavy);
    assert!(
        reason(&batch, "wide.png")
            .starts_with("too-large: The picture has 65535 x 65535 pixels; 67108864 are allowed")
    );
    assert!(
        reason(&batch, "heavy.png")
            .starts_with("too-large: The file has 33554433 bytes, and 33554432 are allowed")
    );
}

/// A picture of up to 32 MiB is read whole.
#[test]
fn a_picture_at_the_limit_is_read() {
    let bench = Bench::new();
    let (_, request) = own_key(&bench, "heavy");
    let mut picture = picture::png(&[qr(&request)]).expect("a picture");
    picture.resize(32 * 1024 * 1024, 0);
    assert_eq!(
        bench.answer("heavy.png", &picture).outcome(&request),
        "activated"
    );
}

/// The first chunk of a PNG, with its checksum.
fn png_head(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
    chunk.extend([8, 0, 0, 0, 0]);
    let crc = crate::generator::crc_of(&chunk);
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\x0d".as_slice(),
        &chunk,
        &crc.to_be_bytes(),
    ]
    .concat()
}
