//! What the tool writes for the signer.

use crate::bench::{Bench, licences};
use keyspool::licence::LicenceKey;
use keyspool::seal::verify_request;
use keyspool::wire::request::RequestBody;
use keyspool::wire::{Envelope, qr};
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_request_goes_out_in_each_form() {
    let bench = Bench::with_device();
    let counter_of =
        |envelope: &Envelope| verify_request(envelope).expect("a good request").counter;
    bench
        .run(&["describe", "--need", "core=1", "--out", "r.txt"])
        .done();
    let text = fs::read_to_string(bench.path("r.txt")).expect("text");
    assert_eq!(
        counter_of(&qr::read_text(text.trim_end()).expect("a QR text")),
        1
    );
    let mode = fs::metadata(bench.path("r.txt"))
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o644, "a request is for others to carry");
    bench
        .run(&["describe", "--need", "core=1", "--out", "r.png"])
        .done();
    assert_eq!(
        counter_of(&qr::read_text(&read_picture(&bench.path("r.png"))).expect("a QR text")),
        2
    );
    bench
        .run(&["describe", "--need", "core=1", "--out", "r.svg"])
        .done();
    assert!(
        fs::read_to_string(bench.path("r.svg"))
            .expect("text")
            .starts_with("<svg ")
    );
    let drawn = bench
        .run(&["describe", "--need", "core=1", "--qr"])
        .done()
        .stdout;
    assert!(drawn.contains('▀') && drawn.contains("\u{1b}[0m") && !drawn.contains('{'));
    assert!(
        !bench
            .run(&["describe", "--need", "core=1", "--qr=plain"])
            .done()
            .stdout
            .contains('\u{1b}')
    );
    let both = bench
        .run(&["describe", "--need", "core=1", "--json", "--qr"])
        .done()
        .json();
    assert_eq!(
        counter_of(&qr::read_text(both["qr"][0].as_str().expect("text")).expect("a QR text")),
        6
    );
}

fn read_picture(path: &std::path::Path) -> String {
    let file = std::io::BufReader::new(fs::File::open(path).expect("a file"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut rows = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut rows).expect("a whole PNG");
    let dark = |x: usize, y: usize| rows[y * info.line_size + x / 8] >> (7 - x % 8) & 1 == 0;
    let grey = |x, y| if dark(x, y) { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(
        info.width as usize,
        info.height as usize,
        grey,
    );
    image
        .detect_grids()
        .first()
        .expect("a code")
        .decode()
        .expect("a readable code")
        .1
}

#[test]
fn a_file_of_an_unknown_form_uses_up_nothing() {
    let bench = Bench::with_device();
    let said = bench
        .run(&["describe", "--need", "core=1", "--out", "request.pdf"])
        .failed(2);
    assert!(
        said.stderr
            .contains("hint: let its name end with .json, .txt, .png or .svg")
    );
    assert_eq!(bench.request(&["describe", "--need", "core=1"]).counter, 1);
    assert!(!bench.path("request.pdf").exists());
}

#[test]
fn a_file_leaves_nothing_beside_it() {
    let bench = Bench::with_device();
    for _ in 0..2 {
        bench
            .run(&["describe", "--need", "core=1", "--out", "request.json"])
            .done();
    }
    let mut names: Vec<_> = fs::read_dir(bench.folder.path())
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["request.json", "state"]);
}

#[test]
fn the_installed_need_is_the_default() {
    let bench = Bench::with_device();
    assert!(
        bench
            .run(&["describe"])
            .failed(2)
            .stderr
            .contains("--need core=16")
    );
    bench.install(1).done();
    let RequestBody::SystemDescription(body) =
        bench.request(&["describe", "--request", "extend"]).body
    else {
        panic!("a description")
    };
    assert_eq!(
        (body.need, body.activation.map(|a| a.sequence)),
        (licences(), Some(1))
    );
}

#[test]
fn licence_keys_never_leave_the_device() {
    let bench = Bench::with_device();
    let keys = [[1; 15], [2; 15], [3; 15]].map(|bytes| LicenceKey::from_bytes(bytes).reveal());
    let file = bench.write(
        "keys.txt",
        format!("\n{}\r\n", keys[2].to_lowercase()).as_bytes(),
    );
    let arguments = [
        "describe",
        "--need",
        "core=1",
        "--redeem",
        &keys[0],
        "--redeem",
        "-",
        "--redeem-file",
        &file,
    ];
    let said = bench
        .run_with(bench.command(&arguments), &format!("{}\n", keys[1]))
        .done();
    let envelope = Envelope::read(said.stdout.trim_end().as_bytes()).expect("a document");
    let RequestBody::SystemDescription(body) = verify_request(&envelope)
        .expect("a good request")
        .into_inner()
        .body
    else {
        panic!("a description")
    };
    assert_eq!(body.redeem.len(), 3);
    let state = fs::read_to_string(bench.path("state/state.json")).expect("a state");
    let payload = String::from_utf8(envelope.payload).expect("JSON");
    for key in &keys {
        assert!(
            ![&said.stderr, &state, &payload]
                .iter()
                .any(|text| text.contains(key.as_str())),
            "{key}"
        );
    }
}

#[test]
fn a_misread_key_is_named_by_its_number() {
    let bench = Bench::with_device();
    let key = LicenceKey::from_bytes([1; 15]).reveal();
    let misread = format!("{}Z", &key[..28]);
    let said = bench
        .run(&[
            "describe", "--need", "core=1", "--redeem", &key, "--redeem", &misread,
        ])
        .failed(1);
    assert!(
        said.stderr.contains("licence key number 2") && !said.stderr.contains(&misread),
        "{}",
        said.stderr
    );
    assert_eq!(bench.request(&["describe", "--need", "core=1"]).counter, 1);
}
