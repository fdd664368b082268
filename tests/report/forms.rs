//! The forms: text, JSON, CSV, HTML; hostile names; letters; what reading leaves alone.

use crate::bench::{Bench, Said};
use crate::report_unit::{apply, change, found, signer};
use crate::unit::counts;
use keyspool::wire::request::Wanted;
use serde_json::{Value, json};

/// A name that is legal, and hostile to a page, a table and a spreadsheet.
const HOSTILE: &str = "=cmd|' /C calc'!A0 \"<script>alert(1)</script>&amp;\", </title>";

pub(crate) fn form(bench: &Bench, format: &str, more: &[&str]) -> String {
    bench
        .run(&[&["report", "--format", format], more].concat())
        .exits(0)
        .stdout
}

/// A signer whose customer, product, type, contact and device all have hostile names.
fn hostile() -> Bench {
    let bench = signer();
    apply(&bench, |catalogue| {
        catalogue["organizations"][0]["name"] = json!(HOSTILE);
        catalogue["organizations"][0]["contact"] = json!(HOSTILE);
        change(catalogue, "vms", "name", json!(HOSTILE));
        change(
            catalogue,
            "vms",
            "licence_types",
            json!([{"id": "core", "name": HOSTILE}, {"id": "universal", "name": "Universal"}]),
        );
    });
    let mut unit = bench.unit(HOSTILE, "vms");
    let request = unit.ask(Wanted::Activate, counts(&[("core", 3)]), &[]);
    assert_eq!(
        bench
            .answer("hostile.json", &request.to_json())
            .outcome(&request),
        "activated"
    );
    bench
}

#[test]
fn an_empty_vault_has_a_report_in_every_form() {
    let bench = Bench::empty();
    bench.json(&["init"]);
    let report = bench.json(&["report"]);
    assert_eq!(
        (&report["day"], &report["organizations"], &report["actions"]),
        (&json!("2024-03-01"), &json!([]), &json!([]))
    );
    assert!(form(&bench, "text", &[]).contains("Nothing."));
    assert!(form(&bench, "html", &[]).contains("There are none yet"));
    assert_eq!(
        form(&bench, "csv", &[]).lines().count(),
        3,
        "the header, the day, the history"
    );
}

#[test]
fn report_names_its_place_in_the_history() {
    let bench = signer();
    bench.set_clock("2025-02-20T09:00:00Z");
    let before = bench.everything();
    let verified = bench.json(&["history", "verify"]);
    let report = bench.json(&["report"]);
    assert_eq!(
        (&report["history"]["size"], &report["history"]["head"]),
        (&verified["size"], &verified["head"])
    );
    let head = verified["head"].as_str().expect("a head");
    for format in ["text", "html", "csv"] {
        let (once, again) = (form(&bench, format, &[]), form(&bench, format, &[]));
        assert!(
            once.contains(head) && once == again,
            "{format}: the same bytes each time, with the head"
        );
    }
    assert!(form(&bench, "html", &[]).contains("As of 20 February 2025"));
    assert!(
        bench.everything() == before,
        "reading changes nothing, not even on a later day"
    );
}

#[test]
fn implausible_clock_is_a_warning() {
    let bench = signer();
    bench.set_clock("2027-03-01T09:00:00Z");
    let said: Said = bench.run(&["report", "--json"]).exits(0);
    assert!(
        said.stderr.contains("warning: ") && said.stderr.contains("400 days"),
        "{said}"
    );
    let report = said.json();
    assert_eq!(report["day"], "2024-03-01");
    assert!(
        report["clock_warning"]
            .as_str()
            .expect("a warning")
            .contains("2027-03-01")
    );
    assert_eq!(found(&report, "acme", "desk")["systems"]["active"], 1);
    assert!(form(&bench, "html", &[]).contains("Clock not believed"));
    assert!(form(&bench, "text", &[]).contains("Warning: "));
}

#[test]
fn hostile_names_are_text_in_the_page() {
    let page = form(&hostile(), "html", &[]);
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"),
        "shown as it is"
    );
    assert!(!page.contains("<script") && page.matches("</title>").count() == 1);
    for way in [
        "http:",
        "https:",
        "src=",
        "url(",
        "<link",
        "<img",
        "<iframe",
        "@import",
        "javascript:",
        "style=",
        "onclick",
    ] {
        assert!(!page.contains(way), "{way}");
    }
    assert!(
        page.contains("default-src 'none'")
            && page.contains("<html lang=\"en\">")
            && page.contains("<title>Licence report, ")
    );
    let quoted = page
        .split("aria-label=\"")
        .skip(1)
        .chain(page.split("href=\"").skip(1));
    assert!(
        quoted
            .filter_map(|part| part.split('"').next())
            .all(|value| !value.contains(['<', '>']))
    );
}

#[test]
fn every_element_that_the_page_opens_it_closes() {
    let page = form(&hostile(), "html", &[]);
    let mut open: Vec<String> = Vec::new();
    for tag in page
        .split('<')
        .skip(1)
        .filter_map(|part| part.split('>').next())
    {
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
        } else if name != "meta" && !tag.starts_with('!') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    let ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|part| part.split('"').next())
        .collect();
    let links: Vec<&str> = page
        .split("href=\"#")
        .skip(1)
        .filter_map(|part| part.split('"').next())
        .collect();
    assert!(
        !links.is_empty()
            && links
                .iter()
                .all(|link| ids.iter().filter(|id| *id == link).count() == 1),
        "{links:?} {ids:?}"
    );
}

#[test]
fn no_cell_of_the_table_is_a_formula() {
    let table = form(&hostile(), "csv", &[]);
    assert!(table.starts_with('\u{FEFF}') && table.contains("\r\n"));
    let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{FEFF}').as_bytes());
    assert_eq!(
        reader.headers().expect("a header").iter().next(),
        Some("section")
    );
    let rows: Vec<csv::StringRecord> = reader
        .records()
        .collect::<Result<_, _>>()
        .expect("rows of one length");
    assert!(
        rows.iter()
            .flatten()
            .all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r']))
    );
    assert!(
        rows.iter()
            .flatten()
            .any(|cell| cell == format!("'{HOSTILE}")),
        "the name is there, as text"
    );
    let figure = |item: &str| {
        let row = rows
            .iter()
            .find(|row| &row[0] == "licences" && &row[3] == "vms" && &row[6] == item)
            .expect("the figure");
        (row[7].to_owned(), row[8].to_owned())
    };
    assert_eq!(figure("needed"), ("core".into(), "3".into()));
    assert_eq!(figure("stored"), (String::new(), "0".into()));
}

#[test]
fn help_describes_every_member_of_the_json() {
    let bench = hostile();
    let help = bench
        .run(&["report", "--help"])
        .exits(0)
        .stdout
        .split_whitespace()
        .collect::<String>();
    let mut document = bench.json(&["report"]);
    // Members that are identifiers of somebody, and what other commands describe.
    let mut names = std::collections::BTreeSet::new();
    document["products"]
        .as_array_mut()
        .expect("products")
        .iter_mut()
        .for_each(|stock| stock["tally"] = Value::Null);
    collect(&document, &mut names);
    let foreign = [
        "core",
        "universal",
        "seat",
        "module",
        "channel",
        "number",
        "first",
        "last",
        "grace_until",
        "licensed",
    ];
    for name in names
        .iter()
        .filter(|name| !foreign.contains(&name.as_str()))
    {
        assert!(
            help.contains(&format!("\"{name}\"")),
            "{name} is not in --help"
        );
    }
    assert!(names.len() > 60, "{names:?}");
}

fn collect(value: &Value, names: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            names.insert(name.clone());
            collect(value, names);
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}

#[test]
fn one_organization_reads_nothing_of_the_others() {
    let bench = signer();
    bench.store("globex", "short", "seat=1");
    for format in ["text", "json", "csv", "html"] {
        let said = form(&bench, format, &["--organization", "globex"]);
        assert!(
            said.contains("globex") && !said.contains("acme") && !said.contains("Acme"),
            "{format}: {said}"
        );
        assert!(!said.contains("Where every licence is"), "{format}");
    }
    let unknown = bench
        .run(&["report", "--organization", "nobody", "--json"])
        .exits(1);
    assert_eq!(unknown.error_code(), "unknown-organization");
    let typed = bench
        .run(&["report", "--organization", "No body", "--json"])
        .exits(2);
    assert_eq!(typed.error_code(), "usage");
    assert_eq!(
        bench
            .run(&["report", "--format", "html", "--json"])
            .exits(2)
            .error_code(),
        "usage"
    );
}

#[test]
fn a_report_goes_into_a_file_or_nowhere() {
    let bench = signer();
    std::fs::write(
        bench.path("report.html"),
        "yesterday's, which was longer".repeat(10_000),
    )
    .expect("written");
    let said = bench
        .run(&["report", "--format", "html", "--out", "report.html"])
        .exits(0);
    assert_eq!(said.stdout, "");
    assert_eq!(
        std::fs::read_to_string(bench.path("report.html")).expect("a page"),
        form(&bench, "html", &[])
    );
    let names = || {
        std::fs::read_dir(bench.path(""))
            .expect("the folder")
            .count()
    };
    let before = names();
    std::fs::create_dir(bench.path("folder")).expect("made");
    assert_eq!(
        bench
            .run(&["report", "--json", "--out", "folder"])
            .exits(1)
            .error_code(),
        "file"
    );
    assert_eq!(names(), before + 1, "nothing half-done is left behind");
    let said = bench
        .run(&["report", "--json", "--out", "no/such/folder/report.json"])
        .exits(1);
    assert_eq!(said.error_code(), "file");
}

#[test]
fn people_see_twenty_systems_and_programs_all() {
    let bench = signer();
    bench.store("acme", "open", "seat=23");
    for place in 0..23 {
        let request = bench.unit(&format!("desk-{place:02}"), "open").activate();
        bench.drop_file(format!("desk-{place:02}.json"), &request.to_json());
    }
    bench.process();
    let report = bench.json(&["report"]);
    assert_eq!(
        found(&report, "acme", "open")["unconfirmed"]
            .as_array()
            .map(Vec::len),
        Some(23)
    );
    assert_eq!(
        form(&bench, "csv", &[])
            .lines()
            .filter(|line| line.starts_with("unconfirmed,acme,Acme,open,"))
            .count(),
        23
    );
    for (format, rest) in [("text", "and 3 more"), ("html", "and 3 more")] {
        let said = form(&bench, format, &[]);
        assert!(
            said.contains("desk-19") && !said.contains("desk-20") && said.contains(rest),
            "{format}"
        );
    }
    let letters = report["letters"].as_array().expect("letters").clone();
    let letter = letters
        .iter()
        .find(|one| one["product"] == "open")
        .expect("a letter")["text"]
        .to_string();
    assert!(
        letter.contains("and another 3 systems") && !letter.contains("desk-20"),
        "{letter}"
    );
}
