//! The ledger: one file of one vault, held by one process.

use super::database::{begin_on, builder, make, new_file, open_database};
use super::error::{Damage, LedgerError};
use super::file::LedgerFile;
use super::files::{LEDGER_FILE, NEW_LEDGER_FILE};
use super::lock::Lock;
use super::meta::META;
use super::opened::Opened;
use super::place::{Place, dropped};
use super::reader::Reader as _;
use super::rows::{Rows, definition};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::licence::Origin;
use crate::seal::record::RecordSealer;
use redb::backends::FileBackend;
use redb::{Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase as _, StorageBackend};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long commands wait for another that holds the ledger.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How far the lock file may move transaction numbers ahead. The lock file is not sealed, so it
/// must not be able to use them up.
const MAX_AHEAD: u64 = 1 << 20;

/// The durable state and the history of one vault. Holds the lock file until dropped.
pub struct Ledger {
    store: Option<Store>,
    file: LedgerFile,
    /// The highest transaction number given out.
    highest: AtomicU64,
    lock: Option<Lock>,
}

enum Store {
    Writing(Database),
    Reading(ReadOnlyDatabase),
}

impl Ledger {
    /// Makes the ledger of a new vault in its folder, with an empty history. Its making is
    /// transaction 1.
    ///
    /// # Errors
    /// [`LedgerError::Exists`], [`LedgerError::Held`], [`LedgerError::Io`],
    /// [`LedgerError::CommitFailed`].
    pub fn create(
        dir: &Path,
        vault_id: &str,
        origin: Origin,
        sealer: Arc<dyn RecordSealer>,
    ) -> Result<Self, LedgerError> {
        let lock = Lock::take(dir, Duration::ZERO, "keyspool")?;
        let path = dir.join(LEDGER_FILE);
        if path.symlink_metadata().is_ok() {
            return Err(LedgerError::Exists { path });
        }
        // Under another name until it is whole: a crash leaves no half ledger.
        let new = dir.join(NEW_LEDGER_FILE);
        let file = new_file(&new).map_err(|source| LedgerError::Io {
            path: new.clone(),
            source,
        })?;
        let place = Place {
            path: &new,
            table: META,
        };
        let backend = FileBackend::new(file).map_err(|error| place.store_error(error))?;
        let database = make(place, backend, vault_id, &*sealer, origin)?;
        let synced = std::fs::rename(&new, &path).and_then(|()| File::open(dir)?.sync_all());
        synced.map_err(|source| LedgerError::Io {
            path: path.clone(),
            source,
        })?;
        Self::over(
            Store::Writing(database),
            LedgerFile::new(path, vault_id, sealer),
            Some(lock),
        )
    }

    /// Opens a vault's ledger for changes, where no other process holds it.
    ///
    /// # Errors
    /// As [`Ledger::open_waiting`].
    pub fn open(
        dir: &Path,
        vault_id: &str,
        sealer: Arc<dyn RecordSealer>,
    ) -> Result<Self, LedgerError> {
        Self::open_waiting(dir, vault_id, sealer, Duration::ZERO, "keyspool")
    }

    /// Opens a vault's ledger for changes, waiting for another process to let go of it. `holder` is
    /// the command that others will be told.
    ///
    /// # Errors
    /// [`LedgerError::Missing`], [`LedgerError::Held`], [`LedgerError::Foreign`],
    /// [`LedgerError::Format`], [`LedgerError::Damaged`], [`LedgerError::Io`].
    pub fn open_waiting(
        dir: &Path,
        vault_id: &str,
        sealer: Arc<dyn RecordSealer>,
        wait: Duration,
        holder: &str,
    ) -> Result<Self, LedgerError> {
        let (path, lock) = lock_existing(dir, wait, holder)?;
        let database = open_database(&path)?;
        Self::over(
            Store::Writing(database),
            LedgerFile::new(path, vault_id, sealer),
            Some(lock),
        )
    }

    /// Opens a vault's ledger for reading: the file's content stays as it is, but for the repair
    /// that the store does after a crash.
    ///
    /// # Errors
    /// As [`Ledger::open_waiting`].
    pub fn open_reading(
        dir: &Path,
        vault_id: &str,
        sealer: Arc<dyn RecordSealer>,
        wait: Duration,
        holder: &str,
    ) -> Result<Self, LedgerError> {
        let (path, lock) = lock_existing(dir, wait, holder)?;
        let place = Place {
            path: &path,
            table: META,
        };
        let open = || Ok(builder().open_read_only(&path));
        let database = match place.fenced(open)? {
            Err(redb::DatabaseError::RepairAborted) => {
                dropped(open_database(&path)?);
                place.fenced(open)?
            }
            other => other,
        };
        let database = database.map_err(|error| place.store_error(error))?;
        Self::over(
            Store::Reading(database),
            LedgerFile::new(path, vault_id, sealer),
            Some(lock),
        )
    }

    /// Makes a ledger on a storage of the caller's own, without folder or lock. Crash tests use it.
    ///
    /// # Errors
    /// As [`Ledger::create`].
    pub fn create_on(
        storage: impl StorageBackend,
        vault_id: &str,
        origin: Origin,
        sealer: Arc<dyn RecordSealer>,
    ) -> Result<Self, LedgerError> {
        let path = PathBuf::from(LEDGER_FILE);
        let database = make(
            Place {
                path: &path,
                table: META,
            },
            storage,
            vault_id,
            &*sealer,
            origin,
        )?;
        Self::over(
            Store::Writing(database),
            LedgerFile::new(path, vault_id, sealer),
            None,
        )
    }

    /// Opens a ledger on a storage of the caller's own, as [`Ledger::create_on`].
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn open_on(
        storage: impl StorageBackend,
        vault_id: &str,
        sealer: Arc<dyn RecordSealer>,
    ) -> Result<Self, LedgerError> {
        let path = PathBuf::from(LEDGER_FILE);
        let place = Place {
            path: &path,
            table: META,
        };
        let database = place.fenced(|| {
            builder()
                .create_with_backend(storage)
                .map_err(|error| place.store_error(error))
        })?;
        Self::over(
            Store::Writing(database),
            LedgerFile::new(path, vault_id, sealer),
            None,
        )
    }

    /// Begins a transaction that can change the ledger. Its number is higher than any given out
    /// before, committed or not. After a power cut the number of the interrupted transaction may
    /// come again; nothing of that transaction is left.
    ///
    /// # Errors
    /// [`LedgerError::ReadOnly`]; [`LedgerError::Busy`] while another transaction of this ledger is
    /// open; [`LedgerError::CommitFailed`] after a failed commit; [`LedgerError::Damaged`],
    /// [`LedgerError::Io`].
    pub fn begin(&self) -> Result<Transaction<'_>, LedgerError> {
        self.file.refuse_after_failure()?;
        let place = self.file.meta_place();
        let Some(Store::Writing(database)) = &self.store else {
            return Err(LedgerError::ReadOnly {
                path: self.file.path.clone(),
            });
        };
        let (raw, mut state) = place.fenced(|| {
            let raw = begin_on(place, database)?;
            let rows = raw
                .open_table(definition(META))
                .map(Rows::Writing)
                .map_err(|error| place.store_error(error))?;
            let state = self.file.read_state(&rows)?;
            drop(rows);
            Ok((raw, state))
        })?;
        let number = self
            .highest
            .load(Ordering::Relaxed)
            .max(state.transaction)
            .saturating_add(1);
        self.highest.store(number, Ordering::Relaxed);
        state.transaction = number;
        // Nobody else can commit from here on, so this reads what the transaction begins with.
        let before = Opened::new(self.begin_read()?);
        let transaction = Transaction::new(&self.file, state, raw, before);
        self.lock
            .as_ref()
            .map_or(Ok(()), |lock| lock.note_begun(number))?;
        Ok(transaction)
    }

    /// The ledger as it is committed now.
    ///
    /// # Errors
    /// [`LedgerError::CommitFailed`] after a failed commit; [`LedgerError::Damaged`],
    /// [`LedgerError::Io`].
    pub fn read(&self) -> Result<Snapshot<'_>, LedgerError> {
        self.file.refuse_after_failure()?;
        Snapshot::new(&self.file, self.begin_read()?)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.file.path
    }

    fn over(store: Store, file: LedgerFile, lock: Option<Lock>) -> Result<Self, LedgerError> {
        let ledger = Self {
            store: Some(store),
            file,
            highest: AtomicU64::new(0),
            lock,
        };
        let rows = Opened::new(ledger.begin_read()?).rows(ledger.file.meta_place())?;
        ledger.file.check_format(&rows)?;
        let committed = ledger.read()?.number();
        let begun = ledger.lock.as_ref().map_or(0, Lock::last_begun);
        let believed = if begun.saturating_sub(committed) <= MAX_AHEAD {
            begun
        } else {
            committed
        };
        ledger
            .highest
            .store(believed.max(committed), Ordering::Relaxed);
        Ok(ledger)
    }

    fn begin_read(&self) -> Result<ReadTransaction, LedgerError> {
        let place = self.file.meta_place();
        place.fenced(|| {
            let begun = match &self.store {
                Some(Store::Writing(database)) => database.begin_read(),
                Some(Store::Reading(database)) => database.begin_read(),
                None => return Err(place.damaged(Damage::Missing)),
            };
            begun.map_err(|error| place.store_error(error))
        })
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        // The store goes before the lock.
        dropped(self.store.take());
    }
}

fn lock_existing(dir: &Path, wait: Duration, holder: &str) -> Result<(PathBuf, Lock), LedgerError> {
    let path = dir.join(LEDGER_FILE);
    if !path.is_file() {
        return Err(LedgerError::Missing { path });
    }
    Ok((path, Lock::take(dir, wait, holder)?))
}
