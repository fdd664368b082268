//! Every letter of a report.

use super::text::Letter;
use super::writer::Writer;
use crate::licence::Day;
use crate::policy::report::figures::{Customer, Report};
use crate::policy::report::holding::Holding;

/// Every letter, by organization, product and what it is about.
#[must_use]
pub fn letters(report: &Report) -> Vec<Letter> {
    let each = report.organizations.iter().flat_map(|customer| {
        customer
            .products
            .iter()
            .map(move |holding| (customer, holding))
    });
    each.flat_map(|(customer, holding)| letters_of(report.day, customer, holding))
        .collect()
}

/// The letters about one product.
#[must_use]
pub fn letters_of(day: Day, customer: &Customer, holding: &Holding) -> Vec<Letter> {
    let writer = Writer::new(day, customer, holding);
    [
        writer.missing(),
        writer.growth(),
        writer.expiring(),
        writer.unconfirmed(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
