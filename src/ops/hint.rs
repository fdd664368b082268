//! One action for each error: the one that costs least. Only damage speaks of the backup.

use super::error::OpsError;
use crate::policy::record::catalogue::error::CatalogueError;
use crate::words::refusal::{Audience, said};
use std::io::ErrorKind;

impl OpsError {
    /// One action, without a full stop unless it is a refusal's.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Refused(refused) => said(refused, Audience::ORDERING).remedy,
            Self::Medium {
                answers: Some(folder),
                ..
            } => {
                format!(
                    "all answers are in {folder}: see that the medium is mounted, has room and can \
                        be written to, and run the same command again"
                )
            }
            error => error.fixed_hint().to_owned(),
        }
    }

    /// The hint of what has the same one whatever its facts are.
    fn fixed_hint(&self) -> &'static str {
        match self {
            Self::Vault(error) => error.hint(),
            Self::Ledger(error) => error.hint(),
            Self::Spool(error) => error.hint(),
            Self::Catalogue(CatalogueError::Drops(_)) => {
                "add --withdraw, or put them back into the file"
            }
            Self::Catalogue(_) => "correct the catalogue and apply it again; nothing was changed",
            Self::ClockBack { .. } | Self::ClockAhead { .. } => {
                "set the clock right, or run `keyspool clock accept --reason TEXT` if it is right"
            }
            Self::RolledBack { .. } => {
                "stop signing, find the newest vault, and restore it from its backup"
            }
            Self::Broken(_)
            | Self::Entry(_)
            | Self::Damaged(_)
            | Self::History(_)
            | Self::OtherAnswer { .. } => "restore the vault from its backup",
            Self::Defect(_) | Self::Render(_) | Self::Qr(_) => {
                "report this as a defect of the program"
            }
            Self::OwnSignature(_) | Self::OwnComputerKey(_) => {
                "run `keyspool history verify`, then the same command again"
            }
            Self::NoRandomness(_) => RANDOMNESS_HINT,
            Self::KeyDrawnTwice { .. } => {
                "mint no more on this machine before its randomness is repaired"
            }
            Self::ScannerGone => {
                "run the same command again, as systemd does by itself: nothing is lost"
            }
            Self::WaitingFileGone { .. } => "drop the device's file into the inbox again",
            Self::ReadmeVersion { .. } => "use the release of the program that recorded it",
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
            | Self::NoMedium { .. }
            | Self::OutboxGone { .. }
            | Self::OutboxChanged { .. }
            | Self::ManifestChanged { .. }
            | Self::RequestChanged { .. }
            | Self::RequestUnread(_)
            | Self::Medium { .. }
            | Self::Refused(_) => self.file_hint(),
        }
    }

    /// The hint of what is about files that people name or may have changed.
    fn file_hint(&self) -> &'static str {
        match self {
            Self::Io { source, .. } => io_hint(source.kind()),
            Self::NotText { .. } => "save the file as UTF-8",
            Self::RecordsSize { .. } => "split the file, each part with the same first line",
            Self::InspectSize { .. } => "name a smaller file",
            Self::Header(_) => {
                "correct line 1: it names the columns, serial and product among them, in CSV as \
                    UTF-8; nothing was imported"
            }
            Self::CheckpointForm(_) | Self::CheckpointSigner(_) | Self::CheckpointOrigin { .. } => {
                "name a checkpoint.json out of a bundle of this signer"
            }
            Self::FolderNotEmpty { .. } | Self::NoFolder { .. } => {
                "name an empty or a new folder with --vault"
            }
            Self::NoMedium { .. } => "name the folder at which the medium is mounted",
            Self::OutboxGone { .. } | Self::OutboxChanged { .. } | Self::ManifestChanged { .. } => {
                "run the same command again: what is asked again is answered with the same bytes"
            }
            Self::RequestChanged { .. } | Self::RequestUnread(_) => {
                "run the same command again once nobody else writes into work/"
            }
            _ => {
                "nothing was answered: see that it is mounted, whole and not write-protected, and \
                    run the same command again"
            }
        }
    }
}

/// What helps where the system gives no random bytes.
const RANDOMNESS_HINT: &str =
    "run the same command again; if it fails once more, restart the machine first";

/// What helps where the system refuses an operation on a file that a command names.
fn io_hint(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
            "check the path"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "see that this user may read and write there"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "make room on its disk"
        }
        _ => "check the disk that it lies on",
    }
}
