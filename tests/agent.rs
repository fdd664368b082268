//! What the device's tool promises, from the outside: arguments, files and streams. The signer is
//! played with keys of the test.
#![cfg(feature = "full")]

#[path = "scan/generator.rs"]
mod generator;

use generator::photo;
use keyspool::licence::{
    ComputerId, Counts, Day, Identifier, LicenceKey, Moment, Plan, Ulid, Validity, id::Hex,
};
use keyspool::render::bundle::{self, BundleContent};
use keyspool::render::picture;
use keyspool::seal::computer_key::{self, Owner};
use keyspool::seal::{SigningKey, verify_request};
use keyspool::wire::computer_key::ComputerKey;
use keyspool::wire::request::{Request, RequestBody};
use keyspool::wire::response::{
    Activation, Checkpoint, HistoryPoint, KeyStatus, Products, TrustList, TrustedKey,
};
use keyspool::wire::{Envelope, Kind, qr};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// The signer's keys, and a folder with one device in it.
struct Bench {
    folder: TempDir,
    root: SigningKey,
    signer: SigningKey,
}

struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Said {
    fn done(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }

    fn failed(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("one JSON document on stdout")
    }
}

fn identifier(text: &str) -> Identifier {
    Identifier::new(text).expect("an identifier of the test")
}

fn moment(text: &str) -> Moment {
    Moment::read(text).expect("a time of the test")
}

fn day(text: &str) -> Day {
    Day::read(text).expect("a day of the test")
}

impl Bench {
    fn new() -> Self {
        let key = |seed| SigningKey::from_seed(Zeroizing::new([seed; 32]));
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            root: key(1),
            signer: key(2),
        }
    }

    /// A bench with a device on it.
    fn with_device() -> Self {
        let bench = Self::new();
        bench.init().done();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> String {
        fs::write(self.path(name), bytes).expect("written");
        self.path(name).to_str().expect("UTF-8").to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyspool-device"));
        command.arg("--state").arg(self.path("state"));
        command.args([
            "--component",
            "board=SN-0001",
            "--component",
            "machine=m1",
            "--component",
            "mac=02:00:00:00:00:01",
        ]);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("KEYSPOOL_DEVICE_STATE");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run_with(&self, mut command: Command, input: &str) -> Said {
        let mut child = command.spawn().expect("the program starts");
        // The program may end without reading.
        let _ = child
            .stdin
            .take()
            .expect("a pipe")
            .write_all(input.as_bytes());
        let output = child.wait_with_output().expect("the program ends");
        let said = Said {
            code: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        };
        self.assert_no_secret(&said);
        said
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(self.command(arguments), "")
    }

    fn init(&self) -> Said {
        let root = data_encoding::BASE64.encode(&self.root.public().bytes());
        self.run(&[
            "init",
            "--root",
            &root,
            "--organization",
            "acme",
            "--product",
            "vms",
            "--name",
            "lobby-01 東",
        ])
    }

    /// No output of any command holds the device's secret.
    fn assert_no_secret(&self, said: &Said) {
        let state = fs::read_to_string(self.path("state/state.json")).unwrap_or_default();
        if let Some(secret) = state
            .split("\"secret\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
        {
            assert!(!said.stdout.contains(secret) && !said.stderr.contains(secret));
        }
    }

    fn computer_id(&self) -> ComputerId {
        let status = self.run(&["status", "--json"]).done().json();
        ComputerId::read(status["computer_id"].as_str().expect("a Computer ID"))
            .expect("a Computer ID")
    }

    fn request(&self, arguments: &[&str]) -> Request {
        let said = self.run(arguments).done();
        let envelope =
            Envelope::read(said.stdout.trim_end().as_bytes()).expect("a document on stdout");
        verify_request(&envelope)
            .expect("a good request")
            .into_inner()
    }

    fn trust_list(&self) -> Envelope {
        let list = TrustList {
            version: 1,
            issued_at: moment("2024-01-01T00:00:00Z"),
            root: self.root.public().bytes(),
            succession: Vec::new(),
            first_root: self.root.public().bytes(),
            keys: vec![TrustedKey {
                key_id: self.signer.key_id(),
                public_key: self.signer.public().bytes(),
                products: Products::All,
                not_before: None,
                not_after: None,
                status: KeyStatus::Active,
            }],
        };
        self.root.sign(Kind::TrustList, list.to_payload())
    }

    fn activation(&self, computer_id: ComputerId, sequence: u16) -> Envelope {
        let activation = Activation {
            activation_id: Ulid::read("01KAMJ4R00N6ZQ3T5V7X9Y1ABC").expect("a ULID of the test"),
            sequence,
            organization: identifier("acme"),
            product: identifier("vms"),
            computer_id,
            computer_name: "lobby-01 東".into(),
            request: None,
            fingerprint: None,
            plan: Plan::Subscription,
            licences: licences(),
            validity: validity(),
            notify_days: vec![30, 14, 7],
            issued_at: moment("2024-01-01T00:00:00Z"),
            trust_list: 1,
            extensions: None,
        };
        self.signer.sign(Kind::Activation, activation.to_payload())
    }

    fn checkpoint(&self) -> Envelope {
        let point = HistoryPoint {
            origin: Hex([7; 8]),
            size: 9,
            head: Hex([8; 32]),
        };
        let checkpoint = Checkpoint {
            point,
            issued_at: moment("2024-01-01T00:00:00Z"),
        };
        self.signer.sign(Kind::Checkpoint, checkpoint.to_payload())
    }

    /// The bundle of an activation, as a file.
    fn bundle(&self, activation: &Envelope) -> String {
        let codes = qr::parts_of(&qr::text_of(activation).expect("QR text")).expect("parts");
        let content = BundleContent {
            activation: activation.to_json(),
            trust_list: self.trust_list().to_json(),
            checkpoint: self.checkpoint().to_json(),
            qr_png: picture::png(&codes).expect("a picture"),
            readme: "for the technician\r\n".into(),
            computer_key: None,
            trust_list_png: None,
            issued_at: moment("2024-01-01T00:00:00Z"),
        };
        self.write("bundle.zip", &bundle::zip(&content).expect("a bundle"))
    }

    fn install(&self, sequence: u16) -> Said {
        let bundle = self.bundle(&self.activation(self.computer_id(), sequence));
        self.run(&["install", &bundle])
    }
}

fn licences() -> Counts {
    [(identifier("core"), 16), (identifier("universal"), 4)]
        .into_iter()
        .collect()
}

fn validity() -> Validity {
    Validity {
        valid_from: day("2024-01-01"),
        valid_until: Some(day("2198-12-31")),
        grace_until: Some(day("2199-01-30")),
    }
}

#[test]
fn an_errand_from_init_to_deactivation() {
    let bench = Bench::with_device();
    assert!(
        bench
            .run(&["status"])
            .done()
            .stdout
            .contains("not activated")
    );
    bench
        .run(&[
            "describe",
            "--need",
            "core=16",
            "--need",
            "universal=4",
            "--out",
            "request.json",
        ])
        .done();
    let request =
        Envelope::read(&fs::read(bench.path("request.json")).expect("a file")).expect("a document");
    let request = verify_request(&request).expect("a good request");
    assert_eq!(
        (request.computer_id, request.counter),
        (bench.computer_id(), 1)
    );

    let installed = bench.install(1).done();
    for words in [
        "16 core, 4 universal",
        "31 December 2198",
        "30 January 2199",
        "licensed",
    ] {
        assert!(
            installed.stdout.contains(words),
            "{words} in {}",
            installed.stdout
        );
    }
    assert!(
        installed.stderr.contains("hint: ") && installed.stderr.contains("keyspool-device confirm")
    );
    let confirmation = bench.request(&["confirm"]);
    assert!(
        matches!(confirmation.body, RequestBody::Confirmation(installed) if installed.sequence == 1)
    );
    assert!(confirmation.witness.is_some() && confirmation.counter == 2);

    let before = bench.computer_id();
    let deactivation = bench.request(&["deactivate", "--reason", "moved", "--yes"]);
    assert!(
        matches!(deactivation.body, RequestBody::Deactivation(_))
            && deactivation.computer_id == before
    );
    assert_ne!(bench.computer_id(), before);
    assert_eq!(
        bench.run(&["status", "--json"]).done().json()["state"],
        "none"
    );
}

#[test]
fn the_state_is_for_its_owner_only() {
    let bench = Bench::with_device();
    let mode = |name: &str| {
        fs::metadata(bench.path(name))
            .expect("a file")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(
        (mode("state"), mode("state/state.json"), mode("state/lock")),
        (0o700, 0o600, 0o600)
    );
}

#[test]
fn a_folder_that_others_may_enter_is_refused_and_left_as_it_is() {
    let bench = Bench::new();
    fs::create_dir(bench.path("state")).expect("a folder");
    fs::set_permissions(bench.path("state"), fs::Permissions::from_mode(0o755)).expect("a mode");
    assert!(bench.init().failed(1).stderr.contains("hint: "));
    assert_eq!(
        fs::read_dir(bench.path("state")).expect("a folder").count(),
        0
    );
    assert_eq!(
        fs::metadata(bench.path("state"))
            .expect("a folder")
            .permissions()
            .mode()
            & 0o777,
        0o755
    );
}

#[test]
fn a_device_is_never_made_twice() {
    let bench = Bench::with_device();
    let state = fs::read(bench.path("state/state.json")).expect("a state");
    assert!(
        bench
            .init()
            .failed(1)
            .stderr
            .contains("already holds a device")
    );
    assert_eq!(
        fs::read(bench.path("state/state.json")).expect("a state"),
        state
    );
}

#[test]
fn commands_without_a_device_say_so_and_make_nothing() {
    let bench = Bench::new();
    for command in [
        ["status"].as_slice(),
        &["confirm"],
        &["describe", "--need", "core=1"],
        &["deactivate", "--yes"],
    ] {
        assert!(
            bench
                .run(command)
                .failed(1)
                .stderr
                .contains("keyspool-device init"),
            "{command:?}"
        );
    }
    assert!(!bench.path("state").exists());
}

#[test]
fn a_request_goes_out_as_document_text_or_picture() {
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
fn the_need_of_the_installed_activation_is_the_default() {
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
fn licence_keys_come_by_argument_file_or_stdin_and_never_leave() {
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
fn a_misread_licence_key_is_named_by_number_and_not_repeated() {
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

#[test]
fn an_answer_comes_in_as_bundle_document_text_or_stdin() {
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
fn a_computer_key_is_typed_with_the_names_of_its_licence_types() {
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
fn the_same_answer_again_is_no_failure_and_an_older_one_is() {
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
fn the_answer_of_another_device_is_refused_with_both_names() {
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
fn a_bundle_with_anything_else_in_it_changes_nothing() {
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
fn an_activation_is_installed_from_a_photograph() {
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
fn a_picture_without_our_code_says_so_and_shows_another_way() {
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

#[test]
fn nothing_is_given_up_without_an_answer() {
    let bench = Bench::with_device();
    bench.install(1).done();
    let id = bench.computer_id();
    assert!(
        bench
            .run(&["deactivate", "--reason", "moved"])
            .failed(2)
            .stderr
            .contains("hint: add --yes")
    );
    assert!(
        bench
            .run(&["deactivate", "--yes"])
            .failed(2)
            .stderr
            .contains("--reason")
    );
    assert!(
        bench
            .run(&["deactivate", "--again"])
            .failed(1)
            .stderr
            .contains("no deactivation")
    );
    bench
        .run(&["deactivate", "--yes", "--reason", "moved", "--out", "d.doc"])
        .failed(2);
    assert_eq!(bench.computer_id(), id);
}

#[test]
fn a_deactivation_is_final_before_it_is_written_and_is_written_again_byte_for_byte() {
    let bench = Bench::with_device();
    bench.install(1).done();
    let old = bench.bundle(&bench.activation(bench.computer_id(), 2));
    let lost = bench
        .run(&[
            "deactivate",
            "--reason",
            "retired",
            "--yes",
            "--out",
            "no/such/d.json",
        ])
        .failed(1);
    assert!(
        lost.stderr.contains("is given up") && lost.stderr.contains("--again"),
        "{}",
        lost.stderr
    );
    bench.run(&["deactivate", "--out", "first.json"]).done();
    assert!(
        bench
            .run(&["install", &old])
            .failed(1)
            .stderr
            .contains("has given up")
    );
    bench.install(1).done();
    bench
        .run(&["deactivate", "--again", "--out", "second.json"])
        .done();
    let read = |name| fs::read(bench.path(name)).expect("a file");
    assert_eq!(read("first.json"), read("second.json"));
    assert_eq!(
        bench.run(&["status", "--json"]).done().json()["state"],
        "licensed"
    );
}

#[test]
fn two_at_a_time_wait_for_each_other() {
    let bench = Bench::with_device();
    let children: Vec<_> = (0..6)
        .map(|_| {
            bench
                .command(&["describe", "--need", "core=1"])
                .spawn()
                .expect("the program starts")
        })
        .collect();
    let mut counters: Vec<u64> = children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().expect("the program ends");
            let envelope = Envelope::read(output.stdout.trim_ascii_end()).expect("a document");
            verify_request(&envelope).expect("a good request").counter
        })
        .collect();
    counters.sort_unstable();
    assert_eq!(counters, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn files_are_explained_and_checked() {
    let bench = Bench::with_device();
    let bundle = bench.bundle(&bench.activation(bench.computer_id(), 1));
    let before = bench.run(&["inspect", &bundle, "--json"]).done().json();
    assert_eq!(
        before["documents"][0]["signature"], "bad",
        "no trust list is installed yet"
    );
    bench.run(&["install", &bundle]).done();
    let after = bench.run(&["inspect", &bundle, "--json"]).done().json();
    for (i, kind) in ["activation", "trust-list", "checkpoint"]
        .into_iter()
        .enumerate()
    {
        assert_eq!(
            (
                &after["documents"][i]["kind"],
                &after["documents"][i]["signature"]
            ),
            (&kind.into(), &"good".into())
        );
    }
    let words = bench.run(&["inspect", &bundle]).done().stdout;
    assert!(words.contains("a document of kind activation") && words.contains("lobby-01 東"));
    let elsewhere = Bench::new();
    assert_eq!(
        elsewhere.run(&["inspect", &bundle, "--json"]).done().json()["documents"][0]["signature"],
        "unchecked"
    );
    assert!(!elsewhere.path("state").exists());
}

#[test]
fn typed_codes_are_explained_and_not_repeated() {
    let bench = Bench::new();
    let key = LicenceKey::from_bytes([7; 15]).reveal();
    let said = bench.run(&["inspect", &key.to_lowercase()]).done();
    assert!(said.stdout.contains("a licence key") && !said.stdout.contains(&key));
    assert_eq!(
        bench
            .run(&["inspect", "--json", &ComputerId([7; 15]).to_string()])
            .done()
            .json()["code"],
        "Computer ID"
    );
}

#[test]
fn what_comes_from_media_never_reaches_the_terminal_raw() {
    let bench = Bench::with_device();
    let name = "a\u{1b}[2J\u{202e}.json";
    let file = bench.write(name, b"{\"payloadType\":\"\x1b\"}");
    for arguments in [
        ["install", &file, "--quiet"],
        ["install", &file, "--json"],
        ["inspect", "none\u{9b}31m", "--json"],
    ] {
        let said = bench.run(&arguments).failed(1);
        let steers = |c: char| c != '\n' && keyspool::licence::identifier::is_control_or_format(c);
        assert!(
            !said.stdout.chars().chain(said.stderr.chars()).any(steers),
            "{}{}",
            said.stdout,
            said.stderr
        );
    }
}

#[test]
fn errors_are_json_on_stdout_when_json_is_asked() {
    let bench = Bench::new();
    let error = bench.run(&["status", "--json"]).failed(1).json();
    assert_eq!(error["error"]["code"], "no-state");
    assert!(
        error["error"]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("init"))
    );
    assert_eq!(
        bench.run(&["frobnicate", "--json"]).failed(2).json()["error"]["code"],
        "usage"
    );
    assert!(bench.run(&["frobnicate"]).failed(2).stdout.is_empty());
    let root = bench
        .run(&[
            "init",
            "--root",
            "AAAA",
            "--organization",
            "acme",
            "--product",
            "vms",
            "--name",
            "x",
        ])
        .failed(2);
    assert!(
        root.stderr.contains("3 bytes, a public key has 32"),
        "{}",
        root.stderr
    );
}

#[test]
fn what_init_is_told_wrongly_leaves_no_folder() {
    let bench = Bench::new();
    let root = data_encoding::BASE64.encode(&bench.root.public().bytes());
    let init = |name: &str, organization: &str| {
        bench
            .run(&[
                "init",
                "--root",
                &root,
                "--organization",
                organization,
                "--product",
                "vms",
                "--name",
                name,
            ])
            .failed(2)
    };
    assert!(!init("a\u{1b}[2Jb", "acme").stderr.contains('\u{1b}'));
    init("", "acme");
    init("x", "Acme");
    assert!(!bench.path("state").exists());
}

#[test]
fn help_names_every_command_and_goes_to_stdout() {
    let bench = Bench::new();
    let help = bench.run(&["--help"]).done();
    for command in [
        "init",
        "describe",
        "install",
        "confirm",
        "status",
        "deactivate",
        "inspect",
    ] {
        assert!(
            help.stdout.contains(&format!("\n  {command} ")),
            "{command}"
        );
        assert!(
            bench
                .run(&[command, "--help"])
                .done()
                .stdout
                .contains("With --json:"),
            "{command}"
        );
    }
    assert!(help.stderr.is_empty());
}

#[cfg(not(feature = "test-build"))]
#[test]
fn the_released_program_knows_no_test_clock() {
    let program = fs::read(env!("CARGO_BIN_EXE_keyspool-device")).expect("the program");
    assert!(
        !program
            .windows(19)
            .any(|window| window == b"KEYSPOOL_TEST_CLOCK")
    );
}

#[cfg(feature = "test-build")]
#[test]
fn the_status_follows_the_days() {
    let bench = Bench::with_device();
    bench.install(1).done();
    for (now, state, words) in [
        ("2198-11-01T12:00:00Z", "licensed", "licensed"),
        ("2198-12-30T12:00:00Z", "licensed", "licensed, 1 day left"),
        (
            "2198-12-31T23:59:59Z",
            "licensed",
            "licensed, today is the last day",
        ),
        ("2199-01-01T00:00:00Z", "grace", "in grace"),
        (
            "2199-01-31T00:00:00Z",
            "ended",
            "not licensed: the last day of use has passed",
        ),
        (
            "2023-01-01T00:00:00Z",
            "licensed",
            "shows 2023-01-01T00:00:00Z, before this activation was issued",
        ),
    ] {
        let at = |arguments: &[&str]| {
            let mut command = bench.command(arguments);
            command.env("KEYSPOOL_TEST_CLOCK", now);
            bench.run_with(command, "").done()
        };
        assert_eq!(at(&["status", "--json"]).json()["state"], state, "{now}");
        assert!(at(&["status"]).stdout.contains(words), "{now}");
    }
}
