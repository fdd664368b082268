//! Writes rows whose cells no spreadsheet reads as a formula.

use super::row::{COLUMNS, Row};
use crate::licence::Counts;
use crate::render::error::RenderError;
use crate::words::escape::for_terminal;

/// What spreadsheets want before UTF-8.
const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];
/// Characters by which spreadsheets know a formula, those of full width among them.
const FORMULA: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'];

/// The table while it is written.
pub(super) struct Sheet {
    writer: csv::Writer<Vec<u8>>,
}

impl Sheet {
    /// No row yet.
    pub(super) fn new() -> Self {
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(BYTE_ORDER_MARK.to_vec());
        Self { writer }
    }

    /// The bytes of the table.
    ///
    /// # Errors
    /// [`RenderError::Encoder`].
    pub(super) fn finish(self) -> Result<Vec<u8>, RenderError> {
        self.writer
            .into_inner()
            .map_err(|error| RenderError::encoder("CSV", &error))
    }

    /// The row of the columns' names.
    ///
    /// # Errors
    /// [`RenderError::Encoder`].
    pub(super) fn header(&mut self) -> Result<(), RenderError> {
        self.write(&COLUMNS.map(str::to_owned))
    }

    fn write(&mut self, cells: &[String; 14]) -> Result<(), RenderError> {
        self.writer
            .write_record(cells.iter().map(|cell| guarded(cell)))
            .map_err(|error| RenderError::encoder("CSV", &error))
    }

    /// One row.
    ///
    /// # Errors
    /// [`RenderError::Encoder`].
    pub(super) fn row(&mut self, row: &Row) -> Result<(), RenderError> {
        self.write(&row.cells())
    }

    /// A row for each type that is held; one without a type where none is.
    pub(super) fn counts(&mut self, row: &Row, counts: &Counts) -> Result<(), RenderError> {
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
