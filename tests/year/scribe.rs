//! Plays commands and writes down what was typed, on which day, and what the program said: the same
//! text on every run.

use crate::bench::{Bench, Said};
use crate::unit::Unit;
use keyspool::licence::{ComputerId, Day, LicenceKey};
use keyspool::seal::redeem::licence_key_id;
use keyspool::wire::Envelope;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Set to write the transcript anew instead of comparing it.
const ACCEPT: &str = "KEYSPOOL_ACCEPT_TRANSCRIPT";

/// How a command is written down.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As people read a long story: lines that repeat stand there once.
    Story,
    /// Every line, talk marked with `!`, and the exit code of each command.
    Exact,
}

pub(crate) struct Scribe {
    pub(crate) bench: Bench,
    form: Form,
    text: String,
    /// Words that differ from run to run, with what stands for them.
    masks: Vec<(String, String)>,
    /// Licence keys, which no command but `key mint` may say.
    keys: Vec<String>,
    /// Bundles that have reached their devices.
    brought: BTreeSet<PathBuf>,
}

impl Scribe {
    pub(crate) fn new(title: &str, preface: &str) -> Self {
        let bench = Bench::empty();
        let folder = bench
            .path("")
            .to_string_lossy()
            .trim_end_matches('/')
            .to_owned();
        let masks = vec![(folder, "FOLDER".to_owned())];
        Self {
            bench,
            form: Form::Story,
            text: format!("# {title}\n\n{preface}\n"),
            masks,
            keys: Vec::new(),
            brought: BTreeSet::new(),
        }
    }

    /// A scribe who writes every line down.
    pub(crate) fn exact(title: &str, preface: &str) -> Self {
        Self {
            form: Form::Exact,
            ..Self::new(title, preface)
        }
    }

    /// Makes the vault, and gives its root public key.
    pub(crate) fn init(&self) -> [u8; 32] {
        let made = self.quietly("init --operator mara --json").exits(0).json();
        let text = made["root_public_key"].as_str().expect("a key");
        let root = data_encoding::BASE64
            .decode(text.as_bytes())
            .expect("base64");
        root.try_into().expect("32 bytes")
    }

    /// A word that is random, with what stands for it from now on.
    pub(crate) fn mask(&mut self, word: &str, shown: &str) {
        self.masks.push((word.to_owned(), shown.to_owned()));
    }

    pub(crate) fn day(&mut self, day: &str, title: &str) {
        self.bench.set_clock(&format!("{day}T09:00:00Z"));
        let words = Day::read(day).expect("a day of the test").in_words();
        writeln!(self.text, "\n## {words}: {title}").expect("a string takes it");
    }

    pub(crate) fn tell(&mut self, prose: &str) {
        writeln!(self.text, "\n{prose}").expect("a string takes it");
    }

    /// Types a command that ends with this exit code.
    pub(crate) fn run(&mut self, line: &str, code: i32) -> Said {
        let said = self.quietly(line).exits(code);
        for key in &self.keys {
            assert!(
                !said.to_string().contains(key.as_str()),
                "`{line}` says a licence key"
            );
        }
        self.note(line, &said);
        said
    }

    /// Types a command that is not written down.
    pub(crate) fn quietly(&self, line: &str) -> Said {
        self.bench.run(&words(&self.typed(line)))
    }

    /// Types a command of the device's tool on a machine of fixed hardware.
    pub(crate) fn device(&mut self, line: &str, code: i32) {
        let said = self.say_device(line).exits(code);
        self.note_device(line, &said);
    }

    /// Types a command of the device's tool that is not written down.
    pub(crate) fn device_quietly(&self, line: &str) -> Said {
        self.say_device(line).exits(0)
    }

    /// Writes down a command of the device's tool and what it said.
    pub(crate) fn note_device(&mut self, line: &str, said: &Said) {
        self.note_of("keyspool-device", line, said);
    }

    fn say_device(&self, line: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyspool-device"));
        command
            .env_clear()
            .env("KEYSPOOL_TEST_CLOCK", self.bench.clock().to_string())
            .env("KEYSPOOL_DEVICE_STATE", self.bench.path("device"))
            .args(["--component", "board=SN-0001", "--component", "machine=m1"])
            .args(["--component", "mac=02:00:00:00:00:01"])
            .args(words(&self.typed(line)))
            .current_dir(self.bench.path(""))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.bench.say(command)
    }

    /// A line with the words that its masks stand for.
    fn typed(&self, line: &str) -> String {
        let mut typed = line.to_owned();
        // The newest first: a mask may hold an older one.
        for (word, shown) in self.masks.iter().rev() {
            typed = typed.replace(shown.as_str(), word);
        }
        typed
    }

    fn note(&mut self, line: &str, said: &Said) {
        self.note_of("keyspool", line, said);
    }

    fn note_of(&mut self, program: &str, line: &str, said: &Said) {
        writeln!(self.text, "\n    $ {program} {line}").expect("a string takes it");
        let is_exact = self.form == Form::Exact;
        let talk = if is_exact { "! " } else { "" };
        for (mark, stream) in [(talk, &said.stderr), ("", &said.stdout)] {
            let lines: Vec<String> = stream.lines().map(|line| self.masked(line)).collect();
            let lines = if is_exact { lines } else { folded(&lines) };
            for line in lines {
                let line = format!("    {mark}{line}");
                writeln!(self.text, "{}", line.trim_end()).expect("a string takes it");
            }
        }
        if is_exact || said.code != Some(0) {
            writeln!(
                self.text,
                "    (exit code {})",
                said.code.unwrap_or_default()
            )
            .expect("a string takes it");
        }
    }

    fn masked(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for (word, shown) in &self.masks {
            // The columns of a table stay where they are.
            let padded = format!("{shown:<width$}  ", width = word.len());
            line = line.replace(&format!("{word}  "), &padded);
            line = line.replace(word.as_str(), shown);
        }
        let line = without_size(&without_number(&line));
        each_word(&line, |word| {
            if is_random(word) {
                "...".to_owned()
            } else {
                word.to_owned()
            }
        })
        .trim_end()
        .to_owned()
    }

    /// Mints one key, and calls it by this name from then on.
    pub(crate) fn mint(&mut self, name: &str, product: &str, licences: &str) {
        let line = format!("key mint {product} --licences {licences} --organization acme");
        // Lists go by the ids of keys: these stand in the same order in every run.
        let seed = (self.form == Form::Exact).then_some(name);
        self.bench.set("KEYSPOOL_TEST_SEED", seed);
        let said = self.quietly(&line).exits(0);
        self.bench.set("KEYSPOOL_TEST_SEED", None);
        let key = LicenceKey::read(said.stdout.trim()).expect("a licence key");
        self.mask(said.stdout.trim(), name);
        self.mask(
            &licence_key_id(&key).to_string(),
            &format!("the-key-id-of-{name}"),
        );
        self.note(&line, &said);
        self.keys.push(said.stdout.trim().to_owned());
    }

    /// Puts a request into the organization's folder of the inbox.
    pub(crate) fn carry(&self, name: &str, request: &Envelope) {
        self.bench
            .drop_file(format!("acme/{name}.json"), &request.to_json());
    }

    /// Brings every bundle to its device that was not brought before; gives how many there were.
    pub(crate) fn bring_back(&mut self, units: &mut BTreeMap<String, Unit>) -> usize {
        let bundles = self.new_bundles();
        for path in &bundles {
            let file = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let name = file.split('_').next().unwrap_or_default();
            let unit = units
                .get_mut(name)
                .unwrap_or_else(|| panic!("no device {name} for {file}"));
            unit.install(&fs::read(path).expect("a bundle"));
        }
        let count = bundles.len();
        self.brought.extend(bundles);
        count
    }

    fn new_bundles(&self) -> Vec<PathBuf> {
        let files = walkdir::WalkDir::new(self.bench.path("spool/outbox"))
            .into_iter()
            .flatten()
            .map(walkdir::DirEntry::into_path);
        files
            .filter(|path| {
                path.extension().is_some_and(|end| end == "zip") && !self.brought.contains(path)
            })
            .collect()
    }

    /// Compares with the file of the fixtures, or writes it where that is asked for.
    pub(crate) fn compare(&self, file: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/transcripts")
            .join(file);
        for key in &self.keys {
            assert!(
                !self.text.contains(key.as_str()),
                "a licence key in the transcript"
            );
        }
        if std::env::var_os(ACCEPT).is_some() {
            fs::write(&path, &self.text).expect("written");
            return;
        }
        let told = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            told == self.text,
            "{}\nhint: if all of this is right, run the test with {ACCEPT}=1",
            difference(&told, &self.text)
        );
    }
}

/// What was typed, in words; quotes keep several together.
fn words(line: &str) -> Vec<String> {
    let pieces = line.split('"').enumerate();
    pieces
        .flat_map(|(place, piece)| {
            if place % 2 == 1 {
                vec![piece.to_owned()]
            } else {
                piece.split_whitespace().map(str::to_owned).collect()
            }
        })
        .collect()
}

fn each_word(line: &str, change: impl Fn(&str) -> String) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut changed = String::new();
    for piece in line.split_inclusive(|c| !is_part(c)) {
        let (word, rest) = piece.split_at(piece.find(|c| !is_part(c)).unwrap_or(piece.len()));
        changed.push_str(&change(word));
        changed.push_str(rest);
    }
    changed
}

/// A line of the history without the entry's number: the order of confirmations within a batch is
/// that of their document ids, and these hold the random head that the devices have seen.
fn without_number(line: &str) -> String {
    let number = line
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .count();
    let rest = &line.trim_start()[number..];
    if number > 0 && rest.starts_with("  20") && rest.contains("Z  ") {
        format!("{:>6}{rest}", "#")
    } else {
        line.to_owned()
    }
}

/// A line of `inspect` without the size of a file: that of a picture depends on random bytes.
fn without_size(line: &str) -> String {
    let size = line.trim_start();
    let label = ["bytes", "pixels"]
        .into_iter()
        .find(|label| size.starts_with(&format!("{label}  ")));
    let digits = size.find(|c: char| c.is_ascii_digit());
    match label.and(digits) {
        Some(place) => format!("{}...", &line[..line.len() - size.len() + place]),
        None => line.to_owned(),
    }
}

/// ULIDs, also after the day in a folder's name, and digests.
fn is_random(word: &str) -> bool {
    let last = word.rsplit('-').next().unwrap_or_default();
    let is_ulid = last.len() == 26 && last.starts_with('0');
    let is_digest = matches!(word.len(), 16 | 64)
        && word
            .chars()
            .all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase());
    is_ulid || is_digest
}

/// Lines that differ by their Computer ID alone stand there once, with their number.
fn folded(lines: &[String]) -> Vec<String> {
    let plain = |line: &String| {
        each_word(line, |word| {
            if ComputerId::read(word).is_ok() {
                "COMPUTER-ID".into()
            } else {
                word.into()
            }
        })
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines {
        *counts.entry(plain(line)).or_default() += 1;
    }
    let mut shown = Vec::new();
    for line in lines {
        let plain = plain(line);
        match counts.get_mut(&plain) {
            Some(count) if *count > 1 && plain != *line => {
                shown.push(format!("{plain}  ({count} times)"));
                *count = 0;
            }
            Some(0) if plain != *line => {}
            _ => shown.push(line.clone()),
        }
    }
    shown
}

fn difference(told: &str, said: &str) -> String {
    let (told, said): (Vec<&str>, Vec<&str>) = (told.lines().collect(), said.lines().collect());
    let before = told.iter().zip(&said).take_while(|(a, b)| a == b).count();
    let after = told[before..]
        .iter()
        .rev()
        .zip(said[before..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let context = before.saturating_sub(3);
    let mut lines = vec![format!(
        "the transcript says otherwise from line {} on:",
        before + 1
    )];
    lines.extend(told[context..before].iter().map(|line| format!("  {line}")));
    lines.extend(
        told[before..told.len() - after]
            .iter()
            .map(|line| format!("- {line}")),
    );
    lines.extend(
        said[before..said.len() - after]
            .iter()
            .map(|line| format!("+ {line}")),
    );
    lines.join("\n")
}
