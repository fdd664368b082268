//! What needs doing.

use super::mark::{name, place, with_code};
use crate::policy::report::figures::Report;
use crate::policy::report::kind::Urgency;
use crate::render::report::hint::by_hint;
use crate::words::escape::for_terminal;
use crate::words::report::action::{ToDo, to_do};
use crate::words::report::list::LISTED;
use crate::words::report::{figures, page};
use maud::{Markup, html};

/// Every action, by urgency, kind and hint.
pub(super) fn needs_doing(report: &Report) -> Markup {
    let actions = to_do(report);
    html! {
        section #todo {
            h2 { (page::TO_DO) }
            @if actions.is_empty() { p { (page::NOTHING_TO_DO) } }
            @for urgent in actions.chunk_by(|a, b| a.urgency == b.urgency) {
                @if let Some(first) = urgent.first() {
                    div class=(format!("urgency {}", class_of(first.urgency))) {
                        h3 { (figures::urgency(first.urgency)) ": " (urgent.len()) }
                        @for kind in urgent.chunk_by(|a, b| a.kind == b.kind) {
                            (kind_of(report, kind))
                        }
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

fn kind_of(report: &Report, actions: &[ToDo]) -> Markup {
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
                            a href=(link(action)) { (whose(report, action)) }
                            ": " (for_terminal(&action.text))
                        }
                    }
                }
                @if actions.len() > LISTED {
                    p.more { (page::more_to_do(actions.len() - LISTED)) }
                }
            }
        }
    }
}

fn link(action: &ToDo) -> String {
    let place = place(action.organization.as_str(), action.product.as_str());
    format!("#{place}")
}

/// `Acme, Video`; the product alone where only one organization is spoken of.
fn whose(report: &Report, action: &ToDo) -> Markup {
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
