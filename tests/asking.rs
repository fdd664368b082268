//! Commands that change what was granted or configured show the change and ask. Without a terminal
//! and without `--yes` each of them is refused, and nothing has changed (DESIGN, command line).
#![cfg(feature = "test-build")]

#[allow(dead_code)]
#[path = "signer/bench.rs"]
mod bench;
#[allow(dead_code)]
#[path = "signer/unit.rs"]
mod unit;

use bench::Bench;
use clap::CommandFactory;
use keyspool::cli::Arguments;
use keyspool::licence::Counts;
use keyspool::seal::redeem::licence_key_id;
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use unit::{Unit, counts};

const WHY: [&str; 2] = ["--reason", "as agreed"];

/// One command: what was there before it, what is typed, and what is shown before it asks.
struct Row {
    command: &'static str,
    bench: Bench,
    typed: Vec<String>,
    shows: Vec<String>,
}

fn row(command: &'static str, bench: Bench, more: &[&str], shows: &[&str]) -> Row {
    let typed = command
        .split(' ')
        .chain(more.iter().copied())
        .map(str::to_owned)
        .collect();
    Row {
        command,
        bench,
        typed,
        shows: shows.iter().map(|text| (*text).to_owned()).collect(),
    }
}

/// A vault with a product of the hardware model beside the others.
fn with_cameras() -> Bench {
    let bench = Bench::new();
    let mut catalogue: Value = serde_json::from_str(bench::CATALOGUE).expect("JSON");
    let cam = json!({
        "id": "cam",
        "name": "Camera",
        "model": "hardware",
        "licence_types": [{"id": "channel", "name": "Channel"}],
    });
    catalogue["products"]
        .as_array_mut()
        .expect("products")
        .push(cam);
    std::fs::write(bench.path("cam.json"), catalogue.to_string()).expect("written");
    bench.json(&["catalogue", "apply", "cam.json", "--yes"]);
    bench
}

fn pooled(bench: &Bench, name: &str, cores: u64) -> Unit {
    let mut unit = bench.unit(name, "pooled");
    let need: Counts = counts(&[("core", cores)]);
    let request = unit.ask(Wanted::Activate, need, &[]);
    let batch = bench.answer(&format!("{name}.json"), &request.to_json());
    assert_eq!(batch.outcome(&request), "activated", "{}", batch.said);
    unit
}

fn first() -> (Bench, String) {
    let bench = Bench::new();
    let id = bench.first().computer_id();
    (bench, id)
}

fn settings() -> Vec<Row> {
    let catalogue = Bench::new();
    std::fs::write(
        catalogue.path("new.json"),
        bench::CATALOGUE.replace("\"Acme\"", "\"Acme Ltd\""),
    )
    .expect("written");
    let void = Bench::new();
    let key = licence_key_id(&void.key("desk", "seat=2")).to_string();
    void.json(&["wallet", "redeem", "acme", &key]);
    let unredeem = void.copy();
    let leaves = format!("licence key {key}: 2 seat leave the wallet of acme");
    vec![
        row("catalogue apply", catalogue, &["new.json"], &["acme"]),
        row(
            "key void",
            void,
            &[&key, WHY[0], WHY[1]],
            &[&leaves, "void for good; out of reach: none"],
        ),
        row(
            "wallet unredeem",
            unredeem,
            &[&key, WHY[0], WHY[1]],
            &[&leaves, "redeemed again"],
        ),
    ]
}

fn subscriptions() -> Vec<Row> {
    let start = Bench::new();
    let assign = Bench::new();
    assign.json(&["subscription", "start", "acme", "pooled", "--yes"]);
    pooled(&assign, "hall", 8);
    assign.store("acme", "pooled", "core=10");
    let after = [
        "before: none assigned, 8 core missing",
        "after: 8 core assigned, none missing",
        "leaves the wallet for good: 8 core",
        "1 system(s) are due then: licensed until 28 February 2025, usable until 30 March 2025",
    ];
    let refresh = assign.copy();
    refresh.json(&[
        "subscription",
        "assign",
        "acme",
        "pooled",
        "--period",
        "current",
        "--yes",
    ]);
    let dates =
        "2024-03-01 to 2024-03-30 -> 8 core, 2024-03-01 to 2025-02-28, usable until 2025-03-30";
    let cameras = with_cameras();
    cameras.store("acme", "cam", "channel=2");
    std::fs::write(
        cameras.path("records.csv"),
        "serial,product,organization,channel\nS1,cam,acme,4\n",
    )
    .expect("written");
    cameras.json(&["hardware", "import", "records.csv"]);
    let mut camera = cameras.unit("gate", "cam");
    camera.serial = Some("S1".into());
    let request = camera.ask(Wanted::Activate, counts(&[("channel", 4)]), &[]);
    assert_eq!(
        cameras
            .answer("acme/gate.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    let holds = [
        "has 4 channel",
        "2 channel of cam leave the wallet of acme",
        "then holds 6 channel",
    ];
    vec![
        row(
            "subscription start",
            start,
            &["acme", "pooled"],
            &[
                "period 0 runs from 1 March 2024 to 28 February 2025",
                "missing then",
            ],
        ),
        row(
            "subscription assign",
            assign,
            &["acme", "pooled", "--period", "current"],
            &after,
        ),
        row("refresh", refresh, &[], &[dates]),
        row(
            "hardware assign",
            cameras,
            &[&camera.computer_id(), "channel=2"],
            &holds,
        ),
    ]
}

fn activations() -> Vec<Row> {
    let approve = Bench::new();
    let waiting = approve.unit("lobby", "desk").activate();
    assert_eq!(
        approve
            .answer("lobby.json", &waiting.to_json())
            .outcome(&waiting),
        "awaiting-approval"
    );
    approve.store("acme", "desk", "seat=1");
    let lobby = approve.unit("lobby", "desk").computer_id();
    let issue = Bench::new();
    issue.store("acme", "desk", "seat=1");
    let typed = issue.unit("typed", "desk").computer_id();
    let whole = [
        &typed,
        "--organization",
        "acme",
        "--product",
        "desk",
        "--need",
        "seat=1",
    ];
    let emergency = Bench::new();
    let spare = emergency.unit("spare", "desk").computer_id();
    let (extend, id) = first();
    extend.store("acme", "desk", "seat=1");
    vec![
        row(
            "activation approve",
            approve,
            &[&lobby],
            &["approve the device", "of acme for desk, which needs 1 seat"],
        ),
        row(
            "activation issue",
            issue,
            &whole,
            &["no activation -> 1 seat, 2024-03-01 to 2025-02-28; 1 seat leave the wallet"],
        ),
        row(
            "activation emergency",
            emergency,
            &[&spare, "--for", &id, WHY[0], WHY[1]],
            &["no activation -> 1 seat, 2024-03-01 to 2024-03-07"],
        ),
        row(
            "activation extend",
            extend,
            &[&id],
            &[
                "2024-03-01 to 2025-02-28 -> 1 seat, 2024-03-01 to 2026-02-28; 1 seat leave the \
                    wallet",
            ],
        ),
    ]
}

fn endings() -> Vec<Row> {
    let (release, id) = first();
    let (deny, cancel) = (release.copy(), release.copy());
    let undeny = release.copy();
    undeny.json(&["activation", "deny", &id, WHY[0], WHY[1], "--yes"]);
    let reinstate = release.copy();
    reinstate.json(&[
        "activation",
        "release",
        &id,
        "--without-proof",
        WHY[0],
        WHY[1],
        "--yes",
    ]);
    let before = format!("before: {id} has 1 seat, 2024-03-01 to 2025-02-28");
    let given = [
        &before,
        "give up",
        "of acme without proof, for good; 1 seat back to the wallet",
    ];
    vec![
        row(
            "activation release",
            release,
            &[&id, "--without-proof", WHY[0], WHY[1]],
            &given,
        ),
        row("activation cancel", cancel, &[&id], &given),
        row(
            "activation deny",
            deny,
            &[&id, WHY[0], WHY[1]],
            &[&before, "its requests are refused; held: 1 seat"],
        ),
        row(
            "activation undeny",
            undeny,
            &[&id],
            &[&before, "it holds afterwards: 1 seat"],
        ),
        row(
            "activation reinstate",
            reinstate,
            &[&id],
            &[&before, "it holds afterwards: 1 seat"],
        ),
    ]
}

fn rows() -> Vec<Row> {
    [settings(), subscriptions(), activations(), endings()]
        .into_iter()
        .flatten()
        .collect()
}

/// Every command that takes `--yes`, with its help.
fn commands_that_ask(command: &clap::Command, name: &str, found: &mut Vec<(String, String)>) {
    if command
        .get_arguments()
        .any(|argument| argument.get_long() == Some("yes"))
    {
        let help = command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        found.push((name.trim().to_owned(), help));
    }
    for sub in command.get_subcommands() {
        commands_that_ask(sub, &format!("{name} {}", sub.get_name()), found);
    }
}

#[test]
fn every_asking_command_documents_its_json() {
    let mut asking = Vec::new();
    commands_that_ask(&Arguments::command(), "", &mut asking);
    let tried: BTreeSet<String> = rows().iter().map(|row| row.command.to_owned()).collect();
    assert_eq!(
        asking
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<BTreeSet<_>>(),
        tried
    );
    for (name, help) in asking {
        assert!(
            help.contains("JSON: "),
            "{name} does not say what --json gives"
        );
    }
}

/// Vault and spool, but for the ledger: opening it writes into its file, and its history is
/// compared.
fn files(bench: &Bench) -> Vec<(PathBuf, Vec<u8>)> {
    bench
        .everything()
        .into_iter()
        .flatten()
        .filter(|(path, _)| !path.ends_with("ledger.redb"))
        .collect()
}

#[test]
fn without_yes_nothing_changes() {
    for Row {
        command,
        bench,
        typed,
        shows,
    } in rows()
    {
        let before = (bench.events().len(), files(&bench));
        let said = bench
            .run(&[&typed[..], &["--json".into()]].concat())
            .exits(1);
        assert_eq!(said.error_code(), "no-terminal", "{command}");
        let said = bench.run(&typed).exits(1);
        assert_eq!(said.stdout, "", "{command} gives nothing");
        for text in &shows {
            assert!(
                said.stderr.contains(text.as_str()),
                "{command} does not show `{text}`:\n{said}"
            );
        }
        assert_eq!(
            bench.events().len(),
            before.0,
            "{command}: the history grew"
        );
        assert!(files(&bench) == before.1, "{command} changed a file");
    }
}

#[test]
fn with_yes_each_gives_one_document() {
    for Row {
        command,
        bench,
        typed,
        ..
    } in rows()
    {
        let before = bench.events().len();
        let said = bench
            .run(&[&typed[..], &["--json".into(), "--yes".into()]].concat())
            .exits(0);
        assert!(said.json().is_object(), "{command}: {said}");
        assert!(
            bench.events().len() > before,
            "{command} did nothing, so that the table tests nothing"
        );
        bench.verify_history();
    }
}

/// `script` gives a terminal, at which it types the end of the input (Ctrl-D): nothing else comes
/// from `/dev/null`.
#[test]
fn no_typed_passphrase_is_an_empty_one() {
    let bench = Bench::new();
    let mut command = Command::new("script");
    let program = format!(
        "{} key list --vault {}",
        env!("CARGO_BIN_EXE_keyspool"),
        bench.path("vault").display()
    );
    command
        .args(["--quiet", "--return", "--command", &program, "/dev/null"])
        .env_remove("KEYSPOOL_PASSPHRASE_FILE");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script of util-linux");
    let mut keyboard = child.stdin.take().expect("a pipe");
    let mut screen = child.stdout.take().expect("a pipe");
    // What is typed before the prompt is thrown away by it: Ctrl-D is typed until the program ends.
    let typing = std::thread::spawn(move || {
        while keyboard.write_all(b"\x04").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let mut said = Vec::new();
    screen.read_to_end(&mut said).expect("what it says");
    let status = child.wait().expect("it ends");
    typing.join().expect("the typing ends with the program");
    let said = String::from_utf8_lossy(&said);
    assert_eq!(status.code(), Some(4), "{said}");
    assert!(
        said.contains("error: the passphrase is empty") && said.contains("hint: "),
        "{said}"
    );
}
