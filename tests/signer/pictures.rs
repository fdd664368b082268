//! Requests as photographs: read like their files, and no picture costs more than itself.

use crate::bench::{Bench, word};
use crate::generator::photo;
use crate::picture_faults::{picture_without_code, trap};
use crate::unit::{Unit, parts, qr};
use keyspool::render::picture;
use keyspool::wire::Envelope;
use std::fs;

pub(crate) fn own_key(bench: &Bench, name: &str) -> (Unit, Envelope) {
    let mut unit = bench.unit(name, "desk");
    let request = unit.activate_with(&bench.key("desk", "seat=1"));
    (unit, request)
}

/// What the refusal of a file says.
pub(crate) fn reason(batch: &crate::bench::Batch, file: &str) -> String {
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
