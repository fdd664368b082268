//! The architecture, read from the sources: who may import whom, what the pure tiers do without,
//! how long things are.
//!
//! A module imports lower tiers only, and no sibling of its own tier. Paths are found as tokens, so
//! that comments and strings do not count, and however they are written: `use crate::a`, `use
//! crate::{a, b}`, `crate::a::f()`, `super::super::a`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Tier and name of every module of the crate.
const TIERS: &[(u8, &str)] = &[
    (0, "licence"),
    (1, "wire"),
    (2, "seal"),
    (3, "device"),
    (3, "policy"),
    (4, "vault"),
    (4, "ledger"),
    (4, "spool"),
    (4, "scan"),
    (4, "words"),
    (4, "harden"),
    (5, "render"),
    (6, "ops"),
    (7, "cli"),
    (7, "agent"),
];
/// The device's tool knows none of the signer's other modules.
const AGENT_MAY: &[&str] = &[
    "licence", "wire", "seal", "device", "words", "render", "scan", "harden",
];
/// The highest tier without I/O, clock and randomness.
const LAST_PURE_TIER: u8 = 3;
/// Names that bring a clock or randomness.
const IMPURE: &[&str] = &[
    "SystemTime",
    "Instant",
    "getrandom",
    "rand",
    "OsRng",
    "Utc",
    "Local",
    "thread_rng",
];
/// Names that say nothing about a file's content.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "helpers", "helper", "manager", "common", "misc",
];
/// Longest function, in lines.
const MAX_FUNCTION_LINES: usize = 80;
/// A file has fewer lines than this, its tests not counted.
const FILE_LINES: usize = 400;

#[test]
fn every_module_imports_lower_tiers_only() {
    assert_no(each_source(wrong_imports));
}

#[test]
fn the_pure_tiers_have_no_std_no_clock_and_no_randomness() {
    assert_no(each_source(impurities));
}

#[test]
fn no_function_is_longer_than_80_lines() {
    assert_no(each_source(long_functions));
}

#[test]
fn every_file_is_shorter_than_400_lines_without_its_tests() {
    assert_no(each_source(long_file));
}

#[test]
fn every_file_is_named_after_what_it_holds() {
    assert_no(each_source(|source| {
        let name = source
            .path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        EMPTY_NAMES
            .contains(&name.as_str())
            .then(|| format!("{} says nothing", source.path.display()))
            .into_iter()
            .collect()
    }));
}

#[test]
fn every_folder_of_the_sources_has_a_tier() {
    let modules: BTreeSet<String> = sources()
        .iter()
        .filter_map(|source| source.module.clone())
        .collect();
    let known: BTreeSet<String> = TIERS.iter().map(|(_, name)| (*name).to_owned()).collect();
    assert!(
        modules.len() > 8 && modules.is_subset(&known),
        "{modules:?}"
    );
}

/// One source file, as tokens.
struct Source {
    path: PathBuf,
    /// The module of the crate that it belongs to; none for `lib.rs` and the programs.
    module: Option<String>,
    /// Modules above its own: 1 for `a/mod.rs`, 2 for `a/b.rs`.
    depth: usize,
    tokens: Vec<Token>,
    lines: usize,
}

#[derive(Debug, Clone, PartialEq)]
struct Token {
    /// A word or number, or one character of punctuation.
    text: String,
    line: usize,
    /// Whether it stands in an item for tests only.
    test: bool,
}

impl Source {
    /// `inside` is the path below `src`.
    fn new(inside: &str, text: &str) -> Self {
        let path = Path::new(inside);
        let parts: Vec<String> = path
            .with_extension("")
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        let module = (parts.len() > 1 && parts[0] != "bin").then(|| parts[0].clone());
        let own_folder = usize::from(parts.last().is_some_and(|last| last == "mod"));
        let mut tokens = Lexer::new(text).tokens();
        mark_tests(&mut tokens);
        Self {
            path: path.to_owned(),
            module,
            depth: parts.len() - own_folder,
            tokens,
            lines: text.lines().count(),
        }
    }

    fn tier(&self) -> Option<u8> {
        self.module.as_deref().and_then(tier)
    }

    fn text(&self, place: usize) -> &str {
        self.tokens
            .get(place)
            .map_or("", |token| token.text.as_str())
    }

    fn is_path_separator(&self, place: usize) -> bool {
        self.text(place) == ":" && self.text(place + 1) == ":"
    }

    fn at(&self, place: usize) -> String {
        format!("{}:{}", self.path.display(), self.tokens[place].line)
    }

    /// The place of the bracket that closes the one at `open`.
    fn closing(&self, open: usize) -> usize {
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
    fn names_of_the_root(&self) -> Vec<usize> {
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

fn tier(module: &str) -> Option<u8> {
    TIERS
        .iter()
        .find(|(_, name)| *name == module)
        .map(|(tier, _)| *tier)
}

fn may_import(from: &str, to: &str) -> bool {
    match (tier(from), tier(to)) {
        _ if from == to => true,
        (Some(_), Some(_)) if from == "agent" => AGENT_MAY.contains(&to),
        (Some(from), Some(to)) => to < from,
        // A macro or a re-export of the root: what it names is found where it is defined.
        _ => true,
    }
}

fn wrong_imports(source: &Source) -> Vec<String> {
    let Some(from) = source.module.as_deref() else {
        return Vec::new();
    };
    let names = source.names_of_the_root().into_iter();
    let wrong = names.filter(|place| !may_import(from, source.text(*place)));
    wrong
        .map(|place| {
            format!(
                "{}: {from} imports {}",
                source.at(place),
                source.text(place)
            )
        })
        .collect()
}

fn impurities(source: &Source) -> Vec<String> {
    if source.tier().is_none_or(|tier| tier > LAST_PURE_TIER) {
        return Vec::new();
    }
    let impure = |place: &usize| {
        let text = source.text(*place);
        !source.tokens[*place].test
            && (text == "std" && source.is_path_separator(place + 1) || IMPURE.contains(&text))
    };
    (0..source.tokens.len())
        .filter(impure)
        .map(|place| format!("{}: {}", source.at(place), source.text(place)))
        .collect()
}

fn long_functions(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for place in (0..source.tokens.len()).filter(|place| source.text(*place) == "fn") {
        let Some(body) = body(source, place) else {
            continue;
        };
        let lines = source.tokens[source.closing(body)].line - source.tokens[place].line + 1;
        if lines > MAX_FUNCTION_LINES {
            found.push(format!(
                "{}: {} has {lines} lines",
                source.at(place),
                source.text(place + 1)
            ));
        }
    }
    found
}

/// Where a function's body opens; a declaration and the type of a function have none.
fn body(source: &Source, function: usize) -> Option<usize> {
    let mut at = function + 1;
    if source.text(at) == "(" {
        return None;
    }
    loop {
        match source.text(at) {
            "{" => return Some(at),
            "(" | "[" => at = source.closing(at),
            ";" | "" => return None,
            _ => {}
        }
        at += 1;
    }
}

fn long_file(source: &Source) -> Vec<String> {
    let items = source
        .tokens
        .chunk_by(|one, next| one.test == next.test)
        .filter(|tokens| tokens[0].test);
    let test_lines: usize = items
        .map(|tokens| tokens[tokens.len() - 1].line - tokens[0].line + 1)
        .sum();
    let lines = source.lines.saturating_sub(test_lines);
    let message = format!(
        "{} has {lines} lines without its tests",
        source.path.display()
    );
    (lines >= FILE_LINES)
        .then_some(message)
        .into_iter()
        .collect()
}

fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place;
        }
    }
    tokens.len().saturating_sub(1)
}

/// Marks each item under `#[cfg(test)]` or `#[cfg(all(test, …))]`, its attributes included.
fn mark_tests(tokens: &mut [Token]) {
    let text = |tokens: &[Token], place: usize| {
        tokens
            .get(place)
            .map_or(String::new(), |token| token.text.clone())
    };
    let mut at = 0;
    while at < tokens.len() {
        let is_cfg = ["#", "[", "cfg", "("]
            .iter()
            .enumerate()
            .all(|(n, wanted)| text(tokens, at + n) == *wanted);
        let close = if is_cfg { closing(tokens, at + 1) } else { at };
        let inside = &tokens[at..close];
        let for_tests = inside.iter().any(|t| t.text == "test")
            && !inside.iter().any(|t| t.text == "not" || t.text == "any");
        if for_tests {
            let mut end = close + 1;
            while end < tokens.len() && !matches!(tokens[end].text.as_str(), "{" | ";") {
                end = if matches!(tokens[end].text.as_str(), "(" | "[") {
                    closing(tokens, end) + 1
                } else {
                    end + 1
                };
            }
            end = if text(tokens, end) == "{" {
                closing(tokens, end)
            } else {
                end.min(tokens.len() - 1)
            };
            tokens[at..=end]
                .iter_mut()
                .for_each(|token| token.test = true);
            at = end;
        }
        at += 1;
    }
}

/// Splits Rust into words and punctuation; comments, strings and characters vanish.
struct Lexer {
    characters: Vec<char>,
    at: usize,
    line: usize,
    found: Vec<Token>,
}

impl Lexer {
    fn new(text: &str) -> Self {
        Self {
            characters: text.chars().collect(),
            at: 0,
            line: 1,
            found: Vec::new(),
        }
    }

    fn tokens(mut self) -> Vec<Token> {
        while let Some(c) = self.peek(0) {
            match c {
                '/' if self.peek(1) == Some('/') => self.skip_while(|c| c != '\n'),
                '/' if self.peek(1) == Some('*') => self.skip_block_comment(),
                '"' => self.skip_quoted('"'),
                '\'' => self.skip_character_or_lifetime(),
                c if c.is_alphanumeric() || c == '_' => self.word(),
                c => {
                    if !c.is_whitespace() {
                        self.push(c.to_string());
                    }
                    self.step();
                }
            }
        }
        self.found
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn step(&mut self) {
        self.line += usize::from(self.peek(0) == Some('\n'));
        self.at += 1;
    }

    fn push(&mut self, text: String) {
        self.found.push(Token {
            text,
            line: self.line,
            test: false,
        });
    }

    fn skip_while(&mut self, keep: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&keep) {
            self.step();
        }
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.step();
                    continue;
                }
            }
            self.step();
            self.step();
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_quoted(&mut self, quote: char) {
        self.step();
        while let Some(c) = self.peek(0) {
            self.step();
            match c {
                '\\' => self.step(),
                c if c == quote => return,
                _ => {}
            }
        }
    }

    fn skip_character_or_lifetime(&mut self) {
        let is_character = self.peek(1) == Some('\\') || self.peek(2) == Some('\'');
        if is_character {
            self.skip_quoted('\'')
        } else {
            self.step()
        }
    }

    /// A word; the prefix of a raw string takes the string with it.
    fn word(&mut self) {
        let begin = self.at;
        self.skip_while(|c| c.is_alphanumeric() || c == '_');
        let text: String = self.characters[begin..self.at].iter().collect();
        let hashes = (0..).take_while(|n| self.peek(*n) == Some('#')).count();
        match text.as_str() {
            "r" | "br" | "cr" if self.peek(hashes) == Some('"') => self.skip_raw_string(hashes),
            "b" | "c" if self.peek(0) == Some('"') => self.skip_quoted('"'),
            "b" if self.peek(0) == Some('\'') => self.skip_quoted('\''),
            _ => self.push(text),
        }
    }

    fn skip_raw_string(&mut self, hashes: usize) {
        (0..=hashes).for_each(|_| self.step());
        while self.peek(0).is_some() {
            let ends = self.peek(0) == Some('"') && (1..=hashes).all(|n| self.peek(n) == Some('#'));
            self.step();
            if ends {
                (0..hashes).for_each(|_| self.step());
                return;
            }
        }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the sources") {
            let path = entry.expect("an entry of the sources").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path
                    .strip_prefix(&root)
                    .expect("below the sources")
                    .to_string_lossy()
                    .into_owned();
                found.push(Source::new(
                    &inside,
                    &fs::read_to_string(&path).expect("a source file"),
                ));
            }
        }
    }
    found
}

fn each_source(check: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
    let mut found: Vec<String> = sources().iter().flat_map(check).collect();
    found.sort();
    found
}

fn assert_no(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The reading itself: what must be caught is caught, and nothing else.
mod reading {
    use super::*;

    fn imports(inside: &str, text: &str) -> Vec<String> {
        wrong_imports(&Source::new(inside, text))
    }

    #[test]
    fn a_wrong_import_is_caught_however_it_is_written() {
        for text in [
            "use crate::vault::Vault;",
            "use crate::{licence::Day, vault::Vault};",
            "use crate::{licence::{Day, Moment}, vault};",
            "fn f() { crate::vault::open() }",
            "fn f() -> crate :: vault :: Vault { loop {} }",
            "use super::super::vault;",
            "mod tests { use super::super::super::vault; }",
            "#[cfg(test)] mod tests { use crate::vault::Vault; }",
            "pub(in crate::vault) struct S;",
            "macro_rules! m { () => { $crate::vault::f() } }",
            "use keyspool::vault;",
        ] {
            assert_eq!(
                imports("ledger/table.rs", text),
                ["ledger/table.rs:1: ledger imports vault"],
                "{text}"
            );
        }
        assert_eq!(
            imports("ledger/mod.rs", "\nuse super::vault;"),
            ["ledger/mod.rs:2: ledger imports vault"]
        );
    }

    #[test]
    fn higher_tiers_and_siblings_are_wrong_and_lower_tiers_right() {
        assert_eq!(imports("wire/a.rs", "use crate::seal::x;").len(), 1);
        assert_eq!(imports("device/a.rs", "use crate::policy::x;").len(), 1);
        assert_eq!(imports("spool/a.rs", "use crate::ops::x;").len(), 1);
        assert_eq!(
            imports(
                "agent/a.rs",
                "use crate::vault::x; use crate::policy::x; use crate::cli::x;"
            )
            .len(),
            3
        );
        assert_eq!(
            imports(
                "agent/a.rs",
                "use crate::{device, render, scan, licence, wire, seal, harden};"
            )
            .len(),
            0
        );
        assert_eq!(
            imports(
                "ops/a.rs",
                "use crate::{vault, ledger, spool, policy::decide};"
            )
            .len(),
            0
        );
        assert_eq!(
            imports("bin/keyspool.rs", "use keyspool::{cli, harden};").len(),
            0
        );
    }

    #[test]
    fn comments_strings_and_own_paths_are_no_imports() {
        for text in [
            "// use crate::vault;",
            "/* /* */ use crate::vault; */",
            "const A: &str = \"use crate::vault;\";",
            "const A: &str = r#\"\" crate::vault \"#;",
            "const A: (char, char) = ('\"', '\\''); // crate::vault",
            "fn f<'a>(x: &'a str) {} // crate::vault",
            "use super::vault;",
            "use crate::ledger::vault;",
            "mod tests { use super::super::vault; }",
        ] {
            assert_eq!(imports("ledger/table.rs", text), [""; 0], "{text}");
        }
    }

    #[test]
    fn std_clocks_and_randomness_are_caught_in_pure_tiers_outside_tests() {
        let found = |inside: &str, text: &str| impurities(&Source::new(inside, text)).len();
        assert_eq!(
            found(
                "wire/a.rs",
                "use std::fs; fn f() { let _ = Instant::now(); getrandom::fill(&mut [0]); }"
            ),
            3
        );
        assert_eq!(
            found(
                "wire/a.rs",
                "use core::fmt; #[cfg(test)] mod tests { use std::fs; }"
            ),
            0
        );
        assert_eq!(
            found("wire/a.rs", "#[cfg(not(test))] mod x { use std::fs; }"),
            1
        );
        assert_eq!(
            found("wire/a.rs", "#[cfg(test)] use std::fs; use std::io;"),
            1
        );
        assert_eq!(found("vault/a.rs", "use std::fs;"), 0);
    }

    #[test]
    fn lengths_are_counted() {
        let function = |lines: usize| {
            format!(
                "fn f(x: [u8; 2], y: fn(u8) -> u8) -> impl Iterator<Item = u8> {{\n{}}}\n",
                "x;\n".repeat(lines - 2)
            )
        };
        assert_eq!(
            long_functions(&Source::new("wire/a.rs", &function(80))),
            [""; 0]
        );
        assert_eq!(
            long_functions(&Source::new("wire/a.rs", &function(81))),
            ["wire/a.rs:1: f has 81 lines"]
        );
        let long = |lines: usize| long_file(&Source::new("wire/a.rs", &"x;\n".repeat(lines))).len();
        assert_eq!((long(399), long(400)), (0, 1));
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "x;\n".repeat(100));
        let tested = |lines: usize| {
            long_file(&Source::new(
                "wire/a.rs",
                &format!("{tests}{}{tests}", "x;\n".repeat(lines)),
            ))
            .len()
        };
        assert_eq!((tested(399), tested(400)), (0, 1));
    }
}
