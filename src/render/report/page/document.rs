//! The whole page, its head and its foot.

use super::actions::needs_doing;
use super::customer::organization;
use super::mark::{name, with_code};
use super::overview::overview;
use super::stock::places;
use crate::policy::report::figures::Report;
use crate::policy::report::kind::Urgency;
use crate::words::escape::for_terminal;
use crate::words::report::page;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The page's whole style.
const STYLE: &str = include_str!("page.css");
/// A browser loads nothing for this page and runs nothing in it, whatever the page holds.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page: UTF-8, valid HTML, the same bytes each time.
#[must_use]
pub fn html(report: &Report) -> String {
    let title = page::title(report);
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
    let [organizations, systems, to_act_on, to_do] = page::COUNTED;
    html! {
        header {
            h1 {
                (page::REPORT)
                @if let Some(customer) = whose { (page::FOR) (name(&customer.name)) }
            }
            p.day { (page::as_of(report)) }
            @if let Some(warning) = &report.clock_warning {
                p.warning role="alert" {
                    strong { (page::CLOCK) } (for_terminal(warning)) (page::CLOCK_FIGURES)
                }
            }
            dl.counts {
                @if report.only.is_none() {
                    div { dt { (organizations) } dd { (report.organizations.len()) } }
                }
                div { dt { (systems) } dd { (active) } }
                div { dt { (to_act_on) } dd { (urgent) } }
                div { dt { (to_do) } dd { (report.actions.len()) } }
            }
        }
    }
}

fn foot(report: &Report) -> Markup {
    html! {
        footer {
            p { (with_code(&page::history(&report.history))) }
            p { (page::DAYS) }
        }
    }
}

fn nobody() -> Markup {
    html! {
        section {
            h2 { (page::ORGANIZATIONS) }
            p { (with_code(page::NO_ORGANIZATIONS)) }
        }
    }
}
