//! Small pieces that several parts of the page use.

use crate::policy::report::holding::Holding;
use crate::policy::report::status::Status;
use crate::words::escape::for_terminal;
use crate::words::report::figures;
use maud::{Markup, html};

/// A name from outside: it cannot turn the text beside it around.
pub(super) fn name(text: &str) -> Markup {
    html! { bdi { (for_terminal(text)) } }
}

/// A sentence in which commands stand between backticks.
pub(super) fn with_code(sentence: &str) -> Markup {
    html! {
        @for (place, part) in sentence.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The id of a place in the page: no identifier holds a slash.
pub(super) fn place(organization: &str, product: &str) -> String {
    format!("org/{organization}/{product}")
}

/// How a product stands, in its colour.
pub(super) fn status(holding: &Holding) -> Markup {
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
