//! How long functions, files and lines are, and what files are called.

use crate::lexer;
use crate::source::{Source, assert_no, each_source, texts};

/// Names that say nothing about a file's content.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "helpers", "helper", "manager", "common", "misc",
];
/// Longest function, in lines.
const MAX_FUNCTION_LINES: usize = 80;
/// A file has fewer lines than this, its tests not counted.
const FILE_LINES: usize = 400;

/// Longest line, in characters.
const LINE_CHARACTERS: usize = 100;

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
fn no_line_is_longer_than_100_characters() {
    let folders = ["src", "tests", "scripts"].iter();
    let texts = folders.flat_map(|folder| {
        let texts = texts(folder).into_iter();
        texts.map(move |(path, text)| (format!("{folder}/{}", path.display()), text))
    });
    assert_no(
        texts
            .flat_map(|(path, text)| long_lines(&path, &text))
            .collect(),
    );
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

/// Rows of tables in a file's documentation may be longer, and what stands in a raw string.
fn long_lines(path: &str, text: &str) -> Vec<String> {
    let raw_strings = lexer::read(text).raw_strings;
    let mut found = Vec::new();
    let mut begin = 0;
    for (index, line) in text.split('\n').enumerate() {
        let characters = line.chars().count();
        let beyond = begin + LINE_CHARACTERS;
        let exempt = line.trim_start().starts_with("//! |")
            || raw_strings.iter().any(|raw| raw.contains(&beyond));
        if characters > LINE_CHARACTERS && !exempt {
            found.push(format!("{path}:{}: {characters} characters", index + 1));
        }
        begin += characters + 1;
    }
    found
}

mod reading {
    use super::*;

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

    #[test]
    fn long_lines_are_caught() {
        let found = |text: &str| long_lines("a.rs", text).len();
        let (fits, long) = ("ä".repeat(100), "ä".repeat(101));
        assert_eq!((found(&fits), found(&long)), (0, 1));
        assert_eq!(
            long_lines("a.rs", &format!("x\n{long}\n")),
            ["a.rs:2: 101 characters"]
        );
        for caught in [
            format!("// {long}"),
            format!("/// | {long} |"),
            format!("const A: &str = \"{long}\";"),
            format!("const A: &str = r\"{fits}\";\nfn f() {{}} // {long}"),
            format!("const A: &str = r\"a\"; // {long}"),
        ] {
            assert_eq!(found(&caught), 1, "{caught}");
        }
        for exempt in [
            format!("//! | {long} |"),
            format!("const A: &str = r#\"{long}\"#;"),
            format!("const A: &str = r\"\n{long}\n\";"),
        ] {
            assert_eq!(found(&exempt), 0, "{exempt}");
        }
    }
}
