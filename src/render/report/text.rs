//! The report as plain text.

use super::hint::by_hint;
use crate::policy::report::figures::{Customer, Report};
use crate::policy::report::holding::Holding;
use crate::words::escape::for_terminal;
use crate::words::report::action::{ToDo, to_do};
use crate::words::report::figures;
use crate::words::report::letter::letters_of;
use crate::words::report::list::LISTED;
use crate::words::report::outline::{self, Table};
use crate::words::report::page;

/// The report in lines, each escaped for terminals.
#[must_use]
pub fn text(report: &Report) -> Vec<String> {
    let mut lines = vec![format!("{}, {}", page::REPORT, report.day.in_words())];
    lines.extend(
        report
            .clock_warning
            .as_deref()
            .map(|warning| format!("{}{}", page::WARNING, for_terminal(warning))),
    );
    lines.push(page::history_line(&report.history));
    lines.push(String::new());
    needs_doing(report, &mut lines);
    for customer in &report.organizations {
        organization(report, customer, &mut lines);
    }
    products(report, &mut lines);
    lines
}

fn needs_doing(report: &Report, lines: &mut Vec<String>) {
    lines.push(page::TO_DO.to_uppercase());
    let actions = to_do(report);
    if actions.is_empty() {
        lines.push(format!("  {}", page::NOTHING));
    }
    for group in actions.chunk_by(|a, b| a.kind == b.kind) {
        let Some(first) = group.first() else { continue };
        lines.push(format!(
            "  {}: {} ({})",
            figures::urgency(first.urgency),
            figures::kind(first.kind),
            group.len()
        ));
        for (hint, actions) in by_hint(group) {
            lines.extend(
                actions
                    .iter()
                    .take(LISTED)
                    .map(|action| format!("    {}", for_terminal(&action_line(action)))),
            );
            lines.push(format!("    -> {hint}"));
            lines.extend(rest(actions.len()).map(|rest| format!("    {rest}")));
        }
    }
    lines.push(String::new());
}

fn action_line(action: &ToDo) -> String {
    format!(
        "{}, {}: {}",
        action.organization, action.product, action.text
    )
}

/// How many more there are than people are shown.
fn rest(all: usize) -> Option<String> {
    let more = all.saturating_sub(LISTED);
    (more > 0).then(|| page::more_lines(more))
}

fn organization(report: &Report, customer: &Customer, lines: &mut Vec<String>) {
    let withdrawn = withdrawn(customer.withdrawn);
    lines.push(format!(
        "{} ({}{withdrawn})",
        for_terminal(&customer.name),
        customer.id
    ));
    lines.extend(
        customer
            .contact
            .as_deref()
            .map(|contact| format!("  {}{}", page::CONTACT, for_terminal(contact))),
    );
    if customer.products.is_empty() {
        lines.push(format!("  {}", page::NOTHING_YET));
    }
    lines.push(String::new());
    for holding in &customer.products {
        product(holding, lines);
        for letter in letters_of(report.day, customer, holding) {
            lines.push(format!("    {}{}", page::LETTER, letter.subject));
            lines.extend(
                letter
                    .text
                    .lines()
                    .map(|line| format!("    | {line}").trim_end().to_owned()),
            );
            lines.push(String::new());
        }
    }
}

fn withdrawn(is_withdrawn: bool) -> &'static str {
    if is_withdrawn { page::WITHDRAWN } else { "" }
}

fn product(holding: &Holding, lines: &mut Vec<String>) {
    let withdrawn = withdrawn(holding.withdrawn);
    let (name, model) = (for_terminal(&holding.name), figures::model(holding.model));
    lines.push(format!(
        "  {name} ({}, {model}{withdrawn}): {}",
        holding.product,
        figures::standing(holding)
    ));
    for (fact, said) in outline::facts(holding) {
        lines.push(format!("    {fact}: {said}"));
    }
    for table in outline::tables(holding) {
        grid(&table, lines);
    }
    lines.push(String::new());
}

/// A table with columns as wide as their widest cell, in characters.
fn grid(table: &Table, lines: &mut Vec<String>) {
    let heads: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.to_owned())
        .collect();
    let width = |place: usize| {
        let cells = std::iter::once(&heads)
            .chain(&table.rows)
            .filter_map(|row| row.get(place));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    lines.push(format!("    {}", table.title));
    for row in std::iter::once(&heads).chain(&table.rows) {
        let cells = row.iter().zip(&widths).zip(&table.columns);
        let padded: Vec<String> = cells
            .map(|((cell, width), column)| match column.is_number {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            })
            .collect();
        lines.push(format!("      {}", padded.join("  ")).trim_end().to_owned());
    }
    lines.extend((table.more > 0).then(|| format!("      {}", page::more_lines(table.more))));
}

/// Where every licence of a product is.
fn products(report: &Report, lines: &mut Vec<String>) {
    if report.products.is_empty() {
        return;
    }
    lines.push(page::STOCK.to_uppercase());
    for stock in &report.products {
        let withdrawn = withdrawn(stock.withdrawn);
        lines.push(format!(
            "  {} ({}, {}{withdrawn})",
            for_terminal(&stock.name),
            stock.id,
            figures::model(stock.model)
        ));
        for (place, counts) in figures::places(&stock.tally) {
            lines.extend((!counts.is_empty()).then(|| format!("    {place}: {counts}")));
        }
    }
}
