//! The report as one flat table that a spreadsheet opens (RFC 4180): one figure or one thing a row,
//! `section` says which.

use crate::licence::{ComputerId, Counts, Day};
use crate::policy::report::figures::{Customer, Report};
use crate::policy::report::holding::Holding;
use crate::render::error::RenderError;
use crate::words::escape::for_terminal;
use crate::words::report::figures as words;

/// What spreadsheets want before UTF-8.
const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];
/// Characters by which spreadsheets know a formula, those of full width among them.
const FORMULA: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'];

const COLUMNS: [&str; 14] = [
    "section",
    "organization",
    "organization_name",
    "product",
    "product_name",
    "model",
    "item",
    "type",
    "count",
    "from",
    "until",
    "computer_id",
    "computer_name",
    "note",
];

/// The table: UTF-8 with a byte order mark, lines that end with CR LF, a header. No cell is read as
/// a formula.
///
/// # Errors
/// [`RenderError::Encoder`].
pub fn csv(report: &Report) -> Result<Vec<u8>, RenderError> {
    let writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.to_vec());
    let mut sheet = Sheet { writer };
    sheet.write(&COLUMNS.map(str::to_owned))?;
    sheet.head(report)?;
    for customer in &report.organizations {
        sheet.customer(customer)?;
    }
    for stock in &report.products {
        for (place, counts) in words::places(&stock.tally) {
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
            sheet.counts(&row, counts)?;
        }
    }
    sheet
        .writer
        .into_inner()
        .map_err(|error| RenderError::encoder("CSV", &error))
}

/// One row, by its columns.
#[derive(Debug, Clone, Default)]
struct Row {
    section: &'static str,
    organization: String,
    organization_name: String,
    product: String,
    product_name: String,
    model: String,
    item: String,
    licence_type: String,
    count: String,
    from: String,
    until: String,
    computer_id: String,
    computer_name: String,
    note: String,
}

impl Row {
    fn cells(&self) -> [String; 14] {
        let row = self.clone();
        [
            row.section.to_owned(),
            row.organization,
            row.organization_name,
            row.product,
            row.product_name,
            row.model,
            row.item,
            row.licence_type,
            row.count,
            row.from,
            row.until,
            row.computer_id,
            row.computer_name,
            row.note,
        ]
    }

    fn item(&self, section: &'static str, item: &str) -> Self {
        Self {
            section,
            item: item.to_owned(),
            ..self.clone()
        }
    }

    fn days(self, from: Option<Day>, until: Option<Day>) -> Self {
        let text = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            from: text(from),
            until: text(until),
            ..self
        }
    }

    fn system(self, id: ComputerId, name: &str) -> Self {
        Self {
            computer_id: id.to_string(),
            computer_name: name.to_owned(),
            ..self
        }
    }

    fn count(self, count: u64) -> Self {
        Self {
            count: count.to_string(),
            ..self
        }
    }

    fn note(self, note: impl Into<String>) -> Self {
        Self {
            note: note.into(),
            ..self
        }
    }
}

struct Sheet {
    writer: csv::Writer<Vec<u8>>,
}

impl Sheet {
    fn write(&mut self, cells: &[String; 14]) -> Result<(), RenderError> {
        self.writer
            .write_record(cells.iter().map(|cell| guarded(cell)))
            .map_err(|error| RenderError::encoder("CSV", &error))
    }

    fn row(&mut self, row: &Row) -> Result<(), RenderError> {
        self.write(&row.cells())
    }

    /// A row for each type that is held; one without a type where none is.
    fn counts(&mut self, row: &Row, counts: &Counts) -> Result<(), RenderError> {
        if counts.is_empty() {
            return self.row(&row.clone().count(0));
        }
        for (licence_type, count) in counts {
            self.row(
                &Row {
                    licence_type: licence_type.to_string(),
                    ..row.clone()
                }
                .count(count),
            )?;
        }
        Ok(())
    }

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
        for action in &report.actions {
            let (organization, product) =
                (action.organization.to_string(), action.product.to_string());
            let row = Row {
                organization,
                product,
                ..row.item("action", words::kind(action.kind))
            };
            self.row(&row.days(None, action.day).note(format!(
                "{}: {}",
                words::urgency(action.urgency),
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
            self.figures(&row, holding)?;
            self.coming(&row, holding)?;
            self.systems(&row, holding)?;
        }
        Ok(())
    }

    fn figures(&mut self, row: &Row, holding: &Holding) -> Result<(), RenderError> {
        let standing = holding.standing;
        let withdrawn = if holding.withdrawn { "; withdrawn" } else { "" };
        let status = row
            .item("status", standing.status.as_str())
            .days(standing.since, standing.until);
        self.row(&status.note(format!("{}{withdrawn}", words::standing(holding))))?;
        let figures = [
            ("owned", &holding.owned),
            ("unredeemed", &holding.unredeemed),
            ("stored", &holding.stored),
            ("returned", &holding.returned),
            ("assigned", &holding.assigned),
            ("preloaded", &holding.preloaded),
            ("held", &holding.held),
            ("needed", &holding.need),
            ("used", &holding.used),
            ("waiting", &holding.waiting),
            ("waiting-beyond", &holding.waiting_beyond),
            ("missing", &holding.missing),
            ("to-order-missing", &holding.to_order.missing),
            ("to-order-waiting", &holding.to_order.waiting),
            ("to-order-not-renewed", &holding.to_order.not_renewed),
            ("to-order-ending", &holding.to_order.ending),
            ("to-order-growth", &holding.to_order.growth),
            ("could-not-renew", &holding.could_not_renew),
            ("carry-days", &holding.carry_days),
        ];
        for (name, counts) in figures {
            self.counts(&row.item("licences", name), counts)?;
        }
        let systems = &holding.systems;
        let counted = [
            ("active", systems.active),
            ("trial", systems.trial),
            ("emergency", systems.emergency),
            ("ended", systems.ended),
            ("denied", systems.denied),
            ("deactivated", systems.deactivated),
            ("released-after-end", systems.released_after_end),
            ("released-without-proof", systems.released_without_proof),
            (
                "released-without-proof-within-365-days",
                systems.released_without_proof_recently,
            ),
            ("recovered", systems.recovered),
            ("recovered-within-365-days", systems.recovered_recently),
            ("waiting", holding.waiting_systems),
            ("waiting-beyond", holding.waiting_beyond_systems),
            ("awaiting-approval", holding.awaiting_approval),
        ];
        counted
            .into_iter()
            .try_for_each(|(name, count)| self.row(&row.item("systems", name).count(count)))
    }

    fn coming(&mut self, row: &Row, holding: &Holding) -> Result<(), RenderError> {
        for period in &holding.periods {
            let days = |item: &str| {
                row.item("period", item)
                    .days(Some(period.first), Some(period.last))
            };
            let licensed = if period.licensed {
                "licensed"
            } else {
                "not licensed"
            };
            let note = format!("period {}, {licensed}", period.number);
            self.counts(&days("assigned").note(note.clone()), &period.assigned)?;
            self.counts(&days("missing").note(note), &period.missing)?;
        }
        for end in &holding.expiring {
            let expiring = row
                .item("expiring", words::ending(end.kind))
                .days(None, Some(end.until));
            let grace = end
                .grace_until
                .map_or_else(String::new, |last| format!("; grace until {last}"));
            let note = format!("{}{grace}", words::days_left(end.days_left));
            let named = match (end.computer_id, &end.computer_name) {
                (Some(id), Some(name)) => expiring.system(id, name),
                _ => expiring,
            };
            self.counts(&named.note(note), &end.licences)?;
        }
        if let Some(growth) = &holding.growth {
            let item = if growth.over { "over" } else { "reported" };
            self.row(
                &row.item("growth", item)
                    .days(None, growth.until)
                    .count(growth.added)
                    .note(words::growth(growth)),
            )?;
        }
        if let Some(swing) = &holding.swing {
            let note = format!("{}, then {}, then {}", swing.from, swing.judged, swing.to);
            self.row(
                &row.item("swing", "need")
                    .days(Some(swing.lowered), Some(swing.raised))
                    .note(note),
            )?;
        }
        Ok(())
    }

    fn systems(&mut self, row: &Row, holding: &Holding) -> Result<(), RenderError> {
        for (section, systems) in [("unconfirmed", &holding.unconfirmed), ("due", &holding.due)] {
            for one in systems {
                self.row(
                    &row.item(section, "")
                        .days(Some(one.day), None)
                        .system(one.computer_id, &one.computer_name),
                )?;
            }
        }
        for one in &holding.emergencies {
            self.row(
                &row.item("emergency", "")
                    .days(None, Some(one.day))
                    .system(one.computer_id, &one.computer_name),
            )?;
        }
        for seats in &holding.ended_seats {
            let grace = seats
                .grace_until
                .map_or_else(String::new, |last| format!("grace until {last}"));
            let line = row
                .item("ended", "")
                .days(None, Some(seats.until))
                .system(seats.computer_id, &seats.computer_name);
            self.counts(&line.note(grace), &seats.licences)?;
        }
        for seats in &holding.not_renewed {
            let line = row
                .item("not-renewed", "")
                .days(None, Some(seats.until))
                .system(seats.computer_id, &seats.computer_name);
            self.counts(&line, &seats.licences)?;
        }
        for seats in &holding.held_seats {
            let line = row
                .item("held", "")
                .days(Some(seats.since), None)
                .system(seats.computer_id, &seats.computer_name);
            self.counts(&line.clone().note(seats.why.as_str()), &seats.licences)?;
            if !seats.ended.is_empty() {
                self.counts(
                    &Row {
                        item: "ended".to_owned(),
                        ..line
                    }
                    .note(seats.why.as_str()),
                    &seats.ended,
                )?;
            }
        }
        for one in &holding.suspected {
            let line = row
                .item("suspected", one.abuse.as_str())
                .days(Some(one.on), None)
                .count(one.requests.into());
            self.row(&line.system(one.computer_id, &one.computer_name))?;
        }
        Ok(())
    }
}

/// A cell that no spreadsheet reads as a formula, with nothing hidden in it.
fn guarded(cell: &str) -> String {
    let shown = for_terminal(cell);
    if cell.trim_start().starts_with(FORMULA) || cell.starts_with(FORMULA) {
        format!("'{shown}")
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_formula_is_text() {
        for cell in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1",
        ] {
            assert!(guarded(cell).starts_with('\''), "{cell:?}");
        }
        for cell in ["a=1", "16", "2027-11-21", "", "Büro 東京"] {
            assert_eq!(guarded(cell), cell);
        }
    }
}
