//! The English of the report's page and text, around its figures. Commands stand between backticks.

use crate::licence::Identifier;
use crate::policy::report::figures::Report;
use crate::wire::response::HistoryPoint;
use crate::words::escape::for_terminal;
use crate::words::report::letter::About;

/// The report's name.
pub const REPORT: &str = "Licence report";
/// Between the report's name and the organization's.
pub const FOR: &str = " for ";
/// Before a warning about the clock.
pub const CLOCK: &str = "Clock not believed: ";
/// What such a warning means.
pub const CLOCK_FIGURES: &str = ". The figures are those of the last day that the signer recorded.";
/// What is counted at the top of the page.
pub const COUNTED: [&str; 4] = [
    "organizations",
    "active systems",
    "things to act on now",
    "things to do in all",
];
/// What days mean.
pub const DAYS: &str = "Every last day is inclusive, in UTC.";
/// Heading of what needs doing.
pub const TO_DO: &str = "What needs doing";
/// Nothing needs doing.
pub const NOTHING_TO_DO: &str = "Nothing: no licence is missing, nothing ends soon, nobody waits.";
/// Heading of one line a product.
pub const OVERVIEW: &str = "Overview";
/// Its columns.
pub const OVERVIEW_COLUMNS: [&str; 6] = [
    "Organization",
    "Product",
    "Status",
    "Systems",
    "Owned",
    "Missing",
];
/// Heading of the organizations, where there are none.
pub const ORGANIZATIONS: &str = "Organizations";
/// There are no organizations.
pub const NO_ORGANIZATIONS: &str = "There are none yet: name them in a catalogue and apply it with \
    `keyspool catalogue apply FILE`.";
/// After the identifier of what a later catalogue dropped.
pub const WITHDRAWN: &str = ", withdrawn";
/// Before an organization's contact.
pub const CONTACT: &str = "Orders and questions: ";
/// An organization without a product.
pub const OWNS_NOTHING: &str = "It owns, uses and waits for nothing.";
/// Before a letter.
pub const LETTER: &str = "Text for the customer: ";
/// Heading of the stock.
pub const STOCK: &str = "Where every licence is";
/// How the stock adds up.
pub const STOCK_SUM: &str =
    "Over all organizations. Minted and credited together are the sum of the rest.";
/// Before the products of which no licence was ever made.
pub const NEVER_MINTED: &str = "No licence key was ever minted for: ";
/// Column of the licence types.
pub const TYPE: &str = "Type";

/// Before a warning in the text.
pub const WARNING: &str = "Warning: ";
/// The text's list of what needs doing is empty.
pub const NOTHING: &str = "Nothing.";
/// The text's list of an organization's products is empty.
pub const NOTHING_YET: &str = "Nothing yet.";

/// The report's name, whose it is, and its day.
#[must_use]
pub fn title(report: &Report) -> String {
    let whose = report
        .organizations
        .first()
        .filter(|_| report.only.is_some());
    let of = whose.map_or_else(String::new, |customer| {
        format!("{FOR}{}", for_terminal(&customer.name))
    });
    format!("{REPORT}{of}, {}", report.day.in_words())
}

/// The report's day.
#[must_use]
pub fn as_of(report: &Report) -> String {
    format!("As of {} (UTC)", report.day.in_words())
}

/// What the report was computed from.
#[must_use]
pub fn history(history: &HistoryPoint) -> String {
    format!(
        "Computed from the signer's history of {} entries, head `{}`. `keyspool history verify` \
            checks that history.",
        history.size, history.head
    )
}

/// What the text was computed from.
#[must_use]
pub fn history_line(history: &HistoryPoint) -> String {
    format!("History: {} entries, head {}", history.size, history.head)
}

/// How many more there are than the text lists.
#[must_use]
pub fn more_lines(more: usize) -> String {
    format!("and {more} more; `--format json` and `--format csv` have all")
}

/// How many more things there are to do than are listed.
#[must_use]
pub fn more_to_do(more: usize) -> String {
    format!("and {more} more, each under its organization below")
}

/// How many more rows there are than are listed.
#[must_use]
pub fn more_rows(more: usize) -> String {
    format!("and {more} more; `keyspool report --format csv` has all")
}

/// What a letter is about.
#[must_use]
pub fn about(about: About) -> &'static str {
    match about {
        About::Missing => "licences missing",
        About::Growth => "growth allowance",
        About::Expiring => "licences that end soon or have ended",
        About::Unconfirmed => "activations not confirmed",
    }
}

/// The name of a product's table of licences.
#[must_use]
pub fn licences_of(product: &Identifier) -> String {
    format!("Licences of {product}")
}
