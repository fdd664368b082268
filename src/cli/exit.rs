//! Exit codes: the one place where what happened becomes a number.

use super::console::{CliError, Exit};
use crate::ledger::LedgerError;
use crate::ops::OpsError;
use crate::vault::VaultError;

/// The exit codes of the signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    /// Done.
    Done = 0,
    /// Failed, and nothing is half-done; or a finding that is bad.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// Done, and some requests were refused.
    SomeRefused = 3,
    /// The vault did not open.
    NotOpened = 4,
    /// The signer refuses to sign: its clock, a rollback, its history, this process.
    NotSigning = 5,
}

impl ExitCode {
    /// The number.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::Done,
            Exit::SomeRefused => Self::SomeRefused,
            Exit::Bad => Self::Failed,
        }
    }
}

impl From<&CliError> for ExitCode {
    fn from(error: &CliError) -> Self {
        match error {
            CliError::Ops(error) => of_verb(error),
            CliError::Usage { .. } | CliError::InputNotText => Self::Usage,
            CliError::NobodyToAsk { .. }
            | CliError::NotConfirmed
            | CliError::NotAFile { .. }
            | CliError::Input(_)
            | CliError::Signals(_)
            | CliError::Stopped(_)
            | CliError::Output(_) => Self::Failed,
        }
    }
}

fn of_verb(error: &OpsError) -> ExitCode {
    match error {
        OpsError::Vault(error) => of_vault(error),
        OpsError::Ledger(LedgerError::Foreign { .. } | LedgerError::Missing { .. }) => {
            ExitCode::NotOpened
        }
        OpsError::ClockBack { .. }
        | OpsError::ClockAhead { .. }
        | OpsError::RolledBack { .. }
        | OpsError::History(_)
        | OpsError::OwnSignature(_)
        | OpsError::OwnComputerKey(_)
        | OpsError::OtherAnswer { .. } => ExitCode::NotSigning,
        OpsError::Ledger(_)
        | OpsError::Spool(_)
        | OpsError::Render(_)
        | OpsError::Qr(_)
        | OpsError::Broken(_)
        | OpsError::Entry(_)
        | OpsError::Damaged(_)
        | OpsError::Defect(_)
        | OpsError::Refused(_)
        | OpsError::Catalogue(_)
        | OpsError::NoRandomness(_)
        | OpsError::KeyDrawnTwice { .. }
        | OpsError::Io { .. }
        | OpsError::NotText { .. }
        | OpsError::RecordsSize { .. }
        | OpsError::InspectSize { .. }
        | OpsError::Header(_)
        | OpsError::CheckpointForm(_)
        | OpsError::CheckpointSigner(_)
        | OpsError::CheckpointOrigin { .. }
        | OpsError::FolderNotEmpty { .. }
        | OpsError::NoFolder { .. }
        | OpsError::NoMedium { .. }
        | OpsError::OutboxGone { .. }
        | OpsError::OutboxChanged { .. }
        | OpsError::ManifestChanged { .. }
        | OpsError::RequestChanged { .. }
        | OpsError::RequestUnread(_)
        | OpsError::ReadmeVersion { .. }
        | OpsError::Medium { .. }
        | OpsError::ScannerGone
        | OpsError::WaitingFileGone { .. } => ExitCode::Failed,
    }
}

fn of_vault(error: &VaultError) -> ExitCode {
    match error {
        VaultError::AlreadyExists { .. }
        | VaultError::SyncFailed { .. }
        | VaultError::NoRandomness(_) => ExitCode::Failed,
        VaultError::OperatorName(..) => ExitCode::Usage,
        VaultError::NotFound { .. }
        | VaultError::WrongPassphrase
        | VaultError::Damaged(_)
        | VaultError::TooFewIterations { .. }
        | VaultError::TooManyIterations { .. }
        | VaultError::Version { .. }
        | VaultError::TooLarge { .. }
        | VaultError::NotAFile { .. }
        | VaultError::PassphraseEmpty
        | VaultError::PassphraseTooLong { .. }
        | VaultError::PassphraseNotText
        | VaultError::Io { .. } => ExitCode::NotOpened,
    }
}
