//! One scenario: a signer with the shop's catalogue, and its devices.

use super::shop::CATALOGUE;
use crate::scribe::Scribe;
use crate::unit::{Unit, counts};
use keyspool::wire::Envelope;
use keyspool::wire::request::Wanted;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

pub(super) struct Story {
    file: &'static str,
    pub(super) scribe: Scribe,
    pub(super) root: [u8; 32],
    units: BTreeMap<String, Unit>,
}

impl Story {
    /// A new signer without a catalogue.
    pub(super) fn empty(file: &'static str, title: &str, preface: &str) -> Self {
        let mut scribe = Scribe::exact(title, preface);
        let root = scribe.init();
        scribe.mask(&data_encoding::BASE64.encode(&root), "ROOT-KEY");
        Self {
            file,
            scribe,
            root,
            units: BTreeMap::new(),
        }
    }

    /// A signer with the catalogue in force.
    pub(super) fn new(file: &'static str, title: &str, preface: &str) -> Self {
        let story = Self::empty(file, title, preface);
        story.write("catalogue.json", CATALOGUE.as_bytes());
        let line = "catalogue apply catalogue.json --yes";
        drop(story.scribe.quietly(line).exits(0));
        story
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.scribe.bench.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }

    pub(super) fn run(&mut self, line: &str, code: i32) {
        drop(self.scribe.run(line, code));
    }

    pub(super) fn tell(&mut self, prose: &str) {
        self.scribe.tell(prose);
    }

    /// Licences in the wallet of `acme`.
    pub(super) fn store(&self, product: &str, licences: &str) {
        self.scribe.bench.store("acme", product, licences);
    }

    /// Makes a device of `acme`.
    pub(super) fn device(&mut self, name: &str, product: &str) -> &mut Unit {
        let unit = Unit::with_root(name, product, "acme", self.root);
        let id = unit.computer_id();
        self.scribe
            .mask(&id, &format!("ID-OF-{}", name.to_uppercase()));
        self.units.entry(name.to_owned()).or_insert(unit)
    }

    pub(super) fn unit(&mut self, name: &str) -> &mut Unit {
        self.units.get_mut(name).expect("a device of the story")
    }

    /// What a device writes to ask for licences.
    pub(super) fn ask(&mut self, name: &str, need: (&str, u64)) -> Envelope {
        self.unit(name).ask(Wanted::Activate, counts(&[need]), &[])
    }

    pub(super) fn carry(&self, name: &str, document: &Envelope) {
        self.scribe.carry(name, document);
    }

    /// A device that has its activation, all of it beforehand.
    pub(super) fn active(&mut self, name: &str, product: &str, need: (&str, u64)) {
        self.device(name, product);
        self.store(product, &format!("{}={}", need.0, need.1));
        self.activate(name, need);
    }

    /// Activates a device with what lies in the wallet.
    pub(super) fn activate(&mut self, name: &str, need: (&str, u64)) {
        let request = self.ask(name, need);
        self.carry(name, &request);
        drop(self.scribe.quietly("process").exits(0));
        assert_eq!(self.scribe.bring_back(&mut self.units), 1);
    }

    /// The newest bundle in the outbox.
    pub(super) fn bundle(&self) -> PathBuf {
        let files = walkdir::WalkDir::new(self.scribe.bench.path("spool/outbox"));
        let bundles = files
            .sort_by_file_name()
            .into_iter()
            .flatten()
            .map(walkdir::DirEntry::into_path)
            .filter(|path| path.extension().is_some_and(|end| end == "zip"));
        bundles.last().expect("a bundle in the outbox")
    }

    pub(super) fn end(&self) {
        self.scribe.compare(self.file);
    }
}
