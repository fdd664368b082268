//! The rows of one table, read and opened.

use super::error::{Damage, LedgerError};
use super::meta::{Extent, open_row};
use super::place::Place;
use super::rows::{Bytes, Rows};
use super::table::{RowKey, Shape, TableSpec, Value};
use crate::seal::record::RecordSealer;
use redb::AccessGuard;
use std::ops::ControlFlow;

/// One row, opened.
pub(super) struct Row {
    pub(super) key: RowKey,
    pub(super) value: Value,
}

/// The rows of one table as one transaction sees them. [`Reader`](super::Reader) reads through it.
pub struct Source<'a> {
    pub(super) rows: Option<Rows<'a>>,
    pub(super) place: Place<'a>,
    pub(super) shape: Shape,
    pub(super) sealer: &'a dyn RecordSealer,
    /// The newest transaction whose rows may stand here.
    pub(super) newest: u64,
}

type Guards<'a> = (AccessGuard<'a, Bytes>, AccessGuard<'a, Bytes>);

impl<'a> Source<'a> {
    /// The rows of a table that was committed with `extent`, or is empty without one.
    ///
    /// # Errors
    /// [`LedgerError::WrongShape`]; [`LedgerError::Damaged`] where the table holds another number
    /// of rows.
    pub(super) fn new(
        table: TableSpec,
        place: Place<'a>,
        (sealer, newest): (&'a dyn RecordSealer, u64),
        extent: Option<Extent>,
        open: impl FnOnce() -> Result<Rows<'a>, LedgerError>,
    ) -> Result<Self, LedgerError> {
        let Some(extent) = extent else {
            return Ok(Self {
                rows: None,
                place,
                shape: table.shape,
                sealer,
                newest,
            });
        };
        if extent.shape != table.shape {
            return Err(place.wrong_shape());
        }
        let rows = open()?;
        let found = place.fenced(|| rows.len().map_err(|error| place.store_error(error)))?;
        if found != extent.rows {
            return Err(place.damaged(Damage::Count {
                found,
                committed: extent.rows,
            }));
        }
        Ok(Self {
            rows: Some(rows),
            place,
            shape: table.shape,
            sealer,
            newest,
        })
    }

    /// The value of a row.
    ///
    /// A row is missing only where its neighbours open, under their own keys, and stand on either
    /// side: a row whose key was damaged must not pass for one that never was.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] and what the store says.
    pub(super) fn get(&self, key: RowKey) -> Result<Option<Value>, LedgerError> {
        let Some(rows) = &self.rows else {
            return Ok(None);
        };
        let (before, after) = self.place.fenced(|| {
            let error = |error| self.place.store_error(error);
            let mut gap = rows.gap_before(&key.to_bytes()).map_err(error)?;
            let after = gap
                .peek_next()
                .map_err(error)?
                .map(|row| self.row(&row))
                .transpose()?;
            if after.as_ref().is_some_and(|row| row.key == key) {
                return Ok((None, after));
            }
            let before = gap
                .peek_prev()
                .map_err(error)?
                .map(|row| self.row(&row))
                .transpose()?;
            Ok((before, after))
        })?;
        self.check_order(key, before.as_ref(), after.as_ref())?;
        Ok(after.filter(|row| row.key == key).map(|row| row.value))
    }

    /// The last row before `key`, and the first row at it or after it.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] where they do not open or do not stand on these sides of it, and
    /// what the store says.
    pub(super) fn around(&self, key: RowKey) -> Result<(Option<Row>, Option<Row>), LedgerError> {
        let Some(rows) = &self.rows else {
            return Ok((None, None));
        };
        let (before, after) = self.place.fenced(|| {
            let error = |error| self.place.store_error(error);
            let mut gap = rows.gap_before(&key.to_bytes()).map_err(error)?;
            let before = gap
                .peek_prev()
                .map_err(error)?
                .map(|row| self.row(&row))
                .transpose()?;
            let after = gap
                .peek_next()
                .map_err(error)?
                .map(|row| self.row(&row))
                .transpose()?;
            Ok((before, after))
        })?;
        self.check_order(key, before.as_ref(), after.as_ref())?;
        Ok((before, after))
    }

    fn check_order(
        &self,
        key: RowKey,
        before: Option<&Row>,
        after: Option<&Row>,
    ) -> Result<(), LedgerError> {
        let ordered =
            before.is_none_or(|row| row.key < key) && after.is_none_or(|row| row.key >= key);
        if ordered {
            Ok(())
        } else {
            Err(self.place.damaged(Damage::Order))
        }
    }

    /// Shows `visit` every row from `from` on, in order, until it breaks off.
    ///
    /// # Errors
    /// What `visit` says; [`LedgerError::Damaged`] where a row does not open or stands out of
    /// order, and what the store says.
    pub(super) fn walk<E: From<LedgerError>>(
        &self,
        from: RowKey,
        mut visit: impl FnMut(Row) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let Some(rows) = &self.rows else {
            return Ok(());
        };
        let error = |error| self.place.store_error(error);
        let mut last = self.around(from)?.0.map(|row| row.key);
        let mut range = self
            .place
            .fenced(|| rows.from(&from.to_bytes()).map_err(error))?;
        loop {
            let step = self.place.fenced(|| {
                range
                    .next()
                    .transpose()
                    .map_err(error)?
                    .map(|row| self.row(&row))
                    .transpose()
            });
            let Some(row) = step? else { return Ok(()) };
            if last.is_some_and(|last| last >= row.key) {
                return Err(self.place.damaged(Damage::Order).into());
            }
            last = Some(row.key);
            if visit(row)?.is_break() {
                return Ok(());
            }
        }
    }

    fn row(&self, (key, value): &Guards<'_>) -> Result<Row, LedgerError> {
        let name = RowKey::from_bytes(self.shape, key.value())
            .ok_or_else(|| self.place.damaged(Damage::Key))?;
        Ok(Row {
            key: name,
            value: self.open(key.value(), value.value())?,
        })
    }

    fn open(&self, key: &[u8], stored: &[u8]) -> Result<Value, LedgerError> {
        let (row, plain) = open_row(self.place, self.sealer, key, stored)?;
        if row > self.newest {
            return Err(self.place.damaged(Damage::Future {
                row,
                newest: self.newest,
            }));
        }
        Ok(plain)
    }
}
