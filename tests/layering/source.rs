//! The source files and what can be read of one.

use crate::lexer::{self, Token, closing};
use std::fs;
use std::path::{Path, PathBuf};

/// One source file, as tokens.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// The module of the crate that it belongs to; none for `lib.rs` and the programs.
    pub(crate) module: Option<String>,
    /// The modules that lead to it, its own last; none for the programs.
    pub(crate) modules: Option<Vec<String>>,
    /// Modules above its own: 1 for `a/mod.rs`, 2 for `a/b.rs`.
    depth: usize,
    pub(crate) tokens: Vec<Token>,
    pub(crate) lines: usize,
}

impl Source {
    /// `path` is the path below `src`.
    pub(crate) fn new(path: impl AsRef<Path>, text: &str) -> Self {
        let path = path.as_ref();
        let mut modules: Vec<String> = path
            .with_extension("")
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        if modules.last().is_some_and(|last| last == "mod") || modules == ["lib"] {
            modules.pop();
        }
        let program = modules.first().is_some_and(|first| first == "bin");
        let top = path.iter().count() == 1;
        let reading = lexer::read(text);
        Self {
            path: path.to_owned(),
            module: (!program && !top).then(|| modules[0].clone()),
            depth: modules.len(),
            modules: (!program).then_some(modules),
            tokens: reading.tokens,
            lines: text.lines().count(),
        }
    }

    pub(crate) fn text(&self, place: usize) -> &str {
        self.tokens
            .get(place)
            .map_or("", |token| token.text.as_str())
    }

    pub(crate) fn is_path_separator(&self, place: usize) -> bool {
        self.text(place) == ":" && self.text(place + 1) == ":"
    }

    pub(crate) fn at(&self, place: usize) -> String {
        format!("{}:{}", self.path.display(), self.tokens[place].line)
    }

    /// The place of the bracket that closes the one at `open`.
    pub(crate) fn closing(&self, open: usize) -> usize {
        closing(&self.tokens, open)
    }

    /// First segments of the paths after a `::` that ends before `place`: one name, or those of a
    /// group.
    fn heads(&self, place: usize) -> Vec<usize> {
        if self.text(place) != "{" {
            return vec![place];
        }
        let end = self.closing(place);
        let mut heads = Vec::new();
        let (mut at, mut begins) = (place + 1, true);
        while at < end {
            match self.text(at) {
                "{" => at = self.closing(at),
                "," => begins = true,
                _ if begins => {
                    heads.push(at);
                    begins = false;
                }
                _ => {}
            }
            at += 1;
        }
        heads
    }

    /// Places of names that stand directly below the crate's root.
    pub(crate) fn names_of_the_root(&self) -> Vec<usize> {
        let mut found = Vec::new();
        let mut inline: Vec<usize> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            inline.retain(|end| *end > at);
            if self.text(at) == "mod" && self.text(at + 2) == "{" {
                inline.push(self.closing(at + 2));
            }
            if matches!(self.text(at), "crate" | "keyspool") && self.is_path_separator(at + 1) {
                found.extend(self.heads(at + 3));
            }
            let supers = self.supers(at);
            if supers > 0 {
                if supers >= self.depth + inline.len() {
                    found.extend(self.heads(at + 3 * supers));
                }
                at += 3 * supers - 1;
            }
            at += 1;
        }
        found
    }

    /// How many `super::` stand one after the other here.
    fn supers(&self, place: usize) -> usize {
        (0..)
            .take_while(|n| {
                self.text(place + 3 * n) == "super" && self.is_path_separator(place + 3 * n + 1)
            })
            .count()
    }
}

/// Every `.rs` file beneath a folder of the package: its path below that folder, and its text.
pub(crate) fn texts(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the sources") {
            let path = entry.expect("an entry of the sources").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&root).expect("below the sources");
                let text = fs::read_to_string(&path).expect("a source file");
                found.push((inside.to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn sources() -> Vec<Source> {
    let texts = texts("src");
    let read = texts.iter().map(|(path, text)| Source::new(path, text));
    read.collect()
}

pub(crate) fn each_source(check: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
    sources().iter().flat_map(check).collect()
}

pub(crate) fn assert_no(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}
