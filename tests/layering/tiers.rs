//! Who may import whom, and what the pure tiers do without.

use crate::source::{Source, assert_no, each_source, sources};
use std::collections::BTreeSet;

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

#[test]
fn every_module_imports_lower_tiers_only() {
    assert_no(each_source(wrong_imports));
}

#[test]
fn the_pure_tiers_have_no_std_no_clock_and_no_randomness() {
    assert_no(each_source(impurities));
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
    if source
        .module
        .as_deref()
        .and_then(tier)
        .is_none_or(|tier| tier > LAST_PURE_TIER)
    {
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

/// What must be caught is caught, and nothing else.
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
                "use crate::{device, words, render, scan, licence, wire, seal, harden};"
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
    fn impure_names_are_caught_outside_tests() {
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
}
