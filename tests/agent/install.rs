//! What the tool takes in.

use crate::bench::{Bench, day, identifier, validity};
use crate::generator;
use crate::generator::photo;
use keyspool::licence::{ComputerId, Plan, Validity};
use keyspool::render::picture;
use keyspool::seal::computer_key;
use keyspool::seal::computer_key::Owner;
use keyspool::wire::computer_key::ComputerKey;
use keyspool::wire::qr;
use serde_json::Value;
use std::fs;

#[test]
fn an_answer_comes_in_in_each_form() {
    let bench = Bench::with_device();
    let id = bench.computer_id();
    let trust_list = bench.trust_list();
    assert!(
        bench
            .run(&["install", &bench.write("t.json", &trust_list.to_json())])
            .done()
            .stdout
            .contains("stored")
    );
    bench
        .run(&[
            "install",
            &bench.write("a.json", &bench.activation(id, 1).to_json()),
        ])
        .done();
    let text = qr::parts_of(&qr::text_of(&bench.activation(id, 2)).expect("text"))
        .expect("parts")
        .join("\r\n");
    bench
        .run(&["install", &bench.write("a.txt", text.as_bytes())])
        .done();
    let third = String::from_utf8(bench.activation(id, 3).to_json()).expect("JSON");
    let said = bench
        .run_with(bench.command(&["install", "-", "--json"]), &third)
        .done()
        .json();
    assert_eq!(
        (&said["activation"]["sequence"], &said["trust_list"]),
        (&Value::from(3), &Value::from("absent"))
    );
    assert_eq!(said["status"]["state"], "licensed");
}

#[test]
fn a_computer_key_needs_its_licence_types() {
    let bench = Bench::with_device();
    let id = bench.computer_id();
    bench
        .run(&[
            "install",
            &bench.write("t.json", &bench.trust_list().to_json()),
        ])
        .done();
    let validity = Validity {
        grace_until: Some(day("2199-01-10")),
        ..validity()
    };
    let key = ComputerKey {
        key_index: 0,
        plan: Plan::Subscription,
        validity,
        sequence: 5,
        licences: vec![(0, 16), (1, 4)],
    };
    let owner = Owner {
        organization: &identifier("acme"),
        product: &identifier("vms"),
        computer_id: id,
    };
    let lines = computer_key::sign(&bench.signer, &key, &owner)
        .expect("a Computer Key")
        .join("\n")
        .to_lowercase();
    let without = bench
        .run_with(bench.command(&["install", "-"]), &lines)
        .failed(2);
    assert!(without.stderr.contains("--licence-types core,universal"));
    let wrong = lines.replacen(|c: char| c.is_ascii_digit(), "", 1);
    bench
        .run_with(
            bench.command(&["install", "-", "--licence-types", "core,universal"]),
            &wrong,
        )
        .failed(1);
    let typed = bench
        .run_with(
            bench.command(&["install", "-", "--licence-types", "core,universal"]),
            &lines,
        )
        .done();
    assert!(
        typed.stdout.contains("16 core, 4 universal") && typed.stdout.contains("10 January 2199"),
        "{}",
        typed.stdout
    );
}

#[test]
fn an_older_answer_fails() {
    let bench = Bench::with_device();
    bench.install(2).done();
    assert!(bench.install(2).done().stderr.contains("installed already"));
    assert!(
        bench
            .install(1)
            .failed(1)
            .stderr
            .contains("hint: install the newest bundle")
    );
}

#[test]
fn another_devices_answer_is_refused_by_name() {
    let bench = Bench::with_device();
    let other = ComputerId([9; 15]);
    let said = bench
        .run(&["install", &bench.bundle(&bench.activation(other, 1))])
        .failed(1);
    assert!(
        said.stderr.contains(&other.to_string())
            && said.stderr.contains(&bench.computer_id().to_string())
    );
    assert!(said.stderr.contains("README.txt"), "{}", said.stderr);
}

#[test]
fn a_bundle_with_other_entries_is_refused() {
    let bench = Bench::with_device();
    let good = bench.bundle(&bench.activation(bench.computer_id(), 1));
    let mut bytes = fs::read(&good).expect("a bundle");
    for at in 0..bytes.len() - 10 {
        if bytes[at..].starts_with(b"README.txt") {
            bytes[at..at + 10].copy_from_slice(b"\x1b[2J.setup");
        }
    }
    let state = fs::read(bench.path("state/state.json")).expect("a state");
    let said = bench
        .run(&["install", &bench.write("bad.zip", &bytes)])
        .failed(1);
    assert!(
        said.stderr.contains(r"\x1b[2J.setup") && !said.stderr.contains('\u{1b}'),
        "{}",
        said.stderr
    );
    assert_eq!(
        fs::read(bench.path("state/state.json")).expect("a state"),
        state
    );
}

#[test]
fn a_photograph_is_installed() {
    let bench = Bench::with_device();
    let list = qr::text_of(&bench.trust_list()).expect("QR text");
    let activation = qr::text_of(&bench.activation(bench.computer_id(), 1)).expect("QR text");
    let said = bench.run(&[
        "install",
        &bench.write(
            "photo.jpg",
            &photo(&[&list, &activation, "HTTPS://EXAMPLE.COM"], 1),
        ),
        "--json",
    ]);
    assert_eq!(said.done().json()["status"]["state"], "licensed");
    // As a bundle shows it: the same activation again.
    let drawn = picture::png(&[activation]).expect("a picture");
    assert!(
        bench
            .run(&["install", &bench.write("qr.png", &drawn)])
            .done()
            .stderr
            .contains("installed already")
    );
    let said = bench
        .run(&["inspect", &bench.write("qr.png", &drawn), "--json"])
        .done()
        .json();
    assert_eq!(
        (
            &said["documents"][0]["kind"],
            &said["documents"][0]["signature"]
        ),
        (&"activation".into(), &"good".into())
    );
}

#[test]
fn a_picture_without_our_code_is_explained() {
    let bench = Bench::with_device();
    for (picture, says) in [
        (
            photo(&["HTTPS://EXAMPLE.COM"], 2),
            "its QR code is none of keyspool",
        ),
        (
            generator::Photo::even(90, 60, 200.0).encoded(None),
            "no QR code could be read from it",
        ),
        (b"\x89PNG\r\n\x1a\n".to_vec(), "it is damaged"),
    ] {
        let said = bench
            .run(&["install", &bench.write("x.png", &picture)])
            .failed(1);
        assert!(
            said.stderr.contains(says) && said.stderr.contains("hint: "),
            "{}",
            said.stderr
        );
    }
    let parts = qr::parts_of(&format!("KS1:{}", "A".repeat(1_300))).expect("parts");
    let said = bench
        .run(&["install", &bench.write("one.jpg", &photo(&[&parts[0]], 3))])
        .failed(1);
    assert!(
        said.stderr.contains("part") && said.stderr.contains('2'),
        "{}",
        said.stderr
    );
}
