//! What can go wrong with the spool itself.

use super::inbox_path::escape;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Why the spool could not do its work. Paths are shown escaped, as
/// [`escape_path`](super::escape_path) does.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// There is no spool at this path.
    #[error("no spool at {}", shown(.path))]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A folder of the spool, or the spool, is a symbolic link or no folder.
    #[error("{} is a symbolic link or no folder", shown(.path))]
    NotAFolder {
        /// What stands in a folder's place.
        path: PathBuf,
    },
    /// Two folders of the spool between which files are moved lie on different file systems.
    #[error("{} lies on another file system than {}", shown(.path), shown(.other))]
    Apart {
        /// One of them.
        path: PathBuf,
        /// The other.
        other: PathBuf,
    },
    /// A folder of the spool was exchanged for another while in use.
    #[error("{} was replaced while it was in use", shown(.path))]
    Replaced {
        /// The folder.
        path: PathBuf,
    },
    /// The system refused an operation on a file.
    #[error("cannot {doing} {}: {source}", shown(.path))]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A sync failed: what is on disk is unknown. The process ends and never tries again.
    #[error("cannot write {} through to disk: {source}", shown(.path))]
    SyncFailed {
        /// The file system's folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of this name is there with other bytes, or something else holds its name.
    #[error("{} is there already and differs", shown(.path))]
    Exists {
        /// The name that is taken.
        path: PathBuf,
    },
    /// A name that the signer may not give to a file: see [`names`](super::names).
    #[error("{} is no valid name for a file of the spool", shown(.name))]
    Name {
        /// The name or path.
        name: PathBuf,
    },
    /// A medium gives back other bytes than were written to it.
    #[error("{} reads back other than it was written", shown(.path))]
    Differs {
        /// The file.
        path: PathBuf,
    },
    /// A file is gone from `work/`, and no file with its bytes stands where it was to go.
    #[error("{} is gone and was not moved to its place", shown(.path))]
    Vanished {
        /// Where the file was.
        path: PathBuf,
    },
}

impl SpoolError {
    /// One action that may help.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "make it with keyspool init, or name the right folder with --spool"
            }
            Self::NotAFolder { .. } => "put a real folder in its place",
            Self::Apart { .. } => {
                "keep inbox, work, rejected and archive on one file system; the outbox may lie on \
                    another"
            }
            Self::Replaced { .. } => "start again once the folder stays in place",
            Self::Io { .. } => "check the disk's free space and the folder's owner and permissions",
            Self::SyncFailed { .. } => {
                "check the disk, then start again: nothing that was committed is lost"
            }
            Self::Exists { .. } => {
                "move the batch's whole folder away and start again: everything in it is written \
                    anew"
            }
            Self::Name { .. } => "report this: the signer chose a name that it must not choose",
            Self::Differs { .. } => "take another medium: this one loses data",
            Self::Vanished { .. } => {
                "put the file back from a copy, or drop it into the inbox again"
            }
        }
    }

    /// What the system said when something could not be read.
    #[must_use]
    pub fn unreadable(path: &Path, kind: io::ErrorKind) -> Self {
        Self::io("read", path, kind)
    }

    pub(super) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
        source: impl Into<io::Error>,
    ) -> Self {
        Self::Io {
            doing,
            path: path.into(),
            source: source.into(),
        }
    }
}

fn shown(path: &Path) -> String {
    escape(OsStr::as_bytes(path.as_os_str()))
}
