//! The letters to customers.

use super::forms::form;
use crate::report_unit::signer;
use crate::unit::counts;
use keyspool::wire::request::Wanted;

#[test]
fn letters_speak_the_customers_language() {
    let bench = signer();
    let sold = [
        ("acme", "28 February 2025"),
        ("adler", "28. Februar 2025"),
        ("lian", "2025年2月28日"),
        ("sol", "28 de febrero de 2025"),
    ];
    for (organization, _) in sold {
        bench.store(organization, "short", "seat=3");
    }
    bench.set_clock("2025-01-10T09:00:00Z");
    let report = bench.json(&["report"]);
    let letters = report["letters"].as_array().expect("letters");
    for (organization, day) in sold {
        let letter = letters
            .iter()
            .find(|one| one["organization"] == organization && one["product"] == "short")
            .expect("a letter");
        let text = letter["text"].as_str().expect("text");
        assert!(
            text.contains(day)
                && text.contains("Seat")
                && text.contains('3')
                && text.contains(".example"),
            "{text}"
        );
        assert_eq!(letter["about"], "expiring");
        assert!(
            letter["subject"]
                .as_str()
                .expect("a subject")
                .contains("Desk kept shortly")
        );
    }
    let unconfirmed = letters
        .iter()
        .find(|one| one["about"] == "unconfirmed")
        .expect("of the first device");
    assert!(
        unconfirmed["text"]
            .as_str()
            .expect("text")
            .contains("first (")
            && unconfirmed["language"] == "en"
    );
    let page = form(&bench, "html", &[]);
    assert!(page.contains("lang=\"zh-Hans\"") && page.contains("2025年2月28日"));
}

#[test]
fn letters_name_what_is_missing_and_growth() {
    let bench = signer();
    bench.store("adler", "vms", "core=10");
    let mut unit = bench.unit_of("rack", "vms", "adler");
    let mut asks = |core: u64| {
        let request = unit.ask(Wanted::Activate, counts(&[("core", core)]), &[]);
        bench
            .answer("rack.json", &request.to_json())
            .outcome(&request)
    };
    assert_eq!(asks(10), "activated");
    bench.set_clock("2024-05-01T09:00:00Z");
    assert_eq!(asks(14), "refreshed");
    let letter = |about: &str| {
        let report = bench.json(&["report"]);
        let letters = report["letters"].as_array().expect("letters").clone();
        letters
            .into_iter()
            .find(|one| one["about"] == about)
            .map(|one| one["text"].as_str().expect("text").to_owned())
    };
    let growth = {
        let report = bench.json(&["report", "--organization", "adler"]);
        report["letters"]
            .as_array()
            .expect("letters")
            .iter()
            .find(|one| one["about"] == "growth")
            .expect("a letter")
            .clone()
    };
    let text = growth["text"].as_str().expect("text");
    for said in [
        "Zugewiesene Lizenzen: 10",
        "Lizenzbedarf Ihrer Systeme: 14",
        "28. Februar 2025: 5",
        "4 (80 %)",
        "sales@maker.example",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!(letter("missing"), None);
    bench.set_clock("2025-03-05T09:00:00Z");
    let missing = letter("missing").expect("the second period has none");
    assert!(
        missing.contains("14 × Core") && missing.contains("bis zum 30. März 2025"),
        "{missing}"
    );
    bench.set_clock("2025-04-05T09:00:00Z");
    assert!(
        letter("missing")
            .expect("a letter")
            .contains("seit dem 31. März 2025")
    );
}
