//! A state in memory. The history replays into it, and tests of the rules run on it.

use crate::licence::{LicenceKey, LicenceKeyId};
use crate::policy::record::state::{Row, State, StateBroken, StateMut, Table};
use crate::seal::redeem::licence_key_id;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// Rows as JSON, by table and key.
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub struct Memory {
    rows: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    keys: BTreeMap<LicenceKeyId, [u8; 15]>,
}

impl Memory {
    /// Every row, sorted by table and key: table, key and JSON.
    pub fn rows(&self) -> impl Iterator<Item = (Table, &[u8], &[u8])> {
        self.rows
            .iter()
            .map(|((table, key), row)| (*table, key.as_slice(), row.as_slice()))
    }

    /// The JSON of a row.
    #[must_use]
    pub fn row(&self, table: Table, key: &[u8]) -> Option<&[u8]> {
        self.rows.get(&(table, key.to_vec())).map(Vec::as_slice)
    }

    /// Makes a licence key known, so that proofs of it can be checked.
    pub fn know_key(&mut self, key: &LicenceKey) {
        self.keys.insert(licence_key_id(key), *key.bytes());
    }
}

impl State for Memory {
    fn get<R: Row>(&self, key: &[u8]) -> Result<Option<Rc<R>>, StateBroken> {
        let Some(bytes) = self.row(R::TABLE, key) else {
            return Ok(None);
        };
        serde_json::from_slice(bytes)
            .map(|row| Some(Rc::new(row)))
            .map_err(|error| StateBroken::because(&error))
    }

    fn licence_key(&self, id: &LicenceKeyId) -> Result<Option<LicenceKey>, StateBroken> {
        Ok(self
            .keys
            .get(id)
            .map(|bytes| LicenceKey::from_bytes(*bytes)))
    }
}

impl StateMut for Memory {
    fn put<R: Row>(&mut self, row: R) -> Result<(), StateBroken> {
        let bytes = serde_json::to_vec(&row).map_err(|error| StateBroken::because(&error))?;
        self.rows.insert((R::TABLE, row.key()), bytes);
        Ok(())
    }

    fn remove<R: Row>(&mut self, key: &[u8]) -> Result<(), StateBroken> {
        self.rows.remove(&(R::TABLE, key.to_vec()));
        Ok(())
    }
}
