//! What a licence manager does.

use super::story::Story;

pub(super) fn keys(file: &'static str) {
    let preface = "The licence manager makes two keys for a customer, and looks at them later.";
    let mut story = Story::new(file, "Licence keys", preface);
    story.scribe.mint("K1", "desk", "seat=1");
    story.scribe.mint("K2", "vms", "channel=16");
    story.tell("Keys are shown only once. A list has them by their ids.");
    story.run("key list", 0);
    story.end();
}

pub(super) fn redeem(file: &'static str) {
    let preface = "Two of three keys go into the wallet; the third has a letter wrong.";
    let mut story = Story::new(file, "One bad key", preface);
    story.scribe.mint("K1", "desk", "seat=1");
    story.scribe.mint("K2", "vms", "channel=16");
    story.run("wallet redeem acme K1 00000-00000-00000-00000-00001 K2", 3);
    story.run("wallet show acme", 0);
    story.tell("A key is redeemed once.");
    story.run("wallet redeem acme K1", 1);
    story.end();
}

pub(super) fn void(file: &'static str) {
    let preface = "A key went to the wrong customer: its redemption is taken back, and it is void.";
    let mut story = Story::new(file, "A key that is void", preface);
    story.scribe.mint("K1", "desk", "seat=3");
    story.run("wallet redeem acme K1", 0);
    let why = r#"--reason "meant for Globex" --yes"#;
    story.run(&format!("wallet unredeem the-key-id-of-K1 {why}"), 0);
    story.run(&format!("key void the-key-id-of-K1 {why}"), 0);
    story.run("wallet redeem acme K1", 1);
    story.end();
}

pub(super) fn subscription(file: &'static str) {
    let preface = "Acme subscribes to Video: started by hand, then licensed from the wallet.";
    let mut story = Story::new(file, "A subscription by hand", preface);
    story.run("subscription start acme vms --yes", 0);
    story.device("recorder", "vms");
    story.activate("recorder", ("channel", 4));
    story.store("vms", "channel=16");
    story.tell("A recorder with 4 channels is installed, and a key for 16 channels redeemed.");
    story.run("subscription assign acme vms --period current --yes", 0);
    story.run("subscription show acme vms", 0);
    story.end();
}

pub(super) fn refresh(file: &'static str) {
    let preface = "Licences were assigned to the period: the recorder gets its new last day.";
    let mut story = Story::new(file, "What is due", preface);
    story.device("recorder", "vms");
    story.activate("recorder", ("channel", 4));
    story.store("vms", "channel=4");
    let line = "subscription assign acme vms --period current --yes";
    drop(story.scribe.quietly(line).exits(0));
    story.run("refresh", 1);
    story.run("refresh --yes", 0);
    story.tell("Nothing is due twice.");
    story.run("refresh --yes", 0);
    story.end();
}

pub(super) fn hardware(file: &'static str) {
    let preface = "The factory's table has a product that nobody knows.";
    let mut story = Story::new(file, "Manufacturing records", preface);
    let table = "serial,product,organization,channel\nSN-1,gate,acme,4\nSN-2,gaet,acme,4\n";
    story.write("records.csv", table.as_bytes());
    story.run("hardware import records.csv", 3);
    story.tell("The line is put right. What was imported before stays as it is.");
    story.write("records.csv", table.replace("gaet", "gate").as_bytes());
    story.run("hardware import records.csv", 0);
    story.end();
}

pub(super) fn expansions(file: &'static str) {
    let preface = "A gate camera with 4 channels gets 2 more.";
    let mut story = Story::new(file, "Expansions", preface);
    story.write(
        "records.csv",
        b"serial,product,organization,channel\nSN-1,gate,acme,4\n",
    );
    drop(story.scribe.quietly("hardware import records.csv").exits(0));
    story.device("gate", "gate").serial = Some("SN-1".to_owned());
    story.activate("gate", ("channel", 4));
    story.run("hardware assign ID-OF-GATE channel=2 --yes", 1);
    story.store("gate", "channel=2");
    story.tell("A key for 2 channels is bought and redeemed.");
    story.run("hardware assign ID-OF-GATE channel=2 --yes", 0);
    story.run("refresh --yes", 0);
    story.end();
}
