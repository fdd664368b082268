//! Requests that travel to a signer on a medium, and their answers.

use crate::bench::{Batch, Bench, Said};
use crate::unit::Unit;
use crate::volume::Volume;
use keyspool::wire::Envelope;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A signer, and devices whose requests lie on a medium.
pub(crate) struct Errand<'a> {
    pub(crate) bench: Bench,
    pub(crate) volume: &'a Volume,
    pub(crate) requests: Vec<(Unit, Envelope)>,
}

impl<'a> Errand<'a> {
    pub(crate) fn new(volume: &'a Volume, names: &[&str]) -> Self {
        let mut errand = Self {
            bench: Bench::new(),
            volume,
            requests: Vec::new(),
        };
        let folder = if volume.takes_any_name() {
            "Acme 客戶"
        } else {
            "Acme Ltd"
        };
        for (number, name) in names.iter().enumerate() {
            let mut unit = errand.bench.unit(name, "desk");
            let request = unit.activate_with(&errand.bench.key("desk", "seat=1"));
            errand.put(
                &format!("Requests/{folder}/{number} {name}.JSON"),
                &request.to_json(),
            );
            errand.requests.push((unit, request));
        }
        errand
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.volume.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, bytes).expect("written");
        path
    }

    pub(crate) fn exchange(&self) -> Said {
        let medium = self.volume.path();
        self.bench.run(&[
            "exchange",
            medium.to_str().expect("UTF-8"),
            "--settle",
            "0",
            "--json",
        ])
    }

    /// The error of a medium, whose answers all lie in the outbox.
    pub(crate) fn assert_answered_but_not_written(&self, what: &str) {
        let said = self.exchange().exits(1);
        assert_eq!(said.error_code(), "medium", "{what}");
        assert!(
            said.stderr.contains("all answers are in outbox/")
                && !said.stderr.contains("may be removed"),
            "{what}: {said}"
        );
        for (unit, _) in &self.requests {
            assert_eq!(self.bench.system(unit)["state"], "active", "{what}");
        }
    }

    /// The same command on a medium as it should be: it holds every answer, as the outbox does,
    /// once it is plugged in again.
    pub(crate) fn assert_completes(&self, what: &str) -> Batch {
        let said = self.exchange();
        assert!(said.stderr.ends_with("may be removed\n"), "{what}: {said}");
        let batch = self.bench.batch_of(said);
        for (_, request) in &self.requests {
            assert!(
                ["activated", "repeated"].contains(&batch.outcome(request).as_str()),
                "{what}: {}",
                batch.said
            );
        }
        self.volume.plug_in_again();
        let own = self.by_name(&self.bench.path("spool/outbox"));
        let held = self.by_name(&self.volume.path().join("answers"));
        for (_, request) in &self.requests {
            let outputs = batch.entries_of(request)[0]["outputs"]
                .as_array()
                .expect("outputs")
                .clone();
            assert_eq!(outputs.len(), 3, "{what}");
            for output in outputs {
                let path = crate::bench::word(&output["path"]);
                let name = path.rsplit('/').next().expect("a name");
                assert!(
                    held.get(name)
                        .is_some_and(|bytes| Some(bytes) == own.get(name)),
                    "{what}: {name}"
                );
            }
        }
        assert!(
            held.keys().all(|name| !name.ends_with(".part")),
            "{what}: {:?}",
            held.keys()
        );
        assert!(
            self.bench.names("spool/inbox").is_empty() && self.bench.names("spool/work").is_empty(),
            "{what}"
        );
        assert_eq!(self.bench.stored("acme"), 0, "{what}");
        self.bench.verify_history();
        batch
    }

    /// Files beneath a folder by their last names.
    pub(crate) fn by_name(&self, folder: &Path) -> BTreeMap<String, Vec<u8>> {
        let files = walkdir::WalkDir::new(folder)
            .into_iter()
            .flatten()
            .filter(|entry| entry.file_type().is_file());
        files
            .map(|entry| {
                (
                    entry.file_name().to_string_lossy().into_owned(),
                    fs::read(entry.path()).expect("read"),
                )
            })
            .collect()
    }
}
