//! The store's database: how it is made, opened and begun on.

use super::error::LedgerError;
use super::history::first_head;
use super::meta::{FORMAT_ROW, META, STATE_ROW, State, format_row};
use super::place::Place;
use super::rows::definition;
use crate::licence::Origin;
use crate::seal::record::RecordSealer;
use redb::{Builder, Database, Durability, StorageBackend, WriteTransaction};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Memory for pages of the file, in bytes: a quarter of the 200 MiB that the signer may take. One
/// half holds what a transaction has changed, reckoned by its pages some 17 MiB of 512 requests
/// among a million systems: what does not fit is written twice.
const CACHE_BYTES: usize = 48 * 1024 * 1024;
/// A new file that only its owner reads, in the place of what a broken-off creation left.
pub(super) fn new_file(path: &Path) -> std::io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

pub(super) fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

pub(super) fn open_database(path: &Path) -> Result<Database, LedgerError> {
    let place = Place { path, table: META };
    place.fenced(|| {
        builder()
            .open(path)
            .map_err(|error| place.store_error(error))
    })
}

/// A new database with the ledger's own rows, committed.
pub(super) fn make(
    place: Place<'_>,
    storage: impl StorageBackend,
    vault: &str,
    sealer: &dyn RecordSealer,
    origin: Origin,
) -> Result<Database, LedgerError> {
    let state = State {
        vault: vault.to_owned(),
        origin,
        transaction: 1,
        size: 0,
        head: first_head(),
        tables: BTreeMap::new(),
    };
    place.fenced(|| {
        let database = builder()
            .create_with_backend(storage)
            .map_err(|error| place.store_error(error))?;
        let raw = begin_on(place, &database)?;
        let mut table = raw
            .open_table(definition(META))
            .map_err(|error| place.store_error(error))?;
        let format = format_row(sealer, vault);
        for (key, row) in [(FORMAT_ROW, format), (STATE_ROW, state.seal(sealer))] {
            table
                .insert(key, row.as_slice())
                .map_err(|error| place.store_error(error))?;
        }
        drop(table);
        raw.commit().map_err(|error| LedgerError::CommitFailed {
            path: place.path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(database)
    })
}

/// A transaction of the store whose commit is on disk when it returns, and leaves nothing to
/// rebuild after a crash.
pub(super) fn begin_on(
    place: Place<'_>,
    database: &Database,
) -> Result<WriteTransaction, LedgerError> {
    let mut raw = database
        .try_begin_write()
        .map_err(|error| place.store_error(error))?;
    raw.set_durability(Durability::Immediate)
        .map_err(|error| place.store_error(error))?;
    raw.set_quick_repair(true);
    Ok(raw)
}
