//! The texts that lie beside a picture: the readme and the refusal notice.

use keyspool::licence::identifier::is_control_or_format;
use keyspool::licence::{
    ComputerId, Counts, Day, Identifier, Moment, Plan, Ulid, Validity, id::Hex,
};
use keyspool::render::bundle;
use keyspool::wire::response::RefusalNotice;
use keyspool::words::notice;
use keyspool::words::readme::{self, ReadmeFacts};

fn day(text: &str) -> Day {
    Day::read(text).expect("a day of the test")
}

fn facts() -> ReadmeFacts {
    let mut licences = Counts::new();
    licences.set(Identifier::new("core").expect("an identifier"), 16);
    ReadmeFacts {
        computer_name: "nvr-lobby-01 東".into(),
        computer_id: ComputerId([7; 15]),
        organization: "Acme".into(),
        product: "vms".into(),
        plan: Plan::Subscription,
        licences,
        validity: Validity {
            valid_from: day("2026-11-22"),
            valid_until: Some(day("2027-11-21")),
            grace_until: Some(day("2027-12-21")),
        },
        file_stem: bundle::file_stem(
            "nvr-lobby-01 東",
            &Ulid::read("01KAMJ4R00N6ZQ3T5V7X9Y1ABC").expect("a ULID of the test"),
            7,
        ),
        qr_parts: 1,
        has_computer_key: false,
        has_trust_list_picture: false,
        contact: Some("licences@example.com".into()),
    }
}

fn assert_windows_lines(text: &str) {
    assert!(text.ends_with("\r\n") && !text.starts_with('\u{feff}'));
    assert!(
        text.split("\r\n")
            .all(|line| !line.chars().any(is_control_or_format)),
        "{text:?}"
    );
}

#[test]
fn the_readme_says_how_to_install() {
    let text = readme::text(&facts());
    for part in [
        "nvr-lobby-01 東",
        "16 core",
        "21 November 2027",
        "21 December 2027 (the days of grace included)",
        "keyspool-device install nvr-lobby-01_01KAMJ4R00N6ZQ3T5V7X9Y1ABC_7.zip",
        "licences@example.com",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_windows_lines(&text);
}

#[test]
fn the_readme_of_hardware_has_no_end() {
    let mut facts = facts();
    facts.validity = Validity {
        valid_from: day("2026-11-22"),
        valid_until: None,
        grace_until: None,
    };
    assert!(readme::text(&facts).contains("for the lifetime of the hardware"));
}

#[test]
fn the_readme_names_only_what_the_bundle_holds() {
    let plain = readme::text(&facts());
    assert!(!plain.contains("computer-key.txt") && !plain.contains("trust-list.png"));
    let full = readme::text(&ReadmeFacts {
        has_computer_key: true,
        has_trust_list_picture: true,
        qr_parts: 3,
        ..facts()
    });
    assert!(
        full.contains("computer-key.txt")
            && full.contains("trust-list.png")
            && full.contains("all 3 codes")
    );
}

#[test]
fn names_cannot_add_lines_or_turn_text_around() {
    let names = ReadmeFacts {
        computer_name: "a\r\nPlan: x\u{202e}".into(),
        contact: Some("c\u{1b}[2J".into()),
        ..facts()
    };
    assert_windows_lines(&readme::text(&names));
    assert_eq!(
        readme::text(&names).lines().count(),
        readme::text(&facts()).lines().count()
    );
}

#[test]
fn a_refusal_says_what_which_file_and_what_next() {
    let notice = RefusalNotice {
        code: "not-enough-licences".into(),
        message: "The wallet lacks 4 core.".into(),
        remedy: "Buy 4 core at Acme, then bring the same file again.".into(),
        file: r"acme/a\x0ab.json".into(),
        digest: Hex([0xAB; 32]),
        issued_at: Moment::read("2026-11-22T05:06:07Z").expect("a time of the test"),
        request: None,
        computer_id: Some(ComputerId([7; 15])),
        organization: None,
        product: None,
    };
    let text = notice::text(&notice);
    for part in [
        "not-enough-licences",
        "The wallet lacks 4 core.",
        "Buy 4 core",
        r"acme/a\x0ab.json",
        "22 November 2026, 05:06:07 UTC",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(text.contains(&notice.digest.to_string()) && !text.contains("Organization"));
    assert_windows_lines(&text);
    assert_windows_lines(&notice::text(&RefusalNotice {
        file: "a\u{1b}[2J".into(),
        ..notice
    }));
}
