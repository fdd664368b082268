//! Why a verb was not carried out: what was found, and one action.

use super::damage::{Damage, HistoryFault};
use super::defect::Defect;
use super::header::HeaderFault;
use crate::ledger::LedgerError;
use crate::ledger::entry::EntryError;
use crate::licence::{Digest, LicenceKeyId, Moment, Origin};
use crate::policy::order::catalogue::CatalogueStop;
use crate::policy::record::catalogue::error::CatalogueError;
use crate::policy::record::state::StateBroken;
use crate::policy::refusal::{Refused, Stop};
use crate::render::RenderError;
use crate::seal::computer_key::ComputerKeyRefused;
use crate::seal::trust::TrustError;
use crate::seal::verified::VerifyError;
use crate::spool::{InboxPath, SpoolError, TakeError, escape_path};
use crate::vault::VaultError;
use crate::wire::error::WireError;
use crate::wire::qr::QrError;
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
    /// An entry of the history cannot be read.
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
    History(#[from] HistoryFault),
    /// A document of the signer's own did not verify before it left.
    #[error("an answer did not verify under the signer's own key: {0}")]
    OwnSignature(VerifyError),
    /// A Computer Key of the signer's own did not verify before it left.
    #[error("a Computer Key did not verify under the signer's own key: {0}")]
    OwnComputerKey(ComputerKeyRefused),
    /// An answer that is signed anew is another than the recorded one.
    #[error("the answer to {request} is not the one that was recorded")]
    OtherAnswer {
        /// The request.
        request: Digest,
    },
    /// What was committed is missing or cannot be read.
    #[error("the ledger is damaged: {0}")]
    Damaged(#[from] Damage),
    /// An invariant of this program does not hold.
    #[error("a defect of this program: {0}")]
    Defect(#[from] Defect),
    /// The system gives no random bytes.
    #[error("the randomness of the system is missing: {0}")]
    NoRandomness(getrandom::Error),
    /// The system gave the same random bytes twice.
    #[error("the randomness of the system gave the licence key {id} twice")]
    KeyDrawnTwice {
        /// The key.
        id: LicenceKeyId,
    },
    /// The system refused an operation on a file that a command names.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file that a command names is no text.
    #[error("{} is not UTF-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// A file of records over its limit.
    #[error("{} has more than {allowed} bytes", path.display())]
    RecordsSize {
        /// The file.
        path: PathBuf,
        /// Most bytes that are read.
        allowed: u64,
    },
    /// A file to inspect over its limit.
    #[error("more than {allowed} bytes, which is more than any file of keyspool has")]
    InspectSize {
        /// Most bytes that are inspected.
        allowed: usize,
    },
    /// The first line of a file of records does not name its columns.
    #[error("line 1, the header: {0}")]
    Header(#[from] HeaderFault),
    /// A file that is named as a checkpoint cannot be read as one.
    #[error("the checkpoint cannot be read: {0}")]
    CheckpointForm(WireError),
    /// A file that is named as a checkpoint was signed by another signer.
    #[error("the checkpoint is not this signer's: {0}")]
    CheckpointSigner(TrustError),
    /// A checkpoint of another history.
    #[error("the checkpoint is of the history {found}, this is {own}")]
    CheckpointOrigin {
        /// The history that it names.
        found: Origin,
        /// The history of this vault.
        own: Origin,
    },
    /// The folder for a new vault holds something else.
    #[error("{} is not empty", path.display())]
    FolderNotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// Something that is no folder stands where a new vault's is to be.
    #[error("{} is there and is no folder", path.display())]
    NoFolder {
        /// What stands there.
        path: PathBuf,
    },
    /// A path that is named as a medium lies in the spool or the vault, or holds it.
    #[error("{} is no removable medium: {} lies there", path.display(), own.display())]
    NoMedium {
        /// The path.
        path: PathBuf,
        /// The signer's own folder.
        own: PathBuf,
    },
    /// A published file is gone from the outbox.
    #[error("{} was published and is gone", path.display())]
    OutboxGone {
        /// The file.
        path: PathBuf,
    },
    /// A published file is not as it was published.
    #[error("{} is not as it was published", path.display())]
    OutboxChanged {
        /// The file.
        path: PathBuf,
    },
    /// A line of a published manifest is not as it was published.
    #[error("{} is not as it was published: line {line}: {fault}", path.display())]
    ManifestChanged {
        /// The manifest.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The first broken rule.
        fault: WireError,
    },
    /// A request file in `work/` changed while it was answered.
    #[error("{} changed while it was answered", escape_path(path))]
    RequestChanged {
        /// Where it lay in the inbox.
        path: InboxPath,
    },
    /// A request file in `work/` could not be read a second time.
    #[error("cannot read a request again: {0}")]
    RequestUnread(TakeError),
    /// A README was recorded in a version that this program does not write.
    #[error("README version {found} of the answer to {request}, this program writes {known}")]
    ReadmeVersion {
        /// The request.
        request: Digest,
        /// The version that was recorded.
        found: u8,
        /// The version that this program writes.
        known: u8,
    },
    /// An answer does not go into QR codes.
    #[error(transparent)]
    Qr(#[from] QrError),
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
    /// A word for scripts: a refusal's own code, or what failed.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.code().as_str(),
            Self::Vault(VaultError::WrongPassphrase) => "wrong-passphrase",
            Self::Vault(VaultError::NotFound { .. }) => "no-vault",
            Self::Vault(VaultError::AlreadyExists { .. }) => "vault-exists",
            Self::Vault(VaultError::NoRandomness(_))
            | Self::NoRandomness(_)
            | Self::KeyDrawnTwice { .. } => "randomness",
            Self::Vault(_) => "vault",
            Self::Ledger(LedgerError::Held { .. }) => "ledger-held",
            Self::Ledger(_) => "ledger",
            Self::Spool(_) => "spool",
            Self::Render(_) | Self::Qr(_) => "render",
            Self::Broken(_) | Self::Entry(_) | Self::Damaged(_) => "ledger-broken",
            Self::Defect(_) => "defect",
            Self::Catalogue(_) => "catalogue",
            Self::ClockBack { .. } | Self::ClockAhead { .. } => "clock",
            Self::RolledBack { .. } => "signer-rolled-back",
            Self::History(_) => "history",
            Self::OwnSignature(_) | Self::OwnComputerKey(_) | Self::OtherAnswer { .. } => {
                "own-signature"
            }
            Self::Io { .. }
            | Self::NotText { .. }
            | Self::RecordsSize { .. }
            | Self::InspectSize { .. }
            | Self::Header(_)
            | Self::CheckpointForm(_)
            | Self::CheckpointSigner(_)
            | Self::CheckpointOrigin { .. }
            | Self::FolderNotEmpty { .. }
            | Self::NoFolder { .. }
            | Self::NoMedium { .. } => "file",
            Self::OutboxGone { .. } | Self::OutboxChanged { .. } | Self::ManifestChanged { .. } => {
                "outbox-changed"
            }
            Self::RequestChanged { .. } | Self::RequestUnread(_) => "request-changed",
            Self::ReadmeVersion { .. } => "release",
            Self::WaitingFileGone { .. } => "waiting-file-gone",
            Self::Medium { .. } => "medium",
            Self::ScannerGone => "scanner-gone",
        }
    }
}
