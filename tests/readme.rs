//! The README's claims name tests that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Fewest tests that the claims name: a table that is read wrongly would pass for ever.
const FEWEST: usize = 30;

#[test]
fn every_test_that_the_readme_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = named_tests(&fs::read_to_string(root.join("README.md")).expect("the README"));
    let mut known = BTreeSet::new();
    collect(&root.join("src"), &mut known);
    collect(&root.join("tests"), &mut known);
    let missing: Vec<_> = named.iter().filter(|name| !known.contains(*name)).collect();
    assert!(
        named.len() >= FEWEST && missing.is_empty(),
        "{} named, missing: {missing:?}",
        named.len()
    );
}

/// What stands in backticks in the last column of the security section's table.
fn named_tests(readme: &str) -> BTreeSet<String> {
    let section = readme
        .split("\n## ")
        .find(|section| section.starts_with("Security"))
        .expect("a security section");
    let evidence = section
        .lines()
        .filter(|line| line.starts_with('|'))
        .filter_map(|line| line.rsplit('|').nth(1));
    evidence
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

/// The names of all functions in the Rust and Python sources beneath a folder.
fn collect(folder: &Path, known: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, known);
        } else if let Ok(text) = fs::read_to_string(&path) {
            known.extend(text.lines().filter_map(function_name));
        }
    }
}

fn function_name(line: &str) -> Option<String> {
    let rest = line
        .trim_start()
        .strip_prefix("fn ")
        .or_else(|| line.trim_start().strip_prefix("def "))?;
    rest.split('(').next().map(str::to_owned)
}
