//! Why files stay in the inbox.

use rustix::fs::FileType;
use rustix::io::Errno;
use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;

/// Largest file that is taken from the inbox: the largest that FAT32 can hold. Larger ones, sparse
/// files of any size among them, would hold up the signer while their digest is computed.
pub const MAX_HASHED_BYTES: u64 = u32::MAX as u64;

/// Why a file stays in the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Skipped {
    /// A symbolic link.
    #[error("it is a symbolic link")]
    Symlink,
    /// A named pipe.
    #[error("it is a named pipe")]
    Fifo,
    /// A socket.
    #[error("it is a socket")]
    Socket,
    /// A device.
    #[error("it is a device")]
    Device,
    /// A folder came in the file's place.
    #[error("it is a folder")]
    Folder,
    /// The file has another name, by which it could be changed while it is judged.
    #[error("it is a hard link: copy it instead")]
    HardLinked,
    /// Its name, or that of the folder, says that it is still being written or not meant for the
    /// signer.
    #[error("its name says that it is unfinished or hidden")]
    PartialName,
    /// It lies deeper than [`ListOptions::max_depth`](super::ListOptions::max_depth).
    #[error("it lies too deep in folders")]
    TooDeep,
    /// It is larger than [`MAX_HASHED_BYTES`].
    #[error("it is larger than 4 GiB")]
    Huge,
    /// It lies on another file system than `work/`, so that it cannot be moved there.
    #[error("it lies on another file system than the spool: copy it instead")]
    OtherFileSystem,
    /// The system did not let it be read or moved.
    #[error("it cannot be read: {0}")]
    Unreadable(ErrorKind),
}

impl Skipped {
    /// Why a file of this type and number of links is not taken.
    pub(super) fn of(file_type: FileType, is_hard_linked: bool) -> Option<Self> {
        match file_type {
            FileType::RegularFile => is_hard_linked.then_some(Self::HardLinked),
            FileType::Symlink => Some(Self::Symlink),
            FileType::Fifo => Some(Self::Fifo),
            FileType::Socket => Some(Self::Socket),
            FileType::Directory => Some(Self::Folder),
            _ => Some(Self::Device),
        }
    }

    /// Errors that concern one file only.
    pub(super) fn of_error(error: Errno) -> Option<Self> {
        match error {
            Errno::LOOP => Some(Self::Symlink),
            Errno::XDEV => Some(Self::OtherFileSystem),
            Errno::ACCESS | Errno::PERM | Errno::NAMETOOLONG => {
                Some(Self::Unreadable(io::Error::from(error).kind()))
            }
            _ => None,
        }
    }
}

/// Why a file with this metadata is not taken.
pub(super) fn irregular(metadata: &Metadata) -> Option<Skipped> {
    let huge = (metadata.len() > MAX_HASHED_BYTES).then_some(Skipped::Huge);
    Skipped::of(
        FileType::from_raw_mode(metadata.mode()),
        metadata.nlink() > 1,
    )
    .or(huge)
}

/// Whether an error tells of the system or the disk, and not of a single file.
pub(super) fn is_fault(error: Errno) -> bool {
    matches!(
        error,
        Errno::IO
            | Errno::MFILE
            | Errno::NFILE
            | Errno::NOMEM
            | Errno::NODEV
            | Errno::STALE
            | Errno::NOTCONN
    )
}
