//! `exchange`: a stick comes, is answered, and may go.

use crate::bench::{Batch, Bench, Said};
use crate::unit::{Unit, one_seat, parts, qr};
use keyspool::wire::Envelope;
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

pub(crate) struct Stick<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) path: PathBuf,
}

impl<'a> Stick<'a> {
    pub(crate) fn new(bench: &'a Bench) -> Self {
        let path = bench.path("stick");
        fs::create_dir_all(&path).expect("made");
        Self { bench, path }
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }

    pub(crate) fn exchange_said(&self, more: &[&str]) -> Said {
        let stick = self.path.to_str().expect("UTF-8");
        self.bench
            .run(&[&["exchange", stick, "--settle", "0", "--json"], more].concat())
    }

    pub(crate) fn exchange(&self) -> Batch {
        self.exchange_with(&[])
    }

    pub(crate) fn exchange_with(&self, more: &[&str]) -> Batch {
        let said = self.exchange_said(more);
        assert!(said.stderr.ends_with("may be removed\n"), "{said}");
        self.bench.batch_of(said)
    }

    /// Files on the stick, relative to it.
    pub(crate) fn names(&self) -> Vec<String> {
        self.bench.names("stick")
    }

    /// Files in `answers/` without the batch's folder, manifests apart.
    pub(crate) fn answers(&self) -> BTreeMap<String, Vec<u8>> {
        let files = self.bench.files("stick/answers");
        let below = |path: &Path| {
            path.iter()
                .skip(1)
                .collect::<PathBuf>()
                .to_string_lossy()
                .into_owned()
        };
        files
            .iter()
            .map(|(path, bytes)| (below(path), bytes.clone()))
            .filter(|(name, _)| !name.starts_with("manifest"))
            .collect()
    }

    pub(crate) fn bundles(&self) -> Vec<String> {
        self.answers()
            .into_keys()
            .filter(|name| name.ends_with(".zip"))
            .collect()
    }
}

pub(crate) fn medium(batch: &Batch) -> Value {
    batch.said.json()["medium"].clone()
}

pub(crate) fn own_key(bench: &Bench, name: &str) -> (Unit, Envelope) {
    let mut unit = bench.unit(name, "desk");
    let request = unit.activate_with(&bench.key("desk", "seat=1"));
    (unit, request)
}

#[test]
fn a_stick_gets_answers_and_keeps_its_files() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    let (mut unit, request) = own_key(&bench, "field");
    stick.put("requests/acme/field.json", &request.to_json());
    stick.put("holiday.jpg", b"\xff\xd8\xff no concern of ours");
    let batch = stick.exchange();
    assert_eq!(batch.outcome(&request), "activated", "{}", batch.said);
    let written: Vec<String> =
        serde_json::from_value(medium(&batch)["written"].clone()).expect("names");
    assert_eq!(
        written.len(),
        5,
        "bundle, two pictures, two manifests: {written:?}"
    );
    let folder = batch.folder("outbox");
    for name in &written {
        let own = folder.parent().expect("the outbox").join(name);
        assert_eq!(
            fs::read(stick.path.join("answers").join(name)).ok(),
            fs::read(own).ok(),
            "{name}"
        );
    }
    assert!(
        stick
            .names()
            .contains(&"requests/acme/field.json".to_owned())
            && stick.names().contains(&"holiday.jpg".to_owned())
    );
    assert!(bench.names("spool/inbox").is_empty() && bench.names("spool/work").is_empty());
    assert_eq!(
        fs::read_dir(bench.path("spool/inbox"))
            .expect("the inbox")
            .count(),
        0,
        "no empty folder stays"
    );
    let bundle = stick
        .answers()
        .remove(&stick.bundles()[0])
        .expect("a bundle");
    unit.install(&bundle);
    // The same stick again: the answer is there already.
    let before = bench.files("stick");
    let again = stick.exchange();
    assert_eq!(again.outcome(&request), "repeated");
    assert_eq!(
        medium(&again),
        json!({"written": [], "held": 3, "replaced": 0})
    );
    assert_eq!(bench.files("stick"), before);
}

#[test]
fn a_stick_without_requests_is_read_with_care() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    let ((_, top), (_, in_folder), (_, elsewhere)) = (
        own_key(&bench, "top"),
        own_key(&bench, "folder"),
        own_key(&bench, "elsewhere"),
    );
    stick.put("top.json", &top.to_json());
    stick.put("acme/folder.json", &in_folder.to_json());
    stick.put("DCIM/elsewhere.json", &elsewhere.to_json());
    stick.put("System Volume Information/IndexerVolumeGuid", b"x");
    stick.put(".Trashes/old.json", &elsewhere.to_json());
    stick.put("answers/2024-01-01-old/acme/old.json", &elsewhere.to_json());
    let batch = stick.exchange();
    assert_eq!(batch.entries.len(), 2, "{}", batch.said);
    assert_eq!(
        (batch.outcome(&top), batch.outcome(&in_folder)),
        ("activated".into(), "activated".into())
    );
}

#[test]
fn a_stick_vouches_if_the_operator_says_so() {
    let bench = Bench::new();
    bench.store("acme", "desk", "seat=2");
    let stick = Stick::new(&bench);
    let mut stranger = bench.unit("stranger", "desk");
    let request = stranger.ask(Wanted::Activate, one_seat(), &[]);
    stick.put("requests/acme/stranger.json", &request.to_json());
    let batch = stick.exchange();
    assert_eq!(
        batch.outcome(&request),
        "awaiting-approval",
        "{}",
        batch.said
    );
    let batch = stick.exchange_with(&["--trust-folders"]);
    assert_eq!(batch.outcome(&request), "activated", "{}", batch.said);
    let mut other = bench.unit("other", "desk");
    let request = other.ask(Wanted::Activate, one_seat(), &[]);
    stick.put("requests/globex/other.json", &request.to_json());
    let batch = stick.exchange();
    assert_eq!(
        batch.outcome(&request),
        "other-organization",
        "a folder that names another: {}",
        batch.said
    );
    let batch = stick.exchange_with(&["--organization", "acme"]);
    assert_eq!(batch.outcome(&request), "other-organization");
}

#[test]
fn a_replaced_answer_is_not_written() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    let (mut unit, first) = own_key(&bench, "twice");
    stick.put("requests/1.json", &first.to_json());
    unit.install(&stick.exchange().bundle(&first));
    fs::remove_dir_all(stick.path.join("answers")).expect("removed");
    let second = unit.ask(Wanted::Extend, one_seat(), &[&bench.key("desk", "seat=1")]);
    stick.put("requests/2.json", &second.to_json());
    let batch = stick.exchange();
    assert_eq!(
        (batch.outcome(&first), batch.outcome(&second)),
        ("repeated".into(), "extended".into()),
        "{}",
        batch.said
    );
    assert_eq!(medium(&batch)["replaced"], 3);
    let [bundle] = stick.bundles().try_into().expect("one bundle");
    assert!(bundle.ends_with("_2.zip"), "{bundle}");
    // Also where only the older request is still there.
    fs::remove_file(stick.path.join("requests/2.json")).expect("removed");
    assert_eq!(medium(&stick.exchange())["replaced"], 3);
}

#[test]
fn refusals_go_onto_the_stick_once() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    stick.put("requests/acme/東京 spoilt.json", b"{\"no\": \"request\"}");
    let batch = stick.exchange();
    assert_eq!(
        batch
            .entries
            .iter()
            .map(crate::bench::outcome)
            .collect::<Vec<_>>(),
        ["malformed"],
        "{}",
        batch.said
    );
    let names: Vec<String> = stick.answers().into_keys().collect();
    assert_eq!(
        names,
        [
            "refused/acme/東京 spoilt.json.refusal.json",
            "refused/acme/東京 spoilt.json.refusal.txt"
        ]
    );
    let before = bench.files("stick");
    stick.exchange();
    assert_eq!(
        bench.files("stick"),
        before,
        "the same file refused again for the same reason"
    );
}

#[test]
fn organizations_are_found_in_any_case() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    let (_, request) = own_key(&bench, "LOUD");
    stick.put("ACME/LOUD.JSON", &request.to_json());
    let batch = stick.exchange();
    assert_eq!(batch.outcome(&request), "activated", "{}", batch.said);
    bench.store("acme", "desk", "seat=1");
    let stranger = bench.unit("stranger", "desk").activate();
    stick.put("Acme/stranger.json", &stranger.to_json());
    assert_eq!(
        stick.exchange_with(&["--trust-folders"]).outcome(&stranger),
        "activated"
    );
}

#[test]
fn any_account_can_read_a_sticks_answers() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    stick.put("requests/one.json", &own_key(&bench, "one").1.to_json());
    stick.exchange();
    let modes: Vec<(bool, u32)> = walkdir::WalkDir::new(stick.path.join("answers"))
        .into_iter()
        .map(|entry| {
            entry
                .expect("an answer")
                .metadata()
                .expect("its permissions")
        })
        .map(|metadata| (metadata.is_dir(), metadata.permissions().mode() & 0o777))
        .collect();
    assert!(modes.len() > 5, "{modes:?}");
    assert!(
        modes
            .iter()
            .all(|(is_folder, mode)| *mode == if *is_folder { 0o755 } else { 0o644 }),
        "{modes:?}"
    );
}

#[test]
fn folders_are_found_in_any_case() {
    let bench = Bench::new();
    let stick = Stick::new(&bench);
    let (_, request) = own_key(&bench, "LOUD");
    stick.put("REQUESTS/LOUD.JSON", &request.to_json());
    stick.put("Answers/readme.txt", b"kept");
    let batch = stick.exchange();
    assert_eq!(batch.outcome(&request), "activated", "{}", batch.said);
    assert!(
        stick
            .names()
            .iter()
            .any(|name| name.starts_with("Answers/2024") && name.ends_with(".zip")),
        "{:?}",
        stick.names()
    );
    assert!(!stick.path.join("answers").exists());
}

#[test]
fn parts_on_two_sticks_are_one_request() {
    let bench = Bench::new();
    let (_, request) = own_key(&bench, "parted");
    let halves = parts(&qr(&request), 2);
    let stick = Stick::new(&bench);
    stick.put("requests/a.txt", halves[0].as_bytes());
    let said = stick.exchange_said(&[]).exits(0);
    assert!(said.stderr.contains("it waits for part 2 of 2"), "{said}");
    fs::remove_dir_all(&stick.path).expect("pulled");
    let other = Stick::new(&bench);
    other.put("requests/b.txt", halves[1].as_bytes());
    let batch = other.exchange();
    assert!(
        batch
            .entries_of(&request)
            .iter()
            .any(|entry| entry["outcome"] == "activated"),
        "{}",
        batch.said
    );
    assert_eq!(other.bundles().len(), 1);
}
