//! A table of the report, its cells in words.

use crate::words::report::list::LISTED;

/// A table. Every cell is escaped for terminals.
pub struct Table {
    /// Its heading.
    pub title: &'static str,
    /// Its columns, left to right.
    pub columns: Vec<Column>,
    /// A cell a column.
    pub rows: Vec<Vec<String>>,
    /// Rows that were left out.
    pub more: usize,
    /// Whether it has many rows alike; else each row is read by itself.
    pub is_list: bool,
}

/// A column's heading.
#[derive(Clone, Copy)]
pub struct Column {
    /// Its text.
    pub name: &'static str,
    /// Whether its cells are numbers.
    pub is_number: bool,
    /// Whether a number in it is bad.
    pub is_alarm: bool,
}

impl Column {
    /// A column of words.
    pub(super) fn words(name: &'static str) -> Self {
        Self {
            name,
            is_number: false,
            is_alarm: false,
        }
    }

    /// A column of numbers.
    pub(super) fn number(name: &'static str) -> Self {
        Self {
            is_number: true,
            ..Self::words(name)
        }
    }

    /// Whether it holds days or Computer IDs, which are read best in one piece.
    #[must_use]
    pub fn is_short(self) -> bool {
        [
            "Computer ID",
            "Since",
            "Until",
            "First day",
            "Last day",
            "Grace until",
            "Left",
            "Newest request",
        ]
        .contains(&self.name)
    }
}

impl Table {
    /// A table of at most [`LISTED`] rows; none where there are none at all.
    pub(super) fn listed<T>(
        title: &'static str,
        columns: &[&'static str],
        items: &[T],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Option<Self> {
        let rows: Vec<Vec<String>> = items.iter().take(LISTED).map(row).collect();
        let columns = columns.iter().map(|name| Column::words(name)).collect();
        (!rows.is_empty()).then(|| Self {
            title,
            columns,
            rows,
            more: items.len().saturating_sub(LISTED),
            is_list: true,
        })
    }
}
