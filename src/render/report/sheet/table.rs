//! The table: what the whole report says, then each customer and product.

use super::row::Row;
use super::writer::Sheet;
use crate::policy::report::figures::{Customer, Report};
use crate::render::error::RenderError;
use crate::words::report::action::to_do;
use crate::words::report::figures;

/// The table: UTF-8 with a byte order mark, lines that end with CR LF, a header. No cell is read as
/// a formula.
///
/// # Errors
/// [`RenderError::Encoder`].
pub fn csv(report: &Report) -> Result<Vec<u8>, RenderError> {
    let mut sheet = Sheet::new();
    sheet.header()?;
    sheet.head(report)?;
    for customer in &report.organizations {
        sheet.customer(customer)?;
    }
    sheet.stock(report)?;
    sheet.finish()
}

impl Sheet {
    fn head(&mut self, report: &Report) -> Result<(), RenderError> {
        let row = Row::default();
        let history = format!("head {}", report.history.head);
        self.row(
            &row.item("report", "day")
                .days(Some(report.day), Some(report.day)),
        )?;
        self.row(
            &row.item("report", "history")
                .count(report.history.size)
                .note(history),
        )?;
        if let Some(warning) = &report.clock_warning {
            self.row(&row.item("report", "clock-warning").note(warning.clone()))?;
        }
        for action in to_do(report) {
            let (organization, product) =
                (action.organization.to_string(), action.product.to_string());
            let row = Row {
                organization,
                product,
                ..row.item("action", figures::kind(action.kind))
            };
            self.row(&row.days(None, action.day).note(format!(
                "{}: {}",
                figures::urgency(action.urgency),
                action.text
            )))?;
        }
        Ok(())
    }

    fn customer(&mut self, customer: &Customer) -> Result<(), RenderError> {
        let (organization, organization_name) = (customer.id.to_string(), customer.name.clone());
        let row = Row {
            organization,
            organization_name,
            ..Row::default()
        };
        let note = if customer.withdrawn { "withdrawn" } else { "" };
        self.row(&row.item("organization", &customer.language).note(note))?;
        for holding in &customer.products {
            let (product, product_name) = (holding.product.to_string(), holding.name.clone());
            let row = Row {
                product,
                product_name,
                model: holding.model.to_string(),
                ..row.clone()
            };
            self.holding(&row, holding)?;
        }
        Ok(())
    }

    /// Where every licence of a product is.
    fn stock(&mut self, report: &Report) -> Result<(), RenderError> {
        for stock in &report.products {
            for (place, counts) in figures::places(&stock.tally) {
                let row = Row {
                    section: "stock",
                    item: place.to_lowercase(),
                    product: stock.id.to_string(),
                    ..Row::default()
                };
                let note = if stock.withdrawn { "withdrawn" } else { "" };
                let row = Row {
                    product_name: stock.name.clone(),
                    model: stock.model.to_string(),
                    note: note.into(),
                    ..row
                };
                self.counts(&row, counts)?;
            }
        }
        Ok(())
    }
}
