//! One organization with its products and the letters to it.

use super::mark::{name, place, status};
use super::table::table;
use crate::policy::report::figures::{Customer, Report};
use crate::policy::report::holding::Holding;
use crate::words::report::language::Language;
use crate::words::report::letter::{Letter, letters_of};
use crate::words::report::{figures, outline, page};
use maud::{Markup, html};

/// The section of one organization.
pub(super) fn organization(report: &Report, customer: &Customer) -> Markup {
    html! {
        section id=(format!("org/{}", customer.id)) {
            h2 {
                (name(&customer.name)) " "
                span.id { (customer.id) @if customer.withdrawn { (page::WITHDRAWN) } }
            }
            @if let Some(contact) = &customer.contact {
                p.contact.soft { (page::CONTACT) (name(contact)) }
            }
            @if customer.products.is_empty() { p { (page::OWNS_NOTHING) } }
            @for holding in &customer.products { (product(report, customer, holding)) }
        }
    }
}

fn product(report: &Report, customer: &Customer, holding: &Holding) -> Markup {
    html! {
        div.product id=(place(customer.id.as_str(), holding.product.as_str())) {
            h3 {
                (name(&holding.name)) " "
                span.id {
                    (holding.product) ", " (figures::model(holding.model))
                    @if holding.withdrawn { (page::WITHDRAWN) }
                }
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

fn letter_of(letter: &Letter) -> Markup {
    html! {
        details {
            summary {
                (page::LETTER) (page::about(letter.about)) " "
                span.soft { "(" (letter.language) ")" }
            }
            div.letter lang=(Language::of(&letter.language).tag()) {
                p.subject { (letter.subject) }
                @for paragraph in letter.text.split("\n\n") { (paragraph_of(paragraph)) }
            }
        }
    }
}

fn paragraph_of(paragraph: &str) -> Markup {
    html! {
        @if paragraph.starts_with("- ") {
            ul { @for line in paragraph.lines() { li { (line.trim_start_matches("- ")) } } }
        } @else {
            p { (paragraph) }
        }
    }
}
