//! What can go wrong with a vault.

use crate::licence::{KeyId, id::Hex, identifier::TextError};
use std::io;
use std::path::PathBuf;

/// Why a vault was not made, not opened, or not kept.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The folder holds no vault.
    #[error("no vault at {}", path.display())]
    NotFound {
        /// The file that is missing.
        path: PathBuf,
    },
    /// The folder holds a vault already; none is ever overwritten.
    #[error("{} is there already", path.display())]
    AlreadyExists {
        /// The file that is there.
        path: PathBuf,
    },
    /// No key slot opens with this passphrase.
    #[error("no key slot opens with this passphrase")]
    WrongPassphrase,
    /// The vault file is not as it was written.
    #[error("the vault is damaged: {0}")]
    Damaged(Damage),
    /// The vault file asks for a derivation so cheap that passphrases could be guessed.
    #[error("{found} iterations, at least {floor} are needed")]
    TooFewIterations {
        /// Iterations in the file.
        found: u32,
        /// Fewest that this program accepts.
        floor: u32,
    },
    /// The vault file asks for a derivation that would never end.
    #[error("{found} iterations, at most {ceiling} are allowed")]
    TooManyIterations {
        /// Iterations in the file.
        found: u32,
        /// Most that this program accepts.
        ceiling: u32,
    },
    /// The vault was written by another edition of this program.
    #[error("vault version {found}, this program reads version {known}")]
    Version {
        /// Version in the file.
        found: u64,
        /// The version that this program reads and writes.
        known: u64,
    },
    /// The file is longer than any file of this kind can be.
    #[error("{} holds more than {allowed} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Most bytes that are read.
        allowed: u64,
    },
    /// The path names a folder, a device or a link where a file belongs.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// What was to be read.
        path: PathBuf,
    },
    /// A passphrase of no bytes.
    #[error("the passphrase is empty")]
    PassphraseEmpty,
    /// A passphrase longer than any that people or machines keep.
    #[error("a passphrase of {found} bytes, at most {allowed} are allowed")]
    PassphraseTooLong {
        /// Bytes found.
        found: usize,
        /// Most bytes that are allowed.
        allowed: usize,
    },
    /// A passphrase file whose first line is no UTF-8 text.
    #[error("the passphrase is not UTF-8 text")]
    PassphraseNotText,
    /// An operator's name that may not stand in the history.
    #[error("the operator's name: {0}")]
    OperatorName(TextError),
    /// The operating system refused a file operation.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Data may not have reached the disk. The process must end: after a failed sync the system may
    /// have dropped the data and report success the next time, so it is never retried.
    #[error("{} could not be brought to the disk: {source}", path.display())]
    SyncFailed {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The operating system gave no random bytes.
    #[error("the randomness of the system is missing: {0}")]
    NoRandomness(getrandom::Error),
}

/// What is wrong with a damaged vault file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The bytes are not JSON of the vault's shape.
    #[error("not the JSON of a vault, at line {line}, column {column}")]
    Shape {
        /// Line of the first fault, from 1.
        line: usize,
        /// Column of the first fault, from 1; 0 where the end came too early.
        column: usize,
    },
    /// The same content in another spelling than the one that this program writes.
    #[error("not in the one spelling that this program writes")]
    Spelling,
    /// The checksum does not match: bytes changed on the disk or on the way.
    #[error("its checksum does not match its content")]
    Checksum,
    /// None, or more than 64, key slots or keys.
    #[error("{found} {what}, 1 to {allowed} are allowed")]
    Count {
        /// `key slots` or `signing keys`.
        what: &'static str,
        /// How many were found.
        found: usize,
        /// Most that are allowed.
        allowed: usize,
    },
    /// A key slot that the passphrase fits does not open: its fields were changed.
    #[error("key slot {0} was changed")]
    Slot(Hex<8>),
    /// The authentication code does not match: the file was changed by someone without the master
    /// key.
    #[error("its authentication code does not match its content")]
    Mac,
    /// A wrapped key does not open, or is not the private half of the public key beside it.
    #[error("key {0} was changed")]
    Key(KeyId),
    /// The trust list cannot be read, is not signed by the root, or names no active key of this
    /// vault.
    #[error("its trust list is not one that this vault has signed")]
    TrustList,
}

impl VaultError {
    /// One action: the one that costs least. Only damage speaks of the backup.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => {
                "make one with `keyspool init`, or name its folder with --vault"
            }
            Self::AlreadyExists { .. } => {
                "name another folder with --vault; a vault is never overwritten"
            }
            Self::WrongPassphrase => {
                "type the passphrase again, or name another file with --passphrase-file"
            }
            Self::Damaged(_) | Self::TooFewIterations { .. } | Self::TooManyIterations { .. } => {
                "restore the vault from its backup"
            }
            Self::Version { .. } => "use the release of the program that wrote it",
            Self::TooLarge { .. } | Self::NotAFile { .. } => {
                "put the file itself in its place, as it was written"
            }
            Self::PassphraseEmpty | Self::PassphraseTooLong { .. } | Self::PassphraseNotText => {
                "choose a passphrase of 1 to 1,024 bytes of text"
            }
            Self::OperatorName(..) => "name the operator with 1 to 64 printable characters",
            Self::Io { .. } => "check the vault's folder and its permissions",
            Self::SyncFailed { .. } => "check the disk, then run the same command again",
            Self::NoRandomness(_) => {
                "run the same command again; if it fails once more, restart the machine first"
            }
        }
    }
}

impl From<Damage> for VaultError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}
