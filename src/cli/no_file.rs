//! What stands at a path where a file is wanted.

use std::fmt;
use std::fs::FileType;
use std::os::unix::fs::FileTypeExt;

/// A thing that is no file: reading it would block, never end, or fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFile {
    /// A folder.
    Folder,
    /// A named pipe: reading waits until somebody writes.
    Pipe,
    /// A socket.
    Socket,
    /// A character device: it may give bytes without end.
    CharacterDevice,
    /// A block device: a whole disk.
    BlockDevice,
    /// Something that this system knows beside these.
    Other,
}

impl NoFile {
    /// What a path leads to; none where that is a file.
    #[must_use]
    pub fn of(found: FileType) -> Option<Self> {
        if found.is_file() {
            return None;
        }
        let kinds = [
            (found.is_dir(), Self::Folder),
            (found.is_fifo(), Self::Pipe),
            (found.is_socket(), Self::Socket),
            (found.is_char_device(), Self::CharacterDevice),
            (found.is_block_device(), Self::BlockDevice),
        ];
        let kind = kinds.into_iter().find(|(is_it, _)| *is_it);
        Some(kind.map_or(Self::Other, |(_, kind)| kind))
    }

    /// One action.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Folder => "name one of the files in it",
            Self::Pipe => "pass what it gives on standard input, and name it `-`",
            Self::BlockDevice => "mount it, and name a file on it",
            Self::Socket | Self::CharacterDevice | Self::Other => "name a file",
        }
    }
}

impl fmt::Display for NoFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Folder => "a folder",
            Self::Pipe => "a named pipe",
            Self::Socket => "a socket",
            Self::CharacterDevice => "a character device",
            Self::BlockDevice => "a block device",
            Self::Other => "no file",
        })
    }
}
