//! Requests as photographs: read like their files, and no picture costs more than itself.

use crate::bench::{Bench, word};
use crate::generator::photo;
use crate::unit::{Unit, parts, qr};
use keyspool::render::picture;
use keyspool::wire::Envelope;
use std::fs;

fn own_key(bench: &Bench, name: &str) -> (Unit, Envelope) {
    let mut unit = bench.unit(name, "desk");
    let request = unit.activate_with(&bench.key("desk", "seat=1"));
    (unit, request)
}

/// What the refusal of a file says.
fn reason(batch: &crate::bench::Batch, file: &str) -> String {
    let entry = batch
        .entries
        .iter()
        .find(|entry| entry["file"] == file)
        .expect("an entry");
    format!(
        "{}: {}",
        word(&entry["refusal"]["code"]),
        word(&entry["refusal"]["message"])
    )
}

#[test]
fn a_photograph_is_answered_like_its_file() {
    let bench = Bench::new();
    let (mut unit, request) = own_key(&bench, "camera");
    let picture = photo(&[&qr(&request)], 1);
    let batch = bench.answer("acme/IMG_0001.JPG", &picture);
    assert_eq!(batch.outcome(&request), "activated", "{}", batch.said);
    unit.install(&batch.bundle(&request));
    let archived = bench
        .files("spool/archive")
        .into_iter()
        .find(|(path, _)| path.ends_with("acme/IMG_0001.JPG"));
    assert_eq!(archived.expect("the picture in the archive").1, picture);
    // The same document, whichever way it comes.
    let again = bench.answer("camera.json", &request.to_json());
    assert_eq!(again.outcome(&request), "repeated");
    assert_eq!(again.bundle(&request), batch.bundle(&request));
    let drawn = picture::png(&[qr(&request)]).expect("a picture");
    assert_eq!(
        bench.answer("drawn.png", &drawn).bundle(&request),
        batch.bundle(&request)
    );
}

#[test]
fn every_request_in_a_picture_is_answered() {
    let bench = Bench::new();
    let ((_, a), (_, b)) = (own_key(&bench, "a"), own_key(&bench, "b"));
    let stranger = bench.unit("stranger", "desk").activate();
    let batch = bench.answer("three.jpg", &photo(&[&qr(&a), &qr(&stranger), &qr(&b)], 2));
    let outcomes = [&a, &b, &stranger].map(|request| batch.outcome(request));
    assert_eq!(
        outcomes,
        ["activated", "activated", "awaiting-approval"],
        "{}",
        batch.said
    );
}

#[test]
fn an_approved_picture_is_read_again() {
    let bench = Bench::new();
    bench.store("acme", "desk", "seat=1");
    let mut unit = bench.unit("stranger", "desk");
    let request = unit.activate();
    assert_eq!(
        bench
            .answer("stranger.jpg", &photo(&[&qr(&request)], 3))
            .outcome(&request),
        "awaiting-approval"
    );
    let said = bench.run(&[
        "activation",
        "approve",
        &unit.computer_id(),
        "--reason",
        "seen",
        "--yes",
        "--json",
    ]);
    assert_eq!(bench.batch_of(said).outcome(&request), "activated");
}

#[test]
fn parts_in_pictures_wait_for_each_other() {
    let bench = Bench::new();
    let (_, request) = own_key(&bench, "wide");
    let parts = parts(&qr(&request), 3);
    bench.drop_file("one.jpg", &photo(&[&parts[0]], 4));
    let batch = bench.answer("three.txt", parts[2].as_bytes());
    assert_eq!(batch.id, None);
    for file in ["one.jpg", "three.txt"] {
        let told = format!("left in the inbox: {file}: it waits for part 2 of 3 of its QR code");
        assert!(batch.said.stderr.contains(&told), "{}", batch.said);
    }
    assert_eq!(bench.names("spool/inbox"), ["one.jpg", "three.txt"]);
    let batch = bench.answer("two.jpg", &photo(&[&parts[1]], 5));
    assert_eq!(batch.entries_of(&request).len(), 3, "{}", batch.said);
    assert!(bench.names("spool/inbox").is_empty());
}

#[test]
fn foreign_codes_beside_ours_are_ignored() {
    let bench = Bench::new();
    let (_, request) = own_key(&bench, "camera");
    let link = "HTTPS://EXAMPLE.COM/MANUAL";
    bench.drop_file("blank.png", &picture_without_code());
    bench.drop_file("manual.jpg", &photo(&[link], 6));
    let batch = bench.answer("both.jpg", &photo(&[link, &qr(&request)], 7));
    assert_eq!(batch.outcomes("both.jpg"), ["activated"]);
    assert_eq!(
        reason(&batch, "blank.png"),
        "no-code-in-picture: No QR code could be read from the picture."
    );
    let said = "no-code-in-picture: The QR code in the picture is none of Keyspool: it leads to \
        EXAMPLE.COM.";
    assert_eq!(reason(&batch, "manual.jpg"), said);
}

/// A licence key on a label is none of our codes, and a secret.
#[test]
fn no_refusal_quotes_a_code_that_may_be_a_secret() {
    let bench = Bench::new();
    let key = bench.key("desk", "seat=1");
    let batch = bench.answer("label.jpg", &photo(&[&key.reveal()], 8));
    assert_eq!(
        reason(&batch, "label.jpg"),
        "no-code-in-picture: The QR code in the picture is none of Keyspool."
    );
    bench.assert_no_secret(&bench.run(&["history", "export"]).to_string());
}

fn picture_without_code() -> Vec<u8> {
    crate::generator::Photo::even(300, 200, 180.0).encoded(None)
}

/// A picture of a good request that does something to whoever reads it, in the test build only.
fn trap(request: &Envelope, word: &str) -> Vec<u8> {
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
fn a_committed_picture_is_not_read_again() {
    for step in [
        "file-taken",
        "after-take",
        "after-commit",
        "after-flush",
        "before-mark",
    ] {
        let bench = Bench::new();
        let (_, request) = own_key(&bench, "camera");
        let picture = trap(&request, "supervisor");
        bench.drop_file("camera.png", &picture);
        bench.abort_at(Some(step));
        let said = bench.run(&["process", "--settle", "0", "--json"]);
        assert_eq!(said.code, None, "{step} was not reached: {said}");
        bench.abort_at(None);
        // Whoever reads the picture now is ended by it, and so it is seen whether it was read.
        bench.set("KEYSPOOL_TEST_SCAN", Some("4000"));
        let is_committed = step != "file-taken" && step != "after-take";
        let said = bench.run(&["process", "--settle", "0", "--json"]).exits(0);
        assert_eq!(
            said.stderr.contains("has ended"),
            !is_committed,
            "{step}: {said}"
        );
        assert_eq!(
            bench.names("spool/inbox").is_empty(),
            is_committed,
            "{step}"
        );
        bench.set("KEYSPOOL_TEST_SCAN", None);
        let again = bench.answer("again.json", &request.to_json());
        let expected = if is_committed {
            "repeated"
        } else {
            "activated"
        };
        assert!(
            again.outcomes("again.json") == [expected]
                || again.outcomes("camera.png") == [expected],
            "{step}: {}",
            again.said
        );
        assert_eq!(
            bench
                .files("spool/archive")
                .into_values()
                .filter(|bytes| *bytes == picture)
                .count(),
            1,
            "{step}"
        );
        bench.verify_history();
    }
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

#[test]
fn inspect_explains_a_pictures_codes() {
    let bench = Bench::new();
    let bundle = bench
        .files("spool/outbox")
        .into_iter()
        .find(|(path, _)| path.extension().is_some_and(|end| end == "png"));
    let drawn = bench.path("answer.png");
    fs::write(&drawn, bundle.expect("a picture").1).expect("written");
    let shown = bench.json(&["inspect", "answer.png"]);
    let title = "a PNG picture of QR text: an activation: what first may use of desk";
    assert_eq!(
        (&shown["kind"], &shown["title"]),
        (&"picture".into(), &title.into())
    );
    let inside = &shown["parts"][0]["parts"][0];
    assert_eq!(inside["kind"], "activation");
    let checks = inside["checks"].as_array().expect("checks");
    assert!(
        checks.iter().all(|check| check["verdict"] == "good"),
        "{inside}"
    );
    let request = bench.first_request();
    fs::write(
        bench.path("photo.jpg"),
        photo(&[&qr(&request), "HTTPS://EXAMPLE.COM"], 11),
    )
    .expect("written");
    let shown = bench.json(&["inspect", "photo.jpg"]);
    assert_eq!(
        (
            &shown["facts"]["other_qr_codes"],
            &shown["parts"][0]["parts"][0]["kind"]
        ),
        (&"1".into(), &"system-description".into())
    );
    fs::write(bench.path("blank.png"), picture_without_code()).expect("written");
    let said = bench.run(&["inspect", "blank.png"]).exits(1);
    assert!(
        said.stdout.contains("none of keyspool could be read"),
        "{said}"
    );
}
