//! What the tests of the report share.

use crate::bench::{self, Bench};
use serde_json::{Value, json};

/// A signer with products of every model, and a customer for each language.
pub(crate) fn signer() -> Bench {
    let bench = Bench::new();
    apply(&bench, |_| ());
    bench
}

/// Applies the catalogue of these tests, changed by hand.
pub(crate) fn apply(bench: &Bench, change: impl FnOnce(&mut Value)) {
    let mut catalogue: Value = serde_json::from_str(bench::CATALOGUE).expect("JSON");
    let organizations = catalogue["organizations"]
        .as_array_mut()
        .expect("organizations");
    for (id, language) in [("adler", "de"), ("lian", "zh"), ("sol", "es")] {
        organizations.push(
            json!({"id": id, "name": format!("Customer {id}"), "language": language,
                "contact": "sales@maker.example"}),
        );
    }
    let core = json!([{"id": "core", "name": "Core"}, {"id": "universal", "name": "Universal"}]);
    let channel = json!([{"id": "channel", "name": "Channel"}]);
    let products = catalogue["products"].as_array_mut().expect("products");
    products.push(
        json!({"id": "vms", "name": "Video", "model": "pooled-subscription", "licence_types": core,
        "growth_allowance_percent": 50, "registration": "open"}),
    );
    products.push(
        json!({"id": "short", "name": "Desk kept shortly", "model": "device-subscription",
        "licence_types": [{"id": "seat", "name": "Seat"}], "storage_years": 1,
            "registration": "open"}),
    );
    products.push(json!({"id": "cam", "name": "Camera", "model": "hardware",
        "licence_types": channel, "trial_days": 30, "registration": "open"}));
    change(&mut catalogue);
    std::fs::write(bench.path("report-catalogue.json"), catalogue.to_string()).expect("written");
    bench.json(&["catalogue", "apply", "report-catalogue.json", "--yes"]);
}

/// What the report says of a product of an organization; null where it does not speak of it.
pub(crate) fn holding(bench: &Bench, organization: &str, product: &str) -> Value {
    let report = bench.json(&["report"]);
    found(&report, organization, product)
}

pub(crate) fn found(report: &Value, organization: &str, product: &str) -> Value {
    let organizations = report["organizations"].as_array().expect("organizations");
    let customer = organizations
        .iter()
        .find(|one| one["id"] == organization)
        .expect("the organization");
    let products = customer["products"].as_array().expect("products");
    products
        .iter()
        .find(|one| one["product"] == product)
        .cloned()
        .unwrap_or_default()
}

/// Kinds of action for a product, with their urgency.
pub(crate) fn kinds(bench: &Bench, product: &str) -> Vec<String> {
    let report = bench.json(&["report"]);
    let actions = report["actions"].as_array().expect("actions").iter();
    actions
        .filter(|action| action["product"] == product)
        .map(|action| bench::word(&action["kind"]))
        .collect()
}

/// Changes a setting of a product.
pub(crate) fn change(catalogue: &mut Value, product: &str, setting: &str, value: Value) {
    let products = catalogue["products"].as_array_mut().expect("products");
    let found = products
        .iter_mut()
        .find(|one| one["id"] == product)
        .expect("the product");
    found[setting] = value;
}

/// The action of a kind for a product.
pub(crate) fn action(bench: &Bench, product: &str, kind: &str) -> Value {
    let report = bench.json(&["report"]);
    let actions = report["actions"].as_array().expect("actions");
    let found = actions
        .iter()
        .find(|action| action["product"] == product && action["kind"] == kind);
    found
        .cloned()
        .unwrap_or_else(|| panic!("no {kind} for {product}: {actions:#?}"))
}

/// The text of the letter about something.
pub(crate) fn letter(bench: &Bench, product: &str, about: &str) -> Option<String> {
    let report = bench.json(&["report"]);
    let letters = report["letters"].as_array().expect("letters");
    let found = letters
        .iter()
        .find(|letter| letter["product"] == product && letter["about"] == about);
    found.map(|letter| bench::word(&letter["text"]))
}
