//! Errors that send nobody wrong: each says what happened, hints at one action, and only damage
//! speaks of the backup.

use crate::bench::{Bench, Said};
use keyspool::cli::{CliError, ExitCode};
use keyspool::ledger::entry::EntryError;
use keyspool::ledger::{self, CommitFault, Entry, LedgerError};
use keyspool::licence::{
    ComputerId, Identifier, LicenceKeyId, Moment, Ulid, id::Hex, identifier::TextError,
};
use keyspool::ops::OpsError;
use keyspool::ops::damage::{Damage, HistoryFault};
use keyspool::ops::defect::Defect;
use keyspool::ops::header::{CellsFault, HeaderFault};
use keyspool::policy::record::catalogue::error::CatalogueError;
use keyspool::policy::record::state::StateBroken;
use keyspool::render::RenderError;
use keyspool::seal::TrustError;
use keyspool::seal::computer_key::ComputerKeyRefused;
use keyspool::seal::verified::VerifyError;
use keyspool::spool::{InboxPath, SpoolError, TakeError};
use keyspool::vault::{self, VaultError};
use keyspool::wire::WireError;
use keyspool::wire::qr::QrError;
use std::fs::{self, File};
use std::io;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The command under a program that starts it.
fn under(bench: &Bench, wrapper: &[&str], arguments: &[&str]) -> Command {
    let plain = bench.command(arguments);
    let mut command = Command::new(wrapper[0]);
    command
        .args(&wrapper[1..])
        .arg(plain.get_program())
        .args(plain.get_args())
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(
            plain
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(bench.path("."))
        .stdin(Stdio::null());
    command
}

const NO_RANDOMNESS: &[&str] = &[
    "strace",
    "-f",
    "-qq",
    "-o",
    "/dev/null",
    "-e",
    "inject=getrandom:error=EIO",
];

/// The command where the system gives no random bytes; none where strace cannot be used.
fn without_randomness(bench: &Bench, arguments: &[&str]) -> Option<Said> {
    let probe = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "true"])
        .output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        eprintln!("skipped: strace cannot be used here");
        return None;
    }
    Some(bench.say(under(bench, NO_RANDOMNESS, arguments)))
}

fn assert_names_randomness(said: Said) {
    let said = said.exits(1);
    assert!(said.stderr.contains("randomness of the system"), "{said}");
    assert!(said.stderr.contains("\nhint: "), "{said}");
    assert!(!said.stderr.contains("backup"), "{said}");
    assert!(!said.stderr.contains("stopped in the middle"), "{said}");
}

#[test]
fn without_randomness_nothing_is_minted() {
    let bench = Bench::new();
    let (keys, events) = (bench.json(&["key", "list"]), bench.events());
    let mint = ["key", "mint", "desk", "--licences", "seat=1"];
    let Some(said) = without_randomness(&bench, &mint) else {
        return;
    };
    assert_names_randomness(said);
    assert_eq!(
        (bench.json(&["key", "list"]), bench.events()),
        (keys, events)
    );
}

#[test]
fn without_randomness_nothing_is_answered() {
    let bench = Bench::new();
    bench.drop_file("one.json", &bench.first_request().to_json());
    let events = bench.events();
    let Some(said) = without_randomness(&bench, &["process", "--settle", "0"]) else {
        return;
    };
    assert_names_randomness(said);
    assert_eq!(bench.events(), events);
    assert_eq!(bench.names("spool/inbox"), ["one.json"]);
    assert_eq!(bench.process().entries.len(), 1);
}

#[test]
fn without_randomness_no_vault_is_made() {
    let bench = Bench::empty();
    let Some(said) = without_randomness(&bench, &["init"]) else {
        return;
    };
    assert_names_randomness(said);
    assert!(!bench.path("vault").exists());
    bench.run(&["init"]).exits(0);
}

/// Fails where the command waits for 20 seconds.
fn inspect(bench: &Bench, path: &str) -> Said {
    let arguments = ["inspect", path, "--without-vault"];
    bench.say(under(bench, &["timeout", "20"], &arguments))
}

#[test]
fn inspect_says_what_is_no_file() {
    let bench = Bench::empty();
    fs::create_dir(bench.path("folder")).expect("made");
    let made = Command::new("mkfifo").arg(bench.path("pipe")).status();
    assert!(made.expect("mkfifo starts").success());
    let _socket = UnixListener::bind(bench.path("socket")).expect("a socket");
    for (path, found) in [
        ("folder", "a folder"),
        ("pipe", "a named pipe"),
        ("socket", "a socket"),
        ("/dev/zero", "a character device"),
    ] {
        let said = inspect(&bench, path).exits(1);
        let told = format!("error: {path} is {found}, a file is allowed\nhint: ");
        assert!(said.stderr.starts_with(&told), "{said}");
    }
    let said = inspect(&bench, "nowhere/there").exits(1);
    assert!(said.stderr.contains("No such file or directory"), "{said}");
}

#[test]
fn input_that_is_no_text_is_named() {
    let bench = Bench::new();
    fs::write(bench.path("input"), b"\xff\xfe\xfd\n").expect("written");
    let with = |arguments: &[&str], input: &str| {
        let mut command = bench.command(arguments);
        command.stdin(File::open(bench.path(input)).expect("opened"));
        bench.say(command)
    };
    let said = with(&["wallet", "redeem", "acme", "-"], "input").exits(2);
    assert!(
        said.stderr
            .starts_with("error: standard input is not UTF-8 text\nhint: "),
        "{said}"
    );
    let said = with(&["inspect", "-", "--without-vault"], "input");
    assert!(!said.stderr.contains("the output"), "{said}");
    assert!(said.stdout.contains("no document, bundle"), "{said}");
    let said = with(&["inspect", "-", "--without-vault"], "spool").exits(1);
    assert!(
        said.stderr.contains("standard input cannot be read"),
        "{said}"
    );
}

#[test]
fn a_catalogue_that_is_no_text_is_named() {
    let bench = Bench::new();
    fs::write(bench.path("catalogue.json"), b"\xff\xfe").expect("written");
    let said = bench
        .run(&["catalogue", "apply", "catalogue.json", "--yes"])
        .exits(1);
    assert!(
        said.stderr.contains("catalogue.json is not UTF-8 text"),
        "{said}"
    );
}

fn path() -> PathBuf {
    PathBuf::from("/a/path")
}

fn source() -> io::Error {
    io::Error::from_raw_os_error(5)
}

fn json_fault() -> serde_json::Error {
    serde_json::from_str::<u8>("x").expect_err("no number")
}

fn entry_fault() -> EntryError {
    Entry::read(b"x").expect_err("no entry")
}

fn wire_fault() -> WireError {
    WireError::TooLarge {
        found: 2,
        allowed: 1,
    }
}

fn inbox_path() -> InboxPath {
    InboxPath::new("a.json").expect("a path")
}

fn product() -> Identifier {
    Identifier::new("desk").expect("an identifier")
}

fn batch() -> Ulid {
    Ulid::new(1, [1; 10])
}

/// Every kind of damage: what only the backup mends.
fn damage() -> Vec<OpsError> {
    let (request, table, fault) = (Hex([1; 32]), "a", wire_fault);
    let damage = [
        Damage::Record {
            table,
            fault: json_fault(),
        },
        Damage::Refusal {
            file: "a".into(),
            fault: fault(),
        },
        Damage::Path { file: "a".into() },
        Damage::NoAnswer { request },
        Damage::Answer {
            request,
            fault: fault(),
        },
        Damage::NoReadme { request },
        Damage::ComputerKey {
            computer_id: ComputerId([1; 15]),
        },
        Damage::NoCheckpoint { size: 1 },
        Damage::NoProduct { id: product() },
        Damage::NoTransaction {
            batch: batch(),
            number: 1,
        },
        Damage::NoTrustList { version: 1 },
        Damage::TrustList {
            version: 1,
            fault: fault(),
        },
        Damage::NoSigningKey { id: Hex([1; 8]) },
        Damage::NoEntry { number: 1 },
    ];
    let damage = damage.map(OpsError::from).into_iter();
    let history = history_faults().map(OpsError::from).into_iter();
    let vault = vault_damage().map(OpsError::from).into_iter();
    let mut all: Vec<_> = damage.chain(history).chain(vault).collect();
    all.extend(ledger_damage().map(|what| damaged_ledger(what).into()));
    all.extend([
        StateBroken::Row("a row".into()).into(),
        StateBroken::reader(damaged_ledger(ledger::Damage::Row)).into(),
        entry_fault().into(),
        OpsError::OtherAnswer { request },
        OpsError::RolledBack {
            file: "a.json".into(),
            size: 1,
        },
    ]);
    all
}

fn history_faults() -> [HistoryFault; 10] {
    let (number, request, table) = (1, Hex([1; 32]), "a");
    [
        HistoryFault::Entry {
            number,
            fault: entry_fault(),
        },
        HistoryFault::Number { number, found: 2 },
        HistoryFault::Origin { number },
        HistoryFault::Event {
            number,
            fault: StateBroken::Row("a row".into()),
        },
        HistoryFault::NoAnswer { number, request },
        HistoryFault::OtherAnswer { number, request },
        HistoryFault::Row { table },
        HistoryFault::Rows {
            table,
            found: 1,
            replayed: 2,
        },
        HistoryFault::Answers { found: 1, given: 2 },
        HistoryFault::Checkpoint { size: 1 },
    ]
}

fn vault_damage() -> [VaultError; 10] {
    let damaged = VaultError::Damaged;
    [
        damaged(vault::error::Damage::Shape { line: 1, column: 1 }),
        damaged(vault::error::Damage::Spelling),
        damaged(vault::error::Damage::Checksum),
        damaged(vault::error::Damage::Count {
            what: "key slots",
            found: 0,
            allowed: 64,
        }),
        damaged(vault::error::Damage::Slot(Hex([1; 8]))),
        damaged(vault::error::Damage::Mac),
        damaged(vault::error::Damage::Key(Hex([1; 8]))),
        damaged(vault::error::Damage::TrustList),
        VaultError::TooFewIterations { found: 1, floor: 2 },
        VaultError::TooManyIterations {
            found: 2,
            ceiling: 1,
        },
    ]
}

fn damaged_ledger(what: ledger::Damage) -> LedgerError {
    LedgerError::Damaged {
        path: path(),
        table: "meta".into(),
        what,
    }
}

fn ledger_damage() -> [ledger::Damage; 11] {
    [
        ledger::Damage::Row,
        ledger::Damage::Future { row: 2, newest: 1 },
        ledger::Damage::Key,
        ledger::Damage::Order,
        ledger::Damage::Count {
            found: 1,
            committed: 2,
        },
        ledger::Damage::Missing,
        ledger::Damage::Chain { number: 1 },
        ledger::Damage::CutOff,
        ledger::Damage::NoStore,
        ledger::Damage::Inconsistent,
        ledger::Damage::Store { says: "a".into() },
    ]
}

/// Everything else that a verb says.
fn other() -> Vec<OpsError> {
    let mut all: Vec<OpsError> = files();
    all.extend(vault_faults().map(OpsError::from));
    all.extend(ledger_faults().map(OpsError::from));
    all.extend(spool_faults().map(OpsError::from));
    all.extend(defects().map(OpsError::from));
    let clock = Moment::read("2026-11-22T05:00:00Z").expect("a time");
    let newest = clock;
    all.extend([
        OpsError::Render(RenderError::Alphabet(1)),
        OpsError::Qr(QrError::TooLong {
            found: 2,
            allowed: 1,
        }),
        OpsError::Catalogue(CatalogueError::Drops("the product desk".into())),
        OpsError::Catalogue(CatalogueError::Json("line 1".into())),
        OpsError::ClockBack { clock, newest },
        OpsError::ClockAhead { clock, newest },
        OpsError::OwnSignature(VerifyError::BadSignature),
        OpsError::OwnComputerKey(ComputerKeyRefused::BadSignature),
        OpsError::NoRandomness(getrandom::Error::UNSUPPORTED),
        OpsError::KeyDrawnTwice {
            id: LicenceKeyId::read("0000000000000001").expect("an id"),
        },
        OpsError::ReadmeVersion {
            request: Hex([1; 32]),
            found: 2,
            known: 1,
        },
        OpsError::ScannerGone,
        StateBroken::reader(LedgerError::Io {
            path: path(),
            source: source(),
        })
        .into(),
    ]);
    all
}

fn files() -> Vec<OpsError> {
    let spool = || SpoolError::Missing { path: path() };
    let medium = |answers: Option<&str>| OpsError::Medium {
        source: spool(),
        answers: answers.map(str::to_owned),
    };
    let headers = [
        HeaderFault::Utf16,
        HeaderFault::Empty,
        CellsFault::OpenQuote.into(),
        CellsFault::Csv(source().into()).into(),
        CellsFault::NotText.into(),
        HeaderFault::Name {
            name: "A".into(),
            fault: Identifier::new("A").expect_err("no identifier"),
        },
        HeaderFault::Twice { name: "a".into() },
        HeaderFault::Missing {
            needed: "serial",
            found: Vec::new(),
        },
    ];
    let systems = [2, 5, 13, 21, 28, 30].map(|number| OpsError::Io {
        path: path(),
        source: io::Error::from_raw_os_error(number),
    });
    let mut all: Vec<_> = headers.map(OpsError::from).into_iter().collect();
    all.extend(systems);
    all.extend([
        OpsError::NotText { path: path() },
        OpsError::RecordsSize {
            path: path(),
            allowed: 1,
        },
        OpsError::InspectSize {
            found: 2,
            allowed: 1,
        },
        OpsError::CheckpointForm(wire_fault()),
        OpsError::CheckpointSigner(TrustError::NoList),
        OpsError::CheckpointOrigin {
            found: Hex([1; 8]),
            own: Hex([2; 8]),
        },
        OpsError::FolderNotEmpty { path: path() },
        OpsError::NoFolder { path: path() },
        OpsError::NoMedium {
            path: path(),
            own: path(),
        },
        OpsError::OutboxGone { path: path() },
        OpsError::OutboxChanged { path: path() },
        OpsError::ManifestChanged {
            path: path(),
            line: 1,
            fault: wire_fault(),
        },
        OpsError::RequestChanged { path: inbox_path() },
        OpsError::RequestUnread(TakeError::Gone { path: inbox_path() }),
        medium(None),
        medium(Some("outbox/a")),
        OpsError::WaitingFileGone {
            file: "a".into(),
            folder: path(),
        },
    ]);
    all
}

fn vault_faults() -> [VaultError; 13] {
    let path = path();
    [
        VaultError::NotFound { path: path.clone() },
        VaultError::AlreadyExists { path: path.clone() },
        VaultError::WrongPassphrase,
        VaultError::Version { found: 2, known: 1 },
        VaultError::TooLarge {
            path: path.clone(),
            allowed: 1,
        },
        VaultError::NotAFile { path: path.clone() },
        VaultError::PassphraseEmpty,
        VaultError::PassphraseTooLong {
            found: 2,
            allowed: 1,
        },
        VaultError::PassphraseNotText,
        VaultError::OperatorName(operator_fault()),
        VaultError::Io {
            path: path.clone(),
            source: source(),
        },
        VaultError::SyncFailed {
            path,
            source: source(),
        },
        VaultError::NoRandomness(getrandom::Error::UNSUPPORTED),
    ]
}

fn operator_fault() -> TextError {
    keyspool::licence::identifier::check_text("", 64).expect_err("no name")
}

fn ledger_faults() -> [LedgerError; 16] {
    let (path, table) = (path(), "meta");
    let at = || path.clone();
    [
        LedgerError::Exists { path: at() },
        LedgerError::Missing { path: at() },
        LedgerError::Held {
            path: at(),
            holder: "process 1".into(),
            waited: std::time::Duration::ZERO,
        },
        LedgerError::Foreign { path: at() },
        LedgerError::Format {
            path: at(),
            found: 1,
            known: 2,
        },
        LedgerError::Format {
            path: at(),
            found: 3,
            known: 2,
        },
        LedgerError::CommitFailed {
            path: at(),
            cause: CommitFault::Earlier,
        },
        LedgerError::CommitFailed {
            path: at(),
            cause: CommitFault::Now(Box::new(LedgerError::Busy { path: at() })),
        },
        LedgerError::ValueTooLarge {
            path: at(),
            found: 1,
        },
        LedgerError::StoreEdition {
            path: at(),
            found: 1,
        },
        LedgerError::Io {
            path: at(),
            source: source(),
        },
        LedgerError::ReadOnly { path: at() },
        LedgerError::Busy { path: at() },
        LedgerError::TableInUse { path: at(), table },
        LedgerError::WrongShape { path: at(), table },
        LedgerError::Occupied {
            path: at(),
            table,
            sequence: 1,
        },
    ]
}

fn spool_faults() -> [SpoolError; 10] {
    let path = path();
    let at = || path.clone();
    [
        SpoolError::Missing { path: at() },
        SpoolError::NotAFolder { path: at() },
        SpoolError::Apart {
            path: at(),
            other: at(),
        },
        SpoolError::Replaced { path: at() },
        SpoolError::Io {
            doing: "open",
            path: at(),
            source: source(),
        },
        SpoolError::SyncFailed {
            path: at(),
            source: source(),
        },
        SpoolError::Exists { path: at() },
        SpoolError::Name { name: at() },
        SpoolError::Differs { path: at() },
        SpoolError::Vanished { path: at() },
    ]
}

fn defects() -> [Defect; 13] {
    let counts = keyspool::licence::counts::CountsOverflow;
    [
        Defect::MediumPath { path: "a".into() },
        Defect::DocumentTaken,
        Defect::DocumentWithoutFile,
        Defect::ReceiptWithoutRequest,
        Defect::ReceiptWithoutSystem {
            computer_id: ComputerId([1; 15]),
        },
        Defect::Order { found: "granted" },
        Defect::Start { product: product() },
        Defect::PeriodWithoutEnd { product: product() },
        Defect::Counts { fault: counts },
        Defect::NotGathered {
            request: Hex([1; 32]),
        },
        Defect::Record {
            table: "a",
            fault: json_fault(),
        },
        Defect::Entry(entry_fault()),
        Defect::SyncEnded,
    ]
}

/// Statement and hint in the one voice: lower case, no full stop.
fn assert_voice(text: &str) {
    assert!(!text.is_empty());
    assert!(!text.starts_with(char::is_uppercase), "{text}");
    assert!(!text.ends_with('.'), "{text}");
}

#[test]
fn only_damage_speaks_of_the_backup() {
    let is_damage = damage().into_iter().map(|error| (error, true));
    let is_other = other().into_iter().map(|error| (error, false));
    for (error, is_damage) in is_damage.chain(is_other) {
        let (message, hint) = (error.to_string(), error.hint());
        assert_voice(&message);
        assert_voice(&hint);
        assert_eq!(hint.contains("backup"), is_damage, "{message}: {hint}");
        assert!(!message.contains("backup"), "{message}");
    }
}

#[test]
fn exit_codes_tell_what_did_not_happen() {
    let number = |error: OpsError| ExitCode::from(&CliError::from(error)).number();
    for (error, wanted) in [
        (OpsError::NoRandomness(getrandom::Error::UNSUPPORTED), 1),
        (
            VaultError::NoRandomness(getrandom::Error::UNSUPPORTED).into(),
            1,
        ),
        (VaultError::AlreadyExists { path: path() }.into(), 1),
        (Damage::NoEntry { number: 1 }.into(), 1),
        (OpsError::FolderNotEmpty { path: path() }, 1),
        (VaultError::OperatorName(operator_fault()).into(), 2),
        (VaultError::WrongPassphrase.into(), 4),
        (VaultError::Damaged(vault::error::Damage::Mac).into(), 4),
        (LedgerError::Missing { path: path() }.into(), 4),
        (LedgerError::Foreign { path: path() }.into(), 4),
        (HistoryFault::Origin { number: 1 }.into(), 5),
        (OpsError::OwnSignature(VerifyError::BadSignature), 5),
        (
            OpsError::RolledBack {
                file: "a.json".into(),
                size: 1,
            },
            5,
        ),
    ] {
        let message = error.to_string();
        assert_eq!(number(error), wanted, "{message}");
    }
}
