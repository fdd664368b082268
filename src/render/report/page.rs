//! The report as one HTML page that loads nothing: for a browser without a network, and for A4
//! paper.
//!
//! [`maud`] escapes every text for HTML; what could hide itself or change directions is made
//! visible before.

use super::by_hint;
use crate::policy::report::action::{Action, Urgency};
use crate::policy::report::figures::{Customer, Report, Stock};
use crate::policy::report::holding::Holding;
use crate::policy::report::status::Status;
use crate::words::escape::for_terminal;
use crate::words::report::figures;
use crate::words::report::language::Language;
use crate::words::report::letter::{About, Letter, letters_of};
use crate::words::report::list::LISTED;
use crate::words::report::outline::{self, Column, Table};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The page's whole style.
const STYLE: &str = include_str!("page.css");
/// A browser loads nothing for this page, and runs nothing in it, whatever stands there.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page: UTF-8, valid HTML, the same bytes each time.
#[must_use]
pub fn html(report: &Report) -> String {
    let title = title(report);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (head(report))
                main {
                    (needs_doing(report))
                    @if report.organizations.len() > 1 { (overview(report)) }
                    @if report.organizations.is_empty() { (nobody()) }
                    @for customer in &report.organizations { (organization(report, customer)) }
                    @if !report.products.is_empty() { (places(&report.products)) }
                }
                (foot(report))
            }
        }
    };
    page.into_string()
}

fn title(report: &Report) -> String {
    let whose = report
        .organizations
        .first()
        .filter(|_| report.only.is_some());
    let of = whose.map_or_else(String::new, |customer| {
        format!(" for {}", for_terminal(&customer.name))
    });
    format!("Licence report{of}, {}", report.day.in_words())
}

fn head(report: &Report) -> Markup {
    let whose = report
        .organizations
        .first()
        .filter(|_| report.only.is_some());
    let active: u64 = report
        .organizations
        .iter()
        .flat_map(|one| &one.products)
        .map(|holding| holding.systems.active)
        .sum();
    let urgent = report
        .actions
        .iter()
        .filter(|action| action.urgency == Urgency::Now)
        .count();
    html! {
        header {
            h1 { "Licence report" @if let Some(customer) = whose { " for " (name(&customer.name)) } }
            p.day { "As of " (report.day.in_words()) " (UTC)" }
            @if let Some(warning) = &report.clock_warning {
                p.warning role="alert" {
                    strong { "Clock not believed: " } (for_terminal(warning))
                    ". The figures are those of the last day that the signer recorded."
                }
            }
            dl.counts {
                @if report.only.is_none() { div { dt { "organizations" } dd { (report.organizations.len()) } } }
                div { dt { "active systems" } dd { (active) } }
                div { dt { "things to act on now" } dd { (urgent) } }
                div { dt { "things to do in all" } dd { (report.actions.len()) } }
            }
        }
    }
}

fn foot(report: &Report) -> Markup {
    html! {
        footer {
            p {
                "Computed from the signer's history of " (report.history.size) " entries, head "
                code { (report.history.head) } ". " code { "keyspool history verify" } " checks that history."
            }
            p { "Every last day is inclusive, in UTC." }
        }
    }
}

/// A name from outside: it cannot turn the text beside it around.
fn name(text: &str) -> Markup {
    html! { bdi { (for_terminal(text)) } }
}

fn needs_doing(report: &Report) -> Markup {
    html! {
        section #todo {
            h2 { "What needs doing" }
            @if report.actions.is_empty() { p { "Nothing: no licence is missing, nothing ends \
                soon, nobody waits." } }
            @for urgent in report.actions.chunk_by(|a, b| a.urgency == b.urgency) {
                @if let Some(first) = urgent.first() {
                    div class=(format!("urgency {}", class_of(first.urgency))) {
                        h3 { (figures::urgency(first.urgency)) ": " (urgent.len()) }
                        @for kind in urgent.chunk_by(|a, b| a.kind == b.kind) { (kind_of(report, kind)) }
                    }
                }
            }
        }
    }
}

fn class_of(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Now => "now",
        Urgency::Soon => "soon",
        Urgency::Note => "note",
    }
}

fn kind_of(report: &Report, actions: &[Action]) -> Markup {
    let Some(first) = actions.first() else {
        return html! {};
    };
    html! {
        div.kind {
            h4 { (figures::kind(first.kind)) }
            @for (hint, actions) in by_hint(actions) {
                p.hint { (with_code(hint)) }
                ul {
                    @for action in actions.iter().take(LISTED) {
                        li {
                            a href=(format!("#{}", place(action.organization.as_str(), action.product.as_str()))) { (whose(report, action)) }
                            ": " (for_terminal(&action.text))
                        }
                    }
                }
                @if actions.len() > LISTED {
                    p.more { "and " (actions.len() - LISTED) " more, each under its organization \
                        below" }
                }
            }
        }
    }
}

/// `Acme, Video`; the product alone where only one organization is spoken of.
fn whose(report: &Report, action: &Action) -> Markup {
    let customer = report
        .organizations
        .iter()
        .find(|customer| customer.id == action.organization);
    let holding = customer.and_then(|customer| {
        customer
            .products
            .iter()
            .find(|holding| holding.product == action.product)
    });
    html! {
        @if let (Some(customer), Some(holding)) = (customer, holding) {
            @if report.only.is_none() { (name(&customer.name)) ", " }
            (name(&holding.name))
        }
    }
}

/// A sentence in which commands stand between backticks.
fn with_code(sentence: &str) -> Markup {
    html! {
        @for (place, part) in sentence.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The id of a place in the page: no identifier holds a slash.
fn place(organization: &str, product: &str) -> String {
    format!("org/{organization}/{product}")
}

fn overview(report: &Report) -> Markup {
    let rows = report.organizations.iter().flat_map(|customer| {
        customer
            .products
            .iter()
            .map(move |holding| (customer, holding))
    });
    html! {
        section #overview {
            h2 { "Overview" }
            div.scroll.list tabindex="0" role="region" aria-label="Overview" {
                table {
                    thead { tr {
                        th scope="col" { "Organization" } th scope="col" { "Product" } th scope="co\
                            l" { "Status" }
                        th.number scope="col" { "Systems" } th scope="col" { "Owned" } th scope="co\
                            l" { "Missing" }
                    } }
                    tbody {
                        @for (customer, holding) in rows {
                            tr {
                                th scope="row" {
                                    a href=(format!("#{}", place(customer.id.as_str(), holding.product.as_str()))) { (name(&customer.name)) }
                                }
                                td { (name(&holding.name)) }
                                td { (status(holding)) }
                                td.number { (holding.systems.active) }
                                td { (figures::counts(&holding.owned, holding)) }
                                td { (figures::counts(&holding.missing, holding)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn status(holding: &Holding) -> Markup {
    let class = match holding.standing.status {
        Status::Expired | Status::Grace => "now-word",
        Status::ExpiresSoon | Status::Started | Status::Trial => "soon-word",
        Status::Licensed => "good-word",
        Status::NotStarted => "soft",
    };
    html! { span class=(class) { (capitalized(&figures::standing(holding))) } }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

fn nobody() -> Markup {
    html! {
        section {
            h2 { "Organizations" }
            p { "There are none yet: name them in a catalogue and apply it with " code { "keyspool catalogue apply FILE" } "." }
        }
    }
}

fn organization(report: &Report, customer: &Customer) -> Markup {
    html! {
        section id=(format!("org/{}", customer.id)) {
            h2 {
                (name(&customer.name)) " " span.id { (customer.id) @if customer.withdrawn { ", withdrawn" } }
            }
            @if let Some(contact) = &customer.contact { p.contact.soft { "Orders and questions: " (name(contact)) } }
            @if customer.products.is_empty() { p { "It owns, uses and waits for nothing." } }
            @for holding in &customer.products { (product(report, customer, holding)) }
        }
    }
}

fn product(report: &Report, customer: &Customer, holding: &Holding) -> Markup {
    html! {
        div.product id=(place(customer.id.as_str(), holding.product.as_str())) {
            h3 {
                (name(&holding.name)) " "
                span.id { (holding.product) ", " (figures::model(holding.model)) @if holding.withdrawn { ", withdrawn" } }
            }
            p.status { (status(holding)) }
            dl.facts {
                @for (fact, said) in outline::facts(holding) { dt { (fact) } dd { (said) } }
            }
            @for one in outline::tables(holding) { (table(&one)) }
            @for letter in letters_of(report.day, customer, holding) { (letter_of(&letter)) }
        }
    }
}

fn table(table: &Table) -> Markup {
    html! {
        div.scroll.list[table.is_list].stack[!table.is_list] tabindex="0" role="region" aria-label=(table.title) {
            table {
                caption { (table.title) }
                thead { tr { @for column in &table.columns { th.number[column.is_number] scope="col" { (column.name) } } } }
                tbody {
                    @for row in &table.rows {
                        tr { @for (place, (cell, column)) in row.iter().zip(&table.columns).enumerate() { (cell_of(place, cell, *column)) } }
                    }
                }
            }
        }
        @if table.more > 0 {
            p.more { "and " (table.more) " more; " code { "keyspool report --format csv" } " has all" }
        }
    }
}

fn cell_of(place: usize, cell: &str, column: Column) -> Markup {
    let class = match (column.is_number, cell, column.name) {
        (true, "0", _) => "number zero",
        (true, ..) if column.is_alarm => "number alarm",
        (true, ..) => "number",
        (false, ..) if is_short(column.name) => "short",
        _ => "",
    };
    html! {
        @if place == 0 {
            th scope="row" data-label=(column.name) { bdi { (cell) } }
        } @else if class.is_empty() {
            td data-label=(column.name) { bdi { (cell) } }
        } @else {
            td class=(class) data-label=(column.name) { (cell) }
        }
    }
}

/// Columns of days and Computer IDs, which are read best in one piece.
fn is_short(column: &str) -> bool {
    [
        "Computer ID",
        "Since",
        "Until",
        "First day",
        "Last day",
        "Grace until",
        "Left",
        "Newest request",
    ]
    .contains(&column)
}

fn letter_of(letter: &Letter) -> Markup {
    let about = match letter.about {
        About::Missing => "licences missing",
        About::Growth => "growth allowance",
        About::Expiring => "licences that end soon or have ended",
        About::Unconfirmed => "activations not confirmed",
    };
    html! {
        details {
            summary { "Text for the customer: " (about) " " span.soft { "(" (letter.language) ")" } }
            div.letter lang=(Language::of(&letter.language).tag()) {
                p.subject { (letter.subject) }
                @for paragraph in letter.text.split("\n\n") {
                    @if paragraph.starts_with("- ") {
                        ul { @for line in paragraph.lines() { li { (line.trim_start_matches("- ")) } } }
                    } @else {
                        p { (paragraph) }
                    }
                }
            }
        }
    }
}

/// Where every licence of every product is.
fn places(products: &[Stock]) -> Markup {
    html! {
        section #places {
            h2 { "Where every licence is" }
            p.soft { "Over all organizations. Minted and credited together are the sum of the \
                rest." }
            @for stock in products.iter().filter(|stock| !figures::types(&stock.tally).is_empty()) { (place_of(stock)) }
            @let unsold: Vec<&Stock> = products.iter().filter(|stock| figures::types(&stock.tally).is_empty()).collect();
            @if !unsold.is_empty() {
                p.more {
                    "No licence key was ever minted for: "
                    @for (place, stock) in unsold.iter().enumerate() {
                        @if place > 0 { ", " }
                        (name(&stock.name)) " (" (stock.id) @if stock.withdrawn { ", withdrawn" } ")"
                    }
                    "."
                }
            }
        }
    }
}

fn place_of(stock: &Stock) -> Markup {
    let rows = figures::places(&stock.tally);
    html! {
        div.product {
            h3 {
                (name(&stock.name)) " "
                span.id { (stock.id) ", " (figures::model(stock.model)) @if stock.withdrawn { ", withdrawn" } }
            }
            div.scroll.stack tabindex="0" role="region" aria-label=(format!("Licences of {}", stock.id)) {
                table {
                    thead { tr { th scope="col" { "Type" } @for (place, _) in rows { th.number scope="col" { (place) } } } }
                    tbody {
                        @for licence_type in figures::types(&stock.tally) {
                            tr {
                                th scope="row" data-label="Type" { (licence_type) }
                                @for (place, counts) in rows {
                                    @let count = counts.of(licence_type);
                                    td.number.zero[count == 0] data-label=(place) { (count) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
