//! A crash between any two steps loses nothing and doubles nothing.

use crate::bench::{Bench, trust, word};
use crate::unit::{Unit, qr};
use keyspool::wire::response::{Manifest, ManifestEntry};
use keyspool::wire::{Envelope, sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Steps before anything is committed.
const BEFORE: &[&str] = &["file-taken", "file-taken=3", "after-take", "before-commit"];

/// Steps with a commit behind them.
const AFTER: &[&str] = &[
    "after-commit",
    "after-stage",
    "after-stage=5",
    "after-flush",
    "manifest-staged",
    "after-manifest",
    "after-move",
    "after-move=4",
    "after-move=8",
    "before-mark",
    "after-mark",
];

/// A vault, a batch in its inbox, and what must come of it.
pub(crate) struct Scene {
    pub(crate) bench: Bench,
    /// Files of the inbox by digest, each with how often it lies there.
    pub(crate) files: BTreeMap<String, usize>,
    /// Requests that are granted.
    pub(crate) granted: Vec<Envelope>,
    pub(crate) leaving: Envelope,
}

/// Two devices with keys of their own, one of them twice; one that leaves; a stranger; rubbish; a
/// text file of a good request and a bad one; two names that no stick could hold side by side.
pub(crate) fn scene() -> Scene {
    let bench = Bench::new();
    let mut first = bench.first();
    let mut units: Vec<Unit> = ["north", "south", "west"]
        .map(|name| bench.unit(name, "desk"))
        .into();
    let granted: Vec<Envelope> = units
        .iter_mut()
        .map(|unit| unit.activate_with(&bench.key("desk", "seat=1")))
        .collect();
    let stranger = bench.unit("stranger", "desk").activate();
    let leaving = first.deactivate();
    let lines = format!("{}\nKS1:RUBBISH\n", qr(&granted[2]));
    let dropped: [(&str, Vec<u8>); 8] = [
        ("north.json", granted[0].to_json()),
        ("deep/north again.json", granted[0].to_json()),
        ("south.txt", qr(&granted[1]).into_bytes()),
        ("lines.txt", lines.into_bytes()),
        ("leaving.json", leaving.to_json()),
        ("stranger.json", stranger.to_json()),
        ("rubbish.json", b"{}".to_vec()),
        ("RUBBISH.JSON", b"{}".to_vec()),
    ];
    let mut files = BTreeMap::new();
    for (name, bytes) in &dropped {
        bench.drop_file(name, bytes);
        *files.entry(sha256(&[bytes]).to_string()).or_default() += 1;
    }
    Scene {
        bench,
        files,
        granted,
        leaving,
    }
}

impl Scene {
    pub(crate) fn on(&self, bench: Bench) -> Self {
        Self {
            bench,
            files: self.files.clone(),
            granted: self.granted.clone(),
            leaving: self.leaving.clone(),
        }
    }

    pub(crate) fn copy(&self) -> Self {
        self.on(self.bench.copy())
    }

    /// Runs the program until it is ended at a step.
    pub(crate) fn crash_at(&self, step: &str) {
        self.bench.abort_at(Some(step));
        let said = self.bench.run(&["process", "--settle", "0", "--json"]);
        assert_eq!(said.code, None, "{step} was not reached: {said}");
        self.bench.abort_at(None);
    }

    pub(crate) fn restart(&self) {
        let batch = self.bench.process();
        assert_eq!(batch.entries.len() % 9, 0, "all or nothing: {}", batch.said);
    }

    /// Whatever happened: it happened once, whole, and the history says so.
    pub(crate) fn assert_complete(&self, step: &str) {
        let bench = &self.bench;
        assert_eq!(bench.names("spool/inbox"), [""; 0], "{step}");
        assert_eq!(bench.names("spool/work"), [""; 0], "{step}");
        assert!(
            !bench
                .path("spool/work")
                .read_dir()
                .expect("a folder")
                .any(|_| true),
            "{step}: folders in work/"
        );
        assert_eq!(
            self.shelved(),
            self.files,
            "{step}: each file is in the archive or in rejected/, once"
        );
        bench.verify_history();
        let systems = bench.json(&["system", "list"])["systems"]
            .as_array()
            .expect("systems")
            .clone();
        let mut live: Vec<String> = systems
            .iter()
            .filter(|s| s["state"] == "active")
            .map(|s| word(&s["activation"]["id"]))
            .collect();
        let seats: u64 = systems
            .iter()
            .flat_map(|s| s["seats"].as_array().expect("seats"))
            .map(|s| s["count"].as_u64().expect("n"))
            .sum();
        assert_eq!(
            (live.len(), seats, bench.stored("acme")),
            (3, 3, 1),
            "{step}"
        );
        let events = bench.events();
        let count = |name: &str| events.iter().filter(|event| event["event"] == name).count();
        assert_eq!((count("granted"), count("deactivated")), (4, 1), "{step}");
        let mut published = self.published(step);
        live.sort();
        published.sort();
        assert_eq!(
            published, live,
            "{step}: the outbox holds the live activations"
        );
    }

    /// How often each digest lies in the archive and in `rejected/`, refusals left out.
    pub(crate) fn shelved(&self) -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        for folder in ["spool/archive", "spool/rejected"] {
            for (path, bytes) in self.bench.files(folder) {
                if !path.to_string_lossy().contains(".refusal") && !path.ends_with("first.json") {
                    *found.entry(sha256(&[&bytes]).to_string()).or_default() += 1;
                }
            }
        }
        found
    }

    /// Ids of the activations in the outbox; every batch there is whole.
    pub(crate) fn published(&self, step: &str) -> Vec<String> {
        let mut ids = Vec::new();
        for folder in self
            .bench
            .path("spool/outbox")
            .read_dir()
            .expect("a folder")
            .flatten()
        {
            let files = self.bench.files(&format!(
                "spool/outbox/{}",
                folder.file_name().to_string_lossy()
            ));
            let entries = self.assert_manifest(step, &files);
            let told: Vec<PathBuf> = entries
                .iter()
                .flat_map(|e| &e.outputs)
                .map(|output| output.path.clone().into())
                .collect();
            for path in files
                .keys()
                .filter(|path| !path.to_string_lossy().starts_with("manifest."))
            {
                assert!(
                    told.contains(path),
                    "{step}: {} is in no manifest",
                    path.display()
                );
                let name = path
                    .file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned();
                if let Some(stem) = name
                    .strip_suffix(".zip")
                    .filter(|stem| !stem.starts_with("first_"))
                {
                    ids.push(stem.split('_').nth(1).expect("an id").to_owned());
                }
            }
        }
        ids
    }

    pub(crate) fn assert_manifest(
        &self,
        step: &str,
        files: &BTreeMap<PathBuf, Vec<u8>>,
    ) -> Vec<ManifestEntry> {
        let envelope = Envelope::read(&files[Path::new("manifest.json")]).expect("a document");
        let manifest = trust()
            .verify_document::<Manifest>(&envelope, |manifest| manifest.issued_at)
            .expect("signed");
        let lines = &files[Path::new("manifest.jsonl")];
        assert_eq!(manifest.entries_sha256, sha256(&[lines]), "{step}");
        let lines: Vec<&[u8]> = lines
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(manifest.count, lines.len() as u64, "{step}");
        let entries: Vec<ManifestEntry> = lines
            .iter()
            .map(|line| ManifestEntry::read_line(line).expect("a line"))
            .collect();
        for output in entries.iter().flat_map(|entry| &entry.outputs) {
            assert_eq!(
                sha256(&[&files[Path::new(&output.path)]]),
                output.sha256,
                "{step}: {}",
                output.path
            );
        }
        entries
    }

    /// Every request gets its answer again, with the bytes that are in the outbox.
    pub(crate) fn assert_repeated(&self, step: &str) {
        let before = self.bench.files("spool/outbox");
        for (number, request) in self.granted.iter().chain([&self.leaving]).enumerate() {
            let ending = if number == self.granted.len() {
                ".receipt.json"
            } else {
                ".zip"
            };
            let batch = self.bench.answer("again.json", &request.to_json());
            assert_eq!(batch.outcome(request), "repeated", "{step}");
            let answer = batch.output(request, ending);
            assert!(
                before.values().any(|bytes| *bytes == answer),
                "{step}: another answer than the committed one"
            );
        }
    }
}

/// Everything in the spool but for names that a batch's id is part of.
pub(crate) fn spool(bench: &Bench) -> Vec<(PathBuf, Vec<u8>)> {
    bench.files("spool").into_iter().collect()
}

#[test]
fn a_crash_before_the_commit_changes_nothing() {
    let scene = scene();
    for step in BEFORE {
        let crashed = scene.copy();
        let (vault, outbox) = (crashed.bench.events(), crashed.bench.files("spool/outbox"));
        crashed.crash_at(step);
        assert_eq!(crashed.bench.events(), vault, "{step}");
        assert_eq!(
            crashed.bench.files("spool/outbox"),
            outbox,
            "{step}: nothing is signed before the commit"
        );
        crashed.restart();
        crashed.assert_complete(step);
        crashed.assert_repeated(step);
    }
}

#[test]
fn a_crash_after_the_commit_is_completed() {
    let scene = scene();
    for step in AFTER {
        let crashed = scene.copy();
        crashed.crash_at(step);
        let events = crashed.bench.events();
        let published = crashed.bench.files("spool/outbox");
        crashed.restart();
        assert_eq!(
            crashed.bench.events(),
            events,
            "{step}: completing decides nothing"
        );
        let completed = crashed.bench.files("spool/outbox");
        for (path, bytes) in published.iter().filter(|(path, _)| is_published(path)) {
            assert!(
                completed.get(path) == Some(bytes),
                "{step}: {} changed",
                path.display()
            );
        }
        assert!(completed.keys().all(|path| is_published(path)), "{step}");
        crashed.assert_complete(step);
        crashed.assert_repeated(step);
    }
}

#[test]
fn a_crash_while_completing_is_completed() {
    let scene = scene();
    scene.crash_at("after-commit");
    let whole = scene.copy();
    whole.restart();
    whole.assert_complete("completed at once");
    let expected = spool(&whole.bench);
    for step in AFTER.iter().skip(1) {
        let crashed = scene.copy();
        crashed.crash_at(step);
        if *step != "after-mark" {
            crashed.crash_at("undecided-put-back");
            crashed.crash_at(step.split('=').next().expect("a step"));
        }
        crashed.restart();
        assert_eq!(spool(&crashed.bench), expected, "{step}");
        crashed.assert_complete(step);
    }
}

/// Whether a file of the outbox is published: nothing on the way to it has a temporary name.
fn is_published(path: &Path) -> bool {
    path.components()
        .all(|part| !part.as_os_str().to_string_lossy().ends_with(".part"))
}

#[test]
fn a_crash_at_the_rename_is_completed() {
    let whole = scene();
    whole.crash_at("manifest-staged");
    whole.restart();
    // As if the power had failed when the outbox's folder had its name and that of the rejected did
    // not; and with what was lost of it by a disk that had not kept its word.
    for lost in [0, 3] {
        let crashed = scene();
        crashed.crash_at("manifest-staged");
        let outbox = crashed.bench.path("spool/outbox");
        let hidden: Vec<PathBuf> = crashed
            .bench
            .files("spool/outbox")
            .into_keys()
            .filter(|path| !is_published(path))
            .collect();
        assert!(hidden.len() > 3);
        let folder = hidden[0]
            .components()
            .next()
            .expect("a folder")
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        let name = folder
            .strip_prefix('.')
            .and_then(|name| name.strip_suffix(".part"))
            .expect("a temporary name");
        std::fs::rename(outbox.join(&folder), outbox.join(name)).expect("renamed");
        for path in hidden.iter().take(lost) {
            let beneath = path.strip_prefix(&folder).expect("beneath it");
            std::fs::remove_file(outbox.join(name).join(beneath)).expect("removed");
        }
        // And what an earlier recovery that was cut off had begun in it.
        std::fs::write(outbox.join(name).join(".manifest.json.1.part"), "{").expect("written");
        crashed.restart();
        crashed.assert_complete("half the names");
        crashed.assert_repeated("half the names");
        assert_eq!(
            spool(&crashed.bench).len(),
            spool(&whole.bench).len() + 3 * 6 + 2 * 2
        );
    }
}
