//! The ledger: one file of one vault, held by one process.

use super::error::{CommitFault, Damage, LedgerError};
use super::history::first_head;
use super::lock::Lock;
use super::meta::{FORMAT_ROW, META, STATE_ROW, State, check_format, format_row};
use super::opened::Opened;
use super::place::{Place, dropped};
use super::read::Snapshot;
use super::source::{Rows, definition};
use super::transaction::Transaction;
use crate::licence::Origin;
use crate::seal::record::RecordSealer;
use redb::backends::FileBackend;
use redb::{
    Builder, Database, Durability, ReadOnlyDatabase, ReadTransaction, ReadableDatabase as _,
    StorageBackend, WriteTransaction,
};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// The ledger's file in the vault's folder.
pub const LEDGER_FILE: &str = "ledger.redb";
/// How long commands wait for another that holds the ledger.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Memory for pages of the file, in bytes: a quarter of the 200 MiB that the signer may take. One
/// half holds what a transaction has changed, reckoned by its pages some 17 MiB of 512 requests
/// among a million systems: what does not fit is written twice.
const CACHE_BYTES: usize = 48 * 1024 * 1024;
/// How far the lock file may move transaction numbers ahead: it is not sealed, and must not be able
/// to use them up.
const MAX_AHEAD: u64 = 1 << 20;

/// The durable state and the history of one vault. Holds the lock file until dropped.
pub struct Ledger {
    store: Option<Store>,
    path: PathBuf,
    vault: String,
    sealer: Arc<dyn RecordSealer>,
    /// The highest transaction number given out.
    highest: AtomicU64,
    failed: AtomicBool,
    lock: Option<Lock>,
}

enum Store {
    Writing(Database),
    Reading(ReadOnlyDatabase),
}

/// Whose ledger it is.
struct Owner<'a> {
    vault: &'a str,
    sealer: Arc<dyn RecordSealer>,
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
        let new = dir.join("ledger.redb.new");
        let file = new_file(&new).map_err(|source| LedgerError::Io {
            path: new.clone(),
            source,
        })?;
        let place = Place {
            path: &new,
            table: META,
        };
        let backend = FileBackend::new(file).map_err(|error| place.store_error(error))?;
        let database = make(
            place,
            backend,
            &Owner {
                vault: vault_id,
                sealer: sealer.clone(),
            },
            origin,
        )?;
        let synced = std::fs::rename(&new, &path).and_then(|()| File::open(dir)?.sync_all());
        synced.map_err(|source| LedgerError::Io {
            path: path.clone(),
            source,
        })?;
        Self::over(
            Store::Writing(database),
            path,
            Owner {
                vault: vault_id,
                sealer,
            },
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
            path,
            Owner {
                vault: vault_id,
                sealer,
            },
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
            path,
            Owner {
                vault: vault_id,
                sealer,
            },
            Some(lock),
        )
    }

    /// Makes a ledger on a storage of the caller's own, without folder or lock. Tests of crashes
    /// come in here.
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
        let owner = Owner {
            vault: vault_id,
            sealer,
        };
        let database = make(
            Place {
                path: &path,
                table: META,
            },
            storage,
            &owner,
            origin,
        )?;
        Self::over(Store::Writing(database), path, owner, None)
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
            path,
            Owner {
                vault: vault_id,
                sealer,
            },
            None,
        )
    }

    /// Begins a transaction that can change the ledger. Its number is higher than any given out
    /// before, committed or not; only the number of one that a power cut ended may come again, and
    /// nothing of that one is left.
    ///
    /// # Errors
    /// [`LedgerError::ReadOnly`]; [`LedgerError::Busy`] while another transaction of this ledger is
    /// open; [`LedgerError::CommitFailed`] after a failed commit; [`LedgerError::Damaged`],
    /// [`LedgerError::Io`].
    pub fn begin(&self) -> Result<Transaction<'_>, LedgerError> {
        self.refuse_after_failure()?;
        let place = self.meta_place();
        let Some(Store::Writing(database)) = &self.store else {
            return Err(LedgerError::ReadOnly {
                path: self.path.clone(),
            });
        };
        let (raw, mut state) = place.fenced(|| {
            let raw = begin_on(place, database)?;
            let rows = raw
                .open_table(definition(META))
                .map(Rows::Writing)
                .map_err(|error| place.store_error(error))?;
            let state = self.read_state(&rows)?;
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
        // Nobody else can commit from here on: what this reads is what the transaction began with.
        let before = Opened::new(self.begin_read()?);
        let transaction = Transaction::new(self, state, raw, before);
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
        self.refuse_after_failure()?;
        Snapshot::new(self, self.begin_read()?)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn over(
        store: Store,
        path: PathBuf,
        owner: Owner<'_>,
        lock: Option<Lock>,
    ) -> Result<Self, LedgerError> {
        let ledger = Self {
            store: Some(store),
            path,
            vault: owner.vault.to_owned(),
            sealer: owner.sealer,
            highest: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            lock,
        };
        ledger.check_format()?;
        let committed = super::Reader::number(&ledger.read()?);
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
        let place = self.meta_place();
        place.fenced(|| {
            let begun = match &self.store {
                Some(Store::Writing(database)) => database.begin_read(),
                Some(Store::Reading(database)) => database.begin_read(),
                None => return Err(place.damaged(Damage::Missing)),
            };
            begun.map_err(|error| place.store_error(error))
        })
    }

    fn check_format(&self) -> Result<(), LedgerError> {
        let place = self.meta_place();
        let rows = Opened::new(self.begin_read()?).rows(place)?;
        place.fenced(|| {
            let row = rows
                .get(FORMAT_ROW)
                .map_err(|error| place.store_error(error))?;
            let row = row.ok_or_else(|| place.damaged(Damage::Missing))?;
            check_format(place, self.sealer(), &self.vault, row.value())
        })
    }

    pub(super) fn read_state(&self, rows: &Rows<'_>) -> Result<State, LedgerError> {
        let place = self.meta_place();
        place.fenced(|| {
            let row = rows
                .get(STATE_ROW)
                .map_err(|error| place.store_error(error))?;
            let row = row.ok_or_else(|| place.damaged(Damage::Missing))?;
            State::open(place, self.sealer(), &self.vault, row.value())
        })
    }

    pub(super) fn sealer(&self) -> &dyn RecordSealer {
        &*self.sealer
    }

    pub(super) fn place(&self, table: &'static str) -> Place<'_> {
        Place {
            path: &self.path,
            table,
        }
    }

    pub(super) fn meta_place(&self) -> Place<'_> {
        self.place(META)
    }

    /// Notes that a commit failed: nothing is begun or read any more.
    pub(super) fn fail(&self, error: LedgerError) -> LedgerError {
        self.failed.store(true, Ordering::Relaxed);
        LedgerError::CommitFailed {
            path: self.path.clone(),
            cause: CommitFault::Now(Box::new(error)),
        }
    }

    fn refuse_after_failure(&self) -> Result<(), LedgerError> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(LedgerError::CommitFailed {
                path: self.path.clone(),
                cause: CommitFault::Earlier,
            });
        }
        Ok(())
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

/// A new file that only its owner reads, in the place of what a broken-off creation left.
fn new_file(path: &Path) -> std::io::Result<File> {
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

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

fn open_database(path: &Path) -> Result<Database, LedgerError> {
    let place = Place { path, table: META };
    place.fenced(|| {
        builder()
            .open(path)
            .map_err(|error| place.store_error(error))
    })
}

/// A new database with the ledger's own rows, committed.
fn make(
    place: Place<'_>,
    storage: impl StorageBackend,
    owner: &Owner<'_>,
    origin: Origin,
) -> Result<Database, LedgerError> {
    let state = State {
        vault: owner.vault.to_owned(),
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
        let format = format_row(&*owner.sealer, owner.vault);
        for (key, row) in [
            (FORMAT_ROW, format),
            (STATE_ROW, state.seal(&*owner.sealer)),
        ] {
            table
                .insert(key, row.as_slice())
                .map_err(|error| place.store_error(error))?;
        }
        drop(table);
        raw.commit().map_err(|error| LedgerError::CommitFailed {
            path: place.path.to_owned(),
            cause: CommitFault::Now(Box::new(place.store_error(error))),
        })?;
        Ok(database)
    })
}

/// A transaction of the store whose commit is on disk when it returns, and leaves nothing to
/// rebuild after a crash.
fn begin_on(place: Place<'_>, database: &Database) -> Result<WriteTransaction, LedgerError> {
    let mut raw = database
        .try_begin_write()
        .map_err(|error| place.store_error(error))?;
    raw.set_durability(Durability::Immediate)
        .map_err(|error| place.store_error(error))?;
    raw.set_quick_repair(true);
    Ok(raw)
}
