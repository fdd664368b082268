//! `hardware import`: manufacturing records.

mod table;

use super::error::OpsError;
use super::session::Session;
use super::signer::Signer;
use super::today::Today;
use crate::licence::{ComputerId, Identifier, Moment};
use crate::policy::admit::known;
use crate::policy::order::import;
use crate::policy::record::code::RefusalCode;
use crate::policy::record::event::Event;
use crate::policy::record::preloaded::{Record, RecordRow};
use crate::policy::record::state::State;
use crate::policy::record::system::{SystemRow, SystemState};
use crate::policy::refusal::{Refused, SerialRefusal, Stop};
use crate::words::refusal::{Audience, said};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;
use table::{Column, Table};

/// Largest file of records, in bytes: about a million lines.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;
/// Records of one entry of the history.
const RECORDS_PER_EVENT: usize = 256;

/// What an import did.
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

    /// Why a record may not name its Computer ID: the ID belongs to another serial.
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
