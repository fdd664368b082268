//! A row of the table, by its columns.

use crate::licence::{ComputerId, Day};

/// The names of the columns, left to right.
pub(super) const COLUMNS: [&str; 14] = [
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

/// One row, by its columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) section: &'static str,
    pub(super) organization: String,
    pub(super) organization_name: String,
    pub(super) product: String,
    pub(super) product_name: String,
    pub(super) model: String,
    pub(super) item: String,
    pub(super) licence_type: String,
    pub(super) count: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) computer_id: String,
    pub(super) computer_name: String,
    pub(super) note: String,
}

impl Row {
    pub(super) fn cells(&self) -> [String; 14] {
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

    pub(super) fn item(&self, section: &'static str, item: &str) -> Self {
        Self {
            section,
            item: item.to_owned(),
            ..self.clone()
        }
    }

    pub(super) fn days(self, from: Option<Day>, until: Option<Day>) -> Self {
        let text = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            from: text(from),
            until: text(until),
            ..self
        }
    }

    pub(super) fn system(self, id: ComputerId, name: &str) -> Self {
        Self {
            computer_id: id.to_string(),
            computer_name: name.to_owned(),
            ..self
        }
    }

    pub(super) fn count(self, count: u64) -> Self {
        Self {
            count: count.to_string(),
            ..self
        }
    }

    pub(super) fn note(self, note: impl Into<String>) -> Self {
        Self {
            note: note.into(),
            ..self
        }
    }
}
