//! Catalogues that are wrong, drop something, or say nothing new.

use crate::bench::{Bench, CATALOGUE};
use crate::faults::assert_fails;
use std::fs;

pub(crate) fn catalogue(bench: &Bench, text: &str) -> String {
    fs::write(bench.path("catalogue.json"), text).expect("written");
    bench
        .path("catalogue.json")
        .to_str()
        .expect("UTF-8")
        .to_owned()
}

#[test]
fn a_wrong_catalogue_names_the_place() {
    let bench = Bench::new();
    for (from, to, place) in [
        (
            "\"early_renewal_years\": 0",
            "\"early_renewal\": 0",
            "early_renewal",
        ),
        (
            "\"early_renewal_years\": 0",
            "\"early_renewal_years\": 21",
            "early_renewal_years",
        ),
        (
            "\"count\": 0, \"days\": 365",
            "\"count\": 65, \"days\": 365",
            "recovery_limit",
        ),
        ("\"id\": \"globex\"", "\"id\": \"Globex\"", "line 4 column"),
        ("\"id\": \"globex\"", "\"id\": \"acme\"", "acme"),
        (
            "{\"id\": \"seat\", \"name\": \"Seat\"}, {\"id\": \"module\", \"name\": \"Module\"}",
            "{\"id\": \"module\", \"name\": \"Module\"}",
            "seat",
        ),
        (
            "\"Desk\", \"model\": \"device-subscription\"",
            "\"Desk\", \"model\": \"hardware\"",
            "model",
        ),
        ("\n  ]\n}", "\n  ]\n", "catalogue"),
    ] {
        let changed = CATALOGUE.replacen(from, to, 1);
        assert_ne!(changed, CATALOGUE, "{from}");
        let file = catalogue(&bench, &changed);
        let line = assert_fails(
            &bench,
            &["catalogue", "apply", &file, "--yes", "--withdraw"],
            1,
            "catalogue",
        );
        assert!(line.contains(place), "{line}");
    }
}

#[test]
fn dropping_an_organization_must_be_said() {
    let bench = Bench::new();
    let mut dropping: serde_json::Value = serde_json::from_str(CATALOGUE).expect("JSON");
    dropping["organizations"]
        .as_array_mut()
        .expect("organizations")
        .pop();
    let file = catalogue(&bench, &dropping.to_string());
    let line = assert_fails(
        &bench,
        &["catalogue", "apply", &file, "--yes"],
        1,
        "catalogue",
    );
    assert!(line.contains("globex"), "{line}");
    bench.json(&["catalogue", "apply", &file, "--yes", "--withdraw"]);
}

#[test]
fn a_catalogue_applied_twice_changes_nothing() {
    let bench = Bench::new();
    let file = catalogue(&bench, CATALOGUE);
    let size = bench.events().len();
    for arguments in [
        &["catalogue", "apply", file.as_str()][..],
        &["catalogue", "apply", &file, "--yes"],
    ] {
        assert_eq!(bench.json(arguments)["changes"], serde_json::json!([]));
    }
    assert_eq!(bench.events().len(), size);
    // The same with its members in another order.
    let value: serde_json::Value = serde_json::from_str(CATALOGUE).expect("JSON");
    let file = catalogue(&bench, &value.to_string());
    assert_eq!(
        bench.json(&["catalogue", "apply", &file])["changes"],
        serde_json::json!([])
    );
}
