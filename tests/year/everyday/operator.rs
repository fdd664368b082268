//! What an operator does at the signer.

use super::shop::CATALOGUE;
use super::story::Story;

pub(super) fn catalogue(file: &'static str) {
    let preface = "A new customer is written into the catalogue.";
    let mut story = Story::new(file, "A catalogue", preface);
    let more = r#"{"id": "initech", "name": "Initech"},
    {"id": "globex""#;
    let changed = CATALOGUE.replace(r#"{"id": "globex""#, more);
    let changed = changed.replace("licences@acme.example", "it@acme.example");
    story.write("catalogue.json", changed.as_bytes());
    story.run("catalogue apply catalogue.json", 1);
    story.run("catalogue apply catalogue.json --yes", 0);
    story.run("catalogue apply catalogue.json --yes", 0);
    story.end();
}

pub(super) fn withdraw(file: &'static str) {
    let preface = "A customer has left. The file of the catalogue does not name it any more.";
    let mut story = Story::new(file, "A customer who left", preface);
    let globex = r#",
    {"id": "globex", "name": "Globex"}"#;
    story.write("catalogue.json", CATALOGUE.replace(globex, "").as_bytes());
    story.run("catalogue apply catalogue.json --yes", 1);
    story.run("catalogue apply catalogue.json --withdraw --yes", 0);
    story.run("key mint desk --licences seat=1 --organization globex", 1);
    story.end();
}

pub(super) fn clock(file: &'static str) {
    let preface = "After a repair the clock of the signer ran two years ahead.";
    let mut story = Story::new(file, "A clock to accept", preface);
    story
        .scribe
        .day("2026-03-01", "two years later, says the clock");
    story.run("process", 5);
    story.run(r#"clock accept --reason "compared with a radio clock""#, 0);
    story.run("process", 0);
    story.end();
}

pub(super) fn history(file: &'static str) {
    let preface = "An auditor asks what became of one system, and whether the history is whole.";
    let mut story = Story::new(file, "The history of a system", preface);
    story.active("lobby", "desk", ("seat", 1));
    let confirmation = story.unit("lobby").confirm();
    story.carry("lobby-confirms", &confirmation);
    drop(story.scribe.quietly("process").exits(0));
    story.run("history list --system ID-OF-LOBBY", 0);
    story.run("history list --event key_redeemed", 0);
    story.run("history list --operator nobody", 0);
    story.run("history verify", 0);
    story.end();
}

pub(super) fn bundle(file: &'static str) {
    let preface = "Somebody asks what a bundle holds, and whether this signer made it.";
    let mut story = Story::new(file, "A bundle", preface);
    story.active("lobby", "desk", ("seat", 1));
    let bundle = std::fs::read(story.bundle()).expect("a bundle");
    story.write("bundle.zip", &bundle);
    story.run("inspect bundle.zip", 0);
    story.end();
}

pub(super) fn codes(file: &'static str) {
    let preface = "Three codes stand on a slip of paper; the last one has a letter wrong.";
    let mut story = Story::new(file, "Codes", preface);
    story.scribe.mint("K1", "desk", "seat=1");
    story.active("lobby", "desk", ("seat", 1));
    story.run("inspect ID-OF-LOBBY", 0);
    story.run("inspect K1", 0);
    story.run("inspect 00000-00000-00000-00000-00001", 1);
    story.end();
}

pub(super) fn report(file: &'static str) {
    let preface = "What there is to do for a customer.";
    let mut story = Story::new(file, "The report", preface);
    story.active("lobby", "desk", ("seat", 1));
    story.run("report --organization globex", 0);
    story.run(
        "report --organization acme --out acme.html --format html",
        0,
    );
    story.end();
}
