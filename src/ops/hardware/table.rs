//! A file of manufacturing records, as spreadsheets write it.
//!
//! It is read line by line, so that an unclosed quote spoils its own line only: no cell of a record
//! spans lines.

use crate::licence::identifier::check_text;
use crate::licence::{ComputerId, Counts, Identifier};
use crate::ops::header::{CellsFault, HeaderFault};
use crate::policy::order::key::MAX_KEY_COUNT;
use crate::policy::record::preloaded::Record;
use crate::wire::request::MAX_SHORT_TEXT;
use std::collections::BTreeSet;

/// What spreadsheets write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// What a column holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Column {
    Serial,
    Product,
    Organization,
    ComputerId,
    Type(Identifier),
    /// A column that spreadsheets append: nothing may stand in it.
    Blank,
}

impl Column {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Serial => "serial".to_owned(),
            Self::Product => "product".to_owned(),
            Self::Organization => "organization".to_owned(),
            Self::ComputerId => "computer_id".to_owned(),
            Self::Type(id) => id.to_string(),
            Self::Blank => "without a name".to_owned(),
        }
    }
}

/// A file of records: its columns, and its other lines with their numbers.
pub(super) struct Table<'b> {
    delimiter: u8,
    pub(super) columns: Vec<Column>,
    pub(super) lines: Vec<(usize, &'b [u8])>,
}

/// A wrong cell: its column, and what is wrong.
pub(super) type BadCell = (Option<String>, String);

impl<'b> Table<'b> {
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self, HeaderFault> {
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            return Err(HeaderFault::Utf16);
        }
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        if bytes.trim_ascii().is_empty() {
            return Err(HeaderFault::Empty);
        }
        let mut lines = bytes
            .split(|byte| *byte == b'\n')
            .enumerate()
            .map(|(index, line)| (index + 1, line));
        let header = lines.next().map_or(&[][..], |(_, line)| line);
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .find(|delimiter| header.contains(delimiter))
            .unwrap_or(b',');
        let names = cells(header, delimiter)?;
        Ok(Self {
            delimiter,
            columns: columns(&names)?,
            lines: lines.collect(),
        })
    }

    /// The record of a line; none where the line is blank.
    pub(super) fn record(&self, line: &[u8]) -> Result<Option<Record>, BadCell> {
        let cells = cells(line, self.delimiter).map_err(|fault| (None, fault.to_string()))?;
        if cells.iter().all(String::is_empty) {
            return Ok(None);
        }
        let surplus = cells
            .iter()
            .skip(self.columns.len())
            .any(|cell| !cell.is_empty());
        if surplus || cells.len() < self.columns.len() {
            return Err((
                None,
                format!(
                    "{} cells, the header has {}",
                    cells.len(),
                    self.columns.len()
                ),
            ));
        }
        let (mut serial, mut product, mut organization, mut computer_id) = (None, None, None, None);
        let mut licences = Counts::new();
        for (column, cell) in self.columns.iter().zip(&cells) {
            let bad = |message: String| (Some(column.name()), message);
            match column {
                Column::Serial => {
                    check_text(cell, MAX_SHORT_TEXT).map_err(|error| bad(error.to_string()))?;
                    serial = Some(cell.clone());
                }
                Column::Product => product = Some(identifier(cell).map_err(bad)?),
                _ if cell.is_empty() => {}
                Column::Organization => organization = Some(identifier(cell).map_err(bad)?),
                Column::ComputerId => {
                    computer_id =
                        Some(ComputerId::read(cell).map_err(|error| bad(error.to_string()))?);
                }
                Column::Type(id) => licences.set(id.clone(), count(cell).map_err(bad)?),
                Column::Blank => return Err(bad(format!("`{cell}` in a column without a name"))),
            }
        }
        // Invariant: every header has both columns, and a cell of either is a value or an error.
        Ok(serial.zip(product).map(|(serial, product)| Record {
            serial,
            product,
            organization,
            computer_id,
            licences,
        }))
    }
}

fn identifier(cell: &str) -> Result<Identifier, String> {
    Identifier::new(cell).map_err(|error| format!("`{cell}`: {error}"))
}

fn count(cell: &str) -> Result<u64, String> {
    let digits = Some(cell).filter(|cell| cell.bytes().all(|byte| byte.is_ascii_digit()));
    let count = digits
        .and_then(|digits| digits.parse().ok())
        .filter(|count| *count <= MAX_KEY_COUNT);
    count.ok_or_else(|| format!("`{cell}` is no count, 0 to {MAX_KEY_COUNT} are allowed"))
}

/// The cells of one line, trimmed; none for an empty one.
fn cells(line: &[u8], delimiter: u8) -> Result<Vec<String>, CellsFault> {
    if line.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        return Err(CellsFault::OpenQuote);
    }
    let mut reader = csv::ReaderBuilder::new();
    reader
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .buffer_capacity(512);
    let Some(row) = reader.from_reader(line).into_byte_records().next() else {
        return Ok(Vec::new());
    };
    let row = row?;
    let text = |cell: &[u8]| {
        std::str::from_utf8(cell)
            .map(ToOwned::to_owned)
            .map_err(|_| CellsFault::NotText)
    };
    row.iter().map(text).collect()
}

fn columns(names: &[String]) -> Result<Vec<Column>, HeaderFault> {
    let mut columns = Vec::new();
    let mut seen = BTreeSet::new();
    for name in names {
        let column = match name.as_str() {
            "serial" => Column::Serial,
            "product" => Column::Product,
            "organization" => Column::Organization,
            "computer_id" => Column::ComputerId,
            "" => Column::Blank,
            other => Column::Type(Identifier::new(other).map_err(|fault| HeaderFault::Name {
                name: other.to_owned(),
                fault,
            })?),
        };
        if column != Column::Blank && !seen.insert(name) {
            return Err(HeaderFault::Twice { name: name.clone() });
        }
        columns.push(column);
    }
    for (column, needed) in [(Column::Serial, "serial"), (Column::Product, "product")] {
        if !columns.contains(&column) {
            let found = names.to_vec();
            return Err(HeaderFault::Missing { needed, found });
        }
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::error::OpsError;

    fn records(text: &str) -> Vec<Result<Option<Record>, BadCell>> {
        let table = Table::read(text.as_bytes()).expect("a header of the test");
        table
            .lines
            .iter()
            .map(|(_, line)| table.record(line))
            .collect()
    }

    fn header(text: &str) -> String {
        Table::read(text.as_bytes())
            .err()
            .map_or_else(String::new, |fault| OpsError::from(fault).to_string())
    }

    fn record(serial: &str, core: u64, universal: u64) -> Record {
        let id = |text: &str| Identifier::new(text).expect("an identifier of the test");
        let licences = [(id("core"), core), (id("universal"), universal)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect();
        Record {
            serial: serial.into(),
            product: id("cam"),
            organization: None,
            computer_id: None,
            licences,
        }
    }

    fn wrong(column: &str) -> Option<String> {
        Some(column.to_owned())
    }

    #[test]
    fn a_file_is_read_as_spreadsheets_write_it() {
        let plain = "serial,product,core,universal\nS1,cam,4,\nS2,cam,,2\n";
        let wanted = [
            Ok(Some(record("S1", 4, 0))),
            Ok(Some(record("S2", 0, 2))),
            Ok(None),
        ];
        assert_eq!(records(plain), wanted);
        let saved = "\u{FEFF}\"serial\",\"product\",\"core\",\"universal\"\r\n\"S1\",\"cam\",\"4\",\
            \"\"\r\nS2 , cam,,2\r\n";
        assert_eq!(
            records(saved),
            wanted,
            "byte order mark, quotes, CR LF, blanks"
        );
        assert_eq!(records(&plain.replace(',', ";")), wanted);
        assert_eq!(records(&plain.replace(',', "\t")), wanted);
        assert_eq!(
            records("universal,product,core,serial\n,cam,4,S1\n2,cam,,S2\n"),
            wanted,
            "columns in any order"
        );
        assert_eq!(
            records("serial,product,core,universal,\nS1,cam,4,,\nS2,cam,,2,\n,,,,\n"),
            [wanted[0].clone(), wanted[1].clone(), Ok(None), Ok(None)]
        );
        let quoted = "serial,product\n\"A,\"\"1\"\"\",cam\n";
        assert_eq!(records(quoted)[0], Ok(Some(record("A,\"1\"", 0, 0))));
    }

    #[test]
    fn a_record_may_name_owner_and_device() {
        let id = ComputerId([7; 15]);
        let text = format!("serial,product,organization,computer_id\nS1,cam,acme,{id}\nS2,cam,,\n");
        let acme = Identifier::new("acme").ok();
        assert_eq!(
            records(&text)[0],
            Ok(Some(Record {
                organization: acme,
                computer_id: Some(id),
                ..record("S1", 0, 0)
            }))
        );
        assert_eq!(records(&text)[1], Ok(Some(record("S2", 0, 0))));
    }

    #[test]
    fn a_wrong_cell_is_named_by_its_column() {
        let found = |line: &str| {
            let text = format!("serial,product,organization,computer_id,core,\n{line}");
            records(&text).remove(0).err().map(|(column, _)| column)
        };
        assert_eq!(found(",cam,,,4,"), Some(wrong("serial")));
        assert_eq!(found("S1,,,,4,"), Some(wrong("product")));
        assert_eq!(found("S1,Cam,,,4,"), Some(wrong("product")));
        assert_eq!(found("S1,cam,Acme Ltd,,4,"), Some(wrong("organization")));
        assert_eq!(found("S1,cam,,ABC,4,"), Some(wrong("computer_id")));
        for count in [
            "x",
            "-1",
            "+1",
            "1.0",
            "1e3",
            "1000001",
            "99999999999999999999",
        ] {
            assert_eq!(
                found(&format!("S1,cam,,,{count},")),
                Some(wrong("core")),
                "{count}"
            );
        }
        assert_eq!(found("S1,cam,,,4,5"), Some(wrong("without a name")));
        assert_eq!(found("S1,cam,,,1000000,"), None);
        assert_eq!(
            found(&format!("{},cam,,,4,", "S".repeat(65))),
            Some(wrong("serial"))
        );
        assert_eq!(found(&format!("{},cam,,,4,", "S".repeat(64))), None);
        assert_eq!(
            found("S1,cam,,"),
            Some(None),
            "too few cells: a cut line must not count as zeros"
        );
        assert_eq!(found("S1,cam,,,4,,7"), Some(None), "too many");
        assert_eq!(found("\"S1,cam,,,4,"), Some(None), "an open quote");
    }

    #[test]
    fn an_open_quote_spoils_its_own_line_only() {
        let found = records("serial,product,core,universal\n\"S1,cam,4,\nS2,cam,,2\n");
        assert!(found[0].is_err());
        assert_eq!(found[1], Ok(Some(record("S2", 0, 2))));
    }

    #[test]
    fn a_file_without_a_header_is_not_read() {
        assert!(header("S1,cam,4\n").contains("`S1`"));
        assert!(header("serial,core\n").contains("no column `product`"));
        assert_eq!(header(""), "line 1, the header: the file is empty");
        assert_eq!(header("\u{FEFF}\r\n"), header(""));
        assert!(header("serial,product,core,core\n").contains("twice"));
        assert!(header("serial,product,\"Core Licence\"\n").contains("Core Licence"));
        assert!(
            Table::read(b"\xFF\xFEs\0e\0").is_err_and(|error| error.to_string().contains("UTF-16"))
        );
    }
}
