//! `hardware import` and `hardware assign`: manufacturing records, expansions.
//!
//! A file is read line by line, so that an unclosed quote spoils its own line only: no cell of a
//! record spans lines.

use super::error::OpsError;
use super::header::{CellsFault, HeaderFault};
use super::session::Session;
use super::signer::Signer;
use super::today::Today;
use crate::licence::identifier::check_text;
use crate::licence::{ComputerId, Counts, Identifier, Moment};
use crate::policy::admit::known;
use crate::policy::order::expansions::{Assigned, assign};
use crate::policy::order::import;
use crate::policy::order::key::MAX_KEY_COUNT;
use crate::policy::record::code::RefusalCode;
use crate::policy::record::event::Event;
use crate::policy::record::preloaded::{Record, RecordRow};
use crate::policy::record::state::State;
use crate::policy::record::system::{SystemRow, SystemState};
use crate::policy::refusal::{Refused, SerialRefusal, Stop};
use crate::wire::request::MAX_SHORT_TEXT;
use crate::words::refusal::{Audience, said};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

/// Largest file of records, in bytes: about a million lines.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;
/// Records of one entry of the history.
const RECORDS_PER_EVENT: usize = 256;
/// What spreadsheets write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// What came of a file.
#[derive(Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Records that are new, or say more than before.
    pub imported: usize,
    /// Records that were known already.
    pub unchanged: usize,
    /// Lines that were not imported.
    pub refused: Vec<BadLine>,
}

/// A line that was not imported.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct BadLine {
    /// Its number, from 1; the header is line 1.
    pub line: usize,
    /// The column's name, where one cell is wrong.
    pub column: Option<String>,
    /// Which check failed.
    pub code: RefusalCode,
    /// What was found against what is allowed.
    pub message: String,
}

/// Reads a file of records.
///
/// # Errors
/// [`OpsError::Io`]; [`OpsError::RecordsSize`] where it is larger than [`MAX_FILE_BYTES`].
pub fn read(path: &Path) -> Result<Vec<u8>, OpsError> {
    let io = |source| OpsError::Io {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .map_err(io)?
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(OpsError::RecordsSize {
            path: path.to_owned(),
            allowed: MAX_FILE_BYTES,
        });
    }
    Ok(bytes)
}

/// Imports records: good lines are kept, each wrong one is named.
///
/// # Errors
/// [`OpsError::Header`] where the header is not one; [`OpsError::Ledger`].
pub fn import(signer: &Signer, clock: Moment, bytes: &[u8]) -> Result<Imported, OpsError> {
    let table = Table::read(bytes)?;
    let devices = if table.columns.contains(&Column::ComputerId) {
        devices(signer, clock)?
    } else {
        BTreeMap::new()
    };
    let mut import = Import {
        session: Session::begin(signer, clock)?,
        done: Imported::default(),
        pending: Vec::new(),
        keys: BTreeSet::new(),
        devices,
    };
    for (line, bytes) in &table.lines {
        match table.record(bytes) {
            Ok(None) => {}
            Ok(Some(record)) => import.one(*line, record)?,
            Err((column, message)) => {
                import.done.refused.push(BadLine {
                    line: *line,
                    column,
                    code: RefusalCode::Malformed,
                    message,
                });
            }
        }
    }
    import.flush()?;
    import.session.commit_if_changed()?;
    Ok(import.done)
}

/// A product and a serial number of it.
type Unit = (Identifier, String);

/// The hardware that each recorded Computer ID belongs to.
fn devices(signer: &Signer, clock: Moment) -> Result<BTreeMap<ComputerId, Unit>, OpsError> {
    let mut devices = BTreeMap::new();
    Today::of(signer, clock)?.each::<RecordRow>(|row| {
        let record = &row.record;
        devices.extend(
            record
                .computer_id
                .map(|id| (id, (record.product.clone(), record.serial.clone()))),
        );
        Ok(())
    })?;
    Ok(devices)
}

/// An import under way.
struct Import<'l> {
    session: Session<'l>,
    done: Imported,
    /// Records that the next event holds.
    pending: Vec<Record>,
    /// Their keys.
    keys: BTreeSet<Vec<u8>>,
    /// The hardware of each Computer ID, as recorded and as this file says.
    devices: BTreeMap<ComputerId, Unit>,
}

impl Import<'_> {
    fn one(&mut self, line: usize, record: Record) -> Result<(), OpsError> {
        let key = RecordRow::key_of(&record.product, &record.serial);
        if self.keys.contains(&key) {
            self.flush()?;
        }
        if let Some(refusal) = self.other_unit(&record)? {
            let column = Some(Column::ComputerId.name());
            self.refuse(line, column, &refusal.into());
            return Ok(());
        }
        match import::import(&self.session.state(), &record) {
            Ok(None) => self.done.unchanged += 1,
            Ok(Some(record)) => {
                self.done.imported += 1;
                self.devices.extend(
                    record
                        .computer_id
                        .map(|id| (id, (record.product.clone(), record.serial.clone()))),
                );
                self.pending.push(record);
                self.keys.insert(key);
            }
            Err(Stop::Refused(refused)) => {
                let column = self.column(refused.code(), &record);
                self.refuse(line, column, &refused);
            }
            Err(Stop::Broken(broken)) => return Err(broken.into()),
        }
        if self.pending.len() >= RECORDS_PER_EVENT {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// A Computer ID belongs to one system, and so to one serial: why this record names that of
    /// another, if it does.
    fn other_unit(&self, record: &Record) -> Result<Option<SerialRefusal>, OpsError> {
        let Some(computer_id) = record.computer_id else {
            return Ok(None);
        };
        let is_other = |product: &Identifier, serial: &str| {
            *product != record.product || serial != record.serial
        };
        if let Some((product, serial)) = self.devices.get(&computer_id) {
            let recorded = || SerialRefusal::DeviceRecorded {
                computer_id,
                serial: serial.clone(),
                product: product.clone(),
            };
            return Ok(is_other(product, serial).then(recorded));
        }
        let system = self.session.state().get::<SystemRow>(&computer_id.0)?;
        let active = system.filter(|system| matches!(system.state, SystemState::Active));
        Ok(active.and_then(|system| {
            let serial = system
                .serial
                .as_deref()
                .filter(|serial| is_other(&system.product, serial))?;
            Some(SerialRefusal::DeviceActive {
                computer_id,
                serial: serial.to_owned(),
                product: system.product.clone(),
            })
        }))
    }

    fn refuse(&mut self, line: usize, column: Option<String>, refused: &Refused) {
        self.done.refused.push(BadLine {
            line,
            column,
            code: refused.code(),
            message: said(refused, Audience::ORDERING).message,
        });
    }

    /// The column that a refusal is about.
    fn column(&self, code: RefusalCode, record: &Record) -> Option<String> {
        match code {
            RefusalCode::UnknownProduct => Some("product".to_owned()),
            RefusalCode::UnknownOrganization => Some("organization".to_owned()),
            RefusalCode::UnknownLicenceType => {
                let product = known::product(&self.session.state(), &record.product).ok();
                let known = |id: &Identifier| {
                    product
                        .as_ref()
                        .is_some_and(|row| row.settings.has_type(id))
                };
                let types = || record.licences.iter().map(|(id, _)| id);
                types()
                    .find(|id| !known(id))
                    .or_else(|| types().next())
                    .map(ToString::to_string)
            }
            _ => Some("serial".to_owned()),
        }
    }

    fn flush(&mut self) -> Result<(), OpsError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let records = std::mem::take(&mut self.pending);
        self.keys.clear();
        let on = self.session.today();
        self.session.record(&Event::RecordsImported { records, on })
    }
}

/// What a column holds.
#[derive(Debug, PartialEq, Eq)]
enum Column {
    Serial,
    Product,
    Organization,
    ComputerId,
    Type(Identifier),
    /// A column that spreadsheets append: nothing may stand in it.
    Blank,
}

impl Column {
    fn name(&self) -> String {
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
struct Table<'b> {
    delimiter: u8,
    columns: Vec<Column>,
    lines: Vec<(usize, &'b [u8])>,
}

/// A wrong cell: its column, and what is wrong.
type BadCell = (Option<String>, String);

impl<'b> Table<'b> {
    fn read(bytes: &'b [u8]) -> Result<Self, HeaderFault> {
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
    fn record(&self, line: &[u8]) -> Result<Option<Record>, BadCell> {
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

/// What assigning expansions would do; nothing is changed yet.
///
/// # Errors
/// [`OpsError::Refused`].
pub fn plan_assign(
    session: &Session<'_>,
    id: &ComputerId,
    wanted: &Counts,
) -> Result<Assigned, OpsError> {
    Ok(assign(&session.state(), id, wanted, session.today())?)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            .map_or_else(String::new, |error| error.to_string())
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
    fn a_record_may_name_its_organization_and_its_device() {
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
