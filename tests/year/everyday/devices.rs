//! What a technician and a firmware engineer do with `keyspool-device`.

use super::story::Story;
use std::fs;

const INIT: &str = "init --root ROOT-KEY --organization acme --product desk --name lobby";
const DESCRIBE: &str = "describe --need seat=1 --out request.json";

/// Makes the device, and calls it `ID-OF-LOBBY` from then on; gives what was said.
fn init(story: &mut Story) -> crate::bench::Said {
    let said = story.scribe.device_quietly(INIT);
    name_device(story);
    said
}

/// A device has another Computer ID once it was deactivated.
fn name_device(story: &mut Story) {
    let status = story.scribe.device_quietly("status --json").json();
    let id = status["computer_id"].as_str().expect("a Computer ID");
    story.scribe.mask(id, "ID-OF-LOBBY");
}

/// Carries a file of the device into the inbox.
fn carry(story: &Story, name: &str) {
    let bytes = fs::read(story.scribe.bench.path(name)).expect("a file of the device");
    drop(story.scribe.bench.drop_file(format!("acme/{name}"), &bytes));
}

/// Carries the newest bundle to the device.
fn bring(story: &Story) {
    let bundle = fs::read(story.bundle()).expect("a bundle");
    story.write("bundle.zip", &bundle);
}

/// A device with its activation, all of it beforehand.
fn installed(file: &'static str, title: &str, preface: &str) -> Story {
    let mut story = Story::new(file, title, preface);
    story.store("desk", "seat=1");
    init(&mut story);
    drop(story.scribe.device_quietly(DESCRIBE));
    carry(&story, "request.json");
    drop(story.scribe.quietly("process").exits(0));
    bring(&story);
    drop(story.scribe.device_quietly("install bundle.zip"));
    story
}

pub(super) fn first(file: &'static str) {
    let preface = "A new device, its first request, and the bundle that it is sent.";
    let mut story = Story::new(file, "A device's errand", preface);
    story.store("desk", "seat=1");
    let said = init(&mut story);
    story.scribe.note_device(INIT, &said);
    story.scribe.device(DESCRIBE, 0);
    story.tell("The request is carried to the signer, and the bundle back.");
    carry(&story, "request.json");
    story.run("process", 0);
    bring(&story);
    story.scribe.device("install bundle.zip", 0);
    story.end();
}

pub(super) fn confirmed(file: &'static str) {
    let preface = "A device proves that its activation arrived, and says what it may use.";
    let mut story = installed(file, "A confirmation", preface);
    story.scribe.device("confirm --out confirmation.json", 0);
    carry(&story, "confirmation.json");
    story.run("process", 0);
    story.scribe.device("status", 0);
    story.end();
}

pub(super) fn moved(file: &'static str) {
    let preface =
        "A device gives its licence up; the file of its proof is lost, and written again.";
    let mut story = installed(file, "A device gives itself up", preface);
    let line = "deactivate --reason moved --out deactivation.json";
    story.scribe.device(line, 2);
    let line = format!("{line} --yes");
    let said = story.scribe.device_quietly(&line);
    let again = "deactivate --again --out deactivation.json";
    let code = story.scribe.device_quietly(&format!("{again} --json"));
    let code = code.json()["verification_code"].to_string();
    story.scribe.mask(code.trim_matches('"'), "CODE");
    name_device(&mut story);
    story.scribe.note_device(&line, &said);
    story.scribe.device(again, 0);
    carry(&story, "deactivation.json");
    story.run("process", 0);
    story.end();
}
