//! The signer's keys, and a folder with one device in it.

use keyspool::licence::id::Hex;
use keyspool::licence::{ComputerId, Counts, Day, Identifier, Moment, Plan, Ulid, Validity};
use keyspool::render::bundle::BundleContent;
use keyspool::render::{bundle, picture};
use keyspool::seal::{SigningKey, verify_request};
use keyspool::wire::request::Request;
use keyspool::wire::response::{
    Activation, Checkpoint, HistoryPoint, KeyStatus, Products, TrustList, TrustedKey,
};
use keyspool::wire::{Envelope, Kind, qr};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// The signer's keys, and a folder with one device in it.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) root: SigningKey,
    pub(crate) signer: SigningKey,
}

pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }

    pub(crate) fn failed(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("one JSON document on stdout")
    }
}

pub(crate) fn identifier(text: &str) -> Identifier {
    Identifier::new(text).expect("an identifier of the test")
}

pub(crate) fn moment(text: &str) -> Moment {
    Moment::read(text).expect("a time of the test")
}

pub(crate) fn day(text: &str) -> Day {
    Day::read(text).expect("a day of the test")
}

impl Bench {
    pub(crate) fn new() -> Self {
        let key = |seed| SigningKey::from_seed(Zeroizing::new([seed; 32]));
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            root: key(1),
            signer: key(2),
        }
    }

    /// A bench with a device on it.
    pub(crate) fn with_device() -> Self {
        let bench = Self::new();
        bench.init().done();
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> String {
        fs::write(self.path(name), bytes).expect("written");
        self.path(name).to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
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

    pub(crate) fn run_with(&self, mut command: Command, input: &str) -> Said {
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

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(self.command(arguments), "")
    }

    pub(crate) fn init(&self) -> Said {
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
    pub(crate) fn assert_no_secret(&self, said: &Said) {
        let state = fs::read_to_string(self.path("state/state.json")).unwrap_or_default();
        if let Some(secret) = state
            .split("\"secret\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
        {
            assert!(!said.stdout.contains(secret) && !said.stderr.contains(secret));
        }
    }

    pub(crate) fn computer_id(&self) -> ComputerId {
        let status = self.run(&["status", "--json"]).done().json();
        ComputerId::read(status["computer_id"].as_str().expect("a Computer ID"))
            .expect("a Computer ID")
    }

    pub(crate) fn request(&self, arguments: &[&str]) -> Request {
        let said = self.run(arguments).done();
        let envelope =
            Envelope::read(said.stdout.trim_end().as_bytes()).expect("a document on stdout");
        verify_request(&envelope)
            .expect("a good request")
            .into_inner()
    }

    pub(crate) fn trust_list(&self) -> Envelope {
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

    pub(crate) fn activation(&self, computer_id: ComputerId, sequence: u16) -> Envelope {
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

    pub(crate) fn checkpoint(&self) -> Envelope {
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
    pub(crate) fn bundle(&self, activation: &Envelope) -> String {
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

    pub(crate) fn install(&self, sequence: u16) -> Said {
        let bundle = self.bundle(&self.activation(self.computer_id(), sequence));
        self.run(&["install", &bundle])
    }
}

pub(crate) fn licences() -> Counts {
    [(identifier("core"), 16), (identifier("universal"), 4)]
        .into_iter()
        .collect()
}

pub(crate) fn validity() -> Validity {
    Validity {
        valid_from: day("2024-01-01"),
        valid_until: Some(day("2198-12-31")),
        grace_until: Some(day("2199-01-30")),
    }
}
