//! What snapshots and transactions read from: the file, and the state that they see in it.

use super::error::LedgerError;
use super::file::LedgerFile;
use super::meta::State;
use super::place::Place;
use super::rows::Rows;
use super::source::Source;
use super::table::TableSpec;

/// The file, and the state as one snapshot or transaction sees it.
pub struct Base<'l> {
    pub(super) file: &'l LedgerFile,
    pub(super) state: State,
}

impl<'l> Base<'l> {
    /// The rows of a table, which `open` opens where it holds any.
    ///
    /// # Errors
    /// Those of [`Source::new`].
    pub(super) fn source<'a>(
        &'a self,
        table: TableSpec,
        open: impl FnOnce(Place<'l>) -> Result<Rows<'a>, LedgerError>,
    ) -> Result<Source<'a>, LedgerError> {
        let place = self.file.place(table.name);
        let extent = self.state.tables.get(table.name).copied();
        let newest = (self.file.sealer(), self.state.transaction);
        Source::new(table, place, newest, extent, || open(place))
    }
}
