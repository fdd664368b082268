//! Seats that end, work in their grace and have ended; hardware whose serial passed on; held seats.

use crate::bench::{Bench, word};
use crate::report_unit::{action, apply, change, holding, kinds, letter, signer};
use crate::unit::{Unit, counts};
use keyspool::wire::request::Wanted;
use serde_json::json;

const WHY: [&str; 3] = ["--reason", "lost in a move", "--yes"];

#[test]
fn seats_in_their_grace_are_urgent_with_both_days() {
    let bench = signer();
    apply(&bench, |catalogue| {
        change(catalogue, "open", "grace_days", json!(14))
    });
    bench.activated("north", "open");
    bench.set_clock("2025-02-20T09:00:00Z");
    let ending = action(&bench, "open", "expiring_seats");
    assert_eq!(
        word(&ending["text"]),
        "Seats end on 28 February 2025, with grace until 14 March 2025: 1 × Seat."
    );
    assert_eq!(
        holding(&bench, "acme", "open")["expiring"][0]["grace_until"],
        "2025-03-14"
    );
    for day in ["2025-03-01", "2025-03-14"] {
        bench.set_clock(&format!("{day}T09:00:00Z"));
        let grace = action(&bench, "open", "seats_in_grace");
        assert_eq!(grace["urgency"], "now");
        let both = "they ended on 28 February 2025, with grace until 14 March 2025: 1 × Seat.";
        assert!(word(&grace["text"]).ends_with(both), "{grace}");
        assert!(!kinds(&bench, "open").contains(&"expiring_seats".to_owned()));
    }
    let text = letter(&bench, "open", "expiring").expect("a letter");
    assert!(
        text.contains(
            "Ended on 28 February 2025, still working in the grace period until 14 March 2025"
        ),
        "{text}"
    );
}

#[test]
fn ended_seats_stay_in_the_report() {
    let bench = signer();
    apply(&bench, |catalogue| {
        change(catalogue, "renewing", "grace_days", json!(14))
    });
    let unit = bench.activated("north", "renewing");
    bench.set_clock("2025-03-15T09:00:00Z");
    let renewing = holding(&bench, "acme", "renewing");
    let seats = json!([{"until": "2025-02-28", "grace_until": "2025-03-14", "licences": {"seat": 1},
        "computer_id": unit.computer_id(), "computer_name": "north"}]);
    assert_eq!(renewing["ended_seats"], seats);
    assert_eq!(renewing["to_order"]["ending"], json!({"seat": 1}));
    let ended = action(&bench, "renewing", "ended_seats");
    assert_eq!(ended["urgency"], "now");
    assert_eq!(
        word(&ended["text"]),
        "1 system is without a licence: its seats ended on 28 February 2025, with grace until 14 \
            March 2025: 1 × Seat."
    );
    let text = letter(&bench, "renewing", "expiring").expect("a letter");
    let said = "Ended on 28 February 2025, with a grace period until 14 March 2025; no longer \
        licensed: 1 × Seat (1 system)";
    assert!(
        text.contains(said) && text.contains("order the renewal"),
        "{text}"
    );
    bench.store("acme", "renewing", "seat=1");
    let text = letter(&bench, "renewing", "expiring").expect("a letter");
    assert!(
        !text.contains("order the renewal") && text.contains("enough unused licences"),
        "{text}"
    );
    for format in ["text", "html", "csv"] {
        let said = bench.run(&["report", "--format", format]).exits(0).stdout;
        assert!(
            said.contains("Seats that have ended") && said.contains("north"),
            "{format}"
        );
    }
    bench.json(
        &[
            &[
                "activation",
                "release",
                &unit.computer_id(),
                "--without-proof",
            ],
            &WHY[..],
        ]
        .concat(),
    );
    assert_eq!(
        holding(&bench, "acme", "renewing")["ended_seats"],
        json!([])
    );
    assert_eq!(kinds(&bench, "renewing"), Vec::<String>::new());
}

#[test]
fn seats_renewed_in_time_are_nobodys_task() {
    let bench = signer();
    bench.store("acme", "renewing", "seat=2");
    bench.activated("north", "renewing");
    bench.set_clock("2024-12-15T09:00:00Z");
    assert_eq!(
        kinds(&bench, "renewing"),
        ["unconfirmed"],
        "76 days before the end, with a seat in the wallet"
    );
    assert_eq!(letter(&bench, "renewing", "expiring"), None);
    let poor = signer();
    poor.activated("north", "renewing");
    poor.set_clock("2024-12-15T09:00:00Z");
    assert_eq!(kinds(&poor, "renewing"), ["expiring_seats", "unconfirmed"]);
    assert!(
        letter(&poor, "renewing", "expiring")
            .expect("a letter")
            .contains("this takes: 1 × Seat")
    );
}

fn camera(bench: &Bench, name: &str) -> Unit {
    let mut unit = bench.unit(name, "cam");
    unit.serial = Some("S1".into());
    let request = unit.ask(Wanted::Activate, counts(&[("channel", 4)]), &[]);
    assert_eq!(
        bench
            .answer(&format!("{name}.json"), &request.to_json())
            .outcome(&request),
        "activated"
    );
    unit
}

#[test]
fn a_serial_that_passes_on_is_counted_once() {
    let bench = signer();
    std::fs::write(
        bench.path("records.csv"),
        "serial,product,organization,channel\nS1,cam,acme,4\n",
    )
    .expect("written");
    bench.json(&["hardware", "import", "records.csv"]);
    let first = camera(&bench, "gate").computer_id();
    bench.store("acme", "cam", "channel=2");
    bench.json(&["hardware", "assign", &first, "channel=2", "--yes"]);
    let cam = holding(&bench, "acme", "cam");
    let channels = |count: u64| json!({"channel": count});
    assert_eq!(
        (&cam["owned"], &cam["used"]),
        (&channels(6), &channels(4)),
        "the expansions are owned, and not needed yet"
    );
    // Denied with its seat returned, its serial serves another: nothing is counted twice.
    bench.json(&[&["activation", "deny", &first, "--return-seat"], &WHY[..]].concat());
    camera(&bench, "door");
    let cam = holding(&bench, "acme", "cam");
    assert_eq!(
        (&cam["owned"], &cam["used"], &cam["need"]),
        (&channels(6), &channels(4), &channels(4))
    );
}

#[test]
fn named_command_returns_denied_seats() {
    let bench = signer();
    let id = bench.first().computer_id();
    bench.json(&[&["activation", "deny", &id], &WHY[..]].concat());
    let named = "`keyspool activation deny COMPUTER-ID --return-seat --reason TEXT`";
    assert!(word(&action(&bench, "desk", "held")["hint"]).contains(named));
    let mut kept = bench.activated("kept", "held");
    let proof = kept.deactivate();
    assert_eq!(
        bench.answer("proof.json", &proof.to_json()).outcome(&proof),
        "deactivated"
    );
    assert!(
        word(&action(&bench, "held", "held")["hint"])
            .contains("`keyspool activation approve COMPUTER-ID --reason TEXT`")
    );
    let text = bench.run(&["report"]).exits(0).stdout;
    assert_eq!(
        (
            text.matches(named).count(),
            text.matches("activation approve COMPUTER-ID --reason")
                .count()
        ),
        (1, 1),
        "{text}"
    );
    bench.json(&[&["activation", "deny", &id, "--return-seat"], &WHY[..]].concat());
    assert_eq!(
        holding(&bench, "acme", "desk")["held_seats"],
        json!([]),
        "as the hint said"
    );
}

#[test]
fn held_seats_that_have_ended_are_owned_no_more() {
    let bench = signer();
    let id = bench.first().computer_id();
    bench.json(&[&["activation", "deny", &id], &WHY[..]].concat());
    bench.set_clock("2025-02-28T09:00:00Z");
    assert_eq!(holding(&bench, "acme", "desk")["held"], json!({"seat": 1}));
    bench.set_clock("2025-03-01T09:00:00Z");
    let desk = holding(&bench, "acme", "desk");
    assert_eq!((&desk["held"], &desk["owned"]), (&json!({}), &json!({})));
    assert!(
        !kinds(&bench, "desk").contains(&"held".to_owned()),
        "nothing is left to give back"
    );
}

#[test]
fn unlicensed_period_is_silent_on_working_devices() {
    let bench = signer();
    bench.store("acme", "vms", "core=4");
    let mut unit = bench.unit("rack", "vms");
    let request = unit.ask(Wanted::Activate, counts(&[("core", 4)]), &[]);
    assert_eq!(
        bench
            .answer("rack.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    apply(&bench, |catalogue| {
        change(catalogue, "vms", "grace_days", json!(10))
    });
    bench.set_clock("2025-03-11T09:00:00Z");
    let text = letter(&bench, "vms", "missing").expect("a letter");
    assert!(
        text.contains("Since 11 March 2025 the current period has been without a licence."),
        "{text}"
    );
    assert!(
        text.contains("until the last day that its own activation states"),
        "{text}"
    );
}

#[test]
fn what_expires_soon_is_licensed_until_then() {
    let bench = signer();
    bench.set_clock("2025-02-20T09:00:00Z");
    let text = bench.run(&["report"]).exits(0).stdout;
    assert!(
        text.contains("expires soon, licensed until 28 February 2025 (earliest seat)"),
        "{text}"
    );
}

#[test]
fn a_system_without_a_name_is_named_once() {
    let bench = signer();
    bench.store("acme", "open", "seat=1");
    let id = bench.unit("nameless", "open").computer_id();
    let whole = [
        "--organization",
        "acme",
        "--product",
        "open",
        "--need",
        "seat=1",
        "--yes",
    ];
    bench.json(&[&["activation", "issue", &id], &whole[..]].concat());
    let text = letter(&bench, "open", "unconfirmed").expect("a letter");
    assert!(
        text.contains(&format!("- {id}, issued on")) && text.matches(&id).count() == 1,
        "{text}"
    );
}
