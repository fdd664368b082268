//! What can go wrong with the ledger.

use std::path::PathBuf;
use std::time::Duration;

/// Why the ledger did not do what it was asked. Every message names the file; [`LedgerError::hint`]
/// says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A new ledger was asked for where one stands.
    #[error("{} exists already", path.display())]
    Exists {
        /// The ledger.
        path: PathBuf,
    },
    /// No ledger stands there.
    #[error("{} does not exist", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Another process holds the ledger.
    #[error("{} is held by {holder}, waited {} s", path.display(), waited.as_secs())]
    Held {
        /// The lock file, or the ledger where a program without our lock has it open.
        path: PathBuf,
        /// Process id and command of the holder.
        holder: String,
        /// How long was waited.
        waited: Duration,
    },
    /// The ledger belongs to another vault.
    #[error("{} belongs to another vault", path.display())]
    Foreign {
        /// The ledger.
        path: PathBuf,
    },
    /// The ledger was written in a format that this program does not know.
    #[error("{} has format {found}, this program reads {known}", path.display())]
    Format {
        /// The ledger.
        path: PathBuf,
        /// The version found.
        found: u16,
        /// The version that is read and written.
        known: u16,
    },
    /// The file does not hold what was written to it.
    #[error("{} is damaged in table {table}: {what}", path.display())]
    Damaged {
        /// The ledger.
        path: PathBuf,
        /// The table that was read.
        table: String,
        /// What is wrong with it.
        what: Damage,
    },
    /// A commit did not reach the disk; whether it is there shows at the next opening. Never
    /// retried: the process ends.
    #[error("{} could not be committed: {cause}", path.display())]
    CommitFailed {
        /// The ledger.
        path: PathBuf,
        /// Why.
        cause: CommitFault,
    },
    /// The store asks for more than it can hold.
    #[error("a value of {found} bytes for {}, which is more than it can hold", path.display())]
    ValueTooLarge {
        /// The ledger.
        path: PathBuf,
        /// Bytes of the value.
        found: usize,
    },
    /// The store's file is of another edition of the store.
    #[error("{} has edition {found} of the store, which is not read here", path.display())]
    StoreEdition {
        /// The ledger.
        path: PathBuf,
        /// The edition found.
        found: u8,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// A change was asked of a ledger that was opened for reading.
    #[error("{} was opened for reading only", path.display())]
    ReadOnly {
        /// The ledger.
        path: PathBuf,
    },
    /// A second transaction was begun before the first ended.
    #[error("{} has an open transaction already", path.display())]
    Busy {
        /// The ledger.
        path: PathBuf,
    },
    /// A table was read inside a walk through the same table of the same transaction.
    #[error("{}: table {table} is read inside a walk through it", path.display())]
    TableInUse {
        /// The ledger.
        path: PathBuf,
        /// The table.
        table: &'static str,
    },
    /// A table was used in another shape than its own, or a table of the ledger itself was to be
    /// changed.
    #[error("{}: table {table} has another shape, or is the ledger's own", path.display())]
    WrongShape {
        /// The ledger.
        path: PathBuf,
        /// The table.
        table: &'static str,
    },
    /// A list already holds a row of this number.
    #[error("{}: a list of table {table} already holds number {sequence}", path.display())]
    Occupied {
        /// The ledger.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// The number.
        sequence: u64,
    },
}

/// Why a commit failed.
#[derive(Debug, thiserror::Error)]
pub enum CommitFault {
    /// What the store or the operating system said.
    #[error(transparent)]
    Now(Box<LedgerError>),
    /// An earlier commit of this process failed: nothing is tried after it.
    #[error("an earlier commit failed")]
    Earlier,
}

/// What is wrong with a damaged ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// A row does not open: changed, moved, or of another vault.
    #[error("a row does not open: it was changed or moved")]
    Row,
    /// A row was written by a transaction after the newest one.
    #[error("a row is of transaction {row}, the newest is {newest}")]
    Future {
        /// The row's transaction.
        row: u64,
        /// The newest transaction.
        newest: u64,
    },
    /// A row's key is no key of the table's shape.
    #[error("a row's key is none of this table's")]
    Key,
    /// Rows do not stand in the order of their keys.
    #[error("rows stand out of order")]
    Order,
    /// The table is there with another number of rows than was committed.
    #[error("{found} rows, committed were {committed}")]
    Count {
        /// Rows in the file.
        found: u64,
        /// Rows as committed.
        committed: u64,
    },
    /// A table, or a row that must be there, is missing.
    #[error("something that was committed is missing")]
    Missing,
    /// An entry of the history, or the head after it, is not what the chain says.
    #[error("the chain breaks at entry {number}")]
    Chain {
        /// The entry.
        number: u64,
    },
    /// The file ends before what it should hold does.
    #[error("the store cannot read its file: it ends too early")]
    CutOff,
    /// The file does not begin as a store does.
    #[error("the store cannot read its file: it is no store")]
    NoStore,
    /// The store's own parts contradict each other.
    #[error("the store cannot read its file: it is inconsistent")]
    Inconsistent,
    /// The store does not understand its file.
    #[error("the store cannot read its file: {says}")]
    Store {
        /// What it says.
        says: String,
    },
}

impl LedgerError {
    /// One action that helps.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "use another folder for a new vault",
            Self::Missing { .. } => {
                "name the folder that holds the vault and its ledger with --vault"
            }
            Self::Held { .. } => "wait for the other command to end, or stop it",
            Self::Foreign { .. } => "put this vault's own ledger back into its folder",
            Self::Format { found, known, .. } if found < known => {
                "use the release of the program that wrote it"
            }
            Self::Format { .. } => "use the release of the program that wrote it, or a newer one",
            Self::Damaged { .. } => "restore the vault from its backup",
            Self::CommitFailed { .. } => "check the disk, then start the command again",
            Self::StoreEdition { .. } => "use the release of the program that wrote it",
            Self::Io { .. } => "check the disk and the folder's permissions",
            Self::ReadOnly { .. }
            | Self::Busy { .. }
            | Self::TableInUse { .. }
            | Self::WrongShape { .. }
            | Self::ValueTooLarge { .. }
            | Self::Occupied { .. } => "report this as a defect of the program",
        }
    }
}
