//! The scenarios of `fixtures/scenarios`, played through the rules and, where they say so, through
//! the command line.
//!
//! Each file is one test for each way. What differs from the table is told with its file and line.
#![cfg(feature = "test-build")]

#[path = "../rules/audit.rs"]
mod audit;
mod by_commands;
mod by_rules;
#[allow(dead_code, reason = "the tests of the rules use the rest")]
#[path = "../rules/bench.rs"]
mod desk_bench;
#[allow(dead_code, reason = "the tests of the rules use the rest")]
#[path = "../rules/help.rs"]
mod help;
#[allow(dead_code, reason = "the tests of giving up use the rest")]
#[path = "../rules_giveup/operator.rs"]
mod operator;
mod play;
mod seen;
#[allow(dead_code, reason = "the tests of the signer use the rest")]
#[path = "../signer/bench.rs"]
mod signer;
mod table;
#[allow(dead_code, reason = "the tests of the signer use the rest")]
#[path = "../signer/unit.rs"]
mod unit;
mod words;

/// Both benches under the one name by which their neighbours call them.
mod bench {
    pub(crate) use crate::desk_bench::*;
    pub(crate) use crate::signer::{START, entries_of_zip, moment};
}

use keyspool::policy::record::catalogue::ranges;
use keyspool::policy::record::code::RefusalCode;
use keyspool::wire::computer_key;
use play::{On, play};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use table::{By, Scenario, read, read_file, read_folder};
use words::Outcome;

/// The fewest scenarios that the table has.
const FEWEST: usize = 180;
/// The fewest that are played through the command line, too.
const FEWEST_BY_COMMANDS: usize = 70;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios")
}

fn plays(file: &str, on: On) {
    let scenarios = read_file(&folder(), file).unwrap_or_else(|error| panic!("{error}"));
    match play(&scenarios, on) {
        Ok(count) => println!("{file}: {count} scenarios by {on:?}"),
        Err(differences) => panic!("\n{differences}\n"),
    }
}

/// One test a file and way; every file of the folder must stand here.
macro_rules! families {
    ($($test:ident = $file:literal;)*) => {
        const FAMILIES: &[&str] = &[$($file,)*];

        mod rules {
            $(#[test] fn $test() { super::plays($file, super::On::Rules); })*
        }

        mod commands {
            $(#[test] fn $test() { super::plays($file, super::On::Commands); })*
        }
    };
}

families! {
    pooled_start = "01-pooled-start.md";
    pooled_assign = "02-pooled-assign.md";
    pooled_growth = "03-pooled-growth.md";
    pooled_renewal = "04-pooled-renewal.md";
    pooled_overlap = "05-pooled-overlap.md";
    device_terms = "06-device-terms.md";
    trials_emergencies = "07-trials-emergencies.md";
    hardware = "08-hardware.md";
    keys_wallet = "09-keys-wallet.md";
    who_may_speak = "10-who-may-speak.md";
    giving_up = "11-giving-up.md";
    withdrawn = "12-withdrawn.md";
    files = "13-files.md";
}

fn all() -> Vec<Scenario> {
    let families = read_folder(&folder()).unwrap_or_else(|error| panic!("{error}"));
    let names: Vec<&str> = families.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names, FAMILIES,
        "every file is played, and stands in the list in the order of its name"
    );
    families
        .into_iter()
        .flat_map(|(_, scenarios)| scenarios)
        .collect()
}

#[test]
fn the_table_is_as_large_as_it_says() {
    let scenarios = all();
    let by_commands = scenarios
        .iter()
        .filter(|scenario| scenario.by != By::Rules)
        .count();
    let steps: usize = scenarios.iter().map(|scenario| scenario.steps.len()).sum();
    println!(
        "{} scenarios, {steps} steps; {by_commands} scenarios by commands",
        scenarios.len()
    );
    assert!(
        scenarios.len() >= FEWEST && by_commands >= FEWEST_BY_COMMANDS,
        "{} and {by_commands}",
        scenarios.len()
    );
    let titles: BTreeSet<&str> = scenarios
        .iter()
        .map(|scenario| scenario.title.as_str())
        .collect();
    assert_eq!(
        titles.len(),
        scenarios.len(),
        "two scenarios have one title"
    );
}

/// What no scenario can produce: a catalogue has at most 64 licence types, and a Computer Key has
/// room for 65 counts of up to 4,294,967,295.
const UNREACHABLE: RefusalCode = RefusalCode::TooManyForComputerKey;

#[test]
fn every_refusal_code_is_produced_by_a_scenario() {
    let refused = |outcome: Outcome| {
        if let Outcome::Refused { code, .. } = outcome {
            Some(code)
        } else {
            None
        }
    };
    let steps = all().into_iter().flat_map(|scenario| scenario.steps);
    let produced: BTreeSet<RefusalCode> = steps.filter_map(|step| refused(step.outcome)).collect();
    let missing: Vec<&RefusalCode> = RefusalCode::ALL
        .iter()
        .filter(|code| !produced.contains(*code))
        .collect();
    assert_eq!(missing, [&UNREACHABLE]);
    const { assert!(ranges::MAX_LICENCE_TYPES <= computer_key::MAX_LICENCES) };
}

const HEAD: &str = "- nas: model device-subscription; licence_types seat\n\n## A \
    title\n\nLICENSING 4.\n\n| day | action | outcome | then |\n| --- | --- | --- | --- |\n";

fn fault(rows: &str) -> String {
    read("table.md", format!("{HEAD}{rows}").leak()).expect_err(rows)
}

#[test]
fn unread_scenario_names_its_file_and_line() {
    let good = "| 2026-11-22 | new box asks activate seat=1 | refused: not-enough-licences | \
        wallet is empty |\n";
    assert_eq!(
        read("table.md", format!("{HEAD}{good}").leak())
            .expect("a good table")
            .len(),
        1
    );
    for (rows, named) in [
        (
            "| 2026-11-22 | new box begs activate seat=1 | activated | wallet is empty |",
            "`begs`",
        ),
        (
            "| 2026-11-22 | new box asks activate seat=1 soon | activated | wallet is empty |",
            "`soon`",
        ),
        (
            "| 2026-11-22 | new box asks activate seat | activated | wallet is empty |",
            "`seat`",
        ),
        (
            "| 2026-11-22 | new box asks activate seat=1 | granted | wallet is empty |",
            "`granted`",
        ),
        (
            "| 2026-11-22 | new box asks activate seat=1 | refused: no-seat | wallet is empty |",
            "`no-seat`",
        ),
        (
            "| 2026-11-22 | new box asks activate seat=1 | activated | wallet has plenty |",
            "`plenty`",
        ),
        (
            "| 2026-11-22 | new box asks activate seat=1 | activated | box is happy |",
            "`happy`",
        ),
        (
            "| 2026-11-22 | new box asks activate seat=1 | activated | globex box is active |",
            "`box`",
        ),
        ("| 2026-02-29 | look | | wallet is empty |", "2026-02-29"),
        ("| 2026-11-22 | look | | |", "expects nothing"),
        (
            "| 2026-11-22 | look | done | wallet is empty |",
            "no outcome",
        ),
        (
            "| 2026-11-22 | operator starts the subscription | | wallet is empty |",
            "outcome is missing",
        ),
        ("| 2026-11-22 | look | wallet is empty |", "3 cells"),
        ("| | look | | wallet is empty |", "no day"),
        ("some words", "`some words`"),
    ] {
        let fault = fault(rows);
        assert!(
            fault.starts_with("table.md:9: ") && fault.contains(named),
            "{rows}: {fault}"
        );
    }
    assert!(
        fault("| 2026-11-22 | operator starts the subscription | done | |")
            .contains("expects no state")
    );
    let back = format!("{good}| 2026-11-21 | look | | wallet is empty |");
    assert!(
        fault(&back).starts_with("table.md:10: 2026-11-21 is before"),
        "{}",
        fault(&back)
    );
}

#[test]
fn a_difference_is_told_with_its_file_and_line() {
    let rows = "| 2026-11-22 | new box asks activate seat=1 | activated | wallet is empty |\n";
    let scenarios = read("table.md", format!("{HEAD}{rows}").leak()).expect("a good table");
    for on in [On::Rules, On::Commands] {
        let said = play(&scenarios, on);
        match on {
            On::Rules => assert!(
                said.expect_err("no licence")
                    .starts_with("table.md:9: new box asks"),
                "it names the step"
            ),
            On::Commands => assert_eq!(said, Ok(0), "it is by the rules only"),
        }
    }
}
