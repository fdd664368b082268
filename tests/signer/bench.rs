//! A vault and a spool in a folder of their own, copied from one that was made once.

use crate::unit::Unit;
use keyspool::licence::{LicenceKey, Moment, id::Hex};
use keyspool::ops::process::BatchResult;
use keyspool::scan::Scanner;
use keyspool::seal::{Acceptance, TrustStore};
use keyspool::wire::response::{ManifestEntry, RefusalNotice};
use keyspool::wire::{Envelope, sha256};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// The beginning of time in every test: long past by any machine's clock.
pub(crate) const START: &str = "2024-03-01T09:00:00Z";
/// What opens the vault, and must never be said.
pub(crate) const PASSPHRASE: &str = "correct horse battery staple";
pub(crate) const CATALOGUE: &str = include_str!("../../fixtures/signer/catalogue.json");
pub(crate) const CATALOGUE_BEFORE: &str =
    include_str!("../../fixtures/signer/catalogue-before.json");

/// One vault: the catalogue applied, an organization and a product withdrawn, and one device
/// activated.
struct Base {
    files: Copied,
    root: [u8; 32],
    trust: TrustStore,
    first: Vec<u8>,
    first_request: Vec<u8>,
}

fn base() -> &'static Base {
    static BASE: OnceLock<Base> = OnceLock::new();
    BASE.get_or_init(|| {
        let bench = Bench::empty();
        let init = bench.json(&["init"]);
        let root = data_encoding::BASE64
            .decode(init["root_public_key"].as_str().expect("a key").as_bytes())
            .expect("base64");
        let root: [u8; 32] = root.try_into().expect("32 bytes");
        let apply = |text: &str| {
            fs::write(bench.path("catalogue.json"), text).expect("written");
            bench.json(&[
                "catalogue",
                "apply",
                bench.path("catalogue.json").to_str().expect("UTF-8"),
                "--yes",
                "--withdraw",
            ]);
        };
        apply(CATALOGUE_BEFORE);
        apply(CATALOGUE);
        let mut first = Unit::with_root("first", "desk", "acme", root);
        let request = first.activate_with(&bench.key("desk", "seat=1"));
        bench.drop_file("first.json", &request.to_json());
        let batch = bench.process_bare();
        assert_eq!(batch.outcome(&request), "activated", "{}", batch.said);
        let bundle = batch.bundle(&request);
        let list =
            Envelope::read(&entries_of_zip(&bundle)["trust-list.json"]).expect("a trust list");
        let Ok(Acceptance::Newer(trust)) = TrustStore::new(root).accept(&list) else {
            panic!("the first trust list is newer")
        };
        first.install(&bundle);
        Base {
            root,
            trust,
            first: first.blob(),
            first_request: request.to_json(),
            files: Copied::of(bench.folder.path()),
        }
    })
}

pub(crate) struct Bench {
    folder: TempDir,
    clock: Cell<Moment>,
    /// Variables of the next commands.
    variables: RefCell<BTreeMap<&'static str, String>>,
    /// Licence keys that were minted, and must never be said again.
    minted: RefCell<Vec<String>>,
}

/// What a command said.
#[derive(Clone)]
pub(crate) struct Said {
    /// None where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {:?}\n{}\n{}", self.code, self.stdout, self.stderr)
    }
}

impl Said {
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not one JSON document: {error}\n{self}"))
    }

    /// The code of the error that is the one document, with a message and a hint of one line each.
    pub(crate) fn error_code(&self) -> String {
        let document = self.json();
        let member = |name: &str| {
            document["error"][name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name}: {self}"))
                .to_owned()
        };
        for text in [member("message"), member("hint")] {
            assert!(
                !text.is_empty() && !text.contains('\n') && !text.ends_with('.')
                    || text.contains(' '),
                "{self}"
            );
        }
        assert!(
            self.stderr.contains("error: ") && self.stderr.contains("hint: "),
            "{self}"
        );
        member("code")
    }
}

impl Bench {
    pub(crate) fn empty() -> Self {
        let folder = TempDir::new_in(scratch()).expect("a folder");
        fs::write(folder.path().join("passphrase"), format!("{PASSPHRASE}\n")).expect("written");
        let clock = Cell::new(moment(START));
        Self {
            folder,
            clock,
            variables: RefCell::default(),
            minted: RefCell::default(),
        }
    }

    /// A copy of the vault that was made once.
    pub(crate) fn new() -> Self {
        let bench = Self::empty();
        base().files.to(bench.folder.path());
        bench
    }

    /// A copy of this one as it stands.
    pub(crate) fn copy(&self) -> Self {
        let bench = Self::empty();
        Copied::of(self.folder.path()).to(bench.folder.path());
        bench.clock.set(self.clock.get());
        bench.minted.replace(self.minted.borrow().clone());
        bench
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub(crate) fn clock(&self) -> Moment {
        self.clock.get()
    }

    pub(crate) fn set_clock(&self, text: &str) {
        self.clock.set(moment(text));
    }

    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.clock
            .set(Moment::from_unix(self.clock.get().unix() + seconds).expect("a time of the test"));
    }

    pub(crate) fn pass_days(&self, days: i64) {
        self.pass_seconds(days * 24 * 60 * 60);
    }

    /// Ends the next commands at a step; `None` lets them go on.
    pub(crate) fn abort_at(&self, step: Option<&str>) {
        self.set("KEYSPOOL_TEST_ABORT", step);
    }

    pub(crate) fn set(&self, name: &'static str, value: Option<&str>) {
        match value {
            Some(value) => drop(self.variables.borrow_mut().insert(name, value.to_owned())),
            None => drop(self.variables.borrow_mut().remove(name)),
        }
    }

    /// A command without a passphrase and without a terminal.
    pub(crate) fn bare_command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyspool"));
        command
            .env_clear()
            .envs(self.variables.borrow().iter())
            .env("KEYSPOOL_TEST_CLOCK", self.clock.get().to_string());
        command
            .env("KEYSPOOL_VAULT", self.path("vault"))
            .env("KEYSPOOL_SPOOL", self.path("spool"));
        command.args(arguments).current_dir(self.folder.path());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = self.bare_command(arguments);
        command.env("KEYSPOOL_PASSPHRASE_FILE", self.path("passphrase"));
        command
    }

    pub(crate) fn say(&self, mut command: Command) -> Said {
        let output = command.output().expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let said = Said {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        self.assert_no_secret(&said.to_string());
        said
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Said {
        self.say(self.command(arguments))
    }

    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().expect("the program starts")
    }

    /// The document of a command that is done.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--json"]].concat()).exits(0).json()
    }

    /// No command says a passphrase, and none but `key mint` a licence key.
    pub(crate) fn assert_no_secret(&self, text: &str) {
        assert!(!text.contains(PASSPHRASE), "the passphrase is said");
        let plain = text.replace('-', "");
        for key in self.minted.borrow().iter() {
            assert!(
                !plain.contains(&key.replace('-', "")),
                "a licence key is said"
            );
        }
    }

    /// Mints a key.
    pub(crate) fn key(&self, product: &str, licences: &str) -> LicenceKey {
        self.key_for(product, licences, &[])
    }

    pub(crate) fn key_for(&self, product: &str, licences: &str, more: &[&str]) -> LicenceKey {
        let document =
            self.json(&[&["key", "mint", product, "--licences", licences], more].concat());
        let text = document["keys"][0]["key"]
            .as_str()
            .expect("a key")
            .to_owned();
        let key = LicenceKey::read(&text).expect("a key");
        self.minted.borrow_mut().push(text);
        key
    }

    /// Redeems a new key into a wallet.
    pub(crate) fn store(&self, organization: &str, product: &str, licences: &str) {
        let key = self.key(product, licences);
        let id = keyspool::seal::redeem::licence_key_id(&key).to_string();
        self.json(&["wallet", "redeem", organization, &id]);
    }

    pub(crate) fn unit(&self, name: &str, product: &str) -> Unit {
        self.unit_of(name, product, "acme")
    }

    pub(crate) fn unit_of(&self, name: &str, product: &str, organization: &str) -> Unit {
        Unit::with_root(name, product, organization, base().root)
    }

    /// The device that is activated in every vault.
    pub(crate) fn first(&self) -> Unit {
        Unit::from_blob("first", "desk", base().first.clone())
    }

    /// What activated it.
    pub(crate) fn first_request(&self) -> Envelope {
        Envelope::read(&base().first_request).expect("a request")
    }

    /// A device that brought its own key and installed the answer.
    pub(crate) fn activated(&self, name: &str, product: &str) -> Unit {
        let mut unit = self.unit(name, product);
        let request = unit.activate_with(&self.key(product, "seat=1"));
        let batch = self.answer(&format!("{name}.json"), &request.to_json());
        assert_eq!(batch.outcome(&request), "activated", "{}", batch.said);
        unit.install(&batch.bundle(&request));
        unit
    }

    /// Puts a file into the inbox, with the test's clock as its time stamp.
    pub(crate) fn drop_file(&self, name: impl AsRef<OsStr>, bytes: &[u8]) -> PathBuf {
        let path = self.path("spool/inbox").join(name.as_ref());
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, bytes).expect("written");
        let seconds = Duration::from_secs(self.clock.get().unix().try_into().expect("after 1970"));
        let stamp = File::options().write(true).open(&path).expect("opened");
        stamp
            .set_modified(SystemTime::UNIX_EPOCH + seconds)
            .expect("stamped");
        path
    }

    pub(crate) fn answer(&self, name: &str, bytes: &[u8]) -> Batch {
        self.drop_file(name, bytes);
        self.process()
    }

    pub(crate) fn process(&self) -> Batch {
        self.process_with(&[])
    }

    /// What reads pictures, for a test that plays the program itself.
    pub(crate) fn scanner(&self) -> Scanner {
        Scanner::of_program(Path::new(env!("CARGO_BIN_EXE_keyspool")))
    }

    /// Answers the inbox; its files, manifest and refusals are as they are told.
    pub(crate) fn process_with(&self, more: &[&str]) -> Batch {
        let said = self.run(&[&["process", "--settle", "0", "--json"], more].concat());
        self.batch_of(said)
    }

    pub(crate) fn batch_of(&self, said: Said) -> Batch {
        let batch = Batch::of(self, said);
        batch.check(&base().trust);
        batch
    }

    fn process_bare(&self) -> Batch {
        Batch::of(self, self.run(&["process", "--settle", "0", "--json"]))
    }

    /// What the signer shows of its state.
    pub(crate) fn state(&self) -> String {
        let mut shown = vec![
            self.json(&["system", "list"]),
            self.json(&["key", "list"]),
            self.json(&["catalogue", "show"]),
        ];
        shown.extend(["acme", "globex", "fading"].map(|id| self.json(&["wallet", "show", id])));
        for system in shown[0]["systems"].clone().as_array().expect("systems") {
            let id = system["computer_id"].as_str().expect("an id");
            assert_eq!(self.json(&["system", "show", id]), *system);
        }
        shown
            .iter()
            .map(|document| format!("{document}\n"))
            .collect()
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        self.json(&["history", "list"])["entries"]
            .as_array()
            .expect("entries")
            .clone()
    }

    /// Every file beneath a folder with its bytes, but for the lock file.
    pub(crate) fn files(&self, relative: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let root = self.path(relative);
        for entry in walkdir::WalkDir::new(&root)
            .into_iter()
            .flatten()
            .filter(|entry| !entry.file_type().is_dir())
        {
            if entry.file_name() != "ledger.lock" {
                let path = entry
                    .path()
                    .strip_prefix(&root)
                    .expect("beneath")
                    .to_owned();
                found.insert(path, fs::read(entry.path()).unwrap_or_default());
            }
        }
        found
    }

    /// Vault and spool, to tell whether anything changed.
    pub(crate) fn everything(&self) -> [BTreeMap<PathBuf, Vec<u8>>; 2] {
        [self.files("vault"), self.files("spool")]
    }

    pub(crate) fn names(&self, relative: &str) -> Vec<String> {
        self.files(relative)
            .keys()
            .map(|path| path.to_string_lossy().into_owned())
            .collect()
    }

    pub(crate) fn verify_history(&self) {
        assert_eq!(self.json(&["history", "verify"])["ok"], true);
    }

    /// Seats that lie in a wallet.
    pub(crate) fn stored(&self, organization: &str) -> u64 {
        let shown = self.json(&["wallet", "show", organization]);
        shown["lots"]
            .as_array()
            .expect("lots")
            .iter()
            .map(|lot| lot["count"].as_u64().expect("a count"))
            .sum()
    }

    pub(crate) fn system(&self, unit: &Unit) -> Value {
        self.json(&["system", "show", &unit.computer_id()])
    }
}

/// One answered batch.
pub(crate) struct Batch {
    pub(crate) said: Said,
    pub(crate) id: Option<String>,
    pub(crate) entries: Vec<Value>,
    spool: PathBuf,
}

impl Batch {
    fn of(bench: &Bench, said: Said) -> Self {
        assert!(matches!(said.code, Some(0 | 3)), "{said}");
        let document = said.json();
        let entries = document["entries"].as_array().expect("entries").clone();
        let refused = entries.iter().any(|entry| entry["outcome"] == "refused");
        let of_an_earlier_run = said
            .stderr
            .lines()
            .any(|line| line.starts_with("completed batch") && line.contains(" refused, "));
        assert!(
            if said.code == Some(3) {
                refused || of_an_earlier_run
            } else {
                !refused
            },
            "{said}"
        );
        Self {
            id: document["batch"].as_str().map(str::to_owned),
            entries,
            said,
            spool: bench.path("spool"),
        }
    }

    pub(crate) fn folder(&self, outlet: &str) -> PathBuf {
        let id = self.id.as_deref().expect("a batch");
        let top = self.spool.join(outlet);
        let found = fs::read_dir(top)
            .expect("a folder")
            .flatten()
            .find(|e| e.file_name().to_string_lossy().ends_with(id));
        found.expect("the batch's folder").path()
    }

    fn check(&self, trust: &TrustStore) {
        if self.id.is_none() {
            assert!(self.entries.is_empty());
            return;
        }
        let lines =
            fs::read_to_string(self.folder("outbox").join("manifest.jsonl")).expect("the manifest");
        let told: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line"))
            .collect();
        assert_eq!(told, self.entries);
        for output in self
            .entries
            .iter()
            .flat_map(|entry| entry["outputs"].as_array().expect("outputs"))
        {
            let bytes = fs::read(
                self.folder("outbox")
                    .join(output["path"].as_str().expect("a path")),
            )
            .expect("an output");
            assert_eq!(output["sha256"], sha256(&[&bytes]).to_string());
        }
        let mut refused: Vec<(String, String)> = Vec::new();
        for entry in self
            .entries
            .iter()
            .filter(|entry| entry["outcome"] == "refused")
        {
            refused.push((word(&entry["file"]), word(&entry["refusal"]["code"])));
        }
        let mut found: Vec<(String, String)> = self
            .refusals(trust)
            .into_iter()
            .map(|(notice, _)| (notice.file, notice.code))
            .collect();
        refused.sort();
        found.sort();
        assert_eq!(found, refused, "{}", self.said);
    }

    /// Every signed refusal, verified, with the file that it stands beside; the same is said beside
    /// it in words.
    pub(crate) fn refusals(&self, trust: &TrustStore) -> Vec<(RefusalNotice, PathBuf)> {
        if self
            .entries
            .iter()
            .all(|entry| entry["outcome"] != "refused")
        {
            return Vec::new();
        }
        let mut found = Vec::new();
        for entry in walkdir::WalkDir::new(self.folder("rejected"))
            .sort_by_file_name()
            .into_iter()
            .flatten()
        {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some((file, _)) = name
                .rsplit_once(".refusal")
                .filter(|(_, end)| end.ends_with(".json"))
            else {
                continue;
            };
            let envelope =
                Envelope::read(&fs::read(entry.path()).expect("a refusal")).expect("a document");
            let notice = trust
                .verify_document::<RefusalNotice>(&envelope, |notice| notice.issued_at)
                .expect("signed");
            let words = fs::read_to_string(entry.path().with_extension("txt"))
                .expect("the refusal in words");
            assert!(
                words.contains(&notice.code) && words.contains(&notice.remedy),
                "{words}"
            );
            let refused = entry.path().with_file_name(file);
            let bytes = fs::read(&refused).expect("the file as it came");
            assert_eq!(Hex(sha256(&[&bytes]).0), notice.digest);
            found.push((notice.into_inner(), refused));
        }
        found
    }

    pub(crate) fn entries_of(&self, request: &Envelope) -> Vec<&Value> {
        let id = request.document_id().to_string();
        self.entries
            .iter()
            .filter(|entry| entry["request"] == id)
            .collect()
    }

    /// The outcome of a request, or the code of its refusal.
    pub(crate) fn outcome(&self, request: &Envelope) -> String {
        let entries = self.entries_of(request);
        assert_eq!(entries.len(), 1, "{}", self.said);
        outcome(entries[0])
    }

    /// The outcomes of a file.
    pub(crate) fn outcomes(&self, file: &str) -> Vec<String> {
        self.entries
            .iter()
            .filter(|entry| entry["file"] == file)
            .map(outcome)
            .collect()
    }

    /// The output of a request with this ending.
    pub(crate) fn output(&self, request: &Envelope, ending: &str) -> Vec<u8> {
        let entries = self.entries_of(request);
        let outputs = entries
            .iter()
            .flat_map(|entry| entry["outputs"].as_array().expect("outputs"));
        let mut paths: Vec<String> = outputs
            .map(|output| word(&output["path"]))
            .filter(|p| p.ends_with(ending))
            .collect();
        paths.dedup();
        assert_eq!(paths.len(), 1, "{}", self.said);
        fs::read(self.folder("outbox").join(&paths[0])).expect("an output")
    }

    pub(crate) fn bundle(&self, request: &Envelope) -> Vec<u8> {
        self.output(request, ".zip")
    }
}

pub(crate) fn outcome(entry: &Value) -> String {
    word(entry["refusal"].get("code").unwrap_or(&entry["outcome"]))
}

pub(crate) fn word(value: &Value) -> String {
    value.as_str().expect("a word").to_owned()
}

pub(crate) fn moment(text: &str) -> Moment {
    Moment::read(text).expect("a time of the test")
}

pub(crate) fn trust() -> &'static TrustStore {
    &base().trust
}

/// The entries of a bundle by name.
pub(crate) fn entries_of_zip(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut entries = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).expect("an entry");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("read");
        let name = file.name().expect("a name").into_owned();
        entries.insert(name, content);
    }
    entries
}

/// Memory where the machine has it: what is synced there is on no disk.
/// What a batch's manifest says.
pub(crate) fn entries(result: &BatchResult) -> Vec<ManifestEntry> {
    result
        .entries()
        .expect("a manifest")
        .collect::<Result<_, _>>()
        .expect("lines of a manifest")
}

fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}

/// A folder as it was, in memory: nothing of it stays behind when the tests end.
struct Copied(Vec<(PathBuf, fs::Permissions, Option<Vec<u8>>)>);

impl Copied {
    fn of(top: &Path) -> Self {
        let mut entries = Vec::new();
        for entry in ["vault", "spool"]
            .into_iter()
            .flat_map(|part| walkdir::WalkDir::new(top.join(part)))
            .flatten()
        {
            let path = entry.path().strip_prefix(top).expect("beneath").to_owned();
            let bytes = entry
                .file_type()
                .is_file()
                .then(|| fs::read(entry.path()).expect("read"));
            entries.push((
                path,
                entry.metadata().expect("metadata").permissions(),
                bytes,
            ));
        }
        Self(entries)
    }

    fn to(&self, top: &Path) {
        for (path, permissions, bytes) in &self.0 {
            let path = top.join(path);
            match bytes {
                Some(bytes) => fs::write(&path, bytes).expect("written"),
                None => fs::create_dir(&path).expect("made"),
            }
            fs::set_permissions(&path, permissions.clone()).expect("closed");
        }
    }
}

/// A name of bytes that need not be text.
pub(crate) fn os(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}
