//! One case for each refusal that a file can get.

use crate::bench::{Bench, entries_of_zip};
use crate::unit::{counts, one_seat, parts, qr};
use keyspool::licence::LicenceKey;
use keyspool::policy::record::code::RefusalCode;
use keyspool::wire::Envelope;
use keyspool::wire::request::{Reason, Wanted};
use serde_json::json;

/// A file that is refused, and what the signer could read of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// The request, where its signature holds.
    pub(crate) request: Option<Envelope>,
}

pub(crate) fn case(name: &'static str, request: Envelope) -> Case {
    Case {
        name,
        bytes: request.to_json(),
        request: Some(request),
    }
}

pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> Case {
    Case {
        name: "bad.json",
        bytes: bytes.into(),
        request: None,
    }
}

pub(crate) type Build = fn(&Bench) -> Case;

/// One builder a code: it prepares the vault, and gives the file.
pub(crate) const CASES: &[(RefusalCode, Build)] = &[
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

pub(crate) fn first_bundle(bench: &Bench) -> std::collections::BTreeMap<String, Vec<u8>> {
    let files = bench.files("spool/outbox");
    entries_of_zip(
        files
            .values()
            .find(|bytes| bytes.starts_with(b"PK"))
            .expect("a bundle"),
    )
}
