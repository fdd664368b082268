//! The ledger as it was committed at a time.

use super::base::Base;
use super::error::{Damage, LedgerError};
use super::file::LedgerFile;
use super::opened::Opened;
use super::place::dropped;
use super::reader::Reader;
use super::source::Source;
use super::table::TableSpec;
use redb::ReadTransaction;

/// The ledger as it was committed when this was taken, whatever is committed since.
pub struct Snapshot<'l> {
    base: Base<'l>,
    opened: Option<Opened>,
}

impl<'l> Snapshot<'l> {
    pub(super) fn new(file: &'l LedgerFile, raw: ReadTransaction) -> Result<Self, LedgerError> {
        let opened = Opened::new(raw);
        let state = file.read_state(&opened.rows(file.meta_place())?)?;
        Ok(Self {
            base: Base { file, state },
            opened: Some(opened),
        })
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        dropped(self.opened.take());
    }
}

impl Reader for Snapshot<'_> {
    fn base(&self) -> &Base<'_> {
        &self.base
    }

    fn source(&self, table: TableSpec) -> Result<Source<'_>, LedgerError> {
        self.base.source(table, |place| match &self.opened {
            Some(opened) => opened.rows(place),
            None => Err(place.damaged(Damage::Missing)),
        })
    }
}
