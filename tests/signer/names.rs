//! Names on disk: whatever devices and files are called, every name that the signer makes fits on a
//! stick.

use crate::bench::{Bench, os, word};
use crate::unit::one_seat;
use keyspool::spool::names::is_safe;
use keyspool::wire::request::Wanted;
use std::collections::BTreeSet;

/// Every name beneath the signer's folders is one that FAT can hold, and differs from its
/// neighbours without regard to case.
fn assert_fat(bench: &Bench) {
    for folder in ["spool/outbox", "spool/rejected", "spool/archive"] {
        let mut seen = BTreeSet::new();
        for entry in walkdir::WalkDir::new(bench.path(folder))
            .min_depth(1)
            .into_iter()
            .flatten()
        {
            let name = entry.file_name().to_str().expect("UTF-8");
            assert!(is_safe(name), "{name:?}");
            assert!(name.len() <= 120 && !name.ends_with(['.', ' ']), "{name:?}");
            assert!(
                seen.insert(entry.path().to_string_lossy().to_lowercase()),
                "{name:?} stands there twice"
            );
        }
    }
}

#[test]
fn a_computer_name_never_becomes_a_path() {
    let bench = Bench::new();
    let long = "長".repeat(128);
    for (number, name) in [
        "CON",
        "NUL.txt",
        "trailing...",
        "東京",
        "../../etc/passwd",
        "a/b\\c:d*e?f\"g<h>i|j",
        " ",
        "-",
        &"x".repeat(128),
        &long,
    ]
    .iter()
    .enumerate()
    {
        let mut unit = bench.unit(name, "desk");
        let key = bench.key("desk", "seat=1");
        let request = unit.ask(Wanted::Activate, one_seat(), &[&key]);
        let batch = bench.answer(&format!("{number}.json"), &request.to_json());
        assert_eq!(batch.outcome(&request), "activated", "{name}");
        let outputs = batch.entries_of(&request)[0]["outputs"]
            .as_array()
            .expect("outputs")
            .clone();
        for output in outputs {
            let path = word(&output["path"]);
            let (folder, file) = path.split_once('/').expect("a folder");
            assert!(
                folder == "acme" && !file.contains('/') && file.is_ascii(),
                "{path}"
            );
        }
        unit.install(&batch.bundle(&request));
        assert_eq!(bench.system(&unit)["computer_name"], *name);
    }
    assert_fat(&bench);
}

#[test]
fn a_steering_computer_name_is_refused() {
    let bench = Bench::new();
    for name in [
        "new\nline",
        "\u{1b}[2J",
        "nul\0",
        "turned \u{202e}round",
        "",
    ] {
        let unit = bench.unit("plain", "desk");
        let request = unit.twin().activate();
        let forged = unit.forge(&request, |payload| payload["computer_name"] = name.into());
        let batch = bench.answer("forged.json", &forged.to_json());
        assert_eq!(batch.outcome(&forged), "malformed", "{name:?}");
    }
}

/// Names of files, and how documents state them.
fn names() -> Vec<(Vec<u8>, String)> {
    let long = "x".repeat(250);
    vec![
        (b"CON".to_vec(), "CON".into()),
        (b"aux.json".to_vec(), "aux.json".into()),
        (b"trailing...".to_vec(), "trailing...".into()),
        (b"space ".to_vec(), "space ".into()),
        ("東京.json".as_bytes().to_vec(), "東京.json".into()),
        (b"new\nline.json".to_vec(), "new\\x0aline.json".into()),
        (b"\x1b[31mred.json".to_vec(), "\\x1b[31mred.json".into()),
        (b"caf\xe9.json".to_vec(), "caf\\xe9.json".into()),
        (
            "turned\u{202e}nosj.exe".as_bytes().to_vec(),
            "turned\\xe2\\x80\\xaenosj.exe".into(),
        ),
        (format!("{long}.json").into_bytes(), format!("{long}.json")),
        ("東".repeat(85).into_bytes(), "東".repeat(85)),
        (b"a:b*c?.json".to_vec(), "a:b*c?.json".into()),
        (b"a_b_c_.json".to_vec(), "a_b_c_.json".into()),
        (b"Case.json".to_vec(), "Case.json".into()),
        (b"case.json".to_vec(), "case.json".into()),
        (
            b"case.json.refusal.json".to_vec(),
            "case.json.refusal.json".into(),
        ),
        (b"back\\slash.json".to_vec(), "back\\slash.json".into()),
        (b"NUL/PRN/a.json".to_vec(), "NUL/PRN/a.json".into()),
        (b"con/b.json".to_vec(), "con/b.json".into()),
        (b"nul/c.json".to_vec(), "nul/c.json".into()),
        (b"dots. /c.json".to_vec(), "dots. /c.json".into()),
    ]
}

#[test]
fn a_refused_file_keeps_a_portable_name() {
    let bench = Bench::new();
    for (name, _) in names() {
        bench.drop_file(os(&name), &name);
    }
    let said = bench.run(&["process", "--settle", "0"]).exits(3);
    let steers = |c: char| c.is_control() && c != '\n';
    assert!(
        !said.stdout.contains(steers)
            && !said.stderr.contains(steers)
            && !said.stderr.contains('\u{202e}'),
        "{said}"
    );
    for (_, shown) in names() {
        assert!(
            said.stderr
                .contains(&format!("refused: {shown}: malformed: ")),
            "{shown}: {said}"
        );
    }
    assert_eq!(bench.names("spool/inbox").len(), 0);
    assert_fat(&bench);

    let again = Bench::new();
    for (name, _) in names() {
        again.drop_file(os(&name), &name);
    }
    let batch = again.process();
    // Each refusal names the file as it came, and stands beside its bytes.
    let mut told: Vec<(String, Vec<u8>)> = Vec::new();
    for (notice, file) in batch.refusals(crate::bench::trust()) {
        told.push((notice.file, std::fs::read(file).expect("the file")));
    }
    let mut expected: Vec<(String, Vec<u8>)> = names()
        .into_iter()
        .map(|(name, shown)| (shown, name))
        .collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    assert_fat(&again);
}

#[test]
fn an_answered_file_keeps_a_portable_name() {
    let bench = Bench::new();
    let request = bench.first_request();
    let object: serde_json::Value = serde_json::from_slice(&request.to_json()).expect("JSON");
    for (number, (name, _)) in names().into_iter().enumerate() {
        let mut bytes = object.to_string().into_bytes();
        bytes.extend(vec![b' '; number]);
        bench.drop_file(os(&name), &bytes);
    }
    let batch = bench.process();
    batch.said.clone().exits(0);
    let mut told: Vec<String> = batch
        .entries
        .iter()
        .map(|entry| word(&entry["file"]))
        .collect();
    let mut expected: Vec<String> = names().into_iter().map(|(_, shown)| shown).collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    assert_fat(&bench);
    // The first device's own file, and these.
    assert_eq!(bench.names("spool/archive").len(), 1 + names().len());
}
