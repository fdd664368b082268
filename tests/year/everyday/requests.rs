//! What comes from devices, and what is done about one device.

use super::story::Story;

pub(super) fn refused(file: &'static str) {
    let preface = "One of two files is no request.";
    let mut story = Story::new(file, "One refused file", preface);
    story.store("desk", "seat=1");
    story.device("lobby", "desk");
    let request = story.ask("lobby", ("seat", 1));
    story.carry("lobby", &request);
    let bench = &story.scribe.bench;
    drop(bench.drop_file("acme/notes.json", b"{\"remember\": \"the milk\"}"));
    story.run("process --settle 0", 3);
    story.end();
}

pub(super) fn twice(file: &'static str) {
    let preface = "A stick is copied into the inbox a second time.";
    let mut story = Story::new(file, "The same file twice", preface);
    story.store("desk", "seat=1");
    story.device("lobby", "desk");
    let request = story.ask("lobby", ("seat", 1));
    story.carry("lobby", &request);
    story.run("process", 0);
    story.carry("lobby", &request);
    story.run("process", 0);
    story.tell("No second licence is taken.");
    story.run("wallet show acme", 0);
    story.run("process", 0);
    story.end();
}

pub(super) fn approval(file: &'static str) {
    let preface = "Safe runs on approved devices only.";
    let mut story = Story::new(file, "A device that waits", preface);
    story.store("safe", "seat=1");
    story.device("lobby", "safe");
    let request = story.ask("lobby", ("seat", 1));
    story.carry("lobby", &request);
    story.run("process", 3);
    story.run("system list --waiting", 0);
    story.run("activation approve ID-OF-LOBBY --yes", 0);
    story.end();
}

pub(super) fn stick(file: &'static str) {
    let preface = "A technician brings a stick with one request, and takes the answer along.";
    let mut story = Story::new(file, "A stick", preface);
    story.store("desk", "seat=1");
    story.device("lobby", "desk");
    let request = story.ask("lobby", ("seat", 1));
    story.write("stick/requests/lobby.json", &request.to_json());
    story.run("exchange stick --organization acme --settle 0", 0);
    story.tell("Put in again, the stick has its answers already.");
    story.run("exchange stick --organization acme --settle 0", 0);
    story.end();
}

pub(super) fn by_file(file: &'static str) {
    let preface = "A device is taken out of service, and its proof comes as a file.";
    let mut story = Story::new(file, "A deactivation by file", preface);
    story.active("lobby", "desk", ("seat", 1));
    let proof = story.unit("lobby").deactivate();
    story.carry("lobby-gives-itself-up", &proof);
    story.run("process", 0);
    story.run("wallet show acme", 0);
    story.run("system list --state deactivated", 0);
    story.end();
}

pub(super) fn by_code(file: &'static str) {
    let preface = "A technician reads the code of a deactivated device over the telephone. The \
        first one is that of another device.";
    let mut story = Story::new(file, "A deactivation by code", preface);
    story.active("lobby", "desk", ("seat", 1));
    story.active("cellar", "desk", ("seat", 1));
    for (name, shown) in [("lobby", "CODE"), ("cellar", "WRONG")] {
        drop(story.unit(name).deactivate());
        let code = story.unit(name).verification_code();
        story.scribe.mask(&code, shown);
    }
    let rest = r#"--reason "moved to the attic" --yes"#;
    let line = |code: &str| format!("activation release ID-OF-LOBBY --code {code} {rest}");
    story.run(&line("WRONG"), 1);
    story.run(&line("CODE"), 0);
    story.run("wallet show acme", 0);
    story.end();
}

pub(super) fn denied(file: &'static str) {
    let preface = "A notebook is missing, and turns up again.";
    let mut story = Story::new(file, "A lost device", preface);
    story.active("notebook", "desk", ("seat", 1));
    let line = r#"activation deny ID-OF-NOTEBOOK --reason "left in a train" --yes"#;
    story.run(line, 0);
    let request = story.ask("notebook", ("seat", 1));
    story.carry("notebook", &request);
    story.run("process", 3);
    let line = r#"activation undeny ID-OF-NOTEBOOK --reason "found" --yes"#;
    story.run(line, 0);
    story.end();
}

pub(super) fn emergency(file: &'static str) {
    let preface = "A device broke at night. Another works in its place for a few days.";
    let mut story = Story::new(file, "An emergency", preface);
    story.active("lobby", "desk", ("seat", 1));
    story.device("spare", "desk");
    let line = "activation emergency ID-OF-SPARE --for ID-OF-LOBBY";
    let why = r#"--reason "power supply of the lobby""#;
    story.run(&format!("{line} {why}"), 1);
    story.run(&format!("{line} {why} --yes"), 0);
    story.end();
}

pub(super) fn extend(file: &'static str) {
    let preface = "The operator extends a device by a year without waiting for its request.";
    let mut story = Story::new(file, "One more year", preface);
    story.active("lobby", "desk", ("seat", 1));
    story.run("activation extend ID-OF-LOBBY --yes", 1);
    story.store("desk", "seat=1");
    story.tell("Another seat is bought and redeemed.");
    story.run("activation extend ID-OF-LOBBY --yes", 0);
    story.end();
}
