//! Every refusal that a request can meet: what stands in `rejected/`, and that nothing else
//! changed.

use crate::bench::{Bench, entries_of_zip, trust, word};
use crate::unit::{counts, one_seat, parts, qr};
use keyspool::licence::LicenceKey;
use keyspool::policy::record::code::RefusalCode;
use keyspool::wire::Envelope;
use keyspool::wire::request::{Reason, Wanted};
use serde_json::json;
use std::collections::BTreeSet;

/// Codes that no file meets: the first stops the signer and has a test of its own; the others
/// answer an order by hand, and the scenarios of `fixtures/scenarios` produce them, but for the
/// last, which the limits of a catalogue keep out of reach.
const OTHERWISE: &[RefusalCode] = &[
    RefusalCode::SignerRolledBack,
    RefusalCode::NotNeeded,
    RefusalCode::OutOfOrder,
    RefusalCode::NoComputerKeys,
    RefusalCode::EmergencyLimit,
    RefusalCode::Locked,
    RefusalCode::TooManyForComputerKey,
];

/// A file that is refused, and what the signer could read of it.
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    /// The request, where its signature holds.
    request: Option<Envelope>,
}

fn case(name: &'static str, request: Envelope) -> Case {
    Case {
        name,
        bytes: request.to_json(),
        request: Some(request),
    }
}

fn bytes(bytes: impl Into<Vec<u8>>) -> Case {
    Case {
        name: "bad.json",
        bytes: bytes.into(),
        request: None,
    }
}

type Build = fn(&Bench) -> Case;

/// One builder a code: it prepares the vault, and gives the file.
const CASES: &[(RefusalCode, Build)] = &[
    (RefusalCode::Malformed, |_| bytes(*b"{}")),
    (RefusalCode::TooLarge, |_| bytes(vec![b' '; 66 * 1024 + 1])),
    (RefusalCode::UnknownType, |bench| {
        bytes(first_bundle(bench)["activation.json"].clone())
    }),
    (RefusalCode::UnsupportedVersion, |bench| {
        let text = String::from_utf8(bench.first_request().to_json()).expect("text");
        bytes(text.replace(".v1+json", ".v2+json"))
    }),
    (RefusalCode::ArchiveNotAccepted, |bench| {
        bytes(
            bench
                .files("spool/outbox")
                .into_values()
                .find(|b| b.starts_with(b"PK"))
                .expect("a zip"),
        )
    }),
    (RefusalCode::NoCodeInPicture, |_| {
        bytes(crate::generator::Photo::even(60, 40, 200.0).encoded(None))
    }),
    (RefusalCode::PartsMissing, |bench| {
        let text = qr(&bench.unit("half", "desk").activate());
        Case {
            name: "half.txt",
            bytes: parts(&text, 3)[1].clone().into_bytes(),
            request: None,
        }
    }),
    (RefusalCode::BadSignature, |bench| {
        let good = bench.unit("changed", "desk").activate();
        let mut payload: serde_json::Value =
            serde_json::from_slice(&good.payload).expect("a payload");
        payload["computer_name"] = json!("another");
        bytes(
            Envelope {
                payload: payload.to_string().into_bytes(),
                ..good
            }
            .to_json(),
        )
    }),
    (RefusalCode::UnknownOrganization, |bench| {
        case(
            "bad.json",
            bench.unit_of("lost", "desk", "nobody").activate(),
        )
    }),
    (RefusalCode::UnknownProduct, |bench| {
        case("bad.json", bench.unit("lost", "nothing").activate())
    }),
    (RefusalCode::UnknownLicenceType, |bench| {
        case(
            "bad.json",
            bench
                .unit("lost", "desk")
                .ask(Wanted::Activate, counts(&[("wheel", 4)]), &[]),
        )
    }),
    (RefusalCode::WithdrawnOrganization, |bench| {
        case(
            "bad.json",
            bench.unit_of("late", "open", "fading").activate(),
        )
    }),
    (RefusalCode::WithdrawnProduct, |bench| {
        case("bad.json", bench.unit("late", "faded").activate())
    }),
    (RefusalCode::OtherOrganization, |bench| {
        let key = bench.key("desk", "seat=1");
        case(
            "globex/bad.json",
            bench.unit("strayed", "desk").activate_with(&key),
        )
    }),
    (RefusalCode::OtherProduct, |bench| {
        let mut first = bench.first();
        let request = first.activate();
        case(
            "bad.json",
            first.forge(&request, |payload| payload["product"] = json!("open")),
        )
    }),
    (RefusalCode::ComputerIdRetired, |bench| {
        let mut first = bench.first();
        let late = first.twin().activate();
        bench
            .answer("leaving.json", &first.deactivate().to_json())
            .said
            .exits(0);
        case("bad.json", late)
    }),
    (RefusalCode::AlreadyDeactivated, |bench| {
        let mut first = bench.first();
        let second = first.twin().deactivate_for(Reason::Replaced);
        bench
            .answer("leaving.json", &first.deactivate().to_json())
            .said
            .exits(0);
        case("bad.json", second)
    }),
    (RefusalCode::Denied, |bench| {
        let mut first = bench.first();
        bench.json(&[
            "activation",
            "deny",
            &first.computer_id(),
            "--reason",
            "lost",
            "--yes",
        ]);
        case("bad.json", first.activate())
    }),
    (RefusalCode::StaleRequest, |bench| {
        let mut first = bench.first();
        let (older, newer) = (first.activate(), first.activate());
        bench.answer("newer.json", &newer.to_json()).said.exits(0);
        case("bad.json", older)
    }),
    (RefusalCode::AwaitingApproval, |bench| {
        case("bad.json", bench.unit("stranger", "desk").activate())
    }),
    (RefusalCode::HardwareChanged, |bench| {
        case("bad.json", bench.first().on("another board").activate())
    }),
    (RefusalCode::AlreadyActive, |bench| {
        let key = bench.key("desk", "seat=1");
        case(
            "globex/bad.json",
            bench
                .unit_of("moved", "desk", "globex")
                .on("first")
                .activate_with(&key),
        )
    }),
    (RefusalCode::RecoveryLimit, |bench| {
        bench.activated("original", "solid");
        case(
            "acme/bad.json",
            bench.unit("reinstalled", "solid").on("original").activate(),
        )
    }),
    (RefusalCode::UnknownSerial, |bench| {
        case("bad.json", camera(bench, "unlisted", "S9"))
    }),
    (RefusalCode::SerialInUse, |bench| {
        std::fs::write(
            bench.path("records.csv"),
            "serial,product,channel\nS1,gate,4\n",
        )
        .expect("written");
        bench.json(&["hardware", "import", "records.csv"]);
        bench
            .answer("one.json", &camera(bench, "one", "S1").to_json())
            .said
            .exits(0);
        case("bad.json", camera(bench, "two", "S1"))
    }),
    (RefusalCode::UnknownLicenceKey, |bench| {
        case(
            "bad.json",
            bench
                .unit("guesser", "desk")
                .activate_with(&LicenceKey::from_bytes([7; 15])),
        )
    }),
    (RefusalCode::LicenceKeyUsed, |bench| {
        let key = bench.key("desk", "seat=1");
        let request = bench.unit("quick", "desk").activate_with(&key);
        bench.answer("quick.json", &request.to_json()).said.exits(0);
        case("bad.json", bench.unit("slow", "desk").activate_with(&key))
    }),
    (RefusalCode::LicenceKeyVoid, |bench| {
        let key = bench.key("desk", "seat=1");
        let id = keyspool::seal::redeem::licence_key_id(&key).to_string();
        bench.json(&["key", "void", &id, "--reason", "refunded", "--yes"]);
        case("bad.json", bench.unit("late", "desk").activate_with(&key))
    }),
    (RefusalCode::LicenceKeyProduct, |bench| {
        let key = bench.key("open", "seat=1");
        case("bad.json", bench.unit("mixed", "desk").activate_with(&key))
    }),
    (RefusalCode::LicenceKeyOrganization, |bench| {
        let key = bench.key_for("desk", "seat=1", &["--organization", "globex"]);
        case("bad.json", bench.unit("thief", "desk").activate_with(&key))
    }),
    (RefusalCode::NotStarted, |bench| {
        case(
            "bad.json",
            bench
                .unit("camera", "pooled")
                .ask(Wanted::Activate, counts(&[("core", 1)]), &[]),
        )
    }),
    (RefusalCode::NotActivated, |bench| {
        case(
            "acme/bad.json",
            bench
                .unit("new", "desk")
                .ask(Wanted::Refresh, one_seat(), &[]),
        )
    }),
    (RefusalCode::AlreadyLicensed, |bench| {
        case(
            "bad.json",
            bench.first().ask(Wanted::Trial, one_seat(), &[]),
        )
    }),
    (RefusalCode::NotEnoughLicences, |bench| {
        case("bad.json", bench.unit("poor", "open").activate())
    }),
    (RefusalCode::GrowthAllowance, |bench| {
        let one_core = || counts(&[("core", 1)]);
        let licensed = bench.unit("licensed", "grown").ask(
            Wanted::Activate,
            one_core(),
            &[&bench.key("grown", "core=1")],
        );
        bench
            .answer("licensed.json", &licensed.to_json())
            .said
            .exits(0);
        case(
            "bad.json",
            bench
                .unit("late", "grown")
                .ask(Wanted::Activate, one_core(), &[]),
        )
    }),
    (RefusalCode::TrialUsed, |bench| {
        let first = bench
            .unit("first taster", "tasting")
            .ask(Wanted::Trial, one_seat(), &[]);
        bench.answer("taster.json", &first.to_json()).said.exits(0);
        bench.pass_days(30);
        case(
            "bad.json",
            bench
                .unit("late taster", "tasting")
                .ask(Wanted::Trial, one_seat(), &[]),
        )
    }),
    (RefusalCode::NoTrial, |bench| {
        case(
            "bad.json",
            bench
                .unit("taster", "open")
                .ask(Wanted::Trial, one_seat(), &[]),
        )
    }),
    (RefusalCode::NothingToExtend, |bench| {
        case(
            "bad.json",
            bench
                .unit("new", "open")
                .ask(Wanted::Extend, one_seat(), &[]),
        )
    }),
    (RefusalCode::RenewsAutomatically, |bench| {
        let mut unit = bench.activated("steady", "renewing");
        case(
            "bad.json",
            unit.ask(
                Wanted::Extend,
                one_seat(),
                &[&bench.key("renewing", "seat=1")],
            ),
        )
    }),
    (RefusalCode::TooFarAhead, |bench| {
        let mut unit = bench.activated("eager", "yearly");
        case(
            "bad.json",
            unit.ask(
                Wanted::Extend,
                one_seat(),
                &[&bench.key("yearly", "seat=1")],
            ),
        )
    }),
    (RefusalCode::UnknownActivation, |bench| {
        let mut first = bench.first();
        let confirmation = first.confirm();
        case(
            "bad.json",
            first.forge(&confirmation, |payload| {
                payload["activation"]["sequence"] = json!(9)
            }),
        )
    }),
    (RefusalCode::WrongCode, |bench| {
        let mut other = bench.activated("other", "desk");
        other.deactivate();
        let mut first = bench.first();
        let deactivation = first.deactivate();
        case(
            "bad.json",
            first.forge(&deactivation, |payload| {
                payload["verification_code"] = json!(other.verification_code())
            }),
        )
    }),
];

fn camera(bench: &Bench, name: &str, serial: &str) -> Envelope {
    let mut unit = bench.unit(name, "gate");
    unit.serial = Some(serial.into());
    unit.ask(Wanted::Activate, counts(&[("channel", 1)]), &[])
}

fn first_bundle(bench: &Bench) -> std::collections::BTreeMap<String, Vec<u8>> {
    let files = bench.files("spool/outbox");
    entries_of_zip(
        files
            .values()
            .find(|bytes| bytes.starts_with(b"PK"))
            .expect("a bundle"),
    )
}

#[test]
fn every_refusal_code_has_a_case() {
    let cases: Vec<RefusalCode> = CASES.iter().map(|(code, _)| *code).collect();
    let covered: BTreeSet<RefusalCode> = cases.iter().chain(OTHERWISE).copied().collect();
    assert_eq!(
        covered.len(),
        CASES.len() + OTHERWISE.len(),
        "a code stands there twice"
    );
    let all: BTreeSet<RefusalCode> = RefusalCode::ALL.iter().copied().collect();
    assert_eq!(covered, all);
}

/// Puts a refused file into the inbox; parts first wait for a day.
fn drop_case(bench: &Bench, code: RefusalCode, case: &Case) {
    bench.drop_file(case.name, &case.bytes);
    if code == RefusalCode::PartsMissing {
        let batch = bench.process();
        assert_eq!(
            (batch.id, bench.names("spool/inbox")),
            (None, vec![case.name.to_owned()])
        );
        bench.pass_seconds(25 * 60 * 60);
    }
}

fn assert_refused(code: RefusalCode, build: Build) {
    let bench = Bench::new();
    let case = build(&bench);
    drop_case(&bench, code, &case);
    let before = bench.state();
    let batch = bench.process();
    assert_eq!(batch.said.code, Some(3), "{code}: {}", batch.said);
    assert_eq!(batch.outcomes(case.name), [code.as_str()], "{}", batch.said);
    assert_eq!(
        bench.state(),
        before,
        "{code}: a refusal changes nothing but the history"
    );
    assert_eq!(
        (
            bench.names("spool/inbox").len(),
            bench.names("spool/work").len()
        ),
        (0, 0),
        "{code}"
    );

    let [(notice, file)] = &batch.refusals(trust())[..] else {
        panic!("{code}: {}", batch.said)
    };
    assert_eq!(
        std::fs::read(file).expect("the file"),
        case.bytes,
        "{code}: as it came"
    );
    assert_eq!(
        (notice.file.as_str(), notice.issued_at),
        (case.name, bench.clock()),
        "{code}"
    );
    assert_eq!(
        notice.request,
        case.request
            .as_ref()
            .map(Envelope::document_id)
            .or(notice.request),
        "{code}"
    );
    if let Some(request) = &case.request {
        let payload: serde_json::Value =
            serde_json::from_slice(&request.payload).expect("a payload");
        let told = json!({"organization": notice.organization, "product": notice.product, "computer\
            _id": notice.computer_id});
        for member in ["organization", "product", "computer_id"] {
            assert_eq!(told[member], payload[member], "{code}: {member}");
        }
    }
    for sentence in [&notice.message, &notice.remedy] {
        assert!(
            sentence.starts_with(|c: char| c.is_uppercase()),
            "{code}: {sentence}"
        );
        assert!(
            sentence.ends_with('.') || sentence.contains("Contact: licences@acme.example"),
            "{code}: {sentence}"
        );
    }

    // The same file again, beside a good one: judged anew, and the good one is answered.
    let key = bench.key("desk", "seat=1");
    let good = bench.unit("good", "desk").activate_with(&key);
    drop_case(&bench, code, &case);
    bench.drop_file("good.json", &good.to_json());
    let batch = bench.process();
    assert_eq!(
        (batch.said.code, batch.outcome(&good).as_str()),
        (Some(3), "activated"),
        "{code}: {}",
        batch.said
    );
    assert_eq!(batch.outcomes(case.name), [code.as_str()], "{}", batch.said);
    batch.bundle(&good);
    bench.verify_history();
    let refused = bench
        .events()
        .iter()
        .filter(|event| event["event"] == "refused" && event["code"] == code.as_str())
        .count();
    assert_eq!(refused, 2, "{code}: the history tells of both");
}

#[test]
fn every_refused_file_stands_in_rejected() {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((code, build)) =
                    CASES.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
                {
                    assert_refused(*code, *build);
                }
            });
        }
    });
}

#[test]
fn a_rolled_back_vault_stops_signing() {
    let bench = Bench::new();
    let old = bench.copy();
    let mut first = bench.first();
    let request = first.activate();
    first.install(
        &bench
            .answer("first.json", &request.to_json())
            .bundle(&request),
    );
    let proof = first.activate();
    old.drop_file("proof.json", &proof.to_json());
    let key = old.key("desk", "seat=1");
    old.drop_file(
        "good.json",
        &old.unit("good", "desk").activate_with(&key).to_json(),
    );
    old.drop_file("bad.json", b"{}");
    let (events, outbox) = (old.events(), old.files("spool/outbox"));
    for _ in 0..2 {
        let said = old.run(&["process", "--settle", "0", "--json"]).exits(5);
        assert_eq!(said.error_code(), "signer-rolled-back");
        assert!(said.stdout.contains("proof.json"), "{said}");
        assert_eq!(
            old.names("spool/inbox"),
            ["bad.json", "good.json", "proof.json"]
        );
        assert_eq!(
            (
                old.names("spool/work").len(),
                old.events(),
                old.files("spool/outbox")
            ),
            (0, events.clone(), outbox.clone())
        );
    }
    // Without the proof it goes on: a copy cannot know better.
    std::fs::remove_file(old.path("spool/inbox/proof.json")).expect("removed");
    assert_eq!(old.process().said.code, Some(3));
    assert_eq!(
        bench.answer("proof.json", &proof.to_json()).outcome(&proof),
        "refreshed"
    );
}

#[test]
fn a_made_up_witness_stops_nobody() {
    let bench = Bench::new();
    let mut first = bench.first();
    let request = first.activate();
    let checkpoint =
        Envelope::read(&first_bundle(&bench)["checkpoint.json"]).expect("a checkpoint");
    let mut payload: serde_json::Value =
        serde_json::from_slice(&checkpoint.payload).expect("a payload");
    payload["size"] = json!(1_000_000);
    let made_up = Envelope {
        payload: payload.to_string().into_bytes(),
        ..checkpoint
    };
    let object: serde_json::Value = serde_json::from_slice(&made_up.to_json()).expect("JSON");
    let forged = first.forge(&request, |payload| payload["witness"] = object);
    assert_eq!(
        bench
            .answer("forged.json", &forged.to_json())
            .outcome(&forged),
        "refreshed"
    );
}

#[test]
fn a_mended_request_is_judged_anew() {
    let bench = Bench::new();
    let request = bench.unit("poor", "open").activate();
    let batch = bench.answer("poor.json", &request.to_json());
    assert_eq!(batch.outcome(&request), "not-enough-licences");
    let waiting = bench.json(&["system", "list", "--waiting"]);
    assert_eq!(word(&waiting["waiting"][0]["code"]), "not-enough-licences");
    bench.store("acme", "open", "seat=1");
    assert_eq!(
        bench
            .answer("poor.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    assert_eq!(
        bench.json(&["system", "list", "--waiting"])["waiting"],
        json!([])
    );
    assert_eq!(bench.stored("acme"), 0);
}

#[test]
fn a_refused_request_uses_no_key_up() {
    let bench = Bench::new();
    let key = bench.key("desk", "seat=1");
    let mut unit = bench.unit("wide", "desk");
    let wide = unit.ask(Wanted::Activate, counts(&[("seat", 2)]), &[&key]);
    assert_eq!(
        bench.answer("wide.json", &wide.to_json()).outcome(&wide),
        "not-enough-licences"
    );
    let listed = bench.json(&["key", "list"]);
    let id = keyspool::seal::redeem::licence_key_id(&key).to_string();
    let listed = listed["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .find(|row| row["id"] == id);
    assert_eq!(listed.expect("the key")["state"], "unused");
    let narrow = unit.activate_with(&key);
    assert_eq!(
        bench
            .answer("narrow.json", &narrow.to_json())
            .outcome(&narrow),
        "activated"
    );
}
