//! What the tool explains.

use crate::bench::Bench;
use keyspool::licence::{ComputerId, LicenceKey};

#[test]
fn files_are_explained_and_checked() {
    let bench = Bench::with_device();
    let bundle = bench.bundle(&bench.activation(bench.computer_id(), 1));
    let before = bench.run(&["inspect", &bundle, "--json"]).done().json();
    assert_eq!(
        before["documents"][0]["signature"], "bad",
        "no trust list is installed yet"
    );
    bench.run(&["install", &bundle]).done();
    let after = bench.run(&["inspect", &bundle, "--json"]).done().json();
    for (i, kind) in ["activation", "trust-list", "checkpoint"]
        .into_iter()
        .enumerate()
    {
        assert_eq!(
            (
                &after["documents"][i]["kind"],
                &after["documents"][i]["signature"]
            ),
            (&kind.into(), &"good".into())
        );
    }
    let words = bench.run(&["inspect", &bundle]).done().stdout;
    assert!(words.contains("a document of kind activation") && words.contains("lobby-01 東"));
    let elsewhere = Bench::new();
    assert_eq!(
        elsewhere.run(&["inspect", &bundle, "--json"]).done().json()["documents"][0]["signature"],
        "unchecked"
    );
    assert!(!elsewhere.path("state").exists());
}

#[test]
fn typed_codes_are_not_repeated() {
    let bench = Bench::new();
    let key = LicenceKey::from_bytes([7; 15]).reveal();
    let said = bench.run(&["inspect", &key.to_lowercase()]).done();
    assert!(said.stdout.contains("a licence key") && !said.stdout.contains(&key));
    assert_eq!(
        bench
            .run(&["inspect", "--json", &ComputerId([7; 15]).to_string()])
            .done()
            .json()["code"],
        "Computer ID"
    );
}
