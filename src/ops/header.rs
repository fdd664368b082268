//! What can be wrong with the first line of a file of records.

use crate::licence::identifier::IdentifierError;

/// Why a line is no row of cells.
#[derive(Debug, thiserror::Error)]
pub enum CellsFault {
    /// A cell begins with a quote that nothing ends.
    #[error("a quote is not closed")]
    OpenQuote,
    /// The line is no CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// A cell is no text.
    #[error("not UTF-8")]
    NotText,
}

/// Why the first line does not name the columns.
#[derive(Debug, thiserror::Error)]
pub enum HeaderFault {
    /// A spreadsheet wrote UTF-16.
    #[error("the file is UTF-16, CSV in UTF-8 is allowed")]
    Utf16,
    /// The file holds nothing.
    #[error("the file is empty")]
    Empty,
    /// It is no row of cells.
    #[error(transparent)]
    Cells(#[from] CellsFault),
    /// A column's name is neither a known one nor a licence type.
    #[error("the column `{name}`: {fault}")]
    Name {
        /// The name.
        name: String,
        /// Why it is no licence type.
        fault: IdentifierError,
    },
    /// A column stands there twice.
    #[error("the column `{name}` stands there twice")]
    Twice {
        /// Its name.
        name: String,
    },
    /// A column that every file has is missing.
    #[error(
        "no column `{needed}`, what stands there is {}",
        if found.is_empty() { "nothing".to_owned() } else { found.join(",") }
    )]
    Missing {
        /// The column's name.
        needed: &'static str,
        /// The names that stand there.
        found: Vec<String>,
    },
}
