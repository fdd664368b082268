//! What a transaction puts into tables and takes out of them.

use super::error::LedgerError;
use super::history::HISTORY;
use super::meta::{META, seal_row};
use super::reader::Reader as _;
use super::table::{RowKey, Shape, TableSpec, Value};
use super::transaction::Transaction;

impl Transaction<'_> {
    /// Puts the value of a key into a keyed table, or of a number, 8 bytes, big-endian, into a
    /// numbered one, over any older one.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn put(&mut self, table: TableSpec, key: &[u8], value: &[u8]) -> Result<(), LedgerError> {
        let row = self.row_of(table, key)?;
        self.put_row(table, row, value)
    }

    /// Puts the values of many keys, as [`Transaction::put`] does: faster than one by one, since
    /// the table is opened once and the rows go in in their order.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn put_all(
        &mut self,
        table: TableSpec,
        values: impl IntoIterator<Item = (Vec<u8>, Value)>,
    ) -> Result<(), LedgerError> {
        let (sealer, number) = (self.base.file.sealer(), self.base.state.transaction);
        let mut rows = Vec::new();
        for (key, value) in values {
            let key = self.row_of(table, &key)?.to_bytes();
            let row = seal_row(sealer, number, table.name, &key, &value);
            rows.push((key, row));
        }
        rows.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let place = self.place(table);
        let new = self.with_table(table, |stored| {
            let mut new = 0;
            for (key, row) in &rows {
                let old = stored
                    .insert(&**key, row.as_slice())
                    .map_err(|error| place.store_error(error))?;
                new += u64::from(old.is_none());
            }
            Ok(new)
        })?;
        self.grow(table, new);
        Ok(())
    }

    /// Takes a key out of a table, as [`Transaction::put`] names it: whether it was there.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn delete(&mut self, table: TableSpec, key: &[u8]) -> Result<bool, LedgerError> {
        let row = self.row_of(table, key)?;
        self.delete_row(table, row)
    }

    /// Puts the value of a number into a numbered table, over any older one.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn numbered_put(
        &mut self,
        table: TableSpec,
        number: u64,
        value: &[u8],
    ) -> Result<(), LedgerError> {
        self.shaped(table, Shape::Numbered)?;
        self.put_row(table, RowKey::Numbered(number), value)
    }

    /// Puts a new number into a list.
    ///
    /// # Errors
    /// [`LedgerError::Occupied`] where the list holds that number; see [`Transaction`].
    pub fn listed_append(
        &mut self,
        table: TableSpec,
        list: &[u8],
        sequence: u64,
        value: &[u8],
    ) -> Result<(), LedgerError> {
        self.shaped(table, Shape::Listed)?;
        if self.listed_get(table, list, sequence)?.is_some() {
            return Err(LedgerError::Occupied {
                path: self.place(table).path.to_owned(),
                table: table.name,
                sequence,
            });
        }
        self.put_row(
            table,
            RowKey::listed(self.base.file.sealer(), table, list, sequence),
            value,
        )
    }

    /// Takes a number out of a list: whether it was there.
    ///
    /// # Errors
    /// See [`Transaction`].
    pub fn listed_delete(
        &mut self,
        table: TableSpec,
        list: &[u8],
        sequence: u64,
    ) -> Result<bool, LedgerError> {
        self.shaped(table, Shape::Listed)?;
        self.delete_row(
            table,
            RowKey::listed(self.base.file.sealer(), table, list, sequence),
        )
    }

    fn shaped(&self, table: TableSpec, shape: Shape) -> Result<(), LedgerError> {
        let known = self
            .base
            .state
            .tables
            .get(table.name)
            .map_or(shape, |extent| extent.shape);
        let is_our_own = [META, HISTORY.name].contains(&table.name);
        if table.shape == shape && known == shape && !is_our_own {
            return Ok(());
        }
        Err(self.place(table).wrong_shape())
    }

    /// The row of a key in a keyed or a numbered table.
    fn row_of(&self, table: TableSpec, key: &[u8]) -> Result<RowKey, LedgerError> {
        self.shaped(
            table,
            if table.shape == Shape::Numbered {
                Shape::Numbered
            } else {
                Shape::Keyed
            },
        )?;
        table
            .row_key(self.base.file.sealer(), key)
            .ok_or_else(|| self.place(table).wrong_shape())
    }

    fn put_row(&mut self, table: TableSpec, key: RowKey, value: &[u8]) -> Result<(), LedgerError> {
        let key = key.to_bytes();
        let row = seal_row(
            self.base.file.sealer(),
            self.base.state.transaction,
            table.name,
            &key,
            value,
        );
        let place = self.place(table);
        let is_new = self.with_table(table, |rows| {
            let old = rows
                .insert(&*key, row.as_slice())
                .map_err(|error| place.store_error(error))?;
            Ok(old.is_none())
        })?;
        self.grow(table, u64::from(is_new));
        Ok(())
    }

    fn delete_row(&mut self, table: TableSpec, key: RowKey) -> Result<bool, LedgerError> {
        // Where it is missing, the look-up makes sure of that.
        if self.source(table)?.get(key)?.is_none() {
            return Ok(false);
        }
        let place = self.place(table);
        self.with_table(table, |rows| {
            rows.remove(&*key.to_bytes())
                .map(drop)
                .map_err(|error| place.store_error(error))
        })?;
        if let Some(extent) = self.base.state.tables.get_mut(table.name) {
            extent.rows -= 1;
        }
        Ok(true)
    }
}
