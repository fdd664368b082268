//! Why a verb was not carried out: what was found, which exit code that is, and one action.

use crate::ledger::LedgerError;
use crate::ledger::entry::EntryError;
use crate::licence::Moment;
use crate::policy::order::catalogue::CatalogueStop;
use crate::policy::record::catalogue::error::CatalogueError;
use crate::policy::record::state::StateBroken;
use crate::policy::refusal::{Refused, Stop};
use crate::render::RenderError;
use crate::spool::SpoolError;
use crate::vault::VaultError;
use crate::words::refusal::{Audience, said};
use std::path::PathBuf;

/// Why a verb was not carried out. Nothing is half-done then.
#[derive(Debug, thiserror::Error)]
pub enum OpsError {
    /// The vault did not open, or was not made.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The ledger did not open, or a commit failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A file of the spool could not be read or written.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// An answer could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The recorded state cannot be read.
    #[error("the ledger's state is broken: {0}")]
    Broken(#[from] StateBroken),
    /// An entry of the history cannot be read or written.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// A rule refuses the order.
    #[error("{}", said(.0, Audience::ORDERING).message)]
    Refused(Refused),
    /// The catalogue is wrong.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The clock is earlier than what is recorded.
    #[error("the clock says {clock}, but the signer worked at {newest} already")]
    ClockBack {
        /// What the clock says.
        clock: Moment,
        /// What it said at the newest change.
        newest: Moment,
    },
    /// The clock is far later than what is recorded.
    #[error("the clock says {clock}, more than 400 days after the newest change at {newest}")]
    ClockAhead {
        /// What the clock says.
        clock: Moment,
        /// What it said at the newest change.
        newest: Moment,
    },
    /// A device has seen more of the history than this vault holds.
    #[error(
        "{file} carries a checkpoint of entry {size} that this vault's history does not hold: the \
            vault was rolled back, or a copy of it signs elsewhere"
    )]
    RolledBack {
        /// The file that proves it.
        file: String,
        /// Size of the history that its device has seen.
        size: u64,
    },
    /// The history does not verify.
    #[error("the history does not verify: {0}")]
    History(String),
    /// A document of the signer's own did not verify before it left.
    #[error("an answer did not verify under the signer's own key: {0}")]
    OwnSignature(String),
    /// An answer that was committed is not in the ledger.
    #[error("the ledger has lost {0}")]
    Lost(String),
    /// A file that a command names.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file that a command names is not what it should be.
    #[error("{what}")]
    Unreadable {
        /// What was found against what is allowed.
        what: String,
    },
    /// The first line of a file of records does not name its columns.
    #[error("line 1, the header: {what}")]
    Header {
        /// What was found against what is allowed.
        what: String,
    },
    /// A removable medium failed.
    #[error("the medium: {source}")]
    Medium {
        /// What it refused.
        source: SpoolError,
        /// The folder with all the answers; none where nothing was answered.
        answers: Option<String>,
    },
    /// The process that reads pictures has ended, and this one cannot start another.
    #[error("the process that reads pictures has ended: pictures stay in the inbox")]
    ScannerGone,
    /// The file of a waiting request is no longer where it was put.
    #[error("the file of the waiting request, {file}, is not in {}", folder.display())]
    WaitingFileGone {
        /// Its path in the inbox.
        file: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
}

impl From<Stop> for OpsError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refused) => Self::Refused(refused),
            Stop::Broken(broken) => Self::Broken(broken),
        }
    }
}

impl From<CatalogueStop> for OpsError {
    fn from(stop: CatalogueStop) -> Self {
        match stop {
            CatalogueStop::Catalogue(error) => Self::Catalogue(error),
            CatalogueStop::Broken(broken) => Self::Broken(broken),
        }
    }
}

impl OpsError {
    /// The exit code: 1 failed, 4 the vault did not open, 5 the signer refuses to sign.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Vault(VaultError::AlreadyExists { .. }) => 1,
            Self::Vault(VaultError::OperatorName(..)) => 2,
            Self::Vault(_)
            | Self::Ledger(LedgerError::Foreign { .. } | LedgerError::Missing { .. }) => 4,
            Self::ClockBack { .. }
            | Self::ClockAhead { .. }
            | Self::RolledBack { .. }
            | Self::History(_)
            | Self::OwnSignature(_) => 5,
            _ => 1,
        }
    }

    /// A word for scripts: a refusal's own code, or what failed.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.code().as_str(),
            Self::Vault(VaultError::WrongPassphrase) => "wrong-passphrase",
            Self::Vault(VaultError::NotFound { .. }) => "no-vault",
            Self::Vault(VaultError::AlreadyExists { .. }) => "vault-exists",
            Self::Vault(_) => "vault",
            Self::Ledger(LedgerError::Held { .. }) => "ledger-held",
            Self::Ledger(_) => "ledger",
            Self::Spool(_) => "spool",
            Self::Render(_) => "render",
            Self::Broken(_) | Self::Entry(_) | Self::Lost(_) => "ledger-broken",
            Self::Catalogue(_) => "catalogue",
            Self::ClockBack { .. } | Self::ClockAhead { .. } => "clock",
            Self::RolledBack { .. } => "signer-rolled-back",
            Self::History(_) => "history",
            Self::OwnSignature(_) => "own-signature",
            Self::Io { .. } | Self::Unreadable { .. } | Self::Header { .. } => "file",
            Self::WaitingFileGone { .. } => "waiting-file-gone",
            Self::Medium { .. } => "medium",
            Self::ScannerGone => "scanner-gone",
        }
    }

    /// One action.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Refused(refused) => said(refused, Audience::ORDERING).remedy,
            Self::Vault(error) => vault_hint(error).to_owned(),
            Self::Ledger(error) => error.hint().to_owned(),
            Self::Spool(error) => error.hint().to_owned(),
            Self::Catalogue(CatalogueError::Drops(_)) => "add --withdraw, or put them back into \
                the file"
                .to_owned(),
            Self::Catalogue(_) => {
                "correct the catalogue and apply it again; nothing was changed".to_owned()
            }
            Self::ClockBack { .. } | Self::ClockAhead { .. } => {
                "set the clock right, or run `keyspool clock accept --reason TEXT` if it is right"
                    .to_owned()
            }
            Self::RolledBack { .. } => "stop signing, find the newest vault, and restore it from \
                its backup"
                .to_owned(),
            Self::Broken(_) | Self::Entry(_) | Self::Lost(_) | Self::History(_) => {
                "restore the vault from its backup".to_owned()
            }
            Self::OwnSignature(_) | Self::Render(_) => "run `keyspool history verify`, then the \
                same command again"
                .to_owned(),
            Self::Io { .. } | Self::Unreadable { .. } => "check the path and the file".to_owned(),
            Self::Header { .. } => {
                "correct line 1: it names the columns, serial and product among them, in CSV as \
                    UTF-8; nothing was imported"
                    .to_owned()
            }
            Self::Medium { answers: None, .. } => {
                "nothing was answered: see that it is mounted, whole and not write-protected, and \
                    run the same command again"
                    .to_owned()
            }
            Self::Medium {
                answers: Some(folder),
                ..
            } => {
                format!(
                    "all answers are in {folder}: see that the medium is mounted, has room and can \
                        be written to, and run the same command again"
                )
            }
            Self::ScannerGone => "run the same command again, as systemd does by itself: nothing \
                is lost"
                .to_owned(),
            Self::WaitingFileGone { .. } => {
                "drop the device's file into the inbox again".to_owned()
            }
        }
    }
}

fn vault_hint(error: &VaultError) -> &'static str {
    match error {
        VaultError::NotFound { .. } => {
            "make one with `keyspool init`, or name its folder with --vault"
        }
        VaultError::AlreadyExists { .. } => {
            "name another folder with --vault; a vault is never overwritten"
        }
        VaultError::WrongPassphrase => {
            "type the passphrase again, or name another file with --passphrase-file"
        }
        VaultError::Damaged(_)
        | VaultError::TooFewIterations { .. }
        | VaultError::TooManyIterations { .. } => "restore the vault from its backup",
        VaultError::OperatorName(..) => "name the operator with 1 to 64 printable characters",
        VaultError::PassphraseEmpty
        | VaultError::PassphraseTooLong { .. }
        | VaultError::PassphraseNotText => "choose a passphrase of 1 to 1,024 bytes of text",
        _ => "check the vault's folder and its permissions",
    }
}
